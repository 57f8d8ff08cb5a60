"""The graph of rolled units with lanes: a pass for each slot of :mod:`.laneslots`."""

from collections.abc import Sequence

from sluice.rtl.hls.ir import Binding, Graph
from sluice.rtl.hls.trace import GraphWord

from . import laneslots as slots
from .slotted import GatedRound, Message, Slotted


def lanes_graph(units: int, lanes: int, interleave: int = 1) -> Graph:
    """The graph of one slot of `units` units, of which each hashes `interleave` nonces in turns.

    A unit's nonces are consecutive, and those of one unit follow those of the unit before. Each is
    hashed on all lanes.

    Inputs are ``k``, ``k2``, ``m``, and for each lane ``x0`` and ``y0`` on; outputs ``h7_0`` to
    ``h7_[units * lanes - 1]``, the lanes of a unit one after the other, in slot `slots.TAP`.
    """
    graph = Graph(slots.SLOTS)
    own = [name for names in slots.inputs(lanes) for name in names]
    words = {name: GraphWord.input(graph, name, Binding.NONCE) for name in ("m", "k", "k2", *own)}
    for unit in range(units):
        _unit(graph, unit, unit * interleave, lanes, words, soon=interleave == 1)
    return graph


def _unit(
    graph: Graph,
    unit: int,
    offset: int,
    lanes: int,
    words: dict[str, GraphWord],
    *,
    soon: bool,
) -> None:
    """A unit; `offset` is added to the nonce that is put in."""
    parts = Slotted(graph, str(unit))
    message = Message(parts, slots.first_places(), slots.RECURRENCE_FIRST)
    more = {GraphWord.constant(graph, offset): slots.TAIL[-1:]} if offset else {}
    _put(parts, message, slots.TAIL, parts.select(parts.zero, more), words["m"])
    parts.close()
    for lane in range(lanes):
        first = Slotted(graph, f"{unit}p{lane}")
        round_ = GatedRound(first, soon=soon)
        d = round_.state[3]
        x, y = words[f"x{lane}"], words[f"y{lane}"]
        made_e, made_a = round_.build(words["k"], message.w, slots.LOAD_FIRST, y, x)
        first.close()

        second = Slotted(graph, f"{unit}s{lane}")
        digest = Message(second, slots.second_places(), slots.RECURRENCE_SECOND)
        of_d = {d: slots.DIGEST_D}
        where = [*slots.DIGEST_E, *slots.DIGEST_D]
        added = second.select(y, {made_a: slots.DIGEST_D})
        _put(second, digest, where, second.select(made_e, of_d), added)
        round_ = GatedRound(second, soon=soon)
        round_.build(words["k2"], digest.w, slots.LOAD_SECOND, words["m"])
        graph.outputs[f"h7_{unit * lanes + lane}"] = round_.state[4].node
        second.close()


def _put(
    parts: Slotted, message: Message, where: Sequence[int], one: GraphWord, other: GraphWord
) -> None:
    """The sum of two words is put in, in some slots."""
    select = parts.select
    message.goes_on(select(message.part, {one: where}), select(message.early, {other: where}))
