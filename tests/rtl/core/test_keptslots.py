"""Units that keep midstates in memories of schedules: timetable and graph, by the reference."""

import random

import pytest

from sluice.rtl.core import keptslots as slots
from sluice.rtl.core.keptlanes import kept_lanes_graph
from sluice.rtl.core.mining import NONCE, header_inputs
from sluice.rtl.core.plan import plan
from sluice.rtl.core.rolledconfig import RolledConfig
from sluice.rtl.hls.interpret import evaluate_each_pass
from sluice.rtl.protocol.header import Header
from sluice.sim.catalogue import blocks
from sluice.sim.reference import digest_word

from .bench import random_header

ONES, MASK = 0xFFFFFFFF, 0x5A5A0FF0


class Range:
    """`k` as it is written back: the range of a job that comes in, and what a turn makes of it."""

    def __init__(self, header: Header, versions: list[int], first: int, last: int) -> None:
        config = RolledConfig(units=1, lanes=len(versions))
        job = plan(config).program.run(header_inputs(header.words, versions))
        self.words = slots.k_words()
        self.words[slots.LOAD_FROM : slots.LOAD_FROM + len(job)] = job
        mine = {slots.NONCE_SLOT: first, slots.LAST_SLOT: ~last & ONES, slots.MASK_SLOT: MASK}
        for place, word in mine.items():
            self.words[slots.LOAD_FROM + place] = word

    def comes(self) -> list[tuple[int, int]]:
        """Numbers of passes and `k` of a turn in which it comes in."""
        return [(number, self.words[number]) for number in slots.LOADING]

    def hashes(self, turn: int) -> list[tuple[int, int]]:
        """Likewise of a turn that hashes."""
        words = self.words[: slots.SLOTS]
        for place in (slots.MASK_SLOT, slots.LAST_SLOT, slots.NONCE_SLOT):
            words[place] = self.words[slots.LOAD_FROM + place]
        words[slots.NONCE_SLOT] += 1 + turn
        return list(enumerate(words))


@pytest.mark.parametrize("lanes", [2, 3, 4])
@pytest.mark.parametrize("number", [0, 7, None])
def test_graph_is_the_double_hash(lanes: int, number: int | None, rng: random.Random) -> None:
    """Turn after turn, whatever was hashed before; each lane has a version of its own.

    The sums of the range are what is due as well.
    """
    graph = kept_lanes_graph(lanes)
    headers = [random_header(rng) for _ in range(3)]
    if number is not None:
        headers[1] = blocks()[number].header
    passes: list[tuple[int, int]] = []
    due: dict[int, dict[str, int]] = {}
    for header in headers:
        version, *rest = header.words
        versions = [version, *(rng.getrandbits(32) for _ in range(lanes - 1))]
        first = header.words[NONCE] - rng.randrange(2) & 0x7FFFFFFF
        job = Range(header, versions, first, first + 2)
        sums = {slots.MASK_SLOT: MASK, slots.LAST_SLOT: ~(first + 2) & ONES}
        sums[slots.NONCE_SLOT] = first + 1
        due |= {len(passes) + slot + slots.SUM_LATE: {"sum": word} for slot, word in sums.items()}
        passes += job.comes()
        # The third one is not finished, nor is the last one of the job before.
        for turn in range(3):
            begins = len(passes)
            passes += job.hashes(turn)
            sums = {slots.MASK_SLOT: MASK, slots.LAST_SLOT: (turn - 3) & ONES}
            sums |= {slots.NONCE_SLOT: first + turn + 2, slots.HIT_SLOT: first + turn - 1 & ONES}
            due |= {begins + slot + slots.SUM_LATE: {"sum": word} for slot, word in sums.items()}
            if turn < 2:
                rolled = [Header.from_words([one, *rest]) for one in versions]
                due[begins + slots.TAP] = {
                    f"h7_{lane}": digest_word(one.with_w19(first + turn))
                    for lane, one in enumerate(rolled)
                }
    passes += job.comes()[: slots.SUM_LATE]
    found = evaluate_each_pass(
        graph,
        [{"k": k} for _, k in passes],
        slots.KEPT,
        passes=[number for number, _ in passes],
    )
    assert {at: {name: found[at][name] for name in due[at]} for at in due} == due
