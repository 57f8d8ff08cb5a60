"""What became of mutants, by block and command."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.kept import Kept
from tests.mutation.mutation import Fate, Mutation, Outcome


class _Row(NamedTuple):
    block: str
    command: str
    fate: str
    seconds: float
    said: str


class Store:
    """A file of outcomes. It is made with the first one."""

    def __init__(self, path: Path) -> None:
        self._kept = Kept(path, "mutants", _Row, keys=2)

    def add(self, outcome: Outcome) -> None:
        """Add an outcome, or replace that of the same mutant."""
        mutation, fate = outcome.mutation, outcome.fate.value
        row = _Row(mutation.block, mutation.command, fate, outcome.seconds, outcome.said)
        self._kept.add(row)

    def outcomes(self) -> Iterator[Outcome]:
        """All outcomes, oldest first."""
        for block, command, fate, seconds, said in self._kept.rows():
            yield Outcome(Mutation(block, command), Fate(fate), seconds, said)
