"""What flexcells and Coriolis leave to be done in a layout: implants and their like.

Input: ``layout``, a file of GDS. Written: ``finished.gds``.

Flexcells have the p implant over half of the cell, contacts to poly in it too (rule licon.9), and
no layer ``npc`` around these contacts (licon.15). So the implant is drawn anew around what is in
it, and ``npc`` is added. Blockages and the names of inner nets are left out.
"""

import json
import sys
from pathlib import Path
from typing import Any

import klayout.db as kdb

from ..rules import LAYERS, value
from .shapes import flat, regions


def _nm(rule: str, part: float = 1.0) -> int:
    return round(value(rule) * 1000 * part)


def _around(layout: Any, top: Any) -> Any:
    """What is around contacts to poly: a rectangle in each cell, and what is between two."""
    found = kdb.Region()
    boxes: dict[str, Any] = {}
    for instance in top.each_inst():
        cell = instance.cell
        if cell.name not in boxes:
            contacts = regions(layout, cell)["poly_licon"].sized(_nm("licon.15"))
            boxes[cell.name] = None if contacts.is_empty() else contacts.bbox()
        if boxes[cell.name] is not None:
            found.insert(boxes[cell.name].transformed(instance.trans))
    half = _nm("npc.2", 0.5)
    return found.merged().sized(half).sized(-half)


def finish(path: str, result: str) -> None:
    """Read, draw, write."""
    layout, top = flat(path)
    layers = regions(layout, top)
    implant = layers["p_all"].sized(_nm("psd.5"))
    half = _nm("psd.2", 0.5)
    # What is nearer to each other than it may be becomes one.
    implant = implant.sized(half).sized(-half) & layers["psdm"]
    around = _around(layout, top)
    known = {layout.layer(*where) for where in LAYERS.values()}
    psdm, npc = (layout.layer(*LAYERS[name]) for name in ("psdm", "npc"))
    for cell in layout.each_cell():
        for index in layout.layer_indexes():
            if index not in known or index in {psdm, npc}:
                cell.shapes(index).clear()
    for index, shapes in ((psdm, implant), (npc, around)):
        top.shapes(index).insert(shapes.merged())
    options = kdb.SaveLayoutOptions()
    options.write_context_info = False
    layout.write(result, options)


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    finish(given["layout"], "finished.gds")
