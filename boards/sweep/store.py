"""The results of a sweep: one SQLite file, written as each point is done."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ..asic.figures import CellFigures
from ..flow.build import Figures
from .cell_point import CellPoint
from .point import Point

_TABLE = """
CREATE TABLE IF NOT EXISTS points (
  key TEXT PRIMARY KEY, met INTEGER NOT NULL, seconds REAL NOT NULL,
  message TEXT NOT NULL, figures TEXT NOT NULL)
"""


@dataclass(frozen=True)
class Outcome:
    """What came of a point.

    Parameters
    ----------
    point
        The point.
    seconds
        How long it took.
    figures
        What was built, ``None`` if nothing was.
    message
        Why nothing was built.
    """

    point: Point | CellPoint
    seconds: float
    figures: Figures | CellFigures | None
    message: str = ""

    @property
    def met(self) -> bool:
        """Whether it was built and its timing is met."""
        return self.figures is not None and self.figures.met


class Store:
    """A file of outcomes, by point.

    Parameters
    ----------
    path
        The file; it is made with the first outcome.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path)
        connection.execute(_TABLE)
        return connection

    def add(self, outcome: Outcome) -> None:
        """Add an outcome, or replace that of the same point."""
        figures = outcome.figures.to_json() if outcome.figures else ""
        row = (outcome.point.key, outcome.met, outcome.seconds, outcome.message, figures)
        with closing(self._open()) as connection, connection:
            connection.execute("INSERT OR REPLACE INTO points VALUES (?, ?, ?, ?, ?)", row)

    def outcomes(self) -> Iterator[Outcome]:
        """All outcomes, oldest first."""
        if not self._path.exists():
            return
        with closing(self._open()) as connection:
            rows = connection.execute(
                "SELECT key, seconds, message, figures FROM points ORDER BY rowid"
            ).fetchall()
        for key, seconds, message, figures in rows:
            yield _outcome(key, seconds, message, figures)


def _outcome(key: str, seconds: float, message: str, figures: str) -> Outcome:
    point, kind = (Point, Figures) if "board" in json.loads(key) else (CellPoint, CellFigures)
    found = kind.from_json(figures) if figures else None
    return Outcome(point.from_key(key), seconds, found, message)
