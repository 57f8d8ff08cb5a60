"""Whether a mutant does the same from reset on: registers may differ where nothing looks at them.

Hardware and mutant run side by side with the same inputs (van Eijk, "Sequential equivalence
checking based on structural similarities", IEEE Trans. CAD 19(7), 2000: what corresponds is
found by induction from reset). A few registers near the change, with 14 bits at the most, tell the
cases apart: for each value that they can have at the same time it is found out which other
registers, and words of small memories, may differ then. It begins with the value after reset, for
which nothing differs, and goes on until each step from a case leads to one that is known. If no
output differs in any of them, the mutant is the same hardware. So a comparison with a number that
a counter never reaches, or a word that is written where none is read, are told for what they are.
"""

import re
import time
from collections.abc import Iterable
from functools import cached_property
from itertools import combinations, product

from tests.formal.prove import ToolError
from tests.mutation.cases import STEPS, TIMEOUT, Cases, Run, Values, joined
from tests.mutation.equality import Pair
from tests.mutation.mutation import SELECT, WIDTH
from tests.mutation.registers import FEW_BITS, Register
from tests.mutation.solver import Model, Solver, either
from tests.mutation.still import still

#: Bits of the registers that tell the cases apart, of one of them, and of any other register.
CASE_BITS, REGISTER_BITS, WORD_BITS = 14, 9, 64

#: Registers whose values are found out, and registers that may differ, at the most.
SETS, APART = 24, 24

#: Registers of few bits of which it is found out which values go together.
FLAGS = 10

#: Seconds for all about a mutant.
SECONDS = 150


