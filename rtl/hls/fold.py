"""Folding: all operations of a nonce on few units, each in a slot of its own.

The folding transformation of K. K. Parhi, C.-Y. Wang and A. P. Brown, "Synthesis of control
circuits in folded pipelined DSP architectures", IEEE Journal of Solid-State Circuits 27(1), 1992.
Operation ``U`` is done in slot ``u`` of each period of ``N`` slots, ``V`` in slot ``v``, and ``V``
takes what ``U`` has made ``w`` periods before. The word then waits ``D(U -> V) = N w + v - u``
slots between the two units. Slots are counted on here from the beginning of a nonce, through as
many periods as it takes: they are ``u`` and ``N w + v``.

An operand of a unit, seen over all operations that are bound to the unit, is

======================================== =====================================================
one word, with one ``D``                 a delay: a back-edge over ``D`` slots of the folded graph
one word, and ``D`` differs              a read from RAM, in the place of the producer's slot
different words                          a multiplexer
numbers only                             a ROM
======================================== =====================================================

Numbers among words that are read from RAM have places there. In a slot without an operation an
operand is what is needed in most other slots, which takes the least decoding.
"""

from collections import Counter
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import zip_longest

from .ir import BindingTime, Graph, Node, Source
from .operations import BindingError, Brought, Operand, Operation, Place, Result, Unit
from .reservation import ReservationTable
from .trace import GraphWord

#: A result of a unit: the unit's name, and which of its results.
Made = tuple[str, int]
#: Results by the names of outputs.
Results = Mapping[str, Result]
#: What the operations of a unit take as one of its operands.
Uses = list[tuple[Operation, Operand]]


def fold(
    table: ReservationTable,
    outputs: Results,
    slot: int,
    *,
    taps: Mapping[str, tuple[Result, int]] | None = None,
    pairs: bool = False,
) -> Graph:
    """The folded graph of a reservation table.

    Parameters
    ----------
    table
        The table. Numbers that are read from memories get their places in it.
    outputs
        The outputs of the graph.
    slot
        When they are asked for, counted from the beginning of the nonce.
    taps
        Words that are told in every slot; and the slot in which these ones are.
    pairs
        Whether a sum takes a gate or a choice of two words at no cost: a multiplexer of more is a
        choice between the word of most slots and a multiplexer of the others then, or a gate.

    Raises
    ------
    BindingError
        Units wait for each other in a slot; a memory is read twice in a slot; or a word waits in a
        memory for longer than until its place is written again.
    """
    table.told = slot
    return _Fold(table, pairs).make(outputs, slot, taps or {})


