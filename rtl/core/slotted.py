"""Parts of the graphs of rolled units: words by slot, the schedule, a round with gated sums."""

from collections.abc import Mapping, Sequence

from sluice.rtl.hls.ir import Graph, Node
from sluice.rtl.hls.ops import Op
from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.function import next_word, round_

#: Slots between a partial sum of the schedule and its use.
LEAD = 6


def minus(word: GraphWord, other: GraphWord) -> GraphWord:
    """A difference; SHA-256 has none, so words have no operator for it."""
    return GraphWord(word.graph, word.graph.operation(Op.SUB, [word.node, other.node]))


class Slotted:
    """Words of a graph whose passes are slots, and what they are in the next one.

    Parameters
    ----------
    graph
        Where they are made.
    label
        What tells the names of its loops from those of others.
    """

    def __init__(self, graph: Graph, label: str) -> None:
        self.graph = graph
        self.label = label
        self.zero = GraphWord.constant(graph, 0)
        self.loops: dict[GraphWord, GraphWord] = {}

    def word(self, node: Node) -> GraphWord:
        """A node as a word."""
        return GraphWord(self.graph, node)

    def loop(self, name: str, distance: int = 1) -> GraphWord:
        """A word that an earlier slot has made."""
        return self.word(self.graph.loop(f"{name}_{self.label}", distance))

    def select(self, other: GraphWord, words: Mapping[GraphWord, Sequence[int]]) -> GraphWord:
        """One of `words` in the slots that belong to it, `other` in the rest."""
        choices = [other.node] * self.graph.passes
        for word, where in words.items():
            for slot in where:
                choices[slot] = word.node
        return self.word(self.graph.select(choices))

    def gated(self, word: GraphWord, closed: Sequence[int]) -> GraphWord:
        """Zero in the slots `closed`."""
        open_ = [slot for slot in range(self.graph.passes) if slot not in closed]
        return self.word(self.graph.gate(word.node, open_))

    def round_e(self, state: Sequence[GraphWord], k: GraphWord, w: GraphWord) -> GraphWord:
        """``e'`` of a round."""
        return round_(state, k, w)[4]

    def round_a(self, a: GraphWord, b: GraphWord, c: GraphWord, t1: GraphWord) -> GraphWord:
        """``a'`` of a round: ``T1`` takes the place of ``h`` in a round of zeros."""
        zero = self.zero
        return round_((a, b, c, zero, zero, zero, zero, t1), zero, zero)[0]

    def close(self) -> None:
        """Tell the graph what its loops are."""
        for loop, word in self.loops.items():
            self.graph.loops[loop.node] = word.node


class Message:
    """The schedule, in partial sums that wait in a memory; words of a message are put in there.

    Parameters
    ----------
    parts
        Where its words belong.
    places
        For each slot the place in the memory that it reads.
    recurrence
        The slots that have a word that the recurrence gives.

    Members
    -------
    w
        The word of the slot.
    part, early
        What is added up to the next partial sum, unless words are put in.
    """

    def __init__(self, parts: Slotted, places: Sequence[int], recurrence: Sequence[int]) -> None:
        self._parts = parts
        newest, second = parts.loop("w"), parts.loop("w_old", 2)
        self.part, self.early = parts.loop("part", 8), parts.loop("w_part")
        nothing = [parts.zero] * 16
        parts.loops[self.part] = next_word([second, newest, *nothing[2:]])
        self._recalled = parts.word(parts.graph.recall(f"x_{parts.label}", places, LEAD))
        stays = [slot for slot in range(parts.graph.passes) if slot not in recurrence]
        late = next_word([*nothing[:14], second, parts.zero])
        self.w = self._recalled + parts.gated(late, stays)
        parts.loops |= dict.fromkeys((newest, second, self.early), self.w)

    def goes_on(self, first: GraphWord, second: GraphWord) -> None:
        """The partial sum is one of two words, of which the second stands for ``W[t-7]``."""
        nothing = [self._parts.zero] * 16
        words = [first, *nothing[1:9], second, *nothing[10:]]
        self._parts.loops[self._recalled] = next_word(words)


class GatedRound:
    """A round whose sums leave out, while a state is put in, what the unit has hashed before.

    Parameters
    ----------
    parts
        Where its words belong.
    soon
        Whether as little as can be follows `e`, for units whose rounds take a clock: what does not
        depend on it is a sum of its own then.
    """

    def __init__(self, parts: Slotted, *, soon: bool = False) -> None:
        self._parts, self._soon = parts, soon
        a, b, c, d = (parts.loop(name, i) for i, name in enumerate("abcd", 1))
        e, f, g, h = (parts.loop(name, i) for i, name in enumerate("efgh", 1))
        parts.graph.late |= {word.node for word in (a, b, c, e, f, g)}
        self.state = [a, b, c, d, e, f, g, h]

    def build(
        self,
        k: GraphWord,
        w: GraphWord,
        load: Sequence[int],
        m: GraphWord,
        x: GraphWord | None = None,
    ) -> tuple[GraphWord, GraphWord]:
        """``e'`` and ``a'``.

        In the slots `load` they are ``k + w``, to which `x` is added if there is one, and `m` more
        than that.
        """
        parts, state = self._parts, self.state
        a, b, c, d = state[:4]

        def opened(word: GraphWord) -> GraphWord:
            return parts.gated(word, load) if x is None else parts.select(word, {x: load})

        if self._soon:
            zero, h = parts.zero, state[7]
            late = parts.round_e([a, b, c, zero, *state[4:7], zero], zero, zero)
            made_e = parts.gated(late, load) + (opened(d + h) + (k + w))
        else:
            made_e = opened(parts.round_e(state, parts.zero, parts.zero)) + (k + w)
        made_e = made_e.named(f"e'_{parts.label}")
        t2 = parts.select(parts.round_a(a, b, c, parts.zero), {m: load})
        made_a = minus(made_e, parts.gated(d, load)) + t2
        made_a = made_a.named(f"a'_{parts.label}")
        parts.loops |= dict.fromkeys(state[:4], made_a)
        parts.loops |= dict.fromkeys(state[4:], made_e)
        return made_e, made_a
