"""Results in an SQLite file, each written as it is there, so that a run can go on where it was."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Generic, TypeVar, get_type_hints

Row = TypeVar("Row", bound=tuple)

_TYPES = {str: "TEXT", float: "REAL", int: "INTEGER"}


class Kept(Generic[Row]):
    """A table of results. Its file is made with the first one.

    Parameters
    ----------
    path
        The file.
    table
        Name of the table.
    row
        A named tuple of texts and numbers: its fields are the columns.
    keys
        So many of the first fields tell results apart.
    """

    def __init__(self, path: Path, table: str, row: type[Row], *, keys: int) -> None:
        self._path, self._table, self._row, self._keys = path, table, row, keys

    def _open(self) -> sqlite3.Connection:
        types = get_type_hints(self._row)
        columns = ", ".join(f"{name} {_TYPES[of]} NOT NULL" for name, of in types.items())
        key = ", ".join([*types][: self._keys])
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path)
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {self._table} ({columns}, PRIMARY KEY ({key}))"
        )
        return connection

    def add(self, row: Row) -> None:
        """Add a result, or replace the one of the same keys."""
        values = ", ".join("?" * len(row))
        with closing(self._open()) as connection, connection:
            connection.execute(f"INSERT OR REPLACE INTO {self._table} VALUES ({values})", row)

    def rows(self) -> list[Row]:
        """All results, oldest first."""
        if not self._path.exists():
            return []
        with closing(self._open()) as connection:
            found = connection.execute(f"SELECT * FROM {self._table} ORDER BY rowid").fetchall()
        return [self._row(*values) for values in found]
