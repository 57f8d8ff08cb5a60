"""Operations and the units that do them, before they are folded."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from .ir import Graph
from .ops import Op
from .trace import GraphWord


class BindingError(ValueError):
    """Operations are bound in a way that no hardware can do; the message names unit and slot."""


@dataclass(frozen=True)
class Result:
    """A word that an operation makes.

    Members
    -------
    operation
        The operation.
    index
        Which of the results of its unit.
    later
        By how many slots the nonce that it is of begins after the one that takes it.
    """

    operation: "Operation"
    index: int
    later: int = 0

    @property
    def slot(self) -> int:
        """When it is made, counted from the beginning of the nonce that takes it."""
        return self.operation.slot + self.later

    def of_next(self, slots: int) -> "Result":
        """That of the next nonce, which begins so many slots later."""
        return Result(self.operation, self.index, self.later + slots)

    @property
    def made(self) -> tuple[str, int]:
        """The unit, and which of its results."""
        return self.operation.unit, self.index


@dataclass(frozen=True)
class Place:
    """The word in a place of the memory behind a unit, above the places of the slots."""

    unit: str
    number: int

    @property
    def made(self) -> tuple[str, int]:
        """The result that the memory is of: the first one of the unit."""
        return self.unit, 0


@dataclass(frozen=True)
class Brought:
    """A word that an input brings in the slot of the operation.

    Members
    -------
    name
        Of the input.
    word
        What it brings.
    """

    name: str
    word: Hashable


#: What an operation takes. A word of the graph is a constant, or is known with the job.
#: ``None``: it does not matter.
Operand = Result | Place | Brought | GraphWord | None


@dataclass(frozen=True, eq=False)
class Operation:
    """A use of a unit.

    Members
    -------
    unit
        The unit.
    slot
        When, counted from the beginning of the nonce.
    operands
        What it takes.
    kind
        What the unit does, if it can do different things.
    place
        Where its first result goes in the memory behind the unit, if not to the place of the slot;
        with all bits inverted if it goes nowhere.
    aside
        Whether `slot` is one of a period of its own, between those of two nonces: one of
        the graph.
    """

    unit: str
    slot: int
    operands: Sequence[Operand]
    kind: str = ""
    place: int | None = None
    aside: bool = False

    def __getitem__(self, index: int) -> Result:
        return Result(self, index)


@dataclass
class Unit:
    """A unit while its hardware is traced.

    Members
    -------
    graph
        The folded graph.
    name
        Of the unit.
    kinds
        For each slot with an operation its kind.
    delays
        Words that are made here and come some slots later, with what they are.
    """

    graph: Graph
    name: str
    kinds: Mapping[int, str]
    delays: dict[GraphWord, GraphWord] = field(default_factory=dict)

    @property
    def zero(self) -> GraphWord:
        """The number 0."""
        return GraphWord.constant(self.graph, 0)

    def at(self, *kinds: str, ahead: int = 0) -> list[int]:
        """Slots that are so many slots ahead of an operation of one of these kinds."""
        period = self.graph.slots - self.graph.load_slots
        return [
            slot if slot >= period else (slot - ahead) % period
            for slot, kind in self.kinds.items()
            if kind in kinds
        ]

    def select(self, other: GraphWord, words: Mapping[GraphWord, Sequence[int]]) -> GraphWord:
        """One of `words` in the slots that belong to it, `other` in the rest."""
        choices = [other.node] * self.graph.slots
        for word, where in words.items():
            for slot in where:
                choices[slot] = word.node
        return GraphWord(self.graph, self.graph.select(choices))

    def gated(self, word: GraphWord, closed: Sequence[int]) -> GraphWord:
        """A gated operand: zero in the slots `closed`."""
        open_ = [slot for slot in range(self.graph.slots) if slot not in closed]
        return GraphWord(self.graph, self.graph.gate(word.node, open_))

    def gated_sum(self, word: GraphWord, added: GraphWord, closed: Sequence[int]) -> GraphWord:
        """The sum of two words; in the slots `closed` the first of them."""
        bits = [int(slot not in closed) for slot in range(self.graph.slots)]
        return GraphWord(
            self.graph, self.graph.gated_sum(Op.ADD_GATE, [word.node, added.node], bits)
        )

    def later(self, word: GraphWord, slots: int, name: str) -> GraphWord:
        """A word some slots later."""
        edge = GraphWord(self.graph, self.graph.back_edge(f"{name}_{self.name}", slots))
        self.delays[edge] = word
        return edge

    def late(self, *words: GraphWord) -> None:
        """These are known later than all others: what is added to them waits for them."""
        for word in words:
            self.graph.late |= {word.node, *word.node.args}

    def formed(self, word: GraphWord) -> GraphWord:
        """A sum that is formed as it is, and not dissolved in the one that uses it."""
        self.graph.formed.add(word.node)
        return word


#: What a unit does, as text: its results, from its operands.
Text = Callable[[Unit, Sequence[GraphWord]], Sequence[GraphWord]]


def moves(_unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    """Words move on."""
    return operands


def adds(_unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    """The sum of two words."""
    return [operands[0] + operands[1]]
