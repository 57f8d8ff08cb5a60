"""The graph of rolled units with lanes that keep their midstates in memories of schedules.

A pass for each slot of :mod:`.keptslots`. What puts a word into a register that has no sum in front
of it costs nothing on a device whose register is behind a look-up table: all states go in there.
"""

from collections.abc import Mapping, Sequence

from sluice.rtl.hls.ir import Binding, Graph
from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.constants import INITIAL_STATE
from sluice.rtl.sha256.function import next_word, round_

from . import keptslots as slots
from .gatedwords import GatedWord
from .slotted import Slotted


def kept_lanes_graph(lanes: int) -> Graph:
    """The graph of one slot of a unit, which hashes a nonce on all lanes.

    Its input is ``k``. Outputs are ``h7_0`` to ``h7_[lanes - 1]``, in slot `slots.TAP`. Taps are
    ``word``, that of the schedule of the first hash, and ``sum`` of it and `k`, `slots.SUM_LATE`
    slots later.
    """
    graph = Graph(slots.ALL, aside=slots.ALL - slots.SLOTS)
    k = GraphWord.input(graph, "k", Binding.NONCE)
    parts = Slotted(graph, "0")
    message = _Schedule(parts, slots.first_parts())
    puts = [slots.NONCE_SLOT, *slots.LOADING[: slots.TAIL], slots.LOAD_FROM + slots.NONCE_SLOT]
    message.put_in({k: puts})
    k_and_w = parts.loop("kw", slots.SUM_LATE)
    parts.loops[k_and_w] = parts.select(k + message.newest, {parts.zero: slots.K_IDLE})
    graph.taps = {"word": message.newest.node, "sum": k_and_w.node}
    k_late = parts.loop("k_late", slots.K_LATE)
    parts.loops[k_late] = k
    parts.close()
    for lane in range(lanes):
        second = Slotted(graph, f"s{lane}")
        digest = _Schedule(second, slots.second_parts(lane, lanes))
        first = Slotted(graph, f"p{lane}")
        leaves = _first_round(first, k_and_w, digest)
        first.close()

        digest.put_in({leaves: [*slots.in_turn(slots.LEAVES), *slots.LOADING]})
        h7 = _second_round(second, k_late, digest.newest)
        graph.outputs[f"h7_{lane}"] = h7.node
        second.close()
    return graph


class _Schedule:
    """A schedule, in sums that wait in its memories.

    Members
    -------
    u, q
        What is read from them in this slot.
    newest
        The word of the slot before.
    """

    def __init__(self, parts: Slotted, places: slots.Parts) -> None:
        self._parts = parts
        graph = parts.graph
        u = graph.recall(f"u_{parts.label}", places.u, slots.U_WAITS, places.to_u)
        q = graph.recall(f"q_{parts.label}", places.q, slots.Q_WAITS, places.to_q)
        self.u, self.q = parts.word(u), parts.word(q)
        self.newest, self._older = parts.loop("w"), parts.loop("w_old")
        nothing = [parts.zero] * 16
        stays = [slot for slot in range(graph.passes) if slot not in places.recurrence]
        late = next_word([*nothing[:14], self._older, parts.zero])
        parts.loops[self.newest] = self.q + parts.gated(late, stays)
        # A word that is put in while a job comes in stays what it is.
        early = parts.gated(next_word([parts.zero, self.newest, *nothing[2:]]), slots.LOADING)
        parts.loops[self.u] = self._older + early
        parts.loops[self.q] = self.u + self._older

    def put_in(self, words: Mapping[GraphWord, Sequence[int]]) -> None:
        """In the slots that belong to one of `words` it takes the place of the newest word."""
        self._parts.loops[self._older] = self._parts.select(self.newest, words)


def _begin(parts: Slotted) -> list[GraphWord]:
    """The state before the round of this slot; ``h`` is what was ``g`` in the slot before."""
    state = [parts.loop(name, 2 if name == "h" else 1) for name in "abcdefgh"]
    a, b, c, _, e, f, g, _ = state
    parts.graph.late |= {word.node for word in (a, b, c, e, f, g)}
    return state


def _close(parts: Slotted, state: Sequence[GraphWord], after: Sequence[GraphWord]) -> None:
    """The words `after` are the first seven of the state of the next slot."""
    parts.loops |= dict(zip(state, [*after, after[6]], strict=True))


def _first_round(parts: Slotted, k_and_w: GraphWord, digest: _Schedule) -> GraphWord:
    """A round of the first hash; the midstate is in the memories of the second one's schedule.

    It gives ``e``, which has all words of its last state, from ``h`` to ``a``.
    """
    state = _begin(parts)
    a, b, c, d, e, f, g, h = state
    idle = [*slots.in_turn(slots.PASSING), *slots.LOAD, *slots.LOADING]

    def gate(word: GraphWord) -> GraphWord:
        return parts.gated(word, idle)

    head_a, head_e = (GatedWord(parts.graph, word.node, gate) for word in (a, e))
    zero = parts.zero
    added = parts.select(h + k_and_w, {zero: slots.in_turn(slots.PASSING)})
    made_a, *_, made_e, _, _, _ = round_([head_a, b, c, d, head_e, f, g, zero], zero, added)
    next_g = parts.select(f, {digest.u: [*slots.LOAD_A, *slots.LOADING]})
    next_d = parts.select(c, {digest.q: [*slots.LOAD_D, *slots.LOADING]})
    _close(parts, state, [made_a, a, b, next_d, made_e, e, next_g])
    return e


def _second_round(parts: Slotted, k: GraphWord, w: GraphWord) -> GraphWord:
    """A round of the second hash, whose initial state is put in at once. It gives ``e``."""
    state = _begin(parts)
    a, b, c, _, e, f, _, _ = state
    made_a, *_, made_e, _, _, _ = round_(state, k, w)
    initial = [GraphWord.constant(parts.graph, word) for word in INITIAL_STATE]
    start, end = slots.in_turn(range(slots.SECOND - 1, slots.SECOND)), (slots.TAP - 2) % slots.SLOTS
    # In the last round `d` makes the word of the state one of the digest.
    next_d = c + parts.select(parts.zero, {initial[7]: [end]})
    after = [made_a, a, b, next_d, made_e, e]
    after = [parts.select(word, {put: start}) for word, put in zip(after, initial, strict=False)]
    next_g = parts.select(f, {initial[6]: start, initial[7]: [start[0] - 1]})
    _close(parts, state, [*after, next_g])
    return e
