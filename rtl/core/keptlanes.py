"""The graph of rolled units with lanes that keep their midstates in memories of schedules.

A pass for each slot of :mod:`.keptslots`. What puts a word into a register that has no sum in front
of it costs nothing on a device whose register is behind a look-up table: all states go in there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sluice.rtl.dataflow.node import Binding, Graph
from sluice.rtl.dataflow.trace import GraphWord
from sluice.rtl.sha256.constants import INITIAL_STATE
from sluice.rtl.sha256.function import next_word, round_

from . import keptslots as slots
from .gatedwords import GatedWord
from .slotted import Slotted


def kept_lanes_graph(units: int, lanes: int) -> Graph:
    """The graph of one slot of `units` units, which hash consecutive nonces, each on all lanes.

    Inputs are ``k``, and ``m``, the nonce; outputs ``h7_0`` to ``h7_[units * lanes - 1]``, the
    lanes of a unit one after the other, in slot `slots.TAP`.
    """
    graph = Graph(slots.ALL, aside=slots.ALL - slots.SLOTS)
    k, m = (GraphWord.input(graph, name, Binding.NONCE) for name in "km")
    shared = Slotted(graph, "k")
    k_late = shared.loop("k_late", slots.K_LATE)
    shared.loops[k_late] = k
    shared.close()
    for unit in range(units):
        nonce = m + GraphWord.constant(graph, unit)
        _unit(graph, unit, lanes, nonce, k, k_late)
    return graph


def _unit(
    graph: Graph, unit: int, lanes: int, nonce: GraphWord, k: GraphWord, k_late: GraphWord
) -> None:
    """A unit, whose nonce is given."""
    parts = Slotted(graph, str(unit))
    message = _Schedule(parts, slots.first_parts())
    message.older({})
    tail = slots.LOADING[: slots.TAIL]
    message.goes_on(parts.select(message.newest, {nonce: [slots.NONCE_SLOT], k: tail}))
    k_and_w = parts.loop("kw", slots.TO_ROUND - 1)
    parts.loops[k_and_w] = k + message.newest
    parts.close()
    for lane in range(lanes):
        second = Slotted(graph, f"{unit}s{lane}")
        digest = _Schedule(second, slots.second_parts(lane, lanes))
        first = Slotted(graph, f"{unit}p{lane}")
        state = _first_round(first, k_and_w, digest)
        first.close()

        in_turn, loading = slots.in_turn, slots.LOADING
        arrives = digest.older({state.d: in_turn(slots.D_LEAVES)})
        leaves = second.loop("digest")
        second.loops[leaves] = second.select(state.e, {arrives: in_turn(slots.D_ARRIVES)})
        whole = range(slots.DIGEST_E.start, slots.DIGEST_D.stop)
        digest.goes_on(second.select(digest.newest, {leaves: [*in_turn(whole), *loading]}))
        state = _second_round(second, k_late, digest.newest)
        graph.outputs[f"h7_{unit * lanes + lane}"] = state.e.node
        second.close()


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
        self.u = parts.word(graph.recall(f"u_{parts.label}", places.u, slots.PART, places.to_u))
        self.q = parts.word(graph.recall(f"q_{parts.label}", places.q, slots.Q_WAITS, places.to_q))
        self.newest, self._older = parts.loop("w"), parts.loop("w_old")
        nothing = [parts.zero] * 16
        stays = [slot for slot in range(graph.passes) if slot not in places.recurrence]
        late = next_word([*nothing[:14], self._older, parts.zero])
        parts.loops[self.newest] = self.q + parts.gated(late, stays)
        # A word that goes from one memory to the other stays what it is.
        early = parts.gated(next_word([parts.zero, self.newest, *nothing[2:]]), slots.LOADING)
        parts.loops[self.u] = self._older + early

    def older(self, others: dict[GraphWord, list[int]]) -> GraphWord:
        """The word before the newest one, or one of `others` a slot after they were there."""
        self._parts.loops[self._older] = self._parts.select(self.newest, others)
        return self._older

    def goes_on(self, word: GraphWord) -> None:
        """The word of the slot before, or what is put in, is added to what ``u`` has."""
        self._parts.loops[self.q] = self.u + word


@dataclass(frozen=True)
class _State:
    """Words of a state that leave a round."""

    d: GraphWord
    e: GraphWord


def _begin(parts: Slotted) -> list[GraphWord]:
    """The state before the round of this slot; ``h`` is what was ``g`` in the slot before."""
    state = [parts.loop(name, 2 if name == "h" else 1) for name in "abcdefgh"]
    a, b, c, _, e, f, g, _ = state
    parts.graph.late |= {word.node for word in (a, b, c, e, f, g)}
    return state


def _close(parts: Slotted, state: Sequence[GraphWord], after: Sequence[GraphWord]) -> _State:
    """The words `after` are the first seven of the state of the next slot."""
    parts.loops |= dict(zip(state, [*after, after[6]], strict=True))
    return _State(state[3], state[4])


def _first_round(parts: Slotted, k_and_w: GraphWord, digest: _Schedule) -> _State:
    """A round of the first hash; the midstate is in the memories of the second one's schedule."""
    loading = slots.LOADING
    state = _begin(parts)
    a, b, c, d, e, f, g, h = state

    def gate(word: GraphWord) -> GraphWord:
        return parts.gated(word, [*slots.LOAD, *loading])

    head_a, head_e = (GatedWord(parts.graph, word.node, gate) for word in (a, e))
    zero = parts.zero
    made_a, *_, made_e, _, _, _ = round_([head_a, b, c, d, head_e, f, g, h], zero, k_and_w)
    next_g = parts.select(f, {digest.u: [*slots.LOAD_A, *loading]})
    next_d = parts.select(c, {digest.q: [*slots.LOAD_D, *loading]})
    return _close(parts, state, [made_a, a, b, next_d, made_e, e, next_g])


def _second_round(parts: Slotted, k: GraphWord, w: GraphWord) -> _State:
    """A round of the second hash; all words of its initial state are put in at once."""
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
    return _close(parts, state, [*after, next_g])
