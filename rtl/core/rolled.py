"""The graph of rolled units: a pass for each slot of :mod:`.slots`."""

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


def rolled_graph(units: int, interleave: int = 1) -> Graph:
    """The graph of one slot of `units` units, of which each hashes `interleave` nonces in turns.

    A unit's nonces are consecutive, and those of one unit follow those of the unit before.

    Inputs are ``k`` and ``m``; outputs ``h7_0`` to ``h7_[units - 1]``, in slot `slots.TAP`.
    """
    graph = Graph(slots.SLOTS)
    k = GraphWord.input(graph, "k", Binding.NONCE)
    m = GraphWord.input(graph, "m", Binding.NONCE)
    for unit in range(units):
        _Unit(graph, unit).build(k, m, unit * interleave)
    return graph


class _Unit:
    def __init__(self, graph: Graph, unit: int) -> None:
        self.graph = graph
        self.unit = unit

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

    def _gated_load(self, word: GraphWord) -> GraphWord:
        return self._gated(word, slots.LOAD)

    def build(self, k: GraphWord, m: GraphWord, offset: int) -> None:
        """A round; `offset` is added to the nonce that is put in."""
        loops: dict[GraphWord, GraphWord] = {}
        zero = GraphWord.constant(self.graph, 0)

        # The state before the round of this slot. What is put in comes as c, and h is zero then.
        put = slots.before(slots.LOAD)
        a, b, third, fourth = (self._loop(name, i) for i, name in enumerate("abcd", 1))
        e, f, last = (self._loop(name, i) for i, name in enumerate("efg", 1))
        c = self._select(third, {m: put})
        g = self._gated(last, put)
        self.graph.late |= {word.node for word in (a, b, third, e, f, last)}
        d, h = self._loop("d_late"), self._loop("h")
        loops |= {d: c, h: g}

        # The schedule, in partial sums.
        newest, second = self._loop("w"), self._loop("w_old", 2)
        part, early = self._loop("part", 8), self._loop("w_part")
        nothing = [zero] * 16
        oldest = next_word([second, newest, *nothing[2:]])
        loops[part] = oldest
        middle = next_word([part, *nothing[1:9], early, *nothing[10:]])
        recalled = self._word(
            self.graph.recall(f"x_{self.unit}", slots.message_places(), slots.LEAD)
        )
        stays = [slot for slot in range(slots.SLOTS) if slot not in slots.RECURRENCE]
        late = next_word([*nothing[:14], second, zero])
        w = recalled + self._gated(late, stays)

        # e' as it is written, and a' from it: t1 takes the place of h in a round of zeros.
        head_a, head_e = (_Gated(self.graph, word.node, self._gated_load) for word in (a, e))
        made_e = round_((head_a, b, c, fourth, head_e, f, g, h), k, w)[4].named(f"e'_{self.unit}")
        t1 = self._word(self.graph.operation(Op.SUB, [made_e.node, d.node]))
        made_a = round_((head_a, b, c, zero, zero, zero, zero, t1), zero, zero)[0]
        made_a = self._gated(made_a.named(f"a'_{self.unit}"), slots.CLEARED)
        loops |= dict.fromkeys((a, b, third, fourth), made_a)
        loops |= dict.fromkeys((e, f, last), made_e)
        loops |= dict.fromkeys((newest, second, early), w)

        # What is put into the schedule: the tail of the header, and the digest.
        number = GraphWord.constant(self.graph, offset)
        nonce_slot = [slots.TAIL[-1]]
        taken = {made_e: [*slots.DIGEST_E], d: [*slots.DIGEST_D]}
        if offset:
            taken[number] = nonce_slot
        formed = self._select(zero, taken) + m
        message = [*slots.TAIL, *slots.DIGEST_E, *slots.DIGEST_D]
        loops[recalled] = self._select(middle, {formed: message})

        self.graph.outputs[f"h7_{self.unit}"] = e.node
        for loop, word in loops.items():
            self.graph.loops[loop.node] = word.node
