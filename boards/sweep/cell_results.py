"""The measured cores in cells that are kept with the sources: `asic/levers.tsv`, one line each."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..asic.figures import BlockFigures, CellFigures
from .cell_point import CellPoint
from .store import Outcome
from .table import read_rows, write_rows

FILE = Path(__file__).parents[1] / "asic" / "levers.tsv"

_POINT = ("liberty", "kind", "core", "clock_gates", "wire", "hashes", "headers")
_FIGURES = (
    *("cells", "flip_flops", "area", "gates", "rate", "period", "energy", "clock", "glitches"),
    *("measured", "blocks", "tools"),
)
_COLUMNS = (*_POINT, *_FIGURES)


@dataclass(frozen=True)
class CellLine:
    """A core in cells, and what it takes."""

    point: CellPoint
    figures: CellFigures

    @classmethod
    def of(cls, outcome: Outcome) -> "CellLine | None":
        """That of an outcome; none if it is another one's, or nothing was measured."""
        if isinstance(outcome.point, CellPoint) and isinstance(outcome.figures, CellFigures):
            return cls(outcome.point, outcome.figures)
        return None


def _row(line: CellLine) -> list[str]:
    values = asdict(line.point) | asdict(line.figures)
    values |= {"core": dict(line.point.core), "hashes": line.point.hashes}
    values["measured"] = line.figures.hashes
    blocks = line.figures.blocks.items()
    values["blocks"] = {title: [block.gates, block.energy] for title, block in blocks}
    texts = [values[name] for name in _COLUMNS]
    return [text if isinstance(text, str) else json.dumps(text) for text in texts]


def _line(values: dict[str, str]) -> CellLine:
    found: dict[str, Any] = {
        name: text if name in ("liberty", "kind") else json.loads(text)
        for name, text in values.items()
    }
    point = {name: found[name] for name in _POINT}
    point["core"] = tuple(sorted(found["core"].items()))
    figures = {name: found[name] for name in _FIGURES if name != "measured"}
    figures["hashes"] = found["measured"]
    blocks = found["blocks"].items()
    figures["blocks"] = {title: BlockFigures(*block) for title, block in blocks}
    return CellLine(CellPoint(**point), CellFigures(**figures))


def read(path: Path = FILE) -> list[CellLine]:
    """All lines.

    Raises
    ------
    ValueError
        A line is not as :func:`write` writes it.
    """
    return [_line(values) for values in read_rows(path, _COLUMNS)]


def write(lines: Iterable[CellLine], path: Path = FILE) -> None:
    """Write lines in the order of libraries and cores."""
    ordered = sorted(lines, key=lambda line: (line.point.liberty, line.point.kind, line.point.key))
    write_rows(path, _COLUMNS, [_row(line) for line in ordered])


def take(outcomes: Iterable[Outcome], path: Path = FILE) -> int:
    """Keep what a sweep has measured, in place of older lines of the same points; how many."""
    found = [line for outcome in outcomes if (line := CellLine.of(outcome))]
    if found:
        known = {line.point.key: line for line in read(path)}
        write((known | {line.point.key: line for line in found}).values(), path)
    return len(found)