class Correspondence:
    """The netlist with all mutants, beside itself, from reset on.

    Parameters
    ----------
    model
        The netlist.
    outputs
        Wires that must be equal.
    clocks
        Of each component, by its path, those of its registers.
    invariants
        What is known of a state of the hardware as it is.
    """

    def __init__(
        self, model: Model, outputs: list[str], clocks: dict[str, set[str]], *invariants: str
    ) -> None:
        self._model, self._outputs, self._clocks = model, outputs, clocks
        self._invariants = invariants
        self._pair = Pair(model)
        self._end = 0.0

    @cached_property
    def _registers(self) -> dict[str, Register]:
        """By the names of their functions."""
        declared = re.findall(
            r"^\(declare-fun \|([^|]+)\| \(\|top_s\|\) (.*)\) ; \\?(.*)$",
            self._model.text,
            re.MULTILINE,
        )
        there = set(self._pair.registers)
        return {name: Register(name, path, sort) for name, sort, path in declared if name in there}

    @cached_property
    def _used(self) -> dict[str, list[str]]:
        """By the name of a function of a state: those that it is made of."""
        line = r"^\(define-fun \|([^|]+)\| \(\(state (.*)"
        found = re.findall(line, self._model.text, re.MULTILINE)
        return {
            name: list(dict.fromkeys(re.findall(r"\(\|([^|]+)\| state\)", text)))
            for name, text in found
        }

    def _places(self, number: int) -> tuple[str, list[str]]:
        """The component of a change, and the functions of a state that it is in."""
        chosen = re.escape(f"(= (|{self._model.select(SELECT)}| state) #b{number:0{WIDTH}b})")
        line = rf"^\(define-fun \|([^|]+)\| .*{chosen}.*; (\S+)$"
        start = re.findall(line, self._model.text, re.MULTILINE)
        component = ".".join(re.findall(r"\\([^\\]+)\.(?=[\\$])", start[0][1])) if start else ""
        chooses = {name for name, _ in start}
        return component, [name for name, of in self._used.items() if chooses & set(of)]

    def _cone(self, names: Iterable[str]) -> list[str]:
        """Functions of a state, and all that they are made of, the nearest first."""
        layer = list(dict.fromkeys(names))
        found = dict.fromkeys(layer)
        while layer:
            layer = [of for name in layer for of in self._used.get(name, []) if of not in found]
            layer = list(dict.fromkeys(layer))
            found |= dict.fromkeys(layer)
        return list(found)

    def _small(self, names: Iterable[str]) -> list[Register]:
        """Registers of a few bits, of all functions."""
        registers = [self._registers[name] for name in names if name in self._registers]
        return [of for of in registers if of.bits <= REGISTER_BITS]

    def _before(self, registers: list[Register]) -> list[Register]:
        """Small registers that these come from, step by step, and these."""
        found = dict.fromkeys(of.name for of in registers)
        for name in found.copy():
            layer = [name]
            while layer and len(found) < SETS:
                used = [of.name for each in layer for of in self._small(self._cones[each])]
                layer = [of for of in dict.fromkeys(used) if of not in found]
                found |= dict.fromkeys(layer)
        return [self._registers[name] for name in found][:SETS]

    @cached_property
    def _cones(self) -> dict[str, list[str]]:
        """By the name of a register: all that its next value is made of."""
        return {
            name: self._cone(re.findall(r"\(\|([^|]+)\| state\)", following))
            for name, following in zip(self._pair.registers, self._pair.following, strict=True)
        }

    def _beyond(self, places: list[str]) -> list[Register]:
        """Small registers that decide what is made of registers that a change is made to."""
        changed = {name for name, cone in self._cones.items() if set(places) & set(cone)}
        users = [name for name, cone in self._cones.items() if changed & set(cone)]
        names = [of for name in users for of in self._cones[name] if of not in users]
        return self._before(self._small(dict.fromkeys(names)))

    @cached_property
    def _constant(self) -> list[str]:
        """What is known of memories that are never written."""
        first = self._model.text[self._model.text.index("(define-fun |top_i|") :]
        first = first[: first.index("\n))")]
        following = dict(zip(self._pair.registers, self._pair.following, strict=True))
        return [
            line.replace(" state)", " s)")
            for name, line in re.findall(
                r"^  (?=\(= .*?\(\|([^|]+)\| state\))(.*\)) ;.*$", first, re.MULTILINE
            )
            if following.get(name) == f"(|{name}| state)"
        ]

    def _reached(self, registers: list[Register], besides: list[str]) -> list[str]:
        """What values the hardware's registers can have: an invariant for each that lacks some.

        Of counters, also which two go together, and which flags beside the first of all go with it;
        and of the first registers of few bits.
        """
        counters = [of for of in registers if of.bits > FEW_BITS]
        beside = [of for of in self._of(registers[0].component) if of.bits == 1] if counters else []
        flags = [of for of in registers if of.bits <= FEW_BITS][:FLAGS]
        pairs = (*combinations(counters, 2), *product(beside, counters[-2:]))
        together = [
            [one, other]
            for one, other in (*pairs, *combinations(flags, 2))
            if len(self._clocked([one.name, other.name])) == 1
        ]
        mine, my_next = self._pair.named(0, "is ")
        following = dict(zip(self._pair.registers, my_next, strict=True))
        terms = {}
        for index, group in enumerate([*([of] for of in registers), *together]):
            now, then = (
                joined([of[each.name] for each in group])
                for of in ({each.name: f"(|{each.name}| s)" for each in group}, following)
            )
            terms[index] = now, then, sum(each.bits for each in group)
        sets = {index: Values(bits) for index, (_, _, bits) in terms.items()}
        with Solver(self._pair.declared, mine, models=True, timeout=TIMEOUT) as solver:
            solver.states("s")
            solver.tell(*(f"(assert (|is {name}| s))" for name in self._invariants))
            solver.tell(*(f"(assert {one})" for one in besides))
            for index, (*of, bits) in terms.items():
                for kind, term in zip(("now", "then"), of, strict=True):
                    name = f"{kind}{index}"
                    solver.tell(f"(declare-fun {name} () (_ BitVec {bits}))")
                    solver.tell(f"(assert (= {name} {term}))")
            for kind in ("now", "then"):
                while sets:
                    self._in_time()
                    first = ["(|is top_i| s)"]
                    if kind == "then":
                        first = [known.has(f"now{index}") for index, known in sets.items()]
                    new = [f"(not {known.has(f'{kind}{index}')})" for index, known in sets.items()]
                    values = solver.values(
                        [f"{kind}{index}" for index in sets], *first, either(new)
                    )
                    if values is None:
                        break
                    for known, value in zip(sets.values(), values, strict=True):
                        known.values.add(int(value.replace("#", "0"), 0))
                    sets = {index: known for index, known in sets.items() if not known.most}
        return [known.has(terms[index][0]) for index, known in sets.items()]

    def _of(self, component: str) -> list[Register]:
        """Registers of a component, those of the fewest bits first."""
        there = [of for of in self._small(self._registers) if of.component == component]
        return sorted(there, key=lambda of: of.bits)

    def _choices(self, number: int) -> list[list[Register]]:
        """Registers that may tell the cases apart: none, those that decide what becomes of the
        change, those beside it, and those that it is made of.
        """
        component, places = self._places(number)
        small = self._small(self._cone(places))
        beside = self._of(component)
        beyond = self._beyond(places)
        others = dict.fromkeys(of.component for of in beyond if of.component != component)
        wanted: list[list[Register]] = [
            [],
            _first(beyond, 6),
            _first(beside),
            *(_first(self._of(other), 10) for other in list(others)[:2]),
            # The same two together.
            *(
                _first([*dict.fromkeys([*_first(beyond, 6), *self._of(other)])])
                for other in list(others)[:2]
            ),
            _first([of for of in small if of in beside]),
            # Counters of slots are places in time.
            *([of] for of in self._before(small) if of.bits > FEW_BITS),
            _first(small),
        ]
        return [choice for i, choice in enumerate(wanted) if choice not in wanted[:i]]

    def _clocked(self, names: Iterable[str]) -> set[str]:
        """Clocks of registers; two of one that is not known."""
        return {
            clock
            for name in names
            for clock in self._clocks.get(self._registers[name].component, {"", "?"})
        }

    def holds(self, number: int) -> bool:
        """Whether a mutant does the same; not so where there is no answer in time."""
        self._end = time.monotonic() + SECONDS
        _, places = self._places(number)
        cone = self._cone(places)
        near = [self._registers[name] for name in cone if name in self._registers]
        words = [of for of in near if of.bits <= WORD_BITS][:APART]
        known = self._constant
        try:
            own = [f"(|is {name}| s)" for name in self._invariants]
            known = [*known, *still(self._pair, words, [*own, *known], self._in_time)]
            if self._holds_by(number, [], known):
                return True
            known = [*known, *self._reached(self._before(self._small(cone)), known)]
        except ToolError:
            pass
        return any(self._holds_by(number, choice, known) for choice in self._choices(number))

    def _in_time(self) -> None:
        if time.monotonic() > self._end:
            raise ToolError("no answer in time")

    def _holds_by(self, number: int, case: list[Register], known: list[str]) -> bool:
        try:
            return self._corresponds(number, case, known)
        except ToolError:
            return False

    def _corresponds(self, number: int, case: list[Register], known: list[str]) -> bool:
        cases = Cases(sum(of.bits for of in case))
        apart: list[str] = []
        steps = 0
        while True:
            # A step of one clock must be none of what else differs, or tells cases apart.
            if len(self._clocked([*apart, *(of.name for of in case)])) > 1 or len(apart) > APART:
                return False
            own = [self._registers[name] for name in apart]
            with Run(self._pair, number, case, own, self._outputs, self._invariants) as run:
                run.tell(*(f"(assert {one})" for one in known))
                if not cases.reached.values and not run.begin(cases):
                    return False
                while True:
                    self._in_time()
                    steps += 1
                    if steps > STEPS:
                        return False
                    found = run.step(cases)
                    if found is None:
                        return True
                    if found.outputs:
                        return False
                    cases.reached.values.add(found.case)
                    for item in found.items:
                        cases.may_differ[item].values.add(found.case)
                    if found.apart:
                        apart += found.apart
                        break


def _first(registers: list[Register], bits: int = CASE_BITS) -> list[Register]:
    """As many as there are bits for."""
    found: list[Register] = []
    for register in registers:
        if sum(of.bits for of in found) + register.bits <= bits:
            found.append(register)
    return found
