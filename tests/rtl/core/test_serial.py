"""The serial core, compiled, against the reference: each nonce of each job exactly once."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sluice.rtl.core.interface import Control
from sluice.rtl.core.plan import plan
from sluice.rtl.core.serial_config import SerialConfig
from sluice.sim.catalogue import blocks
from sluice.sim.core import Hit, Until

from .bench import random_header
from .serial_bench import LIMIT, SHAPES, SerialBench, Work, nonces

LAST = 0xFFFFFFFF


@pytest.fixture(params=SHAPES)
def shape(request: pytest.FixtureRequest) -> SerialConfig:
    return SHAPES[request.param]


@pytest.fixture(scope="module", params=SHAPES)
def core(request: pytest.FixtureRequest) -> Iterator[SerialBench]:
    with SerialBench(SHAPES[request.param]) as made:
        yield made


@pytest.fixture
def fresh(core: SerialBench, rng: random.Random) -> SerialBench:
    core.begin(rng.randrange(2 * core.period))
    return core


def in_order(core: SerialBench, hits: list[Hit], *jobs: tuple[int, int, int]) -> None:
    """Each job (tag, first, last) has its nonces in order, as many a period as the engines hold.

    And one job follows the other without a period between them that need not be.
    """
    expected = [
        (tag, first + index, period, index)
        for tag, start, last in jobs
        for period, first in enumerate(range(start, last + 1, core.together))
        for index in range(min(core.together, last + 1 - first))
    ]
    assert [(hit.tag, hit.nonce) for hit in hits] == [job[:2] for job in expected]
    assert all(hit.lanes == (1 << core.config.lanes) - 1 for hit in hits)
    begun, before = {}, core.begun(hits)[0][0]
    for tag, first, last in jobs:
        begun[tag] = before
        before += -(-(last + 1 - first) // core.together) + core.apart
    assert core.begun(hits) == [(begun[tag] + period, index) for tag, _, period, index in expected]


@pytest.mark.parametrize(
    ("first", "last"),
    [(0, 0), (0, 9), (LAST, LAST), (LAST - 9, LAST), (0x7FFFFFFE, 0x80000002), (LAST - 4, LAST)],
)
def test_edges_of_the_range(fresh: SerialBench, first: int, last: int) -> None:
    lost = fresh.hits_lost
    fresh.load(Work(blocks()[0].header, first, last, 9))
    in_order(fresh, fresh.until_idle(), (9, first, last))
    assert fresh.run(5 * fresh.period, Until.HIT) == 0
    assert fresh.take() == []
    assert fresh.hits_lost == lost


def test_what_is_counted(fresh: SerialBench, rng: random.Random) -> None:
    """Each nonce once, each that could have entered and did not, and each job that waited."""
    header, starved = random_header(rng), fresh.starved
    fresh.run(5 * fresh.period)
    assert fresh.starved - starved == 5 * fresh.together
    for size, turns in ((1, 0), (7 * fresh.together + 2, 1), (30, 1)):
        first = rng.randrange(LAST - 100)
        hashed, before, starved = fresh.hashed, fresh.turns, fresh.starved
        start = fresh.cycle
        fresh.load(Work(header, first, first + size - 1, 3, next=bool(turns)))
        fresh.until_idle()
        assert fresh.hashed - hashed == size
        assert fresh.turns - before == turns
        # To the end of the period that has begun.
        fresh.run(-(fresh.cycle - start) % fresh.period)
        periods = (fresh.cycle - start) // fresh.period
        rest = -size % fresh.together
        assert fresh.hashed + fresh.starved - hashed - starved == periods * fresh.together - rest
    # A word cancels a job that waits, and none that does not.
    before = fresh.turns
    fresh.load(Work(header, 0, 9 * fresh.together, 1), Work(header, 0, 9, 2, next=True))
    fresh.write([(Control.LAST, 10), (Control.LAST, 11)])
    fresh.until_idle()
    assert fresh.turns - before == 1
    refused = fresh.refused
    for count in range(1, 70):
        fresh.write([(0x40, 0)])
        fresh.until_loaded()
        assert fresh.refused == refused + count
    fresh.write([(0x40, 0)] * 5000)
    fresh.until_loaded()
    assert fresh.refused == refused + 69 + 5000


@pytest.mark.parametrize("more", range(9))
def test_every_rest(fresh: SerialBench, more: int, rng: random.Random) -> None:
    """The last period may have fewer nonces; what other engines find is nobody's."""
    first = rng.randrange(LAST - 40)
    fresh.load(Work(random_header(rng), first, first + more, 4))
    in_order(fresh, fresh.until_idle(), (4, first, first + more))


