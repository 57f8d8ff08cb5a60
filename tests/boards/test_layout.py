"""Layouts: rules and comparison on an inverter that is drawn here, functions, the clock tree."""

import json
import sys

import pytest
from click.testing import CliRunner

from sluice.boards.asic.cells import fetch
from sluice.boards.asic.errors import AsicError
from sluice.boards.asic.layout import flexcells, netlist, rules, tools
from sluice.boards.cli.gds import gds
from tests.boards import inverter

klayout = pytest.mark.usefixtures("viewer")
WHOLE = [*inverter.SHAPES, *inverter.STACK]


@pytest.fixture(scope="module")
def viewer():
    """KLayout in Python's path; it needs PyPI once."""
    try:
        folder = str(fetch.KLAYOUT.folder())
    except AsicError as error:
        if "pip cannot fetch" in error.message:
            pytest.skip(error.message)
        raise
    sys.path.insert(0, folder)
    yield
    sys.path.remove(folder)


def without(layer, *box):
    return [shape for shape in WHOLE if shape != (layer, *box)]


def check(path, shapes):
    from sluice.boards.asic.layout.jobs import drc

    return drc.check(inverter.write(path, shapes))


@klayout
def test_an_inverter_keeps_all_rules(tmp_path):
    assert check(tmp_path / "inv.gds", WHOLE) == {}


@pytest.mark.parametrize(
    ("rule", "more"),
    [
        ("difftap.3", [("diff", 0, 1060, 100, 1500)]),
        ("nwell.1", [("nwell", 3500, 0, 4300, 2000)]),
        ("poly.1a", [("poly", 3000, 0, 3140, 900)]),
        ("poly.4", [("poly", 860, 100, 1010, 700)]),
        ("poly.8", [("diff", 400, 2800, 810, 2950)]),
        ("licon.1", [("licon", 200, 1270, 370, 1450)]),
        ("licon.9", [("psdm", -125, 1500, 935, 2000)]),
        ("licon.14", [("diff", 0, 800, 320, 1100)]),
        ("li.3", [("li1", 860, 300, 1100, 800)]),
        ("li.6", [("li1", 2500, 0, 2670, 320)]),
        ("ct.2", [("mcon", 540, 1350, 710, 1520), ("met1", 470, 900, 790, 1700)]),
        ("m1.1", [("met1", 2500, 0, 2630, 900)]),
        ("m1.2", [("met1", 920, 900, 1400, 1300)]),
        ("m1.6", [("met1", 2500, 0, 2700, 200)]),
        ("m2.7", [("met2", 2000, 0, 2900, 200), ("met2", 2000, 400, 2900, 600),
                  ("met2", 2000, 0, 2200, 600), ("met2", 2500, 0, 2900, 600)]),
        ("m3.2", [("met3", 1190, 800, 1700, 1300)]),
        ("m4.4a", [("met4", 2500, 0, 2900, 400)]),
        ("x.1 met1", [("met1", 2500, 0, 2902, 400)]),
    ],
)  # fmt: skip
@klayout
def test_a_broken_rule_is_found(tmp_path, rule, more):
    assert rule in check(tmp_path / "inv.gds", [*WHOLE, *more])


@pytest.mark.parametrize(
    ("rule", "layer", "box", "instead"),
    [
        ("difftap.2", "diff", (0, 0, 810, 840), (0, 440, 810, 840)),
        ("difftap.8", "nwell", (-400, 1600, 2000, 3700), (-400, 1900, 2000, 3700)),
        ("difftap.9", "nwell", (-400, 1600, 2000, 3700), (-400, 1100, 2000, 3700)),
        ("psd.5", "psdm", (-125, 1875, 935, 2965), (-125, 1900, 935, 2965)),
        ("licon.5c", "diff", (1300, 2200, 1700, 2600), (1365, 2265, 1635, 2535)),
        ("licon.11", "licon", (540, 335, 710, 505), (520, 335, 690, 505)),
        ("licon.15", "npc", (100, 1170, 470, 1540), (105, 1170, 470, 1540)),
        ("li.5", "li1", (200, 1190, 370, 1520), (200, 1200, 400, 1520)),
        ("m1.5", "met1", (470, 900, 790, 1300), (485, 945, 785, 1300)),
        ("via.5a", "met1", (470, 900, 790, 1300), (475, 930, 770, 1300)),
        ("via2.5", "met2", (465, 870, 785, 1300), (480, 910, 785, 1300)),
        ("m3.4", "met3", (400, 800, 900, 1300), (470, 800, 900, 1300)),
        ("via3.5", "met3", (400, 800, 900, 1300), (445, 910, 900, 1300)),
        ("m4.3", "met4", (380, 800, 900, 2000), (470, 800, 900, 2000)),
    ],
)
@klayout
def test_too_little_around_something(tmp_path, rule, layer, box, instead):
    found = check(tmp_path / "inv.gds", [*without(layer, *box), (layer, *instead)])
    assert rule in found
    assert found[rule]["count"] >= 1


def compare(path, shapes, text=inverter.NETLIST, pins=None):
    from sluice.boards.asic.layout.jobs import lvs

    cells = path.with_suffix(".spice")
    cells.write_text(text)
    given = {
        "layout": inverter.write(path, shapes),
        "instances": [("inv", pins or {"i": "in", "nq": "out"})],
        "cells": str(cells),
        "ports": ["in", "out"],
    }
    return lvs.compare(given)


