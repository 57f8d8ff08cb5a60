"""Sweeps of cores in cells: points, their file, the kept results, their page and their picture."""

import dataclasses
import json
import random
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from sluice.boards.asic.figures import BlockFigures, CellFigures
from sluice.boards.asic.ladder import folded, pipelines
from sluice.boards.asic.levers import CELL_KINDS
from sluice.boards.cli.asic import asic
from sluice.boards.cli.cross import lever_points
from sluice.boards.cli.sweep import sweep
from sluice.boards.sweep.cell_page import page
from sluice.boards.sweep.cell_plot import pareto, plot_cells
from sluice.boards.sweep.cell_point import CellPoint
from sluice.boards.sweep.cell_results import CellLine, read, take
from sluice.boards.sweep.store import Outcome, Store
from sluice.rtl.core.cli import config_from
from tests.boards.cells import liberty

from .test_sweep import point

FIGURES = CellFigures(
    cells=3,
    flip_flops=1,
    area=20.0,
    gates=10.0,
    rate=0.5,
    period=2.0,
    energy=4.0,
    clock=1.0,
    glitches=1.5,
    hashes=8,
    blocks={"rounds": BlockFigures(10.0, 3.0)},
    tools=["yosys 1", "OpenSTA 2"],
)
RUNGS = [*pipelines(), *folded()]


@pytest.mark.parametrize("one", lever_points(("sky130",)), ids=lambda one: one.title)
def test_a_point_is_its_key_and_its_command(one: CellPoint) -> None:
    assert CellPoint.from_key(one.key) == one
    words = shlex.split(one.command())
    if not one.has_command:
        assert words[:2] == ["sluice", "sweep"]
        assert one.config().hoist < CELL_KINDS["levers"]().hoist or not one.config().retime
        return
    options = asic.make_context("asic", words[2:]).params
    gates, liberty_ = options["clock_gates"], options["liberty"]
    for name in ("liberty", "wire", "hashes", "headers", "against", "clock_gates"):
        del options[name]
    for name in ("cross_check", "output", "as_json"):
        del options[name]
    options["technology"] = options["technology"] or "asic"
    options["ram_from"] = options["ram_from"] or 0
    made = CellPoint.of(config_from(**options), liberty=liberty_, clock_gates=gates)
    assert made == one


def test_no_row_is_there_twice() -> None:
    points = lever_points(("sky130", "osu018"))
    assert len({one.key for one in points}) == len(points) == 2 * len(RUNGS)


def test_builds_and_cores_in_cells_are_in_one_file(tmp_path: Path) -> None:
    store = Store(tmp_path / "sweep.sqlite")
    cell = CellPoint(liberty="sky130", kind="ring", core=(("ring", 8),))
    outcomes = [
        Outcome(point(), 0.5, None, "nextpnr failed"),
        Outcome(cell, 1.5, FIGURES),
        Outcome(dataclasses.replace(cell, wire=1.0), 0.5, None, "no cell"),
    ]
    for outcome in outcomes:
        store.add(outcome)
    assert list(store.outcomes()) == outcomes
    file = tmp_path / "levers.tsv"
    assert take(store.outcomes(), file) == 1
    assert read(file) == [CellLine(cell, FIGURES)]
    newer = dataclasses.replace(FIGURES, energy=5.0)
    other = dataclasses.replace(cell, clock_gates=True)
    assert take([Outcome(cell, 1.0, newer), Outcome(other, 1.0, FIGURES)], file) == 2
    assert {line.point: line.figures.energy for line in read(file)} == {cell: 5.0, other: 4.0}
    file.write_text("a\tb\n")
    with pytest.raises(ValueError, match="other columns than liberty"):
        read(file)