def test_masks(fresh: SerialBench, rng: random.Random) -> None:
    masks = [1, 0x80000000, 3, 0x00300000, 0xC0000003, LAST, rng.getrandbits(32)]
    for tag, mask in enumerate(masks):
        first = rng.randrange(LAST - 300)
        job = Work(random_header(rng), first, first + 40 * fresh.together, tag, mask)
        fresh.load(job)
        assert nonces(fresh.until_idle(), tag) == fresh.due(job)


def test_each_bit_of_a_mask(fresh: SerialBench, rng: random.Random) -> None:
    for bit in range(32):
        first = rng.randrange(LAST - 300)
        job = Work(random_header(rng), first, first + 8 * fresh.together, bit, 1 << bit)
        fresh.load(job)
        assert nonces(fresh.until_idle(), bit) == fresh.due(job)


def test_real_blocks(fresh: SerialBench, rng: random.Random) -> None:
    for tag, block in enumerate(blocks()[::3]):
        header = block.header
        first = max(0, header.w19 - rng.randrange(20))
        fresh.load(Work(header, first, min(LAST, first + 30), tag, LAST))
        assert nonces(fresh.until_idle(), tag) == [header.w19]


def changes(core: SerialBench, rng: random.Random, mask: int, *, follows: bool) -> None:
    """A job after another, written so that the last word comes in every slot."""
    one, two = random_header(rng), random_header(rng)
    size = 12 * core.together
    for phase in range(core.period + 2):
        core.begin()
        old = Work(one, 0x1000, 0x1000 + 8 * size, 1, mask)
        new = Work(two, 0x2000 + phase, 0x2000 + phase + size - phase % core.together, 2, mask)
        core.load(old)
        core.until_loaded()
        core.run(2 * core.period + phase)
        if follows:
            core.load(Work(two, new.first, new.last, 2, mask, next=True))
        else:
            core.load(new)
        hits = core.until_idle()
        if mask:
            done = nonces(hits, 1)
            last = done[-1] if done else old.first
            assert done == core.due(old, range(old.first, last + 1))
            assert follows <= (done == core.due(old))
            assert nonces(hits, 2) == core.due(new)
            continue
        end = nonces(hits, 1)[-1]
        assert follows == (end == old.last)
        # A period that has begun is finished.
        assert follows or (end + 1 - old.first) % core.together == 0
        in_order(core, hits, (1, old.first, end), (2, new.first, new.last))


@pytest.mark.parametrize("mask", [0, 3])
def test_job_change_at_every_phase(core: SerialBench, rng: random.Random, mask: int) -> None:
    """Nonces of the old job end with its words, mask and tag, those of the new begin with theirs.

    With no mask, every nonce is seen to be hashed once; with one, to be hashed with its job.
    """
    changes(core, rng, mask, follows=False)


@pytest.mark.parametrize("mask", [0, 3])
def test_next_job_at_every_phase(core: SerialBench, rng: random.Random, mask: int) -> None:
    """A job that is to be next waits for the end of the range, whenever it is written."""
    changes(core, rng, mask, follows=True)


def test_mask_and_tag_change_with_the_job(fresh: SerialBench, rng: random.Random) -> None:
    """Jobs of a period each, with different masks: none is tested by that of another."""
    masks = (0, LAST, 1, 0, LAST)
    jobs = [
        Work(random_header(rng), 0x100, 0xFF + fresh.together, tag, mask, next=tag > 0)
        for tag, mask in enumerate(masks)
    ]
    for job in jobs:
        fresh.load(job)
        fresh.until_loaded()
        # Until it has taken over, or the next one would cancel it.
        fresh.run(fresh.periods * fresh.period)
    hits = fresh.until_idle()
    for job in jobs:
        assert nonces(hits, job.tag) == fresh.due(job)


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 30])
def test_next_job_without_a_gap(fresh: SerialBench, length: int, rng: random.Random) -> None:
    old = Work(random_header(rng), 0, length + 3 * fresh.together, 1)
    new = Work(random_header(rng), 7, 7 + length, 2, next=True)
    fresh.load(old, new)
    in_order(fresh, fresh.until_idle(), (1, old.first, old.last), (2, new.first, new.last))


def test_next_range_with_the_same_words(fresh: SerialBench, rng: random.Random) -> None:
    """With none of its words written, the next job has those of the running one."""
    header = random_header(rng)
    fresh.load(Work(header, 0, 5 * fresh.together, 1, 3))
    fresh.write([(Control.FIRST, 500), (Control.LAST, 560), (Control.NEXT, 2)])
    fresh.until_loaded()
    fresh.run(20 * fresh.period)
    fresh.write([(Control.FIRST, 900), (Control.LAST, 960), (Control.TAG, 3)])
    hits = fresh.until_idle()
    assert nonces(hits, 1) == fresh.due(Work(header, 0, 5 * fresh.together, 1, 3))
    assert nonces(hits, 3) == fresh.due(Work(header, 900, 960, 3, 3))
    second = nonces(hits, 2)
    assert second == fresh.due(Work(header, 500, 560, 2, 3))[: len(second)]


def test_next_job_is_cancelled_by_a_word(fresh: SerialBench, rng: random.Random) -> None:
    header = random_header(rng)
    last = 8 * fresh.together
    fresh.load(Work(header, 0, last, 1), Work(random_header(rng), 5, 9, 2, next=True))
    fresh.write([(Control.LAST, 10)])
    in_order(fresh, fresh.until_idle(), (1, 0, last))
    # Its words are still there for the next one that is activated.
    other = Work(random_header(rng), 5, 5 + last, 4, 1)
    fresh.load(other)
    assert nonces(fresh.until_idle(), 4) == fresh.due(other)


def test_stop_at_every_phase(shape: SerialConfig, rng: random.Random) -> None:
    """The range ends with the period; what is on its way is still reported."""
    header = random_header(rng)
    with SerialBench(shape) as core:
        for phase in range(core.period + 2):
            core.begin()
            core.load(Work(header, 0, 9000, 1))
            core.until_loaded()
            core.run(3 * core.period + phase)
            core.write([(Control.STOP, 0)])
            core.until_loaded()
            stopped = core.cycle
            hits = core.until_idle()
            in_order(core, hits, (1, 0, len(hits) - 1))
            assert len(hits) % core.together == 0
            # The period in which the word was taken, and the test of its nonces.
            assert core.cycle - stopped <= (1 + core.periods) * core.period + core.together + 24
            # A job may have come in, in one of the periods.
            assert 3 - shape.midstate_ram <= len(hits) // core.together <= 5
            # A job that waits for the end of this one has nothing to wait for.
            core.load(Work(header, 50, 60, 2, next=True))
            in_order(core, core.until_idle(), (2, 50, 60))


def test_stop_lets_the_next_job_in(fresh: SerialBench, rng: random.Random) -> None:
    """Stopped in the very period in which another job is written behind it, however long it is."""
    header = random_header(rng)
    for turn in range(20):
        fresh.begin(rng.randrange(fresh.period))
        fresh.load(Work(header, 0, LAST if turn % 2 else 9000, 1))
        fresh.until_loaded()
        fresh.run(3 * fresh.period + rng.randrange(fresh.period))
        fresh.write([(Control.STOP, 0)])
        fresh.load(Work(header, 100, 110, 2, next=True))
        hits = fresh.until_idle()
        hashed = len(nonces(hits, 1))
        assert hashed % fresh.together == 0
        assert 0 < hashed <= 5 * fresh.together
        found = [(1, nonce) for nonce in range(hashed)] + [(2, nonce) for nonce in range(100, 111)]
        assert [(hit.tag, hit.nonce) for hit in hits] == found


def test_reset_in_mid_flight(fresh: SerialBench, rng: random.Random) -> None:
    """Nothing of a job is reported after a reset, and the next job is as if it were the first."""
    for cycles in [0, 1, 2, 3, *range(20, 3 * fresh.period, 7)]:
        fresh.load(Work(random_header(rng), 0, 900, 1))
        # Also while words are being written, and with another job ready.
        fresh.run(cycles)
        if cycles % 2:
            fresh.load(Work(random_header(rng), 0, 900, 1, next=True))
            fresh.run(cycles % 29)
        turns = fresh.turns
        fresh.begin()
        assert fresh.hits_lost == 0
        first = rng.randrange(1 << 31)
        new = Work(random_header(rng), first, first + 5 * fresh.together, 2)
        masked = Work(new.header, first, first + 30, 3, 1, next=True)
        fresh.load(new, masked)
        hits = fresh.until_idle()
        assert nonces(hits, 1) == []
        assert nonces(hits, 2) == fresh.due(new)
        assert nonces(hits, 3) == fresh.due(masked)
        assert fresh.turns - turns == 1


@pytest.mark.parametrize("words", [False, True])
def test_words_that_come_while_a_job_takes_over(
    core: SerialBench, words: bool, rng: random.Random
) -> None:
    """In whichever cycle the next job comes: the one before is cancelled or done, none mixed."""
    header = random_header(rng)
    other = random_header(rng) if words else header
    for phase in range(3 * core.period):
        core.begin()
        one = Work(header, 0x1000, 0x1000 + core.together, 1, next=True)
        two = Work(other, 0x2000, 0x2000 + 5 * core.together, 2, 1, next=True)
        core.load(one)
        core.until_loaded()
        core.run(phase)
        core.load(two, words=words)
        hits = core.until_idle()
        assert nonces(hits, 1) in ([], core.due(one))
        assert nonces(hits, 2) == core.due(two)
        assert len(hits) == len(nonces(hits, 1)) + len(nonces(hits, 2))


def test_unknown_words(fresh: SerialBench, rng: random.Random) -> None:
    """What cannot be is counted, and the job goes on."""
    refused = fresh.refused
    last = 7 * fresh.together
    fresh.load(Work(random_header(rng), 0, last, 1))
    fresh.until_loaded()
    unknown = (len(plan(fresh.config).program.results), 0x40, 0xEF, 0xF4, 0xFD)
    fresh.write([(address, 0x12345678) for address in unknown])
    in_order(fresh, fresh.until_idle(), (1, 0, last))
    assert fresh.refused == refused + len(unknown)


def test_no_other_address_is_that_of_a_word(fresh: SerialBench, rng: random.Random) -> None:
    """Words with unknown addresses, all there are, change nothing of a job; each is counted."""
    refused = fresh.refused
    job = Work(random_header(rng), 5, 5 + 7 * fresh.together, 1, 1)
    known = {address for address, _ in job.words(fresh.config)} | set(Control)
    unknown = [address for address in range(256) if address not in known]
    *words, activation = job.words(fresh.config)
    fresh.load(replace(job, tag=2))
    fresh.until_loaded()
    fresh.write([*words, *((address, rng.getrandbits(32)) for address in unknown), activation])
    fresh.until_loaded()
    fresh.expect(job)
    hits = fresh.until_idle()
    assert nonces(hits, 1) == fresh.due(job)
    assert nonces(hits, 2) == fresh.due(job)[: len(nonces(hits, 2))]
    assert fresh.refused == refused + len(unknown)


def test_no_range(fresh: SerialBench, rng: random.Random) -> None:
    """A job whose first nonce is above the last one finds nothing, and the one after it all."""
    job = Work(random_header(rng), 0, 7 * fresh.together, 1)
    fresh.load(job)
    fresh.until_loaded()
    refused = fresh.refused
    fresh.write([(Control.FIRST, 8), (Control.LAST, 7), (Control.NEXT, 3)])
    if fresh.config.midstate_ram:
        # It is known when it is to begin: the range before has ended then.
        in_order(fresh, fresh.until_idle(), (1, 0, job.last))
        assert fresh.refused == refused + 1
        fresh.write([(Control.FIRST, LAST), (Control.LAST, 0), (Control.TAG, 2)])
        assert fresh.until_idle() == []
    else:
        fresh.write([(Control.TAG, 2)])
        in_order(fresh, fresh.until_idle(), (1, 0, job.last))
    assert fresh.refused == refused + 2
    fresh.load(replace(job, tag=4), words=False)
    in_order(fresh, fresh.until_idle(), (4, 0, job.last))
    assert fresh.refused == refused + 2


def test_random_jobs(fresh: SerialBench, rng: random.Random) -> None:
    """Jobs that follow and that replace each other at random, none a nonce too many."""
    for _ in range(10):
        fresh.begin(rng.randrange(fresh.period))
        jobs: list[Work] = []
        for tag in range(8):
            first = rng.randrange(1 << 32)
            last = min(LAST, first + rng.randrange(6 * fresh.together))
            job = Work(random_header(rng), first, last, tag, 1, next=rng.random() < 0.5)
            jobs.append(job)
            fresh.load(job)
            fresh.until_loaded()
            fresh.run(rng.choice([0, rng.randrange(20), rng.randrange(8 * fresh.period)]))
        fresh.run(LIMIT, Until.IDLE)
        hits = fresh.take()
        assert [hit.tag for hit in hits] == sorted(hit.tag for hit in hits)
        for job in jobs:
            # What was hashed of it is the beginning of its range.
            found = nonces(hits, job.tag)
            assert found == fresh.due(job)[: len(found)]
        assert nonces(hits, jobs[-1].tag) == fresh.due(jobs[-1])
    assert fresh.hits_lost == 0
