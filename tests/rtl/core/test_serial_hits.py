"""Hits of the serial core with slow readers: none is lost without being counted."""

import random

import pytest

from sluice.rtl.core.serial_config import SERIAL

from .bench import random_header
from .serial_bench import SHAPES, SerialBench, Work, nonces


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("again", range(2))
def test_back_pressure(name: str, again: int, seed: int, rng: random.Random) -> None:
    """Hits wait for a slow reader, in order and with their tags, and none is lost."""
    shape = SHAPES[name]
    with SerialBench(shape, seed=seed + again) as slow:
        for tag, mask in enumerate((0, 1, 0xFF)):
            old = Work(random_header(rng), 0, 30 * shape.together + 1, tag, mask)
            new = Work(random_header(rng), 0, 20 * shape.together, tag + 0x80, mask, next=True)
            slow.load(old, new)
            hits = slow.until_idle()
            assert [hit.tag for hit in hits] == sorted(hit.tag for hit in hits)
            assert nonces(hits, old.tag) == slow.due(old)
            assert nonces(hits, new.tag) == slow.due(new)
        assert slow.hits_lost == 0


@pytest.mark.parametrize("name", ["far", "late"])
@pytest.mark.parametrize("spacing", [85, 100])
def test_a_far_queue_has_room_for_what_is_on_its_way(
    name: str, spacing: int, rng: random.Random
) -> None:
    """Some hits still wait when those of the next period come, and there is time for all."""
    with SerialBench(SHAPES[name], spacing=spacing) as slow:
        for waiting, coming in ((2, 8), (3, 7), (4, 6)):
            for cycles in range(0, spacing, 9):
                one = Work(random_header(rng), 0, waiting - 1, 1)
                two = Work(random_header(rng), 0, coming - 1, 2, next=True)
                slow.run(cycles)
                slow.load(one, two)
                hits = slow.until_idle()
                assert nonces(hits, 1) == slow.due(one)
                assert nonces(hits, 2) == slow.due(two)
        assert slow.hits_lost == 0


@pytest.mark.parametrize(
    ("name", "queue", "spacing"),
    [*(("3", queue, SERIAL + 1) for queue in (1, 5, 8)), ("midstates in RAM", 1, 100)],
)
def test_lost_hits_are_counted(name: str, queue: int, spacing: int, rng: random.Random) -> None:
    """With a reader that takes less than there is, the count makes up for what is missing.

    Each hit is taken a slot later in the period than the one before.
    """
    with SerialBench(SHAPES[name], queue=queue, spacing=spacing) as slow:
        for mask in (0, 1):
            before = slow.hits_lost
            one = Work(random_header(rng), 0, 1001, 1, mask)
            two = Work(random_header(rng), 5, 700, 2, mask, next=True)
            slow.load(one, two)
            hits = slow.until_idle()
            assert [hit.tag for hit in hits] == sorted(hit.tag for hit in hits)
            for job in (one, two):
                found = nonces(hits, job.tag)
                assert found == sorted(set(found))
                assert set(found) <= set(slow.due(job))
                assert len(found) > 100
            lost = slow.hits_lost - before
            lanes = sum(hit.lanes.bit_count() for hit in hits)
            assert lanes + lost == slow.results(one) + slow.results(two)
            assert lost > 100


def test_each_bit_of_the_count_of_lost_hits(rng: random.Random) -> None:
    """It is told whole, and stays while none is lost."""
    begun = 0xFFFFFFFF
    with SerialBench(SHAPES["midstates in RAM"], lost=begun) as core:
        core.begin(rng.randrange(2 * core.period))
        assert core.hits_lost == begun
        work = Work(random_header(rng), 3, 40, 1)
        core.load(work)
        assert nonces(core.until_idle(), 1) == core.due(work)
        assert core.hits_lost == begun
