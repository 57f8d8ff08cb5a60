"""A core in standard cells: what a library says, energies that can be worked out, bad input."""

import itertools
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from sluice.boards.asic import (
    energy,
    flat,
    flow,
    library_reader,
    mapping,
    named,
    simulate,
    simulator_input,
    timing,
)
from sluice.boards.asic.blocks import Block
from sluice.boards.asic.crosscheck import cross_check
from sluice.boards.asic.errors import AsicError
from sluice.boards.asic.function import truth_table
from sluice.boards.asic.liberty import parse
from sluice.boards.asic.report import draw
from sluice.boards.asic.stimulus import random_job
from sluice.boards.cli.asic import asic
from sluice.boards.flow.progress import Silent
from sluice.rtl.core import SerialConfig
from sluice.rtl.core.plan import plan
from tests.boards.cells import liberty

SERIAL = SerialConfig(technology="asic", ram_from=0, engines=1)


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.lib"
    path.write_text(liberty())
    return path


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("!(A & B)", lambda a, b, _: not (a and b)),
        ("A B + C'", lambda a, b, c: (a and b) or not c),
        ("(A^B)*!C", lambda a, b, c: (a != b) and not c),
        ("A | B ^ C", lambda a, b, c: a or (b != c)),
        ("(A B)' + 0", lambda a, b, _: not (a and b)),
    ],
)
def test_functions(text, meaning):
    rows = truth_table(text, ["A", "B", "C"])
    for c, b, a in itertools.product((0, 1), repeat=3):
        assert rows >> (a + 2 * b + 4 * c) & 1 == bool(meaning(a, b, c)), (a, b, c)


@pytest.mark.parametrize("text", ["A &", "(A", "A & X", ""])
def test_no_function(text):
    with pytest.raises(ValueError, match=r"no function|closing|which is none of"):
        truth_table(text, ["A", "B"])


def test_library(small):
    made = library_reader.load(small, 3.0)
    assert made.voltage == 1.0
    assert (made.gate.name, made.inverter.name) == ("NAND", "INV")
    (flip_flop,) = made.flip_flops
    assert (flip_flop.name, flip_flop.clock, flip_flop.leakage) == ("DFF", "CK", 2.0)
    pins = {pin.name: pin for pin in flip_flop.pins}
    # 1 and 2 fF, and 3 of wire; the clock pin has energy of its own.
    assert [pins[name].capacitance for name in ("CK", "D")] == pytest.approx([4.0, 5.0])
    assert [one.table.values for one in pins["CK"].energies] == [(4.0,), (6.0,)]
    # What tools read is the same, with the wire in it.
    again = parse(made.text)
    (pin, _) = next(one for one in again.of("cell") if one.arguments == ["INV"]).of("pin")
    assert pin.number("capacitance") == pytest.approx(0.005)


def test_clock_gates(small, tmp_path):
    """Only where they are wanted; they are no flip-flops, and a library may have none."""
    assert not library_reader.load(small, 0.0).clock_gates
    made = library_reader.load(small, 1.0, clock_gates=True)
    (gate,) = made.clock_gates
    assert (gate.name, gate.clock, gate.enable.name) == ("ICG", "CK", "EN")
    assert [one.name for one in made.flip_flops] == ["DFF"]
    assert [pin.capacitance for pin in gate.inputs] == pytest.approx([4.0, 3.0])
    other = tmp_path / "other.lib"
    other.write_text(liberty(gate=False))
    with pytest.raises(AsicError, match="has no clock gate"):
        library_reader.load(other, 0.0, clock_gates=True)


def test_a_full_adder(small, tmp_path):
    """A cell whose two outputs are in whatever order; or gates, if the library has none."""
    text = mapping.full_adder(library_reader.load(small, 0.0))
    assert "FA adder (.A(a), .B(b), .C(c), .S(total), .CO(carry));" in text
    other = tmp_path / "other.lib"
    other.write_text(liberty(without="FA"))
    assert "assign total = a ^ b ^ c" in mapping.full_adder(library_reader.load(other, 0.0))


