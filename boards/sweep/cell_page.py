"""`docs/levers.md`, from the measured cores in cells."""

from collections.abc import Iterator, Sequence

from ..asic.figures import CellFigures
from ..asic.ladder import Rung, folded, pipelines
from .cell_point import CellPoint
from .cell_results import CellLine

#: The libraries of the page, and what they are called there.
LIBRARIES = {"sky130": "sky130, 130 nm, 1.8 V", "osu018": "OSU018, 180 nm, 1.8 V"}

_HEAD = """# Levers

What each optimisation is worth, in the same standard cells: netlists with 5 fF of wire for each
input of a cell, and nothing placed. [asic.md](asic.md) says how they are made and what the figures
are not. A sweep measures them, `boards/asic/levers.tsv` keeps them, and `sluice results --page
docs/results.md` writes this page and its pictures:

<!-- run: not in CI, a row takes minutes; by .venv/bin/sluice sweep --liberty sky130 --levers -->
```sh
.venv/bin/sluice sweep --liberty sky130 --liberty osu018 --levers --file build/levers.sqlite
.venv/bin/sluice results --take build/levers.sqlite
```

Energies are of 32 hashes or more of each of 4 headers, each digest checked, and have an estimated
clock tree in them. GE are gate equivalents. "Parts" are those of the first row of a table: of its
energy a hash, of its area for a hash a cycle, and of that area times the period, which is the area
for a hash a second at the shortest period. Behind the options is what `sluice asic` is told; the
two plainest rows are not among its options, and are `--core levers` of `sluice sweep`. Rows that
have not been measured are not here.
"""

_PIPELINES = """
Unrolled cores, a hash in each cycle. Each row has what those before it have, as far as the one with
half the register levels; the others are that one but for what they say. Twice the register levels,
and adders that go from bit to bit with half as many again, say what a clock costs.
"""

_FOLDED = """
Folded cores: a ring of eight rounds, in which each nonce goes through sixteen times, and a serial
engine of one round. Words stay in place (`--in-place-from`) in one of some registers, and what is
needed is chosen from them; only one of those has a clock in a cycle, if clocks are gated.
"""

_COLUMNS = (
    *("row", "options", "cells", "flip-flops", "thousands of GE", "ns", "edges a needed one"),
    *("clock, nJ", "nJ a hash", "energy, part", "area, part", "area and period, part"),
)


def rows(
    rungs: Sequence[Rung], library: str, lines: Sequence[CellLine]
) -> Iterator[tuple[Rung, CellLine]]:
    """The measured ones of some rows in the cells of a library."""
    known = {line.point.key: line for line in lines}
    for rung in rungs:
        point = CellPoint.of(rung.config, liberty=library, clock_gates=rung.clock_gates)
        if point.key in known:
            yield rung, known[point.key]


def _table(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *cells]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _parts(one: CellFigures, base: CellFigures) -> list[str]:
    """Of the first row's energy, area, and area times period."""
    energy, area = one.energy / base.energy, one.place[0] / base.place[0]
    return [f"{part:.3f}" for part in (energy, area, area * one.period / base.period)]


def _row(rung: Rung, line: CellLine, first: CellLine | None) -> list[str]:
    one = line.figures
    options = line.point.options()
    core = f"--core {line.point.kind}"
    return [
        rung.text,
        f"`{' '.join([core, *options])}`",
        f"{one.cells:,}",
        f"{one.flip_flops:,}",
        f"{one.gates / 1e3:,.0f}",
        f"{one.period:.2f}",
        f"{one.glitches:.2f}",
        f"{one.clock:.1f}",
        f"{one.energy:.2f}",
        *(_parts(one, first.figures) if first else ["", "", ""]),
    ]


def _blocks(found: Sequence[tuple[Rung, CellLine]]) -> str:
    # Lines that are older than the file have no blocks.
    told = [(rung, line) for rung, line in found if line.figures.blocks]
    titles = list(told[0][1].figures.blocks) if told else []
    cells = []
    for rung, line in told:
        blocks = line.figures.blocks
        parts = [f"{blocks[title].energy:.2f}" for title in titles]
        cells.append([rung.text, *parts, f"{line.figures.clock:.2f}"])
    return _table(["nJ a hash", *titles, "clock"], cells)


def shown(library: str, lines: Sequence[CellLine]) -> list[tuple[str, CellFigures]]:
    """What the picture of a library shows: its rows and their figures."""
    found = rows([*pipelines(), *folded()], library, lines)
    return [(rung.text.replace("`", ""), line.figures) for rung, line in found]


def page(lines: Sequence[CellLine]) -> str:
    """The page."""
    text = _HEAD
    for library, title in LIBRARIES.items():
        tables = [(_PIPELINES, pipelines()), (_FOLDED, folded())]
        measured = [(about, rungs, [*rows(rungs, library, lines)]) for about, rungs in tables]
        if not any(found for _, _, found in measured):
            continue
        text += f"\n## {title}\n"
        for about, rungs, found in measured:
            if found:
                # Without the first row there is nothing to be a part of.
                first = found[0][1] if found[0][0] == rungs[0] else None
                text += f"{about}\n{_table(_COLUMNS, [_row(*one, first) for one in found])}"
                text += f"\n{_blocks(found)}"
        text += f"\n![Energy and area, {title}](levers-{library}.png)\n"
    return text