@klayout
def test_transistors_are_those_of_the_netlist(tmp_path):
    from sluice.boards.asic.layout.jobs.lvs import WIRE

    found = compare(tmp_path / "inv.gds", WHOLE)
    assert found["match"]
    assert found["layout"] == {"transistors": 2, "nets": 5}
    assert found["unlike"] == []
    # The output's wires outside of the cell: each metal's area and edge.
    metals = {name: box for name, *box in WHOLE if name.startswith("met")}
    expected = 0.0
    for name, (left, low, right, top) in metals.items():
        wide, high = (right - left) / 1e3, (top - low) / 1e3
        expected += wide * high * WIRE[name][0] + 2 * (wide + high) * WIRE[name][1]
    assert found["wires"]["out"]["fF"] == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    ("what", "shapes", "text"),
    [
        ("an output that is open", without("licon", 540, 2335, 710, 2505), inverter.NETLIST),
        (
            "input and output joined",
            [*WHOLE, ("li1", 200, 1190, 710, 1360)],
            inverter.NETLIST,
        ),
        (
            "a supply that is not joined with its well",
            without("licon", 1415, 2315, 1585, 2485),
            inverter.NETLIST,
        ),
        (
            "a tap of the substrate that is not joined with vss",
            without("li1", 100, -600, 1585, -430),
            inverter.NETLIST,
        ),
        ("a transistor more", [*WHOLE, ("poly", 560, -200, 700, 1000)], inverter.NETLIST),
        (
            "another width",
            WHOLE,
            inverter.NETLIST.replace("w=8.4e-07", "w=1.2e-06", 1),
        ),
        (
            "p instead of n",
            WHOLE,
            inverter.NETLIST.replace("nfet", "pfet", 1),
        ),
    ],
)
@klayout
def test_a_difference_is_found(tmp_path, what, shapes, text):
    found = compare(tmp_path / "inv.gds", shapes, text)
    assert not found["match"], what
    assert "wires" not in found


@klayout
def test_implants_are_finished(tmp_path):
    """As flexcells have them: the p implant over the contact to poly, and no layer around it."""
    from sluice.boards.asic.layout.jobs import drc, finish

    shapes = [shape for shape in WHOLE if shape[0] != "npc"]
    shapes += [("psdm", -125, 1200, 935, 2965)]
    path = inverter.write(tmp_path / "inv.gds", shapes)
    assert {"licon.9", "licon.15"} <= {*drc.check(path)}
    finish.finish(path, str(tmp_path / "finished.gds"))
    assert drc.check(str(tmp_path / "finished.gds")) == {}


def test_rules_have_one_name_each():
    names = [rule.name for rule in rules.RULES]
    assert len(names) == len({*names})
    assert rules.value("m1.2") == 0.14


NAND = [
    ("vss", "i0", "mid", "n"),
    ("mid", "i1", "nq", "n"),
    ("vdd", "i0", "nq", "p"),
    ("vdd", "i1", "nq", "p"),
]


def test_functions_out_of_transistors():
    ports = ["vdd", "vss", "nq", "i0", "i1"]
    assert flexcells.rows(ports, NAND) == {"nq": [1, 1, 1, 0]}
    # The flexcell nexor2_x0 is made as XOR; as such, an inverter of each input and two stages.
    with pytest.raises(AsicError, match="joined, and differ"):
        flexcells.rows(ports, [*NAND, ("vss", "i0", "nq", "n")])
    with pytest.raises(AsicError, match="floats"):
        flexcells.rows(ports, NAND[:2])


BEFORE = [
    ("i0", "inv_x0", {"i": "a", "nq": "b"}),
    ("i1", "dff_x1", {"i": "b", "clk": "clk__0", "q": "c"}),
]
TREE = [
    ("i0", "inv_x0", {"i": "a", "nq": "b"}),
    ("i1", "dff_x1", {"i": "b", "clk": "leaf", "q": "c"}),
    ("cts0", "buf_x4", {"i": "clk__0", "q": "root"}),
    ("cts1", "buf_x4", {"i": "root", "q": "leaf"}),
    ("feed", "tie", {}),
]


def test_a_clock_tree_changes_nothing_else():
    assert netlist.tree_of(BEFORE, TREE) == {"clk__0": ["root"], "root": ["leaf"]}


@pytest.mark.parametrize(
    ("after", "message"),
    [
        (TREE[1:], "has lost i0"),
        ([("i0", "inv_x0", {"i": "a", "nq": "c"}), *TREE[1:]], "has changed i0"),
        ([("i0", "inv_x1", {"i": "a", "nq": "b"}), *TREE[1:]], "has changed i0"),
        ([*TREE, ("more", "inv_x0", {"i": "a", "nq": "x"})], "has added more"),
        ([*TREE, ("more", "buf_x4", {"i": "a", "q": "x"})], "not behind the clock"),
    ],
)
def test_any_other_change_is_refused(after, message):
    with pytest.raises(AsicError, match=message):
        netlist.tree_of(BEFORE, after)


def test_a_wheel_that_cannot_be_had(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    done = CliRunner().invoke(gds, ["-o", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "Error: pip cannot fetch klayout==0.30.12: " in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_adder_that_is_none(tmp_path):
    done = CliRunner().invoke(gds, ["--technology", "ecp5", "-o", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "--technology must be one of cells, not ecp5" in done.stderr


def test_all_wheels_are_pinned():
    for wheel in (*tools.FLEXCELL, *tools.CORIOLIS, *tools.VIEWER):
        assert wheel.sha256, wheel
        assert all(len(one) == 64 for one in wheel.sha256)


def test_a_program_that_fails(tmp_path):
    """The message is the last line that it said."""
    with pytest.raises(AsicError, match="draw failed: ") as caught:
        tools.job("draw", [], tmp_path, {"layout": "none"})
    assert caught.value.exit_code == 2
    assert json.loads((tmp_path / "draw.json").read_text()) == {"layout": "none"}
