"""Cases that hardware and mutant can be in, and a step from one to the next."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tests.mutation.equality import Pair
from tests.mutation.registers import Item, Register
from tests.mutation.solver import Solver, either, every

#: Cases after reset, and steps from case to case, after which it is given up.
STEPS = 2000

#: Values of a register, or of two together, at the most.
MOST = 400

#: Seconds for one answer, of many that come at once in most cases.
TIMEOUT = 10


class Values:
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


class Cases:
    """What is known: values of the registers that tell cases apart, and what may differ in each."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.reached = Values(bits)
        self.may_differ: dict[Item, Values] = defaultdict(lambda: Values(bits))

    def within(self, term: str, known: Values) -> str:
        """That a term, if there is more than one case, is one of some values."""
        if not self.bits:
            return "true" if known.values else "false"
        return known.has(term)


@dataclass(frozen=True)
class Found:
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


class Run(Solver):
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
        self._case, self._next = joined(values), joined(nexts)
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

    def begin(self, cases: Cases) -> bool:
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

    def step(self, cases: Cases) -> Found | None:
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
        return Found(
            int(flags["then"].replace("#", "0"), 0) if self._has_cases else 0,
            [item for i, item in enumerate(self._items) if flags[f"item{i}"] == "true"],
            [name for i, name in enumerate(self._others) if flags[f"other{i}"] == "true"],
            flags["outputs"] == "true",
        )


def joined(terms: list[str]) -> str:
    """Words as one."""
    text = terms[-1] if terms else ""
    for term in terms[-2::-1]:
        text = f"(concat {term} {text})"
    return text
