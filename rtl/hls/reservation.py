"""The reservation table: which operation a unit does in which slot."""

from collections.abc import Hashable
from typing import TypeVar

from .ir import Graph
from .operations import BindingError, Brought, Operand, Operation, Result, Text
from .trace import GraphWord

V = TypeVar("V")

#: The kind of operations whose results nobody takes but for their being what they are.
IDLE = "idle"


class ReservationTable:
    """Units, and the operations that are bound to them.

    Parameters
    ----------
    slots
        The folding factor: slots of a period.
    aside
        The numbers of slots of a period of its own, between those of two nonces, if there is one.

    Members
    -------
    slots, slots_aside
        The parameters.
    graph
        Where the folded graph is made. A slot of it is one of the period.
    texts
        What each unit does.
    bound
        For each unit its operations, by their slots in the period.
    in_memory
        Units whose first result waits in a memory, whatever takes it.
    inputs
        For each input what it brings, by slot.
    periods
        For an input and a slot the period of the nonce, from 0 on, that is meant by it.
    constants
        Numbers in memories, by their places, which are above those of the slots.
    told
        The slot in which the outputs of the graph are, counted from the beginning of a nonce.
    """

    def __init__(self, slots: int, *, aside: range = range(0)) -> None:
        count = aside.stop or slots
        self.slots, self.slots_aside, self.told = slots, aside, 0
        self.graph = Graph(count, load_slots=count - slots)
        self.texts: dict[str, Text] = {}
        self.bound: dict[str, dict[int, Operation]] = {}
        self.in_memory: list[str] = []
        self.inputs: dict[str, dict[int, Hashable]] = {}
        self.periods: dict[tuple[str, int], int] = {}
        self.constants: dict[int, int] = {}
        self._next_place = count

    def constant(self, number: int) -> GraphWord:
        """A number that operations take."""
        return GraphWord.constant(self.graph, number)

    def unit(self, name: str, text: Text, *, memory: bool = False) -> str:
        """Add a unit, and give its name back; with `memory` its first result waits in one."""
        assert name not in self.texts, name
        self.texts[name] = text
        self.bound[name] = {}
        if memory:
            self.in_memory.append(name)
        return name

    def use(
        self,
        unit: str,
        slot: int,
        *operands: Operand,
        kind: str = "",
        place: int | None = None,
        aside: bool = False,
    ) -> Operation:
        """Bind an operation to a slot of a unit, see :class:`~.operations.Operation`.

        Raises
        ------
        BindingError
            There is no such unit; it, or an input, has something else in that slot of the period;
            or a word is taken before it is made.
        """
        if unit not in self.texts:
            raise BindingError(f"no unit {unit!r} for an operation in slot {slot}")
        operation = Operation(unit, slot, operands, kind, place, aside)
        at = self.period_slot(operation)
        self.reserve(self.bound[unit], at, operation, f"unit {unit!r}")
        for operand in operands:
            if isinstance(operand, Brought):
                words = self.inputs.setdefault(operand.name, {})
                self.reserve(words, at, operand.word, f"input {operand.name!r}")
                self.periods.setdefault((operand.name, at), 0 if aside else slot // self.slots)
            elif isinstance(operand, Result) and operand.slot > slot:
                made = f"unit {operand.operation.unit!r} makes in slot {operand.slot}"
                raise BindingError(f"unit {unit!r} takes in slot {slot} what {made}")
        return operation

    def idle(self, unit: str, *operands: Operand) -> None:
        """Bind operations to all slots of the period in which a unit has none."""
        for slot in range(self.slots):
            if slot not in self.bound[unit]:
                self.use(unit, slot, *operands, kind=IDLE)

    def made(self, unit: str, slot: int, index: int = 0) -> Result:
        """What a unit makes in a slot."""
        return self.bound[unit][slot % self.slots][index]

    def period_slot(self, operation: Operation) -> int:
        """The slot of the period that an operation is bound to."""
        return operation.slot if operation.aside else operation.slot % self.slots

    def reserve(self, table: dict[int, V], slot: int, what: V, where: str) -> None:
        """Note what happens in a slot.

        Raises
        ------
        BindingError
            Something else does.
        """
        if table.setdefault(slot, what) != what:
            raise BindingError(f"{where} is used twice in slot {slot} of {self.slots}")

    def place_of(self, number: int) -> int:
        """The place of a number in memories."""
        for place, known in self.constants.items():
            if known == number:
                return place
        (place,) = self.places(1)
        self.constants[place] = number
        return place

    def places(self, count: int) -> range:
        """Places in memories for words that stay until they are written again."""
        self._next_place += count
        return range(self._next_place - count, self._next_place)
