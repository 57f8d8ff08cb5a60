"""Instructions put together: jumps to names, and the cycles between two that need each other."""

from collections.abc import Iterable
from dataclasses import replace

from ..isa import (
    CONDITION_SHIFT,
    Base,
    Condition,
    Event,
    Flow,
    Instruction,
    Kind,
    Latch,
    Select,
)
from ..memory_map import ROW, Place

#: Passes a cycle.
NOTHING = Instruction(kind=Kind.LATCH)


def _clash(first: Instruction, second: Instruction) -> bool:
    """Whether the second of two instructions would come too early in the next cycle."""
    match first.kind:
        case Kind.STORE:
            same = first.base is not second.base or first.address == second.address
            return second.reads and same
        case Kind.ADD:
            jump = second.kind is Kind.FLOW and second.select & 7 == Flow.JUMP
            condition = second.select >> CONDITION_SHIFT
            return jump and condition in {Condition.CARRY, Condition.SIGN}
        case Kind.INDEX:
            addressed = second.reads or second.kind in {Kind.STORE, Kind.SEND}
            return addressed and bool(second.base & Base.INDEX)
        case _:
            return False


class Assembler:
    """Collects instructions. Everything begins and ends with an accumulator of zero, but for
    stores and sends with `keep`.

    Members
    -------
    labels
        Addresses by their names.
    """

    def __init__(self) -> None:
        self._code: list[Instruction] = []
        self._targets: dict[int, str] = {}
        self.labels: dict[str, int] = {}
        self._names = 0

    @property
    def code(self) -> tuple[Instruction, ...]:
        """All instructions, with the addresses of jumps."""
        return tuple(
            replace(step, address=self.labels[self._targets[i]]) if i in self._targets else step
            for i, step in enumerate(self._code)
        )

    def emit(self, steps: Iterable[Instruction]) -> None:
        """Append instructions, with a cycle between two where the second needs what the first does.

        A word that is stored, a carry or an index is there for the instruction after the next one.
        """
        for step in steps:
            if self._code and _clash(self._code[-1], step):
                self._code.append(NOTHING)
            self._code.append(step)

    def label(self, name: str = "") -> str:
        """Name the next instruction."""
        self._names += not name
        name = name or f"@{self._names}"
        assert name not in self.labels
        self.labels[name] = len(self._code)
        return name

    def _flow(self, step: Instruction, target: str) -> None:
        self.emit([step])
        self._targets[len(self._code) - 1] = target

    def add(self, *places: Place, select: Select = Select.WORD) -> None:
        """Add words, or a function of them."""
        self.emit(place.instruction(Kind.ADD, select=select) for place in places)

    def subtract(self, place: Place) -> None:
        """Subtract a word."""
        self.emit([place.instruction(Kind.ADD, select=Select.WORD, negate=True)])

    def choose(self, place: Place) -> None:
        """Add ``Ch`` of a word."""
        self.add(place, select=Select.CHOOSE)

    def store(self, *places: Place, keep: bool = False) -> None:
        """Write the accumulator."""
        for place in places:
            last = place is places[-1]
            self.emit([place.instruction(Kind.STORE, clear=last and not keep)])

    def move(self, source: Place, *targets: Place) -> None:
        """Copy a word."""
        self.add(source)
        self.store(*targets)

    def latch(self, *, x: Place | None = None, y: Place | None = None) -> None:
        """Fill latches."""
        for latch, place in ((Latch.X, x), (Latch.Y, y)):
            if place:
                self.emit([place.instruction(Kind.LATCH, select=latch)])

    def input(self, source: Latch, place: Place | None = None) -> None:
        """Take a word from outside; OR-ed with one of memory, by a processor for small devices."""
        self.emit([(place or Place(0)).instruction(Kind.LATCH, select=source)])

    def index(self, place: Place) -> None:
        """Take the index from a word."""
        self.add(place)
        self.emit([Instruction(kind=Kind.INDEX, clear=True)])

    def index_sum(self) -> None:
        """Take the index from the accumulator."""
        self.emit([Instruction(kind=Kind.INDEX, clear=True)])

    def send(self, address: int, base: Base = Base.ZERO, *, to_all: bool = False) -> None:
        """Put the accumulator on the bus."""
        self.emit([Place(address, base).instruction(Kind.SEND, select=to_all, clear=True)])

    def signal(self, event: Event) -> None:
        """Tell something."""
        self.emit([Instruction(kind=Kind.SIGNAL, address=event, clear=True)])

    def jump(
        self, target: str, condition: Condition = Condition.ALWAYS, *, holds: bool = True
    ) -> None:
        """Go elsewhere if the condition holds, or does not."""
        select = Flow.JUMP | condition << CONDITION_SHIFT
        step = Instruction(kind=Kind.FLOW, select=select, negate=not holds, clear=True)
        self._flow(step, target)

    def count(self, times: int) -> str:
        """Begin a loop; its name."""
        self.emit([Instruction(kind=Kind.FLOW, select=Flow.COUNT, address=ROW - times)])
        return self.label()

    def loop(self, name: str) -> None:
        """End it."""
        self._flow(Instruction(kind=Kind.FLOW, select=Flow.LOOP), name)

    def call(self, name: str) -> None:
        """Call a subroutine."""
        self._flow(Instruction(kind=Kind.FLOW, select=Flow.CALL), name)

    def back(self) -> None:
        """End a subroutine."""
        self.emit([Instruction(kind=Kind.FLOW, select=Flow.RETURN)])
