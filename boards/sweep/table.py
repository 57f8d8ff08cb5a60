"""Tables that are kept with the sources: names in the first line, values between tabs."""

from collections.abc import Iterable, Sequence
from pathlib import Path


def read_rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """All lines, values by the names of their columns; none if there is no such file.

    Raises
    ------
    ValueError
        The columns are others, or a line has more values or fewer.
    """
    if not path.exists():
        return []
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    if head.split("\t") != list(columns):
        raise ValueError(f"{path}: other columns than {', '.join(columns)}")
    return [dict(zip(columns, row.split("\t"), strict=True)) for row in rows]


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write lines, below the names of their columns."""
    path.write_text("".join("\t".join(row) + "\n" for row in [columns, *rows]), encoding="utf-8")
