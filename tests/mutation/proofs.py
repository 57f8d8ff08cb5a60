"""Mutants that a proof has to notice: base case, what must be possible, induction, equality.

The answers are those of `make formal`, asked of one process of Yices for all mutants of a block.
"""

import re
import tempfile
from itertools import pairwise
from pathlib import Path

from tests.formal.property import Property
from tests.formal.prove import ToolError, write_hardware, write_model
from tests.mutation.correspondence import Correspondence
from tests.mutation.equality import Equality
from tests.mutation.mutation import SELECT, WIDTH, Drawing, Fate
from tests.mutation.registers import clocks_of
from tests.mutation.solver import Model, Solver, either

#: Steps from reset that are looked at first.
FEW = 4


class Prover:
    """The proof of a block, for each of its mutants.

    Parameters
    ----------
    drawing
        The mutants.
    prop
        The property, of that hardware.
    """

    def __init__(self, drawing: Drawing, prop: Property) -> None:
        self._prop = prop
        with tempfile.TemporaryDirectory(prefix="mutation-") as scratch:
            folder = Path(scratch)
            write_hardware(prop, folder)
            netlist = (folder / "top.il").read_text()
            write_model(prop, folder, drawing.changes)
            self._model = Model((folder / "top.smt2").read_text())
        # Most mutants are noticed in a few steps. More than the window are not needed where there
        # is an induction, but for what must be possible.
        whole = prop.depth
        if prop.induction:
            whole = prop.base if self._model.covers else max(prop.depth, FEW)
        lengths = sorted({min(FEW, whole), whole})
        self._bases = [[f"s{step}" for step in range(steps)] for steps in lengths]
        self._from_reset = [self._run(states) for states in self._bases]
        for solver in self._from_reset:
            solver.tell("(assert (|top_i| s0))", "(assert (|top_is| s0))")
        self._window = [f"s{step}" for step in range(prop.depth + 1)]
        self._from_anywhere = self._run(self._window)
        self._from_anywhere.tell(*(f"(assert (|top_a| {s}))" for s in self._window[:-1]))
        outputs = self._model.wires(_outputs(netlist))
        known = ("top_h", "top_u", "top_a")
        self._equality = Equality(self._model, outputs, *known)
        clocks = clocks_of(netlist)
        self._correspondence = Correspondence(self._model, outputs, clocks, *known)

    def _run(self, states: list[str]) -> Solver:
        """A run through states."""
        solver = Solver(self._model.text)
        solver.states(*states)
        solver.tell(*(f"(assert (and (|top_h| {s}) (|top_u| {s})))" for s in states))
        steps = pairwise(states)
        solver.tell(*(f"(assert (|top_t| {now} {then}))" for now, then in steps))
        solver.tell(*(f"(assert (not (|top_is| {s})))" for s in states[1:]))
        return solver

    def fate(self, number: int) -> tuple[Fate, str]:
        """What becomes of a mutant, and who noticed."""
        prop, name = self._prop, f"proof {self._prop.name}"
        for states, solver in zip(self._bases, self._from_reset, strict=True):
            mutant = [_chosen(step, number) for step in states]
            wrong = [f"(not (|top_a| {s}))" for s in states[prop.skip :]]
            if solver.check(*mutant, either(wrong)):
                return Fate.REFUTED, name
            if states is self._bases[0] and self._equality.holds(number):
                return Fate.EQUIVALENT, ""
        if not solver.check(*mutant):
            raise ToolError(f"{name} has no run")
        for cover in self._model.covers:
            if not solver.check(*mutant, either([f"(|{cover}| {s})" for s in states])):
                return Fate.STUCK, name
        if prop.induction:
            mutant = [_chosen(step, number) for step in self._window]
            if self._from_anywhere.check(*mutant, f"(not (|top_a| {self._window[-1]}))"):
                return Fate.UNPROVED, name
        return Fate.SURVIVED, ""

    def corresponds(self, number: int) -> bool:
        """Whether a mutant does the same from the first state on, as far as the property goes."""
        return self._correspondence.holds(number)


def _chosen(state: str, number: int) -> str:
    return f"(= (|top_n {SELECT}| {state}) (_ bv{number} {WIDTH}))"


def _outputs(netlist: str) -> str:
    """A pattern of what the parts of ``top`` have as outputs, as names of the flat netlist."""
    modules = dict(re.findall(r"^module \\(\S+)\n(.*?)^end$", netlist, re.MULTILINE | re.DOTALL))
    found = []
    cells = re.findall(r"^  cell \\(top\.\S+) \\(\S+)$", modules["top"], re.MULTILINE)
    for module, instance in cells:
        names = re.findall(r"^  wire .*output \d+ .*?\\(\S+)$", modules[module], re.MULTILINE)
        found += [re.escape(f"{instance}.{name}") for name in names]
    return "|".join(found)
