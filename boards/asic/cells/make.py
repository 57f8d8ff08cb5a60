"""The library as a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...flow.cache import cached
from ...flow.progress import Watcher
from .catalogue import CELLS, KINDS
from .characterise import CellFigures, figures, files
from .spice import ngspice
from .write import LIBRARY, library


@dataclass(frozen=True)
class Made:
    """A library that was made: its Liberty, and what is in it."""

    path: Path
    cells: dict[str, CellFigures]


def make_library(watcher: Watcher, kinds: Sequence[str] = ()) -> Made:
    """Make a library of all cells, or of those of some kinds.

    Raises
    ------
    AsicError
        A wheel or ngspice cannot be had, or a cell cannot be simulated.
    """
    # Before anything is fetched.
    ngspice()
    wanted = [f"{name}_{size}" for name in kinds for size in KINDS[name].strengths] or CELLS
    cells = figures(wanted, files(wanted, watcher), watcher)
    text = "\n".join(library(cells).write()) + "\n"

    def make(folder: Path) -> None:
        (folder / f"{LIBRARY}.lib").write_text(text, encoding="utf-8")

    folder, _ = cached("asic-liberty", [text], make)
    return Made(folder / f"{LIBRARY}.lib", cells)
