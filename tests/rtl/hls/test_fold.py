"""Folding: operations bound to units come to what they come to without units."""

import random
from collections.abc import Sequence

import pytest

from sluice.rtl.hls.fold import fold
from sluice.rtl.hls.interpret import interpret_each_slot
from sluice.rtl.hls.ir import Source
from sluice.rtl.hls.operations import BindingError, Brought, Operand, Operation, Place, Result, Unit
from sluice.rtl.hls.ops import Op
from sluice.rtl.hls.reservation import ReservationTable
from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.model import Word32

SLOTS = 7


def add(_unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    """A unit that adds."""
    return [operands[0] + operands[1]]


def both(_unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    """A unit with two results."""
    a, b, c = operands
    return [a.choose(b, c), a + b + c]


def gate(unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    """A unit that lets its first operand through in some slots."""
    return [unit.gated(operands[0], unit.at("closed")) + operands[1]]


TEXTS = {"add": add, "both": both, "gate": gate}
COUNTS = {"add": 2, "both": 3, "gate": 2}


def value_of(operation: Operation, operands: Sequence[Word32]) -> list[Word32]:
    """What an operation comes to, on numbers."""
    if operation.unit == "add":
        return [operands[0] + operands[1]]
    if operation.unit == "gate":
        return [operands[1] if operation.kind == "closed" else operands[0] + operands[1]]
    a, b, c = operands
    return [a.choose(b, c), a + b + c]


class Program:
    """Operations in random slots that take each other's results, numbers and what comes in."""

    def __init__(self, rng: random.Random) -> None:
        self.table = ReservationTable(SLOTS)
        for name, text in TEXTS.items():
            self.table.unit(name, text, memory=name == "both" and rng.random() < 0.3)
        self.operations: list[Operation] = []
        for _ in range(rng.randint(3, 12)):
            self.bind(rng)
        self.last = self.operations[-1]

    def bind(self, rng: random.Random) -> None:
        """One more operation, if there is a slot for it."""
        unit = rng.choice([*TEXTS])
        operands: list[Operand] = []
        for _ in range(COUNTS[unit]):
            kind = rng.random()
            if self.operations and kind < 0.7:
                other = rng.choice(self.operations[-5:])
                operands.append(other[rng.randrange(2 if other.unit == "both" else 1)])
            elif kind < 0.9:
                operands.append(self.table.constant(rng.choice([0, 1, 640, 1 << 31])))
            else:
                operands.append(Brought("in", rng.getrandbits(4)))
        earliest = max([0, *(one.slot for one in operands if isinstance(one, Result))])
        if any(isinstance(one, Brought) for one in operands):
            taken = self.table.inputs.get("in", {})
        else:
            taken = {}
        for slot in range(earliest, earliest + SLOTS):
            if slot % SLOTS not in self.table.bound[unit] and slot % SLOTS not in taken:
                brought = [one for one in operands if isinstance(one, Brought)]
                operands = [brought[0] if one in brought else one for one in operands]
                kinds = ["", "closed"] if unit == "gate" else [""]
                kind_ = rng.choice(kinds)
                self.operations.append(self.table.use(unit, slot, *operands, kind=kind_))
                return

    def values(self) -> dict[Operation, list[Word32]]:
        """All results, on numbers."""
        values: dict[Operation, list[Word32]] = {}

        def word(operand: Operand) -> Word32:
            if isinstance(operand, Result):
                return values[operand.operation][operand.index]
            if isinstance(operand, Brought):
                assert isinstance(operand.word, int)
                return Word32(operand.word)
            assert isinstance(operand, GraphWord)
            return Word32(operand.node.value)

        for operation in self.operations:
            operands = [word(operand) for operand in operation.operands]
            values[operation] = value_of(operation, operands)
        return values


@pytest.mark.parametrize("pairs", [False, True])
def test_a_folded_program_comes_to_the_same(pairs: bool, rng: random.Random) -> None:
    """Random programs, each in several periods one after the other; some cannot be bound."""
    done = refused = 0
    kinds: set[object] = set()
    for _ in range(400):
        program = Program(rng)
        slot = program.last.slot + 1
        try:
            graph = fold(program.table, {"out": program.last[0]}, slot, pairs=pairs)
        except BindingError:
            refused += 1
            continue
        done += 1
        kinds |= {node.kind for node in graph.reached()}
        brought = program.table.inputs.get("in", {})
        periods = slot // SLOTS + 3
        given = [{"in": brought.get(at, 0xDEAD)} for at in range(SLOTS)] * periods
        found = interpret_each_slot(graph, given, program.table.constants)
        due = int(program.values()[program.last][0])
        for period in range(2):
            assert found[(period * SLOTS) + slot] == {"out": due}
    assert done > 75
    assert refused > 5
    assert {Source.BACK_EDGE, Source.RAM, Op.SELECT} <= kinds


def test_what_an_operand_becomes() -> None:
    """A delay, a read from RAM with a number in a place of its own, a multiplexer, a ROM."""
    table = ReservationTable(4)
    for name in ("one", "two", "three"):
        table.unit(name, add)
    five, zero = table.constant(5), table.constant(0)
    first = table.use("one", 0, five, Brought("in", 1))
    second = table.use("one", 1, table.constant(6), Brought("in", 2))
    table.use("two", 2, first[0], zero)
    table.use("two", 3, five, zero)
    last = table.use("two", 4, second[0], Brought("in", 1))
    end = table.use("three", 5, last[0], zero)
    graph = fold(table, {"out": end[0]}, 5)
    by_kind = {node.kind: node for node in graph.reached()}
    assert {Source.TABLE, Source.RAM, Source.BACK_EDGE, Op.SELECT} <= by_kind.keys()
    assert by_kind[Source.TABLE].by_slot == (5, 6, 0, 0)
    # What is written in slots 0 and 1 waits two slots or three.
    memory = by_kind[Source.RAM]
    assert memory.value == 2
    assert memory.by_slot[2:] + memory.by_slot[:1] == (0, 5, 1)
    assert table.constants == {4: 0, 5: 5}
    assert by_kind[Source.BACK_EDGE].value == 1
    multiplexer = by_kind[Op.SELECT]
    assert multiplexer.args[multiplexer.by_slot[0]].name == "in"
    assert [multiplexer.args[multiplexer.by_slot[at]].value for at in (1, 2, 3)] == [0, 0, 0]


@pytest.mark.parametrize("slot", [0, 4, 8])
def test_a_unit_does_one_thing_in_a_slot(slot: int) -> None:
    table = ReservationTable(4)
    table.unit("sums", add)
    table.use("sums", 4, None, None)
    with pytest.raises(BindingError, match="unit 'sums' is used twice in slot 0 of 4"):
        table.use("sums", slot, None, None)


def test_what_else_is_refused() -> None:
    table = ReservationTable(4)
    for name in ("one", "two"):
        table.unit(name, add)
    with pytest.raises(BindingError, match="no unit 'three' for an operation in slot 1"):
        table.use("three", 1)
    made = table.use("one", 2, Brought("in", 1), None)
    with pytest.raises(BindingError, match="input 'in' is used twice in slot 2 of 4"):
        table.use("two", 6, Brought("in", 2), None)
    late = "unit 'two' takes in slot 1 what unit 'one' makes in slot 2"
    with pytest.raises(BindingError, match=late):
        table.use("two", 1, made[0], None)


def test_units_that_wait_for_each_other() -> None:
    table = ReservationTable(4)
    for name in ("one", "two"):
        table.unit(name, add)
    first = table.use("one", 0, None, None)
    table.use("two", 0, first[0], None)
    second = table.use("two", 1, None, None)
    end = table.use("one", 1, second[0], None)
    with pytest.raises(BindingError, match="in a slot units wait for each other: "):
        fold(table, {"out": end[0]}, 1)


def test_a_memory_gives_one_word_in_a_slot_and_keeps_it_for_a_period() -> None:
    table = ReservationTable(4)
    table.unit("words", add, memory=True)
    for name in ("one", "two"):
        table.unit(name, add)
    first, second = (table.use("words", slot, None, None) for slot in (0, 1))
    table.use("one", 3, first[0], None)
    end = table.use("two", 3, second[0], None)
    with pytest.raises(BindingError, match="memory of 'words' is used twice in slot 3 of 4"):
        fold(table, {"out": end[0]}, 3)
    table = ReservationTable(4)
    table.unit("words", add, memory=True)
    table.unit("one", add)
    end = table.use("one", 4, table.use("words", 0, None, None)[0], None)
    with pytest.raises(BindingError, match="words of unit 'words' wait in a memory for 4 to 4"):
        fold(table, {"out": end[0]}, 4)


def test_a_word_stays_in_a_place_of_its_own() -> None:
    """It is written in one period, and read in each one."""
    table = ReservationTable(3)
    table.unit("words", add, memory=True)
    table.unit("one", add)
    (place,) = table.places(1)
    zero = table.constant(0)
    table.use("words", 0, Brought("in", 1), zero, place=place)
    first = table.use("words", 1, zero, zero)
    table.use("one", 2, first[0], zero)
    end = table.use("one", 1, Place("words", place), zero)
    graph = fold(table, {"out": end[0]}, 1)
    found = interpret_each_slot(
        graph, [{"in": number} for number in range(10, 20)], table.constants
    )
    assert [found[at]["out"] for at in (1, 4, 7)] == [10, 13, 16]
