"""Whether a mutant is the same hardware: equal registers and inputs give equal ones a step later.

The hardware as it is and the mutant are two descriptions of one state. Of what neither changes,
the solver sees at once that it is the same, and so has to look at little more than what comes of
the one place that is changed.
"""

import re
from functools import cached_property

from tests.formal.prove import ToolError
from tests.mutation.mutation import SELECT, WIDTH
from tests.mutation.solver import Model, Solver, every

_NAME = re.compile(r"\|([^|]+)\|")


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
    def _parts(self) -> tuple[str, str, list[str]]:
        """Declarations, definitions, and pairs of a next value and its register."""
        lines = [re.sub(r" ;.*$", "", line) for line in self._model.text.split("\n")]
        select = f"(declare-fun |{self._model.select(SELECT)}| "
        declared = [line for line in lines if line.startswith("(declare-")]
        declared = [line for line in declared if not line.startswith(select)]
        defined = [line for line in lines if not line.startswith((";", "(declare-"))]
        text = "\n".join(defined)
        steps = text[text.index("(define-fun |top_t|") :]
        following = re.findall(r"^  \(= (.*) \(\|[^|]+\| next_state\)\)$", steps, re.MULTILINE)
        return "\n".join(declared), text, following

    def _as(self, number: int, prefix: str) -> tuple[str, list[str]]:
        """The definitions of a mutant, by names of its own, and its next values."""
        _, text, following = self._parts
        select = self._model.select(SELECT)
        own = set(re.findall(r"^\(define-fun \|([^|]+)\|", text, re.MULTILINE)) | {select}

        def named(found: re.Match[str]) -> str:
            return f"|{prefix}{found[1]}|" if found[1] in own else found[0]

        value = f"((state |top_s|)) (_ BitVec {WIDTH}) (_ bv{number} {WIDTH})"
        definitions = f"(define-fun |{prefix}{select}| {value})\n{_NAME.sub(named, text)}"
        return definitions, [_NAME.sub(named, of).replace(" state)", " s)") for of in following]

    def holds(self, number: int) -> bool:
        """Whether a mutant is the same hardware; not so either where there is no answer in time."""
        declared, _, _ = self._parts
        mine, my_next = self._as(0, "is ")
        other, its_next = self._as(number, "may be ")
        pairs = [*zip(my_next, its_next, strict=True)]
        pairs += [(f"(|is {name}| s)", f"(|may be {name}| s)") for name in self._outputs]
        with Solver(declared, mine, other) as solver:
            solver.states("s")
            solver.tell(*(f"(assert (|is {name}| s))" for name in self._invariants))
            same = every([f"(= {one} {two})" for one, two in pairs])
            try:
                return not solver.check(f"(not {same})")
            except ToolError:
                return False
