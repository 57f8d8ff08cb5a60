"""A picture of the FPGA after routing: which part of the design is where.

nextpnr's own drawing shows every site and no names; this one shows a tile in the colour of that
part of which most of its cells are.
"""

import colorsys
import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from . import outlines

_SITE = re.compile(r"X(\d+)/Y(\d+)/")
_CORE = re.compile(r"\bcore(\d+)\b")
_STAGE = re.compile(r"\bcore\d+\.stage(\d+)\b")
#: Words of a datapath carry the cycle in which they are computed.
_CYCLE = re.compile(r"_c(\d+)(?:\b|_|\[)")

#: Colours of the parts that are no core.
PARTS = {"link": "#000000", "controller": "#7f7f7f", "board": "#c8c8c8"}

#: The part of a single core's cells that are in none of its stages.
REST = "core, rest"
_REST_COLOUR = "#e3c9a8"

#: Saturation and value of neighbours; hues go round as often as there are such.
_SHADES = ((0.85, 0.90), (0.45, 1.00), (1.00, 0.55))


def part_of(cell: str, *, single: bool) -> str:
    """The part of the chip that a cell belongs to.

    It is a key of :data:`PARTS`, or ``core 3``; where the core is the `single` one, ``stage 3``
    (the engines that one broadcast stage feeds) or :data:`REST`.
    """
    if found := _CORE.search(cell):
        if not single:
            return f"core {found[1]}"
        stage = _STAGE.search(cell)
        return f"stage {stage[1]}" if stage else REST
    if "chip.link" in cell:
        return "link"
    return "controller" if "chip.controller" in cell else "board"


def colours_of(parts: set[str]) -> dict[str, tuple[float, float, float]]:
    """A colour for each part, in the order in which a legend names them."""
    numbered = [part for part in parts if part[-1].isdigit()]
    numbered.sort(key=lambda part: int(part.split()[1]))
    hues = -(-len(numbered) // len(_SHADES))
    found = {
        part: colorsys.hsv_to_rgb(index // len(_SHADES) / hues, *_SHADES[index % len(_SHADES)])
        for index, part in enumerate(numbered)
    }
    fixed = {REST: _REST_COLOUR, **PARTS}
    for part, colour in fixed.items():
        if part in parts:
            found[part] = mpl.colors.to_rgb(colour)
    return found


def _placed(routed: Path) -> list[tuple[int, int, str]]:
    design: dict[str, Any] = json.loads(routed.read_text(encoding="utf-8"))
    module = design["modules"]["top"]
    found = []
    for name, cell in module["cells"].items():
        if site := _SITE.match(cell["attributes"].get("NEXTPNR_BEL", "")):
            found.append((int(site[1]), int(site[2]), name))
    return found


def draw_floorplan(routed: Path, output: Path, title: str, *, folded: bool) -> None:
    """Draw the netlist that nextpnr wrote, with the outlines of regions where it had some.

    Several cores have a colour each. A single one that is `folded` has one for each broadcast stage
    and what that feeds; of one that is not, tiles show in which cycle their words are computed.

    Parameters
    ----------
    routed
        nextpnr's ``--write``.
    output
        The picture; its suffix decides the format.
    title
        What stands above.
    folded
        Whether a cell computes words of several cycles.
    """
    cells = _placed(routed)
    wide = max(x for x, _, _ in cells) + 1
    high = max(y for _, y, _ in cells) + 1
    single = len({found[1] for *_, name in cells if (found := _CORE.search(name))}) == 1
    tiles: defaultdict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    cycles: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for x, y, name in cells:
        tiles[x, y][part_of(name, single=single)] += 1
        if single and not folded and _CORE.search(name) and (found := _CYCLE.search(name)):
            cycles[x, y].append(int(found[1]))
    colours = colours_of({part for counts in tiles.values() for part in counts})
    scale = ScalarMappable(mpl.colors.Normalize(0, max(map(max, cycles.values()), default=1)))
    scale.set_cmap("turbo")
    image = np.ones((high, wide, 3))
    for (x, y), counts in tiles.items():
        part = counts.most_common(1)[0][0]
        image[y, x] = colours[part]
        if (x, y) in cycles and part not in PARTS:
            image[y, x] = scale.to_rgba(np.array([np.mean(cycles[x, y])]))[0, :3]
    figure = Figure(figsize=(8, 8 * high / wide + 1), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.imshow(image, interpolation="nearest", origin="upper")
    for region in outlines.read(routed.parent):
        corner = (region.left - 0.5, region.top - 0.5)
        size = region.right - region.left + 1, region.bottom - region.top + 1
        axes.add_patch(Rectangle(corner, *size, fill=False, edgecolor="black", linewidth=1.5))
    axes.set_title(title, fontsize=10)
    axes.set_axis_off()
    named = {part: colour for part, colour in colours.items() if not cycles or part in PARTS}
    patches = [Patch(color=colour, label=part) for part, colour in named.items()]
    axes.legend(handles=patches, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=6, fontsize=7)
    if cycles:
        figure.colorbar(scale, ax=axes, shrink=0.6, label="cycle of the core's words")
    figure.savefig(output)
