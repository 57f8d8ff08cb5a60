"""What the inputs of a folded graph bring in each slot, with addresses for the words of a job."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from .ir import Node, Source
from .reservation import ReservationTable
from .trace import GraphWord


@dataclass(frozen=True)
class JobWord:
    """A word that a job brings.

    Members
    -------
    number
        Its address.
    period
        The period of the nonce, counted from 0, in which it is needed.
    """

    number: int
    period: int = 0


#: What an input brings in a slot: a number, a word of a job, another word, or ``None`` for nothing
#: that matters.
InputWord = int | JobWord | Hashable


def brought(
    table: ReservationTable, inputs: Sequence[Sequence[str]]
) -> tuple[dict[str, tuple[InputWord, ...]], tuple[Node, ...]]:
    """What inputs bring, slot by slot; and the words of a job in the order of their addresses.

    If an input brings something in most slots, it brings zero in the others.

    Parameters
    ----------
    table
        The table that the graph is folded by.
    inputs
        Groups of names of inputs, in the order of the addresses of the words that they bring. A
        word that several inputs of a group bring has one address.
    """
    numbers: dict[tuple[int, Node], int] = {}
    found: dict[str, tuple[InputWord, ...]] = {}
    for group, name in ((i, name) for i, names in enumerate(inputs) for name in names):
        words: list[InputWord] = [None] * table.graph.slots
        for slot, word in table.inputs[name].items():
            words[slot] = word
            if isinstance(word, GraphWord):
                words[slot] = word.node.value
                if word.node.kind is not Source.CONSTANT:
                    number = numbers.setdefault((group, word.node), len(numbers))
                    words[slot] = JobWord(number, table.periods.get((name, slot), 0))
        if 2 * words[: table.slots].count(None) < table.slots:
            words = [0 if word is None else word for word in words]
        found[name] = tuple(words)
    return found, tuple(node for _, node in numbers)
