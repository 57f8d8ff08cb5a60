"""Netlists of a device, as modules that a property may have instances of."""

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

from amaranth.back import verilog
from amaranth.hdl import Elaboratable

from tests.formal.prove import ToolError, yosys

Netlist = dict[str, Any]

_CELLS = "read_verilog -nooverwrite +/ecp5/cells_sim.v\n"


def _run(script: str, folder: Path) -> None:
    code, said = yosys(script, folder)
    if code:
        raise ToolError(f"yosys: {said[-700:]}")


def of_ecp5(design: Elaboratable) -> Netlist:
    """What Yosys makes of a design, in cells of the ECP5."""
    with tempfile.TemporaryDirectory(prefix="formal-") as scratch:
        folder = Path(scratch)
        (folder / "design.v").write_text(verilog.convert(design, name="design"))
        _run("read_verilog design.v\nsynth_ecp5 -top design -json design.json\n", folder)
        found: Netlist = json.loads((folder / "design.json").read_text())
    return {"modules": {"design": found["modules"]["design"]}}


class Cells:
    """A netlist that is changed before it becomes a module: what has no model becomes ports.

    Parameters
    ----------
    netlist
        Of one module; it stays as it is.
    """

    def __init__(self, netlist: Netlist) -> None:
        (self._module,) = copy.deepcopy(netlist)["modules"].values()
        self.cells: dict[str, dict[str, Any]] = self._module["cells"]
        used = [bit for name in self._module["netnames"].values() for bit in name["bits"]]
        self._next = 1 + max(bit for bit in used if isinstance(bit, int))

    def wire(self) -> int:
        """A wire that nothing has yet."""
        self._next += 1
        return self._next - 1

    def port(self, name: str, direction: str, bits: list[Any]) -> None:
        """Make wires a port."""
        self._module["ports"][name] = {"direction": direction, "bits": bits}
        wires = [bit for bit in bits if isinstance(bit, int)]
        if len(wires) == len(bits):
            self._module["netnames"][name] = {"hide_name": 0, "bits": bits, "attributes": {}}

    def rtlil(self, name: str) -> str:
        """The module under another name, of gates and registers by Yosys' models of the cells."""
        with tempfile.TemporaryDirectory(prefix="formal-") as scratch:
            folder = Path(scratch)
            text = json.dumps({"creator": "", "modules": {name: self._module}})
            (folder / "cells.json").write_text(text)
            flat = f"hierarchy -check -top {name}\nproc\nflatten\nopt -full\nopt_clean -purge\n"
            write = f"select {name}\nwrite_rtlil -selected {name}.il\n"
            _run(f"{_CELLS}read_json cells.json\n{flat}{write}", folder)
            return (folder / f"{name}.il").read_text().replace("autoidx ", "# autoidx ")