def test_a_sweep_measures_what_the_command_does(tmp_path: Path) -> None:
    """Through Dask; it goes on where it was, and a point that fails says why."""
    cells = tmp_path / "small.lib"
    cells.write_text(liberty())
    file, small = tmp_path / "sweep.sqlite", ["--hashes", "1", "--headers", "1"]
    words = ["--liberty", str(cells), "--core", "serial", *small, "--file", str(file)]
    words += ["--workers", "1", "--with", "engines=1", "--with", "technology=asic-ripple"]
    done = CliRunner().invoke(sweep, [*words, "--with", "clock_gates=true"])
    assert done.exit_code == 0, done.output
    (found,) = Store(file).outcomes()
    assert isinstance(found.point, CellPoint)
    assert isinstance(found.figures, CellFigures), found.message
    one = [*shlex.split(found.point.command())[2:], "--json", "-o", str(tmp_path / "report")]
    again = CliRunner().invoke(asic, one, catch_exceptions=False)
    figures = json.loads(again.stdout)
    assert found.figures.cells == figures["cells"]
    assert found.figures.energy == pytest.approx(figures["energy_pj"] / 1e3, abs=1e-4)
    assert found.figures.hashes == figures["energy"]["hashes"] == 1
    clock_and_blocks = sum(block.energy for block in found.figures.blocks.values())
    assert clock_and_blocks + found.figures.clock == pytest.approx(found.figures.energy, abs=1e-3)
    picture = tmp_path / "front.png"
    done = CliRunner().invoke(sweep, [*words, "--with", "clock_gates=true", "--plot", str(picture)])
    assert "1 points are in" in done.output
    assert list(Store(file).outcomes()) == [found]
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--liberty", "nope"], "--liberty nope: no such file, and none of sky130, osu018"),
        (["--liberty", "sky130", "--seed", "2"], "--seed goes with --board"),
        (["--liberty", "sky130", "--board", "hx8k"], "--board goes without --liberty"),
        (["--board", "hx8k", "--levers"], "--levers goes with --liberty"),
        (["--board", "hx8k", "--core", "levers"], "--core levers goes with --liberty"),
        (["--liberty", "sky130", "--levers", "--core", "ring"], "--core goes with a product"),
        (["--liberty", "sky130", "--with", "nil=1"], "nil is no parameter of the core 'pipeline'"),
        (["--liberty", "sky130", "--with", "technology=ecp5"], "technology must be one of cells"),
        (["--liberty", "sky130", "--with", "clock_gates=2"], "clock_gates must be bool, not '2'"),
        (["--liberty", "sky130", "--with", "lanes=9"], "lanes must be 1 to 8, not 9"),
        ([], "--board, --liberty or --plot is needed"),
    ],
)
def test_bad_input_is_named(tmp_path: Path, words: list[str], message: str) -> None:
    file = ["--file", str(tmp_path / "x.sqlite")]
    done = CliRunner().invoke(sweep, [*words, *file])
    assert done.exit_code == 2
    assert message in " ".join(done.output.split())
    assert not (tmp_path / "x.sqlite").exists()


def test_a_library_without_clock_gates(tmp_path: Path) -> None:
    """A product that asks for them is refused; a table goes without those rows."""
    cells = tmp_path / "small.lib"
    cells.write_text(liberty(gate=False))
    done = CliRunner().invoke(sweep, ["--liberty", str(cells), "--with", "clock_gates=true"])
    assert done.exit_code == 2
    assert "has no clock gate" in done.output


def test_the_page() -> None:
    rungs = pipelines()[:3]
    energies = dict(zip(rungs, (4.0, 2.0, 3.0), strict=True))
    lines = [
        CellLine(
            CellPoint.of(rung.config, liberty="sky130"),
            dataclasses.replace(FIGURES, energy=energy, gates=energy * 100),
        )
        for rung, energy in energies.items()
    ]
    text = page(lines)
    assert "| nJ a hash | rounds | clock |" in text
    assert f"| {rungs[0].text} | `--core levers --with hoist=false --with retime=false` |" in text
    assert "| 4.00 | 1.000 | 1.000 | 1.000 |" in text
    assert "| 2.00 | 0.500 | 0.500 | 0.500 |" in text
    assert "OSU018, 180 nm" not in text
    assert "A ring of eight rounds" not in text


def test_the_front(rng: random.Random) -> None:
    places = [(3.0, 3.0), (1.0, 9.0), (2.0, 9.0), (2.0, 4.0), (4.0, 3.0), (5.0, 1.0)]
    assert pareto(places) == [1, 3, 0, 5]
    for _ in range(20):
        dots = [(rng.randrange(9) + 0.0, rng.randrange(9) + 0.0) for _ in range(12)]
        front = [dots[number] for number in pareto(dots)]
        assert all(any(x <= a and y <= b for x, y in front) for a, b in dots)


def test_the_picture(tmp_path: Path) -> None:
    plot_cells([("one", FIGURES), ("two", FIGURES)], tmp_path / "cells.png")
    assert (tmp_path / "cells.png").stat().st_size > 5000
    with pytest.raises(ValueError, match="no core in cells has been measured"):
        plot_cells([], tmp_path / "none.png")
