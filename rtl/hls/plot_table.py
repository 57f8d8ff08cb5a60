"""Pictures of a reservation table: which unit does something in which slot."""

from pathlib import Path

from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .reservation import IDLE, ReservationTable

#: Of a unit's row, and of the tallest picture, in inches: with more units rows are lower, and names
#: smaller, as long as they can be read.
_ROW, _TALLEST, _SMALLEST = 0.18, 40.0, 3.0
#: Hatches of kinds of operations, in the order in which they are met.
_HATCHES = ("", "//", "xx", "..", "\\\\", "oo", "++")
_IDLE = "#dddddd"


def plot_table(table: ReservationTable, path: Path, title: str) -> None:
    """Write a picture in the format that the name of `path` ends in.

    A row is a unit, a column a slot of the period. The colour says how far the nonce is that the
    operation belongs to, from its own slot 0 on: where nonces are on their way one behind the
    other, colours are apart. Hatches are kinds of operations; what makes nothing but zeros is grey.

    Raises
    ------
    ValueError
        The ending names no format.
    """
    units = [unit for unit, bound in table.bound.items() if bound]
    operations = [
        (row, operation)
        for row, unit in enumerate(units)
        for operation in table.bound[unit].values()
        if not operation.aside
    ]
    first = min(operation.slot for _, operation in operations)
    last = max(operation.slot for _, operation in operations)
    colours, norm = colormaps["viridis"], Normalize(first, last)
    kinds = list(dict.fromkeys(operation.kind for _, operation in operations))
    height = min(_TALLEST, max(3.0, _ROW * len(units) + 2))
    figure = Figure(figsize=(14, height), layout="constrained")
    axes = figure.subplots()
    for kind in kinds:
        shown = [(row, operation) for row, operation in operations if operation.kind == kind]
        axes.bar(
            [table.period_slot(operation) for _, operation in shown],
            0.9,
            width=0.9,
            bottom=[row - 0.45 for row, _ in shown],
            color=_IDLE
            if kind == IDLE
            else [colours(norm(operation.slot)) for _, operation in shown],
            hatch=_HATCHES[kinds.index(kind) % len(_HATCHES)],
            edgecolor="white",
            linewidth=0.0,
            label=kind or "a round, a sum",
        )
    axes.set_xlim(-0.5, table.slots - 0.5)
    axes.set_ylim(len(units) - 0.5, -0.5)
    axes.set_xlabel(f"slot of {table.slots}")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    size = min(7.0, 7.0 * (height - 2) / (_ROW * len(units)))
    if size >= _SMALLEST:
        axes.set_yticks(range(len(units)), units, fontsize=size)
    else:
        axes.set_ylabel(f"{len(units)} units")
    if kinds != [""]:
        figure.legend(loc="outside lower left", ncols=len(kinds), fontsize=8)
    mapped = ScalarMappable(norm, colours)
    figure.colorbar(
        mapped, ax=axes, label="slot of the nonce", pad=0.01, ticks=MaxNLocator(integer=True)
    )
    figure.suptitle(title)
    figure.savefig(path, dpi=120)
