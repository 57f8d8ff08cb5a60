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
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product

from tests.formal.prove import ToolError
from tests.mutation.equality import Pair
from tests.mutation.mutation import SELECT, WIDTH
from tests.mutation.solver import Model, Solver, either, every

#: Bits of the registers that tell the cases apart, and of one of them.
CASE_BITS, REGISTER_BITS = 14, 9

#: Words of a memory that are looked at one by one.
FEW_WORDS = 16

#: Steps from case to case, after which it is given up.
STEPS = 2000

#: A counter has more bits; and values of one, or of two together, at the most.
FEW_BITS, MOST = 4, 400

#: Registers whose values are found out, and registers that may differ, at the most.
SETS, APART = 24, 24

#: Seconds for one answer, of many that come at once in most cases, and for all about a mutant.
TIMEOUT, SECONDS = 10, 150


@dataclass(frozen=True)
class Item:
    """What may differ: a register, a memory, or a part of one.

    Members
    -------
    name
        Of the function of a state.
    part
        How a part is made of the whole, which is in braces.
    """

    name: str
    part: str = "{}"

    def of(self, term: str) -> str:
        """This part of the whole."""
        return self.part.format(term)


@dataclass(frozen=True)
class Register:
    """A register or a memory of the model.

    Members
    -------
    name
        Of the function of a state.
    path
        In the hardware, with dots.
    sort
        Of SMT-LIB.
    """

    name: str
    path: str
    sort: str

    @property
    def component(self) -> str:
        """Where it is."""
        return self.path.rpartition(".")[0]

    @cached_property
    def items(self) -> list[Item]:
        """It, or its words, or its bits."""
        found = re.fullmatch(r"\(Array \(_ BitVec (\d+)\) .*\)", self.sort)
        if found and 1 << int(found[1]) <= FEW_WORDS:
            bits = int(found[1])
            words = range(1 << bits)
            return [Item(self.name, f"(select {{}} #b{word:0{bits}b})") for word in words]
        if 1 < self.bits <= FEW_BITS:
            bits = self.bits
            return [Item(self.name, f"((_ extract {bit} {bit}) {{}})") for bit in range(bits)]
        return [Item(self.name)]

    @property
    def bits(self) -> int:
        """Of a register; too many of a memory."""
        found = re.fullmatch(r"\(_ BitVec (\d+)\)", self.sort)
        return int(found[1]) if found else 1 << 30


def clocks_of(netlist: str) -> dict[str, set[str]]:
    """The clocks of each component of a netlist in RTLIL, by its path; that of ``top`` is empty."""
    modules = re.findall(r"^module \\top(\S*)\n(.*?)^end$", netlist, re.MULTILINE | re.DOTALL)
    return {
        name.removeprefix("."): set(re.findall(r"connect \\(?:\w*_)?CLK \\(\S+)", body))
        for name, body in modules
    }


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

    def _reached(self, registers: list[Register]) -> list[str]:
        """What values the hardware's registers can have: an invariant for each that lacks some.

        Of counters, also which two go together, and which flags beside the first of all go with it.
        """
        counters = [of for of in registers if of.bits > FEW_BITS]
        beside = [of for of in self._of(registers[0].component) if of.bits == 1] if counters else []
        together = [
            [one, other]
            for one, other in (*combinations(counters, 2), *product(beside, counters[-2:]))
            if len(self._clocked([one.name, other.name])) == 1
        ]
        mine, my_next = self._pair.named(0, "is ")
        following = dict(zip(self._pair.registers, my_next, strict=True))
        terms = {}
        for index, group in enumerate([*([of] for of in registers), *together]):
            now, then = (
                _joined([of[each.name] for each in group])
                for of in ({each.name: f"(|{each.name}| s)" for each in group}, following)
            )
            terms[index] = now, then, sum(each.bits for each in group)
        sets = {index: _Values(bits) for index, (_, _, bits) in terms.items()}
        with Solver(self._pair.declared, mine, models=True, timeout=TIMEOUT) as solver:
            solver.states("s")
            solver.tell(*(f"(assert (|is {name}| s))" for name in self._invariants))
            solver.tell(*(f"(assert {one})" for one in self._constant))
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
        return [*self._constant, *(known.has(terms[index][0]) for index, known in sets.items())]

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
        try:
            known = self._reached(self._before(self._small(self._cone(places))))
        except ToolError:
            known = self._constant
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
        cases = _Cases(sum(of.bits for of in case))
        apart: list[str] = []
        steps = 0
        while True:
            # A step of one clock must be none of what else differs, or tells cases apart.
            if len(self._clocked([*apart, *(of.name for of in case)])) > 1 or len(apart) > APART:
                return False
            own = [self._registers[name] for name in apart]
            with _Run(self._pair, number, case, own, self._outputs, self._invariants) as run:
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


