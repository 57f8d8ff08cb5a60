"""Whether a mutant is the same hardware: equal registers and inputs give equal ones a step later.

The hardware as it is and the mutant are two descriptions of one state. Of what neither changes,
the solver sees at once that it is the same, and so has to look at little more than what comes of
the one place that is changed.
"""

import re
from collections.abc import Iterable
from functools import cached_property

from tests.formal.prove import ToolError
from tests.mutation.mutation import SELECT, WIDTH
from tests.mutation.solver import Model, Solver, every

_NAME = re.compile(r"\|([^|]+)\|")


class Pair:
    """Two descriptions of one state: the hardware as it is, and a mutant.

    Parameters
    ----------
    model
        The netlist with all mutants.

    Members
    -------
    declared
        Inputs, registers and memories.
    registers
        Names of registers and memories.
    following
        Their next values, in a state.
    """

    def __init__(self, model: Model) -> None:
        self._select = model.select(SELECT)
        lines = [re.sub(r" ;.*$", "", line) for line in model.text.split("\n")]
        select = f"(declare-fun |{self._select}| "
        declared = [line for line in lines if line.startswith("(declare-")]
        self.declared = "\n".join(line for line in declared if not line.startswith(select))
        self._text = "\n".join(line for line in lines if not line.startswith((";", "(declare-")))
        steps = self._text[self._text.index("(define-fun |top_t|") :]
        found = re.findall(r"^  \(= (.*) \(\|([^|]+)\| next_state\)\)$", steps, re.MULTILINE)
        self.following = [following for following, _ in found]
        self.registers = [name for _, name in found]

    def named(self, number: int, prefix: str, apart: Iterable[str] = ()) -> tuple[str, list[str]]:
        """The definitions of a mutant, by names of its own, and its next values.

        Of registers and memories `apart` it has its own, too; they have to be declared.
        """
        own = set(re.findall(r"^\(define-fun \|([^|]+)\|", self._text, re.MULTILINE))
        own |= {self._select, *apart}

        def named(found: re.Match[str]) -> str:
            return f"|{prefix}{found[1]}|" if found[1] in own else found[0]

        value = f"((state |top_s|)) (_ BitVec {WIDTH}) (_ bv{number} {WIDTH})"
        text = _NAME.sub(named, self._text)
        definitions = f"(define-fun |{prefix}{self._select}| {value})\n{text}"
        nexts = [_NAME.sub(named, of).replace(" state)", " s)") for of in self.following]
        return definitions, nexts


class Equality:
    """The netlist with all mutants, beside itself.

    Parameters
    ----------
    model
        The netlist.
    outputs
        Wires that must be equal too.
    invariants
        What is known of a state of the hardware as it is.
    """

    def __init__(self, model: Model, outputs: list[str], *invariants: str) -> None:
        self._model, self._outputs, self._invariants = model, outputs, invariants

    @cached_property
    def _pair(self) -> Pair:
        return Pair(self._model)

    def holds(self, number: int) -> bool:
        """Whether a mutant is the same hardware; not so either where there is no answer in time."""
        mine, my_next = self._pair.named(0, "is ")
        other, its_next = self._pair.named(number, "may be ")
        pairs = [*zip(my_next, its_next, strict=True)]
        pairs += [(f"(|is {name}| s)", f"(|may be {name}| s)") for name in self._outputs]
        with Solver(self._pair.declared, mine, other) as solver:
            solver.states("s")
            solver.tell(*(f"(assert (|is {name}| s))" for name in self._invariants))
            same = every([f"(= {one} {two})" for one, two in pairs])
            try:
                return not solver.check(f"(not {same})")
            except ToolError:
                return False
