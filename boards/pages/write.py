"""Writes all pages and pictures that code makes, beside the page of results."""

from collections.abc import Iterable
from pathlib import Path

from ..catalogue import BOARDS
from ..sweep.cell_page import page as levers
from ..sweep.cell_results import read as read_cells
from ..sweep.results import Line
from .diagram import diagram
from .rates import rates
from .start import start
from .wiring import alike, picture

#: What the README's table stands between.
BEGIN, END = "<!-- rates: `sluice results --page` -->\n", "<!-- rates end -->\n"


def table(lines: Iterable[Line]) -> str:
    """The README's table."""
    rows = [
        f"| `{rate.board.name}` | {rate.board.title} | {rate.board.device} | {rate.text} |\n"
        for rate in rates(lines)
    ]
    return "".join(["| board | what it is | device | MH/s |\n", "|---|---|---|---|\n", *rows])


def pages(lines: Iterable[Line], docs: Path) -> dict[Path, str]:
    """All texts by file: those in the folder of documents, and the README above it if it has room.

    Parameters
    ----------
    lines
        The results.
    docs
        The folder.
    """
    known = list(lines)
    found = {
        docs / "start.md": start(known),
        docs / "levers.md": levers(read_cells()),
        docs / "datasheet.svg": diagram(),
    }
    for name in alike():
        found[docs / "wiring" / f"{name}.svg"] = picture(BOARDS[name])
    readme = docs.parent / "README.md"
    if readme.exists():
        text = readme.read_text(encoding="utf-8")
        if BEGIN in text and END in text:
            head, _, rest = text.partition(BEGIN)
            found[readme] = head + BEGIN + table(known) + END + rest.partition(END)[2]
    return found


def write_pages(lines: Iterable[Line], docs: Path) -> list[Path]:
    """Write those that differ; which they are."""
    changed = []
    for path, text in pages(lines, docs).items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed
