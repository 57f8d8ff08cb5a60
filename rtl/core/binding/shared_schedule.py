"""AsicBoost lanes share the schedule of the first hash; both hashes work at the same time."""

from .. import laneslots as slots
from ..rolledlanes import lanes_graph
from .binding import Binding, InputWord, JobWord, RangeWord


def binding(engines: int, lanes: int, threads: int = 1) -> Binding:
    """68 slots; a nonce takes two periods."""
    m: list[InputWord] = [None] * slots.SLOTS
    words, own = slots.m_words(), 2 * slots.LANE_WORDS * lanes
    for slot, place in slots.m_places().items():
        m[slot] = JobWord(own + place) if place < slots.M_WORDS else words[place]
    m[slots.TAIL[-1]] = RangeWord.NONCE
    inputs: dict[str, tuple[InputWord, ...]] = {
        "m": tuple(m),
        "k": tuple(slots.first_k()),
        "k2": tuple(slots.second_k()),
    }
    # `x` has the words ``e*``, and `y` the differences, and then ``e*`` once more for the digest.
    chains = (slots.LOAD_FIRST, 0), (slots.LOAD_FIRST, slots.LANE_WORDS), (slots.DIGEST_E, 0)
    for names, uses in zip(slots.inputs(lanes), (chains[:1], chains[1:]), strict=True):
        for lane, name in enumerate(names):
            brought: list[InputWord] = [None] * slots.SLOTS
            for where, chain in uses:
                for slot in where:
                    number = 2 * slots.LANE_WORDS * lane + chain + slots.lane_place(slot)
                    late = where is slots.DIGEST_E and slot < slots.DIGEST_E[0]
                    brought[slot] = JobWord(number, int(late))
            inputs[name] = tuple(brought)
    return Binding(
        graph=lanes_graph(engines, lanes, threads),
        slots=slots.SLOTS,
        periods=2,
        gap=1,
        inputs=inputs,
        tap=slots.TAP,
        constants=slots.KEPT,
        job_words=tuple(slots.job_words(lanes)),
    )
