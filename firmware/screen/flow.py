"""Lines of text that fit: they break between their parts, and never in the middle of a number."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from rich.text import Text

__all__ = ["columns", "cut", "flow", "paragraph", "title"]

#: Between two parts of a line.
GAP = "  "


def _fitting(line: Text, width: int) -> Text:
    line.no_wrap = True
    line.truncate(width, overflow="ellipsis")
    return line


def _broken(piece: Text, room: int) -> list[Text]:
    """A piece in as many as it takes, each of which fits: a long name, which has no blanks."""
    if room < 1 or piece.cell_len <= room:
        return [piece]
    return list(piece.divide(range(room, len(piece), room)))


def flow(parts: Iterable[Text | str], width: int, *, indent: int = 2) -> list[Text]:
    """Parts side by side, on as many lines as that takes; one wider than a line goes on below."""
    lines: list[Text] = []
    pieces = [Text(part) if isinstance(part, str) else part for part in parts]
    for piece in [short for one in pieces for short in _broken(one, width - indent)]:
        if lines and lines[-1].cell_len + len(GAP) + piece.cell_len <= width:
            lines[-1].append(GAP).append_text(piece)
        else:
            lines.append(Text(" " * (indent if lines else 0)).append_text(piece))
    return [_fitting(line, width) for line in lines]


def paragraph(
    text: str, width: int, *, style: str = "", indent: int = 2, first: str = ""
) -> list[Text]:
    """Words on as many lines as they take; `first` stands before them."""
    room = max(1, width - indent)
    lines = wrap(text, room, break_on_hyphens=False) or [""]
    starts = [first.ljust(indent)] + [" " * indent] * (len(lines) - 1)
    found = []
    for start, line in zip(starts, lines, strict=True):
        found.append(_fitting(Text.assemble((start, "dim"), (line, style)), width))
    return found


def title(name: str, width: int) -> Text:
    """A line with the name of what follows."""
    start = f"─ {name} "
    return _fitting(Text(start + "─" * max(0, width - len(start)), "dim"), width)


def columns(rows: Sequence[Sequence[Text | str]], width: int) -> list[Text]:
    """A table; the first column is at the left, the others at the right of their places.

    What does not fit loses columns at its right, whole ones.
    """
    cells = [[Text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    widths = [max(cell.cell_len for cell in column) for column in zip(*cells, strict=True)]
    while len(widths) > 1 and sum(widths) + len(GAP) * (len(widths) - 1) > width:
        widths.pop()
    found = []
    for row in cells:
        line = Text()
        for at, (cell, room) in enumerate(zip(row, widths, strict=False)):
            space = " " * (room - cell.cell_len)
            line.append(GAP if at else "")
            line = line.append_text(cell).append(space) if at == 0 else line.append(space) + cell
        found.append(_fitting(line, width))
    return found


def cut(blocks: Sequence[list[Text]], rows: int) -> list[Text]:
    """As many whole blocks as fit into so many rows, and how many more there are."""
    found: list[Text] = []
    for at, block in enumerate(blocks):
        last = at == len(blocks) - 1
        if len(found) + len(block) + (not last) > rows:
            return [*found, Text(f"  and {len(blocks) - at} more", "dim")][:rows]
        found += block
    return found
