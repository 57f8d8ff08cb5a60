"""A picture of a layout.

Input: ``layout``, a file of GDS; ``box``: left, lower, right and upper edge in µm, of all if it is
empty; ``width`` of the picture, in pixels. Written: ``picture.png``.
"""

import json
import sys
from pathlib import Path
from typing import Any

import klayout.db as kdb
import klayout.lay as lay

from ..rules import LAYERS

#: Colours, from below: well, diffusion, poly, metals.
COLOURS = {
    "nwell": 0xE8E4D8, "diff": 0x7FB77E, "poly": 0xC0504D, "li1": 0xB9A7D0, "met1": 0x4F81BD,
    "met2": 0xF79646, "met3": 0x2CA6A4, "met4": 0x7A5195,
}  # fmt: skip


def draw(given: dict[str, Any]) -> None:
    """Load, choose layers and colours, save."""
    view = lay.LayoutView()
    view.set_config("background-color", "#ffffff")
    view.set_config("grid-visible", "false")
    view.set_config("text-visible", "false")
    view.load_layout(given["layout"], False)
    view.clear_layers()
    for name, colour in COLOURS.items():
        shown = lay.LayerProperties()
        shown.source = "{}/{}".format(*LAYERS[name])
        shown.fill_color = shown.frame_color = colour
        shown.dither_pattern = 0 if name in {"met3", "met4"} else 5 if name == "nwell" else 4
        shown.width = 1
        view.insert_layer(view.end_layers(), shown)
    view.max_hier()
    view.zoom_fit()
    if given["box"]:
        view.zoom_box(kdb.DBox(*given["box"]))
    box = view.box()
    high = round(given["width"] * box.height() / box.width())
    view.save_image_with_options("picture.png", given["width"], high, 1, 2)


if __name__ == "__main__":
    draw(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