class _Fold:
    def __init__(self, table: ReservationTable, pairs: bool) -> None:
        self._table, self._pairs, self._graph = table, pairs, table.graph
        self._results: dict[str, list[GraphWord]] = {}
        #: What each back-edge and each memory is: a word, or a result of a unit.
        self._carried: dict[GraphWord, GraphWord | Made] = {}
        self._ports: dict[str, list[Uses]] = {}
        for unit, bound in table.bound.items():
            ports = zip_longest(*(operation.operands for operation in bound.values()))
            self._ports[unit] = [
                [use for use in zip(bound.values(), port, strict=True) if use[1] is not None]
                for port in ports
            ]
        self._memories: dict[Made, GraphWord | None] = {}

    def make(self, outputs: Results, slot: int, taps: Mapping[str, tuple[Result, int]]) -> Graph:
        """All units, and then what their back-edges are."""
        table, graph = self._table, self._graph
        for name in table.inputs:
            graph.input(name, BindingTime.NONCE)
        self._find_memories()
        for unit in (unit for unit in self._in_order() if table.bound[unit]):
            kinds = {at: operation.kind for at, operation in table.bound[unit].items()}
            traced = Unit(graph, unit, kinds)
            words = [self._operand(uses) for uses in self._ports[unit]]
            self._results[unit] = [*table.texts[unit](traced, words)]
            self._carried |= traced.delays
        for name, result in outputs.items():
            graph.outputs[name] = self._waited(result, slot).node
        graph.taps |= {name: self._waited(*tap).node for name, tap in taps.items()}
        for value, word in self._carried.items():
            made = self._results[word[0]][word[1]] if isinstance(word, tuple) else word
            graph.carried[value.node] = made.node
        return graph

    def _in_order(self) -> list[str]:
        """All units, each behind those whose results it takes in the slot that makes them."""
        needs = {
            unit: [
                operand.operation.unit
                for uses in ports
                for operation, operand in uses
                if isinstance(operand, Result) and operand.slot == operation.slot
            ]
            for unit, ports in self._ports.items()
        }
        try:
            return list(TopologicalSorter(needs).static_order())
        except CycleError as error:
            units = " and ".join(dict.fromkeys(error.args[1]))
            raise BindingError(f"in a slot units wait for each other: {units}") from error

    # Operands: a delay, a read from RAM, a multiplexer or a ROM.

    def _operand(self, uses: Uses) -> GraphWord:
        """What a unit takes, in all slots."""
        memory = self._memory_of(uses)
        by_slot = {
            self._table.period_slot(operation): self._word(operation, operand, memory)
            for operation, operand in uses
        }
        words = list(dict.fromkeys(by_slot.values()))
        if len(words) < 2:
            return words[0] if words else self._table.constant(0)
        if all(word.node.kind is Source.CONSTANT for word in words):
            numbers = {slot: word.node.value for slot, word in by_slot.items()}
            rom = self._graph.table([numbers.get(i, 0) for i in range(self._graph.slots)])
            return GraphWord(self._graph, rom)
        return self._multiplexer(by_slot)

    def _multiplexer(self, by_slot: Mapping[int, GraphWord]) -> GraphWord:
        """A word for each slot; in others it gives what most slots need."""
        counted = Counter(word for slot, word in by_slot.items() if slot < self._table.slots)
        usual = counted.most_common(1)[0][0]
        others = {slot: word for slot, word in by_slot.items() if word != usual}
        if self._pairs and len(set(others.values())) > 1:
            words, zero = Counter(others.values()), self._table.constant(0)
            least = zero if zero in words else words.most_common(1)[0][0]
            others = dict.fromkeys(others, self._select(others, least))
        return self._select(others, usual)

    def _select(self, by_slot: Mapping[int, GraphWord], other: GraphWord) -> GraphWord:
        graph, slots = self._graph, range(self._graph.slots)
        if self._pairs and {*by_slot.values()} == {self._table.constant(0)}:
            return GraphWord(graph, graph.gate(other.node, sorted({*slots} - {*by_slot})))
        return GraphWord(graph, graph.select([by_slot.get(i, other).node for i in slots]))

    def _word(self, operation: Operation, operand: Operand, memory: Made | None) -> GraphWord:
        """What an operation takes, as a word of the slot that it is in."""
        if memory is not None and self._place(memory, operand) is not None:
            word = self._memories[memory]
            assert word is not None
            return word
        if isinstance(operand, Brought):
            return GraphWord(self._graph, self._graph.input(operand.name, BindingTime.NONCE))
        if isinstance(operand, Result):
            return self._waited(operand, operation.slot)
        assert isinstance(operand, GraphWord), operand
        return operand

    def _waited(self, result: Result, slot: int) -> GraphWord:
        """A result in a slot of its nonce, behind registers."""
        unit, index = result.made
        if not (delay := slot - result.slot):
            return self._results[unit][index]
        return self._carry(self._graph.back_edge(f"{unit}_{index}_{delay}", delay), result.made)

    def _carry(self, node: Node, made: Made) -> GraphWord:
        word = GraphWord(self._graph, node)
        self._carried[word] = made
        return word

    def _find_memories(self) -> None:
        """Which results wait in a memory, and what is read from it in each slot."""
        self._memories = dict.fromkeys((unit, 0) for unit in self._table.in_memory)
        ports = [uses for ports in self._ports.values() for uses in ports]
        for uses in ports:
            delays: dict[Made, set[int]] = {}
            for operation, operand in uses:
                if isinstance(operand, Result):
                    waits = operation.slot - operand.slot
                    delays.setdefault(operand.made, set()).add(waits)
            self._memories |= {made: None for made, found in delays.items() if len(found) > 1}
        # Zero has the first place.
        zero = self._table.place_of(0) if self._memories else 0
        reads: dict[Made, dict[int, int]] = {made: {} for made in self._memories}
        waiting: dict[Made, Counter[int]] = {made: Counter() for made in self._memories}
        for uses in ports:
            memory = self._memory_of(uses)
            for operation, operand in uses:
                if memory is None or (place := self._place(memory, operand)) is None:
                    continue
                at, where = self._table.period_slot(operation), f"memory of {memory[0]!r}"
                self._table.reserve(reads[memory], at, place, where)
                if isinstance(operand, Result):
                    waiting[memory][operation.slot - operand.slot] += 1
        for made, places in reads.items():
            if places:
                self._memories[made] = self._memory(made, places, waiting[made], zero)

    def _memory_of(self, uses: Uses) -> Made | None:
        """The memory that an operand is read from, in some slot at least."""
        for _, operand in uses:
            made = operand.made if isinstance(operand, Result | Place) else None
            if made in self._memories:
                return made
        return None

    def _place(self, memory: Made, operand: Operand) -> int | None:
        """Where an operand is in a memory, if it is there; a number gets a place."""
        if isinstance(operand, Result) and operand.made == memory:
            own = operand.operation.place
            return self._table.period_slot(operand.operation) if own is None else own
        if isinstance(operand, Place):
            return operand.number
        if isinstance(operand, GraphWord) and operand.node.kind is Source.CONSTANT:
            return self._table.place_of(operand.node.value)
        return None

    def _memory(
        self, made: Made, places: Mapping[int, int], waits: Counter[int], zero: int
    ) -> GraphWord:
        """A memory that is written in each slot, unless an operation says otherwise."""
        (unit, index), slots, count = made, self._table.slots, self._graph.slots
        if min(waits) < 1 or max(waits) >= slots:
            found = f"{min(waits)} to {max(waits)} slots, not 1 to {slots - 1}"
            raise BindingError(f"words of unit {unit!r} wait in a memory for {found}")
        usual = waits.most_common(1)[0][0]
        usually = [(slot - usual) % slots if slot < slots else zero for slot in range(count)]
        read = [places.get(slot, ~usually[slot]) for slot in range(count)]
        written = [*range(count)]
        for slot, operation in self._table.bound[unit].items():
            if operation.place is not None:
                written[slot] = operation.place
        node = self._graph.ram_value(f"{unit}_{index}", read, min(waits), written)
        return self._carry(node, made)