def test_tables_are_turned():
    """A library may have the load first: OSU018 does."""
    text = liberty().replace(
        "nom_voltage : 1.0;",
        "nom_voltage : 1.0; lu_table_template (t) { variable_1 : total_output_net_capacitance; "
        'variable_2 : input_net_transition; index_1 ("0.01, 0.02, 0.04"); index_2 ("0.1, 0.2"); }',
    )
    wide = 'cell_rise (t) { values ("1, 2", "3, 4", "5, 6"); }'
    text = text.replace('cell_rise (scalar) { values ("0.1"); }', wide, 1)
    reader = library_reader._Reader(parse(text), 0.0)
    arc = next(arc for arc in reader.library().cells["INV"].outputs[0].arcs if arc.rises)
    assert (arc.delay.slews, arc.delay.loads) == ((100.0, 200.0), (10.0, 20.0, 40.0))
    assert arc.delay.values == (1000.0, 3000.0, 5000.0, 2000.0, 4000.0, 6000.0)
    assert arc.delay.at(150.0, 15.0) == pytest.approx(2500.0)
    assert arc.delay.at(500.0, 500.0) == pytest.approx(55000.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (liberty(power=False), "no internal_power in cell INV"),
        (liberty(flip_flop=False), "no flip-flop"),
        (liberty(without="NAND"), "no two-input NAND"),
        (liberty().rstrip()[:-1], "ends within"),
        ("nothing", "not with a group"),
        ("library (x) { a : 1; }", "has no capacitive_load_unit"),
    ],
)
def test_a_library_that_cannot_be_used(text, said, tmp_path):
    path = tmp_path / "bad.lib"
    path.write_text(text)
    done = CliRunner().invoke(asic, ["--core", "serial", "--liberty", str(path)])
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_tool_that_is_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AsicError, match="install the Debian package opensta") as caught:
        timing.opensta()
    assert caught.value.exit_code == 2
    with pytest.raises(AsicError, match="install the Debian package g\\+\\+"):
        simulate.simulator()
    monkeypatch.setattr(named, "OSU018", tmp_path / "none.lib")
    with pytest.raises(AsicError, match="qflow-tech-osu018"):
        named.liberty_path("osu018")


def test_a_cell_that_nothing_was_found_for(small, tmp_path):
    path = tmp_path / "flat.json"
    latch = {"type": "$_DLATCH_P_", "connections": {"D": [2], "E": [3], "Q": [4]}}
    module = {"netnames": {}, "ports": {}, "cells": {"held": latch}}
    path.write_text(json.dumps({"modules": {"core": module}}))
    with pytest.raises(AsicError, match="no cell for _DLATCH_P_: held"):
        flat.read_flat(mapping.Mapped(tmp_path), library_reader.load(small, 0.0))


