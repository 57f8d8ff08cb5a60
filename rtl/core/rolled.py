"""The graph of rolled units: a pass for each slot of :mod:`.slots`."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from sluice.rtl.dataflow.node import Binding, Graph, Node
from sluice.rtl.dataflow.semantics import Op
from sluice.rtl.dataflow.trace import GraphWord
from sluice.rtl.sha256.function import next_word, round_
from sluice.rtl.sha256.word import Sigma

from . import slots


@dataclass(frozen=True)
class _Gated(GraphWord):
    """A word whose functions are zero in some slots; its sums are not."""

    gate: Callable[[GraphWord], GraphWord]

    def choose(self, f: GraphWord, g: GraphWord, /) -> GraphWord:
        return self.gate(super().choose(f, g))

    def majority(self, b: GraphWord, c: GraphWord, /) -> GraphWord:
        return self.gate(super().majority(b, c))

    def sigma(self, which: Sigma, /) -> GraphWord:
        return self.gate(super().sigma(which))


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
        self.graph = graph
        self.unit = unit
        self.k, self.m = k, m
        self.zero = GraphWord.constant(graph, 0)
        self.loops: dict[GraphWord, GraphWord] = {}

    def _word(self, node: Node) -> GraphWord:
        return GraphWord(self.graph, node)

    def _loop(self, name: str, distance: int = 1) -> GraphWord:
        return self._word(self.graph.loop(f"{name}_{self.unit}", distance))

    def _select(self, other: GraphWord, words: dict[GraphWord, list[int]]) -> GraphWord:
        """One of `words` in the slots that belong to it, `other` in the rest."""
        choices = [other.node] * slots.SLOTS
        for word, where in words.items():
            for slot in where:
                choices[slot] = word.node
        return self._word(self.graph.select(choices))

    def _gated(self, word: GraphWord, closed: list[int]) -> GraphWord:
        """Zero in the slots `closed`."""
        open_ = [slot for slot in range(slots.SLOTS) if slot not in closed]
        return self._word(self.graph.gate(word.node, open_))

    def _minus(self, word: GraphWord, other: GraphWord) -> GraphWord:
        return self._word(self.graph.operation(Op.SUB, [word.node, other.node]))

    def _round_e(self, state: list[GraphWord], k: GraphWord, w: GraphWord) -> GraphWord:
        """``e'`` of a round."""
        return round_(state, k, w)[4]

    def _round_a(self, a: GraphWord, b: GraphWord, c: GraphWord, t1: GraphWord) -> GraphWord:
        """``a'`` of a round: ``T1`` takes the place of ``h`` in a round of zeros."""
        zero = self.zero
        return round_((a, b, c, zero, zero, zero, zero, t1), zero, zero)[0]

    def _middle(self, part: GraphWord, early: GraphWord) -> GraphWord:
        """The partial sum of the schedule, and ``W[t-7]``."""
        nothing = [self.zero] * 16
        return next_word([part, *nothing[1:9], early, *nothing[10:]])

    @abstractmethod
    def state(self) -> list[GraphWord]:
        """The state before the round of this slot."""

    @abstractmethod
    def build_round(self, state: list[GraphWord], w: GraphWord) -> tuple[GraphWord, GraphWord]:
        """``e'``, and what becomes a word of the digest after the last round."""

    @abstractmethod
    def build_message(
        self, taken: dict[GraphWord, list[int]], part: GraphWord, early: GraphWord
    ) -> GraphWord:
        """The partial sum goes on with `early`; a word of `taken`, or zero, and `m` are put in."""

    def build(self, offset: int) -> None:
        """All of it; `offset` is added to the nonce that is put in."""
        state = self.state()

        # The schedule, in partial sums.
        newest, second = self._loop("w"), self._loop("w_old", 2)
        part, early = self._loop("part", 8), self._loop("w_part")
        nothing = [self.zero] * 16
        self.loops[part] = next_word([second, newest, *nothing[2:]])
        recalled = self._word(
            self.graph.recall(f"x_{self.unit}", slots.message_places(), slots.LEAD)
        )
        stays = [slot for slot in range(slots.SLOTS) if slot not in slots.RECURRENCE]
        late = next_word([*nothing[:14], second, self.zero])
        w = recalled + self._gated(late, stays)
        self.loops |= dict.fromkeys((newest, second, early), w)

        made_e, digest = self.build_round(state, w)

        # What is put into the schedule: the tail of the header, and the digest.
        taken: dict[GraphWord, list[int]] = {}
        for word, where in ((made_e, slots.DIGEST_E), (digest, slots.DIGEST_D)):
            taken.setdefault(word, []).extend(where)
        if offset:
            taken[GraphWord.constant(self.graph, offset)] = [slots.TAIL[-1]]
        self.loops[recalled] = self.build_message(taken, part, early)

        self.graph.outputs[f"h7_{self.unit}"] = state[4].node
        for loop, word in self.loops.items():
            self.graph.loops[loop.node] = word.node


