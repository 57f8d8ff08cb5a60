"""One engine of one round does both hashes of a nonce, one after the other."""

from .. import slots
from ..rolled import rolled_graph
from .binding import Binding, InputWord, JobWord, RangeWord


def binding(engines: int, threads: int = 1, *, gates: bool = False) -> Binding:
    """136 slots; `engines` engines have consecutive nonces, `threads` in each."""
    k: list[InputWord] = [*slots.k_words(gates)]
    for number, slot in enumerate(slots.k_slots(gates)[: slots.K_WORDS]):
        k[slot] = JobWord(number)
    m: list[InputWord] = [None] * slots.SLOTS
    words = slots.m_words(gates)
    for slot, place in slots.m_places(gates).items():
        own = place < slots.M_WORDS
        m[slot] = JobWord(slots.K_WORDS + place) if own else words[place]
    m[slots.TAIL[-1]] = RangeWord.NONCE
    return Binding(
        graph=rolled_graph(engines, threads, gates=gates),
        slots=slots.SLOTS,
        periods=1,
        gap=0,
        inputs={"k": tuple(k), "m": tuple(m)},
        tap=slots.TAP,
        constants=slots.KEPT,
        job_words=tuple(slots.job_words(gates)),
    )
