"""Pictures of a schedule: what is alive in which cycle."""

from collections import Counter
from pathlib import Path

from matplotlib.figure import Figure

from .ir import Source
from .lifetimes import waits
from .ops import ADDERS, Op
from .schedule import Schedule

_COLOURS = {"adders": "#1f77b4", "sigmas and functions": "#2ca02c", "inputs": "#7f7f7f"}
_RAM = "#ff7f0e"


def _group(kind: Op | Source) -> str:
    if isinstance(kind, Source):
        return "inputs"
    return "adders" if kind in ADDERS else "sigmas and functions"


def plot_schedule(schedule: Schedule, ram_from: int | None, path: Path, title: str) -> None:
    """Write a picture in the format that the name of `path` ends in.

    Above: words that wait in each cycle, by what made them, and those in block RAM. Below: a bar
    for each word from the cycle in which it is made to its last use.

    Raises
    ------
    ValueError
        The ending names no format.
    """
    cycles = range(schedule.latency + 1)
    alive = {group: Counter[int]() for group in _COLOURS}
    in_ram = Counter[int]()
    figure = Figure(figsize=(14, 9), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[1, 2])
    rows = {node: row for row, node in enumerate(schedule.nodes)}
    bars: dict[str, list[tuple[int, int, int]]] = {group: [] for group in [*_COLOURS, "ram"]}
    for wait in waits(schedule, ram_from):
        group = _group(wait.node.kind)
        span = range(wait.start, wait.end)
        (in_ram if wait.in_ram else alive[group]).update(span)
        bars["ram" if wait.in_ram else group].append((rows[wait.node], wait.start, wait.end))
    above.stackplot(
        cycles,
        [[alive[group][cycle] for cycle in cycles] for group in _COLOURS],
        labels=[f"registers: {group}" for group in _COLOURS],
        colors=list(_COLOURS.values()),
        step="post",
    )
    above.step(
        cycles, [in_ram[cycle] for cycle in cycles], _RAM, where="post", label="in block RAM"
    )
    above.set_ylabel("32-bit words alive after the cycle")
    figure.legend(loc="outside lower left", ncols=4)
    for group, colour in [*_COLOURS.items(), ("ram", _RAM)]:
        found = bars[group]
        below.hlines(
            [row for row, _, _ in found],
            [start for _, start, _ in found],
            [end for _, _, end in found],
            colors=colour,
            linewidth=0.8,
        )
    below.set_ylabel("word, in the order of the text")
    below.set_xlabel("cycle")
    below.invert_yaxis()
    figure.suptitle(title)
    figure.savefig(path, dpi=120)
