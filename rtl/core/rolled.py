"""The graph of rolled units: a pass for each slot of :mod:`.slots`."""

from abc import ABC, abstractmethod

from sluice.rtl.hls.ir import Binding, Graph
from sluice.rtl.hls.trace import GraphWord

from . import slots
from .gatedwords import GatedWord
from .slotted import GatedRound, Message, Slotted, minus


def rolled_graph(units: int, interleave: int = 1, *, gates: bool = False) -> Graph:
    """The graph of one slot of `units` units, of which each hashes `interleave` nonces in turns.

    A unit's nonces are consecutive, and those of one unit follow those of the unit before.

    Inputs are ``k`` and ``m``; outputs ``h7_0`` to ``h7_[units - 1]``, in slot `slots.TAP`.

    With `gates`, a sum has a gate or a choice for an operand at no cost, see :mod:`.slots`.
    """
    graph = Graph(slots.SLOTS)
    k = GraphWord.input(graph, "k", Binding.NONCE)
    m = GraphWord.input(graph, "m", Binding.NONCE)
    made = _GatedSums if gates else _GatedFunctions
    for unit in range(units):
        made(graph, unit, k, m).build(unit * interleave)
    return graph


class _Unit(ABC):
    """A round, and the schedule beside it. How a state is put in is left open."""

    def __init__(self, graph: Graph, unit: int, k: GraphWord, m: GraphWord) -> None:
        self.parts = Slotted(graph, str(unit))
        self.unit = unit
        self.k, self.m = k, m

    @abstractmethod
    def state(self) -> list[GraphWord]:
        """The state before the round of this slot."""

    @abstractmethod
    def build_round(self, state: list[GraphWord], w: GraphWord) -> tuple[GraphWord, GraphWord]:
        """``e'``, and what becomes a word of the digest after the last round."""

    @abstractmethod
    def put(self, message: Message, taken: dict[GraphWord, list[int]]) -> None:
        """The partial sum goes on; a word of `taken`, or zero, and `m` are put in."""

    def build(self, offset: int) -> None:
        """All of it; `offset` is added to the nonce that is put in."""
        parts, graph = self.parts, self.parts.graph
        state = self.state()
        message = Message(parts, slots.message_places(), slots.RECURRENCE)
        made_e, digest = self.build_round(state, message.w)

        # What is put into the schedule: the tail of the header, and the digest.
        taken: dict[GraphWord, list[int]] = {}
        for word, where in ((made_e, slots.DIGEST_E), (digest, slots.DIGEST_D)):
            taken.setdefault(word, []).extend(where)
        if offset:
            taken[GraphWord.constant(graph, offset)] = [slots.TAIL[-1]]
        self.put(message, taken)
        graph.outputs[f"h7_{self.unit}"] = state[4].node
        parts.close()


#: Slots in which words of a message are put in.
_MESSAGE = [*slots.TAIL, *slots.DIGEST_E, *slots.DIGEST_D]


class _GatedFunctions(_Unit):
    """Functions are gated, where a gate is an input of their tables."""

    def _gated_round(self, word: GraphWord) -> GraphWord:
        return self.parts.gated(word, [*slots.LOAD, *slots.DIGEST_D])

    def state(self) -> list[GraphWord]:
        """What is put in comes as c. The words of `LOAD` but for the first of each find h zero."""
        parts = self.parts
        a, b, third, fourth = (parts.loop(name, i) for i, name in enumerate("abcd", 1))
        c = parts.select(third, {self.m: slots.put(gates=False)})
        e, f, g, h = (parts.loop(name, max(1, i)) for i, name in enumerate("efgh"))
        closed = [slot - 3 for slot in slots.LOAD if slot - 1 in slots.LOAD]
        parts.loops |= dict.fromkeys((f, g, h), parts.gated(e, closed))
        parts.graph.late |= {word.node for word in (a, b, third, e, f, g)}
        self.late_d = parts.loop("d_late")
        parts.loops[self.late_d] = c
        self.words = (a, b, third, fourth), (e,)
        return [a, b, c, fourth, e, f, g, h]

    def build_round(self, state: list[GraphWord], w: GraphWord) -> tuple[GraphWord, GraphWord]:
        """``e'`` as it is written, and ``a'`` from it."""
        parts = self.parts
        a, b, c, d, e, f, g, h = state
        head_a, head_e = (GatedWord(parts.graph, word.node, self._gated_round) for word in (a, e))
        # After the last round of the first hash ``e'`` is ``d``, and in the first of `LOAD` zero.
        first = [slot for slot in slots.LOAD if slot - 1 not in slots.LOAD]
        h = parts.gated(h + self.k, [*slots.DIGEST_D, *first])
        made_e = parts.round_e([head_a, b, c, d, head_e, f, g, h], parts.zero, w)
        made_e = made_e.named(f"e'_{self.unit}")
        made_a = parts.round_a(head_a, b, c, minus(made_e, self.late_d))
        made_a = parts.gated(made_a.named(f"a'_{self.unit}"), slots.CLEARED)
        for words, made in zip(self.words, (made_a, made_e), strict=True):
            parts.loops |= dict.fromkeys(words, made)
        return made_e, made_e

    def put(self, message: Message, taken: dict[GraphWord, list[int]]) -> None:
        """One sum of two choices, the first of three words or four."""
        select = self.parts.select
        first = select(message.part, {self.parts.zero: [*slots.TAIL], **taken})
        message.goes_on(first, select(message.early, {self.m: _MESSAGE}))


class _GatedSums(_Unit):
    """Sums have a gate or a choice for an operand."""

    def state(self) -> list[GraphWord]:
        """The last words made."""
        self.round = GatedRound(self.parts)
        return self.round.state

    def build_round(self, state: list[GraphWord], w: GraphWord) -> tuple[GraphWord, GraphWord]:
        """What is put in takes the place of what `a` gives."""
        made_e, _ = self.round.build(self.k, w, slots.LOAD, self.m)
        return made_e, state[3]

    def put(self, message: Message, taken: dict[GraphWord, list[int]]) -> None:
        """One sum of two choices of two words, of which the first is a choice again."""
        select = self.parts.select
        first = select(message.part, {select(self.parts.zero, taken): _MESSAGE})
        message.goes_on(first, select(message.early, {self.m: _MESSAGE}))