class _Values:
    """Some values of a register."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.values: set[int] = set()

    @property
    def most(self) -> bool:
        """Whether few are left."""
        return len(self.values) > min(0.8 * (1 << self.bits), MOST)

    def has(self, term: str) -> str:
        """That a term is one of them."""
        found: list[list[int]] = []
        for value in sorted(self.values):
            if found and found[-1][1] == value - 1:
                found[-1][1] = value
            else:
                found.append([value, value])
        low, high = (f"({of} {term} #b{{:0{self.bits}b}})" for of in ("bvuge", "bvule"))
        return either([every([low.format(a), high.format(b)]) for a, b in found])


class _Cases:
    """What is known: values of the registers that tell cases apart, and what may differ in each."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.reached = _Values(bits)
        self.may_differ: dict[Item, _Values] = defaultdict(lambda: _Values(bits))

    def within(self, term: str, known: _Values) -> str:
        """That a term, if there is more than one case, is one of some values."""
        if not self.bits:
            return "true" if known.values else "false"
        return known.has(term)


@dataclass(frozen=True)
class _Found:
    """A step that leads to what is not known.

    Members
    -------
    case
        Where it leads.
    items
        What differs there, of that which differs somewhere.
    apart
        What else differs.
    outputs
        Whether an output differs, before the step.
    """

    case: int
    items: list[Item]
    apart: list[str]
    outputs: bool


class _Run(Solver):
    """A step of the hardware, and of a mutant, from a state that is the same but for `apart`."""

    def __init__(
        self,
        pair: Pair,
        number: int,
        case: list[Register],
        apart: list[Register],
        outputs: list[str],
        invariants: Iterable[str],
    ) -> None:
        mine, my_next = pair.named(0, "is ")
        own = [of.name for of in apart]
        other, its_next = pair.named(number, "may be ", own)
        copies = "\n".join(f"(declare-fun |may be {of.name}| (|top_s|) {of.sort})" for of in apart)
        super().__init__(pair.declared, mine, copies, other, models=True, timeout=TIMEOUT)
        self.states("s")
        self.tell(*(f"(assert (|is {name}| s))" for name in invariants))
        bits = sum(of.bits for of in case)
        values = [f"(|{of.name}| s)" for of in case]
        nexts = [my_next[pair.registers.index(of.name)] for of in case]
        self._case, self._next = _joined(values), _joined(nexts)
        self._has_cases = bool(bits)
        if bits:
            self.tell(f"(declare-fun case () (_ BitVec {bits}))", f"(assert (= case {self._case}))")
            self.tell(f"(declare-fun then () (_ BitVec {bits}))", f"(assert (= then {self._next}))")
        steps = dict(zip(pair.registers, zip(my_next, its_next, strict=True), strict=True))
        # What differs after the step: of what may differ before, item by item.
        self._items: list[Item] = [item for of in apart for item in of.items]
        self._others = [name for name in pair.registers if name not in own]
        self._flags: list[str] = []
        for index, item in enumerate(self._items):
            one, two = steps[item.name]
            self._flag(f"item{index}", f"(not (= {item.of(one)} {item.of(two)}))")
        for index, name in enumerate(self._others):
            one, two = steps[name]
            self._flag(f"other{index}", f"(not (= {one} {two}))")
        differ = either([f"(not (= (|is {name}| s) (|may be {name}| s)))" for name in outputs])
        self._flag("outputs", differ)

    def _flag(self, name: str, condition: str) -> None:
        self.tell(f"(declare-fun {name} () Bool)", f"(assert (= {name} {condition}))")
        self._flags.append(name)

    def begin(self, cases: _Cases) -> bool:
        """Find all cases after reset; whether there is one."""
        if not self._has_cases:
            cases.reached.values.add(0)
            return True
        while True:
            known = cases.within("case", cases.reached)
            values = self.values(["case"], "(|is top_i| s)", f"(not {known})")
            if values is None:
                return bool(cases.reached.values)
            cases.reached.values.add(int(values[0].replace("#", "0"), 0))
            if len(cases.reached.values) > STEPS:
                return False

    def step(self, cases: _Cases) -> _Found | None:
        """A step from what is known to what is not."""
        same = [
            f"(or {cases.within('case', cases.may_differ[item])} "
            f"(= {item.of(f'(|{item.name}| s)')} {item.of(f'(|may be {item.name}| s)')}))"
            for item in self._items
        ]
        new = [f"(not {cases.within('then', cases.reached)})", "outputs"]
        for index, item in enumerate(self._items):
            new.append(f"(and item{index} (not {cases.within('then', cases.may_differ[item])}))")
        new += [f"other{index}" for index in range(len(self._others))]
        conditions = (cases.within("case", cases.reached), *same, either(new))
        asked = [*self._flags, *(["then"] if self._has_cases else [])]
        values = self.values(asked, *conditions)
        if values is None:
            return None
        flags = dict(zip(asked, values, strict=True))
        return _Found(
            int(flags["then"].replace("#", "0"), 0) if self._has_cases else 0,
            [item for i, item in enumerate(self._items) if flags[f"item{i}"] == "true"],
            [name for i, name in enumerate(self._others) if flags[f"other{i}"] == "true"],
            flags["outputs"] == "true",
        )


def _joined(terms: list[str]) -> str:
    """Words as one."""
    text = terms[-1] if terms else ""
    for term in terms[-2::-1]:
        text = f"(concat {term} {text})"
    return text
