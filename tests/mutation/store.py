"""What became of mutants: one SQLite file, written as each is done, so that a run can go on."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tests.mutation.mutation import Fate, Mutation, Outcome

_TABLE = """
CREATE TABLE IF NOT EXISTS mutants (
  block TEXT, command TEXT, fate TEXT NOT NULL, seconds REAL NOT NULL, said TEXT NOT NULL,
  PRIMARY KEY (block, command))
"""


class Store:
    """A file of outcomes. It is made with the first one."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path)
        connection.execute(_TABLE)
        return connection

    def add(self, outcome: Outcome) -> None:
        """Add an outcome, or replace that of the same mutant."""
        mutation = outcome.mutation
        row = mutation.block, mutation.command, outcome.fate.value, outcome.seconds, outcome.said
        with closing(self._open()) as connection, connection:
            connection.execute("INSERT OR REPLACE INTO mutants VALUES (?, ?, ?, ?, ?)", row)

    def outcomes(self) -> Iterator[Outcome]:
        """All outcomes, oldest first."""
        if not self._path.exists():
            return
        with closing(self._open()) as connection:
            rows = connection.execute("SELECT * FROM mutants ORDER BY rowid").fetchall()
        for block, command, fate, seconds, said in rows:
            yield Outcome(Mutation(block, command), Fate(fate), seconds, said)