def run_gates(folder: Path) -> tuple[list[dict[str, float]], list[str]]:
    """The figures of blocks, and all lines of the simulator."""
    command = [simulate.simulator(), folder / "netlist", folder / "stimulus"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return [json.loads(line) for line in said[: len(Block)]], said


def test_a_gated_clock_takes_what_it_lets_through(small, tmp_path):
    """One flip-flop turns over, and opens in every other cycle the clock of a second one.

    Worked out by hand. Nets: 2 reset, 3 valid, 4 clock, 6 and 7 the first flip-flop and its
    inverse, 8 the gated clock, 9 and 10 the second one and its inverse.
    """
    made = flat.Flat(
        [
            flat.Instance("DFF", "q", Block.ROUND_REGISTERS, [4, 7, 6]),
            flat.Instance("INV", "not q", Block.ROUNDS, [6, 7]),
            flat.Instance("ICG", "gate", Block.JOBS, [4, 6, 8]),
            flat.Instance("DFF", "held", Block.JOBS, [8, 10, 9]),
            flat.Instance("INV", "not held", Block.JOBS, [9, 10]),
        ],
        11,
        {"clk": [4]},
    )
    cells = library_reader.load(small, 0.0, clock_gates=True)
    (tmp_path / "netlist").write_text(simulator_input.netlist_text(cells, made))
    (tmp_path / "stimulus").write_text(
        f"{len(Block)} 1 12\n2 3 1\npayload 0\nalways 0\nwords 1 0\n2\nwatch 2 6 9\n"
    )
    blocks, said = run_gates(tmp_path)
    whole = json.loads(said[len(Block)])
    assert (whole["cycles"], whole["flip_flops"], whole["leaves"]) == (12, 2, 2)
    assert blocks[Block.ROUND_REGISTERS]["toggles"] == 12
    # It follows the first one at half its rate; its inverse as well.
    assert blocks[Block.JOBS]["toggles"] == 6 + 6
    # The flip-flop's 10 fJ and the gate's 3; in every other cycle 10, and 5 of the gate's output.
    assert whole["clock_internal"] == pytest.approx(10 + 3 + (10 + 5) / 2)
    # 1 fF and 3 at the root, and half of 1 fF.
    assert (whole["clock_pins"], whole["leaf_pins"]) == pytest.approx((4.5, 4.0))


def test_glitches_are_counted(small, tmp_path):
    """A flip-flop that turns over, and an XOR of it with its inverse, three inverters later.

    Worked out by hand. The XOR is one but for a glitch in each cycle: it falls 200 ps after the
    flip-flop's edge, and rises 100 ps after that of the third inverter, which takes 400 or 500.
    Nets: 2 reset, 3 valid, 4 clock, 6 the flip-flop, 7 to 9 the inverters, 10 the XOR.
    """
    made = flat.Flat(
        [
            flat.Instance("DFF", "q", Block.ROUND_REGISTERS, [4, 9, 6]),
            flat.Instance("INV", "one", Block.ROUNDS, [6, 7]),
            flat.Instance("INV", "two", Block.ROUNDS, [7, 8]),
            flat.Instance("INV", "three", Block.ROUNDS, [8, 9]),
            flat.Instance("XOR", "x", Block.ROUNDS, [6, 9, 10]),
        ],
        11,
        {"clk": [4]},
    )
    cells = library_reader.load(small, 0.0)
    (tmp_path / "netlist").write_text(simulator_input.netlist_text(cells, made))
    (tmp_path / "stimulus").write_text(
        f"{len(Block)} 1 10\n2 3 1\npayload 0\nalways 0\nwords 1 0\n2\nwatch 2 6 10\n"
    )
    blocks, said = run_gates(tmp_path)
    rounds, registers = blocks[Block.ROUNDS], blocks[Block.ROUND_REGISTERS]
    whole = json.loads(said[len(Block)])
    assert (whole["cycles"], whole["flip_flops"]) == (10, 1)
    assert (registers["toggles"], registers["needed"]) == (10, 10)
    assert (rounds["toggles"], rounds["needed"]) == (50, 30)
    # Half of C V^2 for each edge: two inputs of 2 fF at the flip-flop and at the third inverter,
    # one at the others; and 2 or 3 fJ of the cell.
    assert registers["net"] == pytest.approx(10 * 0.5 * 4)
    assert registers["internal"] == pytest.approx(5 * 2 + 5 * 3)
    assert rounds["net"] == pytest.approx(10 * 0.5 * (2 + 2 + 4))
    assert rounds["internal"] == pytest.approx(15 * 2 + 15 * 3 + 10 * 2 + 10 * 3)
    assert (whole["clock_internal"], whole["clock_pins"]) == (10.0, 1.0)
    # Q takes 100 or 200 ps, and the glitch ends 600 after it at the latest.
    assert whole["settle"] == 100 + 500 + 100
    assert said[-2:] in (["10", "11"], ["11", "10"])


@pytest.mark.skipif(shutil.which("sta") is None, reason="needs the Debian package opensta")
def test_single_values_are_in_the_unit_of_the_library(small):
    """A flip-flop that turns over: 200 ps, twice, as no arc says its sense, and a set-up of 50."""
    made = flat.Flat(
        [
            flat.Instance("DFF", "q", Block.ROUND_REGISTERS, [2, 4, 3]),
            flat.Instance("INV", "d", Block.ROUNDS, [3, 4]),
        ],
        5,
        {"clk": [2]},
        ["clk"],
    )
    cells = library_reader.load(small, 0.0)
    found = timing.time_paths(made, cells, "turns over", Silent())
    assert found.period == pytest.approx(0.45, abs=1e-3)
    assert [step.name for step in found.paths[0]] == ["q", "d", "into q"]


@pytest.mark.skipif(shutil.which("sta") is None, reason="needs the Debian package opensta")
def test_a_core_in_small_cells(small, tmp_path):
    """Everything in one: each digest that the netlist made is pycryptodome's, or this fails.

    Adders are rows of full adders, cells of two outputs; registers with an enable have clock gates.
    """
    words = [
        "--core",
        "serial",
        "--engines",
        "1",
        "--technology",
        "asic-ripple",
        "--hashes",
        "1",
        "--headers",
        "1",
        "--json",
        "--clock-gates",
    ]
    words += ["--liberty", str(small), "-o", str(tmp_path / "report")]
    done = CliRunner().invoke(asic, words, catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["core"].endswith(" with clock gates")
    assert found["energy"]["hashes"] == 1
    assert found["glitches"] > 1
    # Words of memories rarely have a clock: 10 fJ each, in 136 cycles of a hash.
    always = found["energy"]["flip_flops"] * 136 * 10e-3
    assert found["energy"]["clock_cells"] < 0.5 * always
    blocks = found["blocks"]
    assert blocks[Block.ROUND_REGISTERS.title]["flip_flops"] == 8 * 32
    # Its longest path is a word of the schedule, from bit to bit, and is told in its names.
    assert found["timing"]["paths"][0][-1]["name"].startswith("into stage0.ram_sum_0_0[31]")
    # What the modules have is all there is but for buffers of nets.
    modules = sum(area for _, area, _ in found["modules"].values())
    assert modules <= found["area"] < 1.1 * modules
    text = (tmp_path / "report" / "report.md").read_text()
    assert "each digest is right" in text
    assert Path(tmp_path / "report" / "blocks.png").stat().st_size > 1000


def test_a_wrong_digest_is_noticed():
    job = random_job(plan(SERIAL), 1)
    good = [f"{job.h7(0, number):032b}" for number in range(3)]
    assert energy.check_digests(job, good, 1, 3) == 3
    with pytest.raises(AsicError, match="does not hash nonce"):
        energy.check_digests(job, [good[0], good[1], f"{job.h7(0, 2) ^ 1:032b}"], 1, 3)


def test_only_cells():
    done = CliRunner().invoke(asic, ["--core", "serial", "--technology", "ecp5"])
    assert done.exit_code == 2
    assert "--technology" in done.stderr


@pytest.mark.skipif(
    shutil.which("sta") is None or shutil.which("iverilog") is None,
    reason="needs the Debian packages opensta and iverilog",
)
def test_a_round_in_another_simulator(small):
    """Icarus Verilog with OpenSTA's delays: the same states, and as many edges within 5 %."""
    found = cross_check("asic-ripple", library_reader.load(small, 1.0), Silent())
    assert found.rounds == 64
    assert found.there.edges > 64 * 256 / 2
    for figure in ("edges", "energy", "settle"):
        assert getattr(found.here, figure) == pytest.approx(getattr(found.there, figure), rel=0.05)


def test_pictures(tmp_path):
    """Area and energy by block."""
    block = flow.Area(10, 1, 100.0)
    energy_ = energy.HashEnergy(
        {"rounds": energy.BlockEnergy(900.0, 100.0, 3.0, 2.0)}, 1, 1, 1, 1, 1, 1, 1, []
    )
    step = timing.Timing(2.0, [[]])
    one = flow.Result(
        "a core", "", "small", 1.0, 5.0, 2.0, 1.0, {"rounds": block}, {}, step, energy_
    )
    assert draw([one, one], tmp_path) == ["blocks.png"]
    assert (tmp_path / "blocks.png").stat().st_size > 5000