#: Slots in which words of a message are put in.
_MESSAGE = [*slots.TAIL, *slots.DIGEST_E, *slots.DIGEST_D]


class _GatedFunctions(_Unit):
    """Functions are gated, where a gate is an input of their tables."""

    def _gated_round(self, word: GraphWord) -> GraphWord:
        return self._gated(word, [*slots.LOAD, *slots.DIGEST_D])

    def state(self) -> list[GraphWord]:
        """What is put in comes as c. The words of `LOAD` but for the first of each find h zero."""
        a, b, third, fourth = (self._loop(name, i) for i, name in enumerate("abcd", 1))
        c = self._select(third, {self.m: slots.put(gates=False)})
        e, f, g, h = (self._loop(name, max(1, i)) for i, name in enumerate("efgh"))
        closed = [slot - 3 for slot in slots.LOAD if slot - 1 in slots.LOAD]
        self.loops |= dict.fromkeys((f, g, h), self._gated(e, closed))
        self.graph.late |= {word.node for word in (a, b, third, e, f, g)}
        self.late_d = self._loop("d_late")
        self.loops[self.late_d] = c
        self.words = (a, b, third, fourth), (e,)
        return [a, b, c, fourth, e, f, g, h]

    def build_round(self, state: list[GraphWord], w: GraphWord) -> tuple[GraphWord, GraphWord]:
        """``e'`` as it is written, and ``a'`` from it."""
        a, b, c, d, e, f, g, h = state
        head_a, head_e = (_Gated(self.graph, word.node, self._gated_round) for word in (a, e))
        # After the last round of the first hash ``e'`` is ``d``, and in the first of `LOAD` zero.
        first = [slot for slot in slots.LOAD if slot - 1 not in slots.LOAD]
        h = self._gated(h + self.k, [*slots.DIGEST_D, *first])
        made_e = self._round_e([head_a, b, c, d, head_e, f, g, h], self.zero, w)
        made_e = made_e.named(f"e'_{self.unit}")
        made_a = self._round_a(head_a, b, c, self._minus(made_e, self.late_d))
        made_a = self._gated(made_a.named(f"a'_{self.unit}"), slots.CLEARED)
        for words, made in zip(self.words, (made_a, made_e), strict=True):
            self.loops |= dict.fromkeys(words, made)
        return made_e, made_e

    def build_message(
        self, taken: dict[GraphWord, list[int]], part: GraphWord, early: GraphWord
    ) -> GraphWord:
        """One sum of two choices, the first of three words or four."""
        first = self._select(part, {self.zero: [*slots.TAIL], **taken})
        return self._middle(first, self._select(early, {self.m: _MESSAGE}))


class _GatedSums(_Unit):
    """Sums have a gate or a choice for an operand."""

    def state(self) -> list[GraphWord]:
        """The last words made."""
        a, b, c, d = (self._loop(name, i) for i, name in enumerate("abcd", 1))
        e, f, g, h = (self._loop(name, i) for i, name in enumerate("efgh", 1))
        self.graph.late |= {word.node for word in (a, b, c, e, f, g)}
        return [a, b, c, d, e, f, g, h]

    def build_round(self, state: list[GraphWord], w: GraphWord) -> tuple[GraphWord, GraphWord]:
        """All but ``k + w`` is gated, and what is put in takes the place of what `a` gives."""
        a, b, c, d = state[:4]
        inner = self._round_e(state, self.zero, self.zero)
        made_e = (self._gated(inner, slots.LOAD) + (self.k + w)).named(f"e'_{self.unit}")
        t2 = self._select(self._round_a(a, b, c, self.zero), {self.m: slots.LOAD})
        made_a = self._minus(made_e, self._gated(d, slots.LOAD)) + t2
        made_a = made_a.named(f"a'_{self.unit}")
        self.loops |= dict.fromkeys(state[:4], made_a)
        self.loops |= dict.fromkeys(state[4:], made_e)
        return made_e, d

    def build_message(
        self, taken: dict[GraphWord, list[int]], part: GraphWord, early: GraphWord
    ) -> GraphWord:
        """One sum of two choices of two words, of which the first is a choice again."""
        first = self._select(part, {self._select(self.zero, taken): _MESSAGE})
        return self._middle(first, self._select(early, {self.m: _MESSAGE}))
