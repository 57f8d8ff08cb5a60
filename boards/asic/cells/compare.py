"""Our figures beside those that the foundry publishes for the same corner.

``published.tsv`` has facts of ``sky130_fd_sc_hd__<cell>__tt_025C_1v80.lib.json`` in the repository
google/skywater-pdk-libs-sky130_fd_sc_hd (Apache-2.0), each at a point of the file's own tables: ns,
pF, pJ, nW. Set-up and hold there are between points: for slews of 0.1 ns.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..library import Table
from .characterise import CellFigures
from .gate import ArcFigures, Grid

#: Figures that are delays.
DELAYS = ("rise", "fall")


@dataclass(frozen=True)
class Row:
    """A figure twice.

    Members
    -------
    cell, what
        Which one.
    published, ours
        In ns, pF, pJ or nW.
    """

    cell: str
    figure: str
    what: str
    published: float
    ours: float

    @property
    def part(self) -> float:
        """How much larger ours is, as a part of the published one."""
        return self.ours / self.published - 1


def published() -> list[dict[str, str]]:
    """The lines of ``published.tsv``."""
    with Path(__file__).with_name("published.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def compare(cells: dict[str, CellFigures]) -> list[Row]:
    """A row for each published figure of these cells."""
    return [_row(row, cells[row["cell"]]) for row in published() if row["cell"] in cells]


def _row(row: dict[str, str], cell: CellFigures) -> Row:
    figure, pin, to = row["figure"], row["from"], row["to"]
    words = [figure, pin, f"to {to}" if to else ""]
    if row["load"]:
        slew, load = float(row["slew"]), float(row["load"])
        words.append(f"at {slew * 1e3:.0f} ps, {load * 1e3:.1f} fF")
        arcs = [arc for arc in cell.pins[pin].arcs if arc.output == to]
        ours = _of_arcs(figure, cell, pin, arcs, slew, load)
    elif figure == "capacitance":
        values = cell.pins[pin].capacitance.values()
        ours = sum(values) / len(values)
    elif figure == "leakage":
        ours = sum(cell.leakage.values()) / len(cell.leakage)
    else:
        name, edge = figure.split()
        ours = cell.limits[pin][name, edge == "rise"]
    what = " ".join(word for word in words if word)
    return Row(row["cell"], figure, what, float(row["value"]), ours)


def _of_arcs(
    figure: str, cell: CellFigures, pin: str, arcs: list[ArcFigures], slew: float, load: float
) -> float:
    def at(arc: ArcFigures, grid: Grid) -> float:
        values = tuple(value for row in grid for value in row)
        return Table(arc.slews, arc.loads, values).at(slew, load)

    if figure in DELAYS:
        # The slowest state: a file with one table for all states has that.
        return max(at(arc, arc.delay[figure == "rise"]) for arc in arcs)
    both = [sum(at(arc, arc.energy[rises]) for rises in (True, False)) for arc in arcs]
    return sum(both) / len(both) + sum(cell.pins[pin].hidden.values())


def markdown(rows: list[Row]) -> Iterator[str]:
    """The rows as a table, and what they come to."""
    yield "| cell | figure | published | ours | ours is larger by |"
    yield "|---|---|---|---|---|"
    for row in rows:
        yield (
            f"| {row.cell} | {row.what} | {row.published:.4g} | {row.ours:.4g} | {row.part:+.0%} |"
        )
    yield ""
    yield summary(rows)


def summary(rows: list[Row]) -> str:
    """How far the delays are from the published ones."""
    parts = [abs(row.part) for row in rows if row.figure in DELAYS]
    if not parts:
        return "None of these cells has a published delay here."
    mean, near = sum(parts) / len(parts), sum(part <= 0.15 for part in parts)
    return (
        f"{len(parts)} delays: {mean:.1%} apart in the mean, {max(parts):.0%} at most, {near} of "
        "them within 15 %."
    )
