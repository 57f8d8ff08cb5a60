"""Lanes whose midstates are in the memories of their schedules."""

from .. import keptslots as slots
from ..keptlanes import kept_lanes_graph
from .binding import Binding, InputWord, JobWord, RangeWord


def binding(lanes: int) -> Binding:
    """72 slots; a nonce takes two periods, and jobs come in in a period of their own."""
    k: list[InputWord] = [*slots.k_words()[: slots.ALL]]
    words = tuple(slots.job_words(lanes))
    for number in range(len(words)):
        k[slots.LOAD_FROM + number] = JobWord(number)
    for period in (0, slots.LOAD_FROM):
        k[period + slots.MASK_SLOT] = RangeWord.MASK
        k[period + slots.LAST_SLOT] = RangeWord.LAST
        k[period + slots.NONCE_SLOT] = RangeWord.NONCE
        k[period + slots.HIT_SLOT] = RangeWord.MINUS_ONE
    return Binding(
        graph=kept_lanes_graph(lanes),
        slots=slots.SLOTS,
        periods=2,
        gap=2,
        inputs={"k": tuple(k)},
        tap=slots.TAP % slots.SLOTS,
        constants=slots.KEPT,
        job_words=words,
        load_from=slots.LOAD_FROM,
    )
