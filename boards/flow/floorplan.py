"""A picture of the FPGA after routing: which unit of the design is where.

nextpnr's own drawing shows every site and no names; this one shows a tile as a point in the mean
colour of what is in it.
"""

import json
import re
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch

_SITE = re.compile(r"X(\d+)/Y(\d+)/")
_CORE = re.compile(r"\bcore(\d+)\b")
#: Words of a datapath carry the clock in which they are computed.
_CLOCK = re.compile(r"_c(\d+)(?:\b|_|\[)")

#: Colours of the units that are no core.
UNITS = {"link": "#d62728", "controller": "#7f7f7f", "board": "#000000"}

#: Cells of the only core that are not in its datapath, or whose name has no clock.
REST = "#e3c9a8"


def unit_of(cell: str) -> str:
    """The unit of the chip that a cell belongs to: ``core3``, or a key of :data:`UNITS`."""
    if found := _CORE.search(cell):
        return f"core{found[1]}"
    if "chip.link" in cell:
        return "link"
    return "controller" if "chip.controller" in cell else "board"


def _placed(routed: Path) -> list[tuple[int, int, str]]:
    design: dict[str, Any] = json.loads(routed.read_text(encoding="utf-8"))
    module = design["modules"]["top"]
    found = []
    for name, cell in module["cells"].items():
        if site := _SITE.match(cell["attributes"].get("NEXTPNR_BEL", "")):
            found.append((int(site[1]), int(site[2]), name))
    return found


def _legend(units: set[str], latest: int) -> tuple[dict[str, Any], list[Patch]]:
    cores = sorted((unit for unit in units if unit.startswith("core")), key=lambda u: int(u[4:]))
    colours = {unit: np.array(mpl.colors.to_rgb(colour)) for unit, colour in UNITS.items()}
    steps = np.linspace(0, 1, max(2, len(cores)))
    hues = mpl.colormaps["turbo"](steps)[:, :3]
    colours |= dict(zip(cores, hues, strict=False))
    shown = [*UNITS, *(cores if len(cores) > 1 or not latest else ())]
    patches = [Patch(color=tuple(colours[unit]), label=unit) for unit in shown if unit in units]
    if len(cores) == 1 and latest:
        colours[cores[0]] = np.array(mpl.colors.to_rgb(REST))
        patches.append(Patch(color=REST, label="core, rest"))
        ends = {"first": 0.0, "middle": 0.5, "last": 1.0}
        turbo = mpl.colormaps["turbo"]
        patches += [Patch(color=turbo(x), label=f"core, {name} clock") for name, x in ends.items()]
    return colours, patches


def draw_floorplan(routed: Path, output: Path, title: str) -> None:
    """Draw the netlist that nextpnr wrote.

    A chip of one core shows in which clock of its datapath a word is computed, one of several
    cores which core it is.

    Parameters
    ----------
    routed
        nextpnr's ``--write``.
    output
        The picture; its suffix decides the format.
    title
        What stands above.
    """
    cells = _placed(routed)
    wide = max(x for x, _, _ in cells) + 1
    high = max(y for _, y, _ in cells) + 1
    units = {unit_of(name) for _, _, name in cells}
    single = sum(unit.startswith("core") for unit in units) == 1
    clocks = {name: int(found[1]) for *_, name in cells if (found := _CLOCK.search(name))}
    latest = max(clocks.values(), default=0) if single else 0
    colours, patches = _legend(units, latest)
    turbo = mpl.colormaps["turbo"]
    total, count = np.zeros((high, wide, 3)), np.zeros((high, wide, 1))
    for x, y, name in cells:
        unit = unit_of(name)
        clocked = latest and unit.startswith("core") and name in clocks
        colour = turbo(clocks[name] / latest)[:3] if clocked else colours[unit]
        total[y, x] += colour
        count[y, x] += 1
    mean = np.where(count > 0, total / np.maximum(count, 1), 1.0)
    figure = Figure(figsize=(8, 8 * high / wide + 1), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.imshow(mean, interpolation="nearest", origin="upper")
    axes.set_title(title, fontsize=10)
    axes.set_axis_off()
    axes.legend(handles=patches, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=6, fontsize=7)
    figure.savefig(output)
