"""What becomes of a mutant: asked of the proof of its block, or of its tests.

A process keeps what it has made of the last block: models of the solver, or a process with the
compiled hardware. Mutants come block by block.
"""

import contextlib
import re
import tempfile
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from tests.formal.catalogue import properties
from tests.formal.prove import ToolError, write_smt2
from tests.mutation.blocks import blocks
from tests.mutation.correspondence import Correspondence
from tests.mutation.equality import Equality
from tests.mutation.mutation import Drawing, Fate, Mutation, Outcome
from tests.mutation.proofs import Prover
from tests.mutation.registers import clocks_of
from tests.mutation.solver import Model
from tests.mutation.tested import Server


class Judge(Protocol):
    """Who says what becomes of a mutant."""

    def fate(self, number: int) -> tuple[Fate, str]:
        """What becomes of a mutant, and who has noticed."""


class Tests:
    """Tests of a block, but for mutants that are the same hardware.

    Parameters
    ----------
    drawing
        The mutants.
    """

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        with tempfile.TemporaryDirectory(prefix="mutation-") as scratch:
            folder = Path(scratch)
            (folder / "top.il").write_text(drawing.netlist)
            write_smt2(drawing.block, folder, drawing.changes)
            model = Model((folder / "top.smt2").read_text())
        top = re.search(r"^module \\top\n(.*?)^end$", drawing.netlist, re.MULTILINE | re.DOTALL)
        assert top
        outputs = re.findall(r"^  wire .*output \d+ .*?\\(\S+)$", top[1], re.MULTILINE)
        wires = model.wires("|".join(map(re.escape, outputs)))
        self._equality = Equality(model, wires)
        self._correspondence = Correspondence(model, wires, clocks_of(drawing.netlist))
        self._server: Server | None = None

    def fate(self, number: int) -> tuple[Fate, str]:
        """What becomes of a mutant, and which test has failed."""
        if self._equality.holds(number):
            return Fate.EQUIVALENT, ""
        if self._server is None:
            self._server = Server(self._drawing)
        try:
            found = self._server.fate(number)
        except ToolError:
            # The model ends the process: another one for the next mutant.
            self.close()
            raise
        # It takes longer to see that no run from reset differs.
        if found[0] is Fate.SURVIVED and self._correspondence.holds(number):
            return Fate.EQUIVALENT, ""
        return found

    def close(self) -> None:
        """End the process of the tests."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.close()


class Proofs:
    """Proofs of a block, one after the other until one notices.

    Parameters
    ----------
    drawing
        The mutants.
    """

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._left = [drawing.block, *blocks()[drawing.block].also]
        self._provers: list[Prover] = []

    def fate(self, number: int) -> tuple[Fate, str]:
        """What becomes of a mutant, and which proof fails."""
        unknown: ToolError | None = None
        survived: list[Prover] = []
        for place in range(len(self._provers) + len(self._left)):
            if place == len(self._provers):
                self._provers.append(Prover(self._drawing, properties()[self._left[0]]))
                del self._left[0]
            prover = self._provers[place]
            try:
                fate, said = prover.fate(number)
            except ToolError as error:
                unknown, fate, said = error, Fate.SURVIVED, ""
            # What one property does not look at, another one may.
            if fate is Fate.SURVIVED:
                survived.append(prover)
            elif fate is not Fate.EQUIVALENT:
                return fate, said
        if all(prover.corresponds(number) for prover in survived):
            return Fate.EQUIVALENT, ""
        if unknown:
            raise unknown
        return Fate.SURVIVED, ""


@lru_cache(maxsize=1)
def _judge(drawing: Drawing) -> Judge:
    return Proofs(drawing) if blocks()[drawing.block].config is None else Tests(drawing)


@dataclass(frozen=True)
class Attempt:
    """A mutant to be tried: the drawing that it is in, and its number there."""

    drawing: Drawing
    number: int

    @property
    def mutation(self) -> Mutation:
        """The mutant."""
        return self.drawing.mutations[self.number - 1]


def attempts(block: str, count: int, seed: int) -> list[Attempt]:
    """Mutants of a block."""
    drawing = Drawing(block, count, seed)
    return [Attempt(drawing, number) for number, _ in enumerate(drawing.mutations, 1)]


def attempt(one: Attempt) -> Outcome:
    """Try a mutant."""
    began = time.monotonic()
    try:
        fate, said = _judge(one.drawing).fate(one.number)
    except (ToolError, OSError) as error:
        fate, said = Fate.BROKEN, str(error)
    return Outcome(one.mutation, fate, time.monotonic() - began, said)
