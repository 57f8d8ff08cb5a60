"""The whole core, compiled, against the reference: each nonce of each job exactly once.

Pipelines and rings alike. What a pipeline does in every cycle, a ring does in the cycles that take
a nonce.
"""

import random
from collections.abc import Iterator

import pytest

from sluice.rtl.core.config import CoreConfig, PipelineConfig, RingConfig
from sluice.rtl.core.interface import Control
from sluice.sim.catalogue import blocks
from sluice.sim.core import Until

from .bench import LAST, LIMIT, CoreBench, of, random_header

CORES: dict[str, CoreConfig] = {
    "pipeline": PipelineConfig(),
    "ring16": RingConfig(ring=16),
    "ring31": RingConfig(ring=31),
}


@pytest.fixture(scope="module", params=CORES)
def core(request: pytest.FixtureRequest) -> Iterator[CoreBench]:
    with CoreBench(CORES[request.param]) as made:
        yield made


@pytest.fixture
def fresh(core: CoreBench) -> CoreBench:
    core.begin()
    return core


def phases(core: CoreBench) -> range:
    """From a job's activation to beyond the end of the pipeline, or of the next block."""
    return range(max(core.latency, core.window.period + 2 * core.window.threads) + 40)


def test_masks(fresh: CoreBench, rng: random.Random) -> None:
    masks = [0, 1, 0x80000000, 0xFF, 0x00FF0000, 0xC0000003, 0xFFFFFFFF, rng.getrandbits(32)]
    for tag, mask in enumerate(masks):
        header = random_header(rng)
        first = rng.randrange(LAST - 2000)
        fresh.write(fresh.load(header, first=first, last=first + 1500, mask=mask, tag=tag))
        fresh.idle_cycles()
        assert of(fresh.take(), tag) == fresh.expected(header, first, first + 1500, mask)
    assert fresh.hits_lost == 0


def test_each_bit_of_a_mask(fresh: CoreBench, rng: random.Random) -> None:
    for bit in range(32):
        header, first = random_header(rng), rng.randrange(LAST - 100)
        fresh.write(fresh.load(header, first=first, last=first + 20, mask=1 << bit, tag=bit))
        fresh.idle_cycles()
        assert of(fresh.take(), bit) == fresh.expected(header, first, first + 20, 1 << bit)


@pytest.mark.parametrize(
    ("first", "last"),
    [(0, 0), (0, 9), (LAST, LAST), (LAST - 9, LAST), (0x7FFFFFFF, 0x80000001), (3, 700)],
)
def test_edges_of_the_range(fresh: CoreBench, first: int, last: int) -> None:
    header = blocks()[0].header
    fresh.write(fresh.load(header, first=first, last=last, mask=0, tag=9))
    fresh.idle_cycles()
    hits = fresh.take()
    assert of(hits, 9) == [(nonce, 1) for nonce in range(first, last + 1)]
    assert fresh.without_a_gap(hits)
    assert fresh.run(5000, Until.HIT) <= 5000
    assert fresh.take() == []


def test_what_is_counted(fresh: CoreBench, rng: random.Random) -> None:
    """Each nonce once, each that could have entered and did not, and each job that waited."""
    header, window = random_header(rng), fresh.window
    for activate, turns in ((Control.TAG, 0), (Control.NEXT, 1)):
        hashed, starved, before = fresh.hashed, fresh.starved, fresh.turns
        start = fresh.cycle
        *words, (_, tag) = fresh.load(header, first=7, last=306, mask=LAST, tag=1)
        fresh.write([*words, (int(activate), tag)])
        fresh.idle_cycles()
        fresh.run(-(fresh.cycle - start) % window.period)
        periods = (fresh.cycle - start) // window.period
        assert fresh.hashed - hashed == 300
        assert fresh.hashed + fresh.starved - hashed - starved == periods * window.threads
        assert fresh.turns - before == turns
    # A word cancels a job that waits, and none that does not.
    *words, (_, tag) = fresh.load(header, first=5, last=9, mask=LAST, tag=2)
    fresh.write(fresh.load(header, first=0, last=900, mask=LAST, tag=1))
    before = fresh.turns
    fresh.write([*words, (Control.NEXT, tag), (Control.LAST, 10), (Control.LAST, 11)])
    fresh.idle_cycles()
    assert fresh.turns - before == 1


def test_first_above_last_is_refused_and_the_job_goes_on(fresh: CoreBench) -> None:
    header = blocks()[1].header
    refused = fresh.refused
    fresh.write(fresh.load(header, first=0, last=2000, mask=0, tag=1))
    fresh.run(LIMIT, Until.LOADED)
    fresh.write([(Control.FIRST, 8), (Control.LAST, 7), (Control.TAG, 2)])
    fresh.idle_cycles()
    hits = fresh.take()
    assert of(hits, 1) == [(nonce, 1) for nonce in range(2001)]
    assert of(hits, 2) == []
    assert fresh.refused == refused + 1


@pytest.mark.parametrize("block", range(0, len(blocks()), 4))
def test_real_blocks(fresh: CoreBench, block: int, rng: random.Random) -> None:
    header = blocks()[block].header
    first = max(0, header.w19 - rng.randrange(3000))
    fresh.write(fresh.load(header, first=first, last=min(LAST, first + 4000), mask=LAST, tag=3))
    fresh.idle_cycles()
    assert (header.w19, 1) in of(fresh.take(), 3)


def test_job_change_at_every_phase(fresh: CoreBench, rng: random.Random) -> None:
    """The old job's nonces end with the old words, the new ones begin with the new words.

    The second job is activated in every cycle from the first job's own activation to beyond the
    end of the pipeline. A run with a mask of zero, where every nonce is reported, tells which were
    hashed; a run with the same cycles and a mask tells that they were hashed with their job.
    """
    one, two = random_header(rng), random_header(rng)
    known = {header: fresh.expected(header, 0, 800, 1) for header in (one, two)}
    for phase in phases(fresh):
        hashed = {}
        for mask in (0, 1):
            fresh.reset()
            fresh.write(fresh.load(one, first=0, last=700, mask=mask, tag=1))
            fresh.run(LIMIT, Until.LOADED)
            fresh.run(phase)
            fresh.write(fresh.load(two, first=100, last=400, mask=mask, tag=2))
            fresh.idle_cycles()
            hits = fresh.take()
            if mask == 0:
                hashed = {tag: [nonce for nonce, _ in of(hits, tag)] for tag in (1, 2)}
                assert hashed[1] == list(range(len(hashed[1])))
                assert 10 <= len(hashed[1]) < 700
                assert hashed[2] == list(range(100, 401))
                # No cycle is lost between the jobs.
                assert [hit.tag for hit in hits] == [1] * len(hashed[1]) + [2] * 301
                assert fresh.without_a_gap(hits)
                continue
            for tag, header in ((1, one), (2, two)):
                assert of(hits, tag) == [hit for hit in known[header] if hit[0] in hashed[tag]]


def test_reset_in_mid_flight(fresh: CoreBench, rng: random.Random) -> None:
    """Nothing of a job is reported after a reset, and the next job is as if it were the first."""
    threads, period, latency = fresh.window.threads, fresh.window.period, fresh.latency
    # Around the ends of slots and of blocks, and anywhere.
    ends = {latency - 5, latency - 2, threads - 1, threads, threads + 1, period - 1, period}
    anywhere = {rng.randrange(2 * max(latency, period)) for _ in range(20)}
    for cycles in sorted({0, 1, 2} | ends | anywhere):
        for loaded in (False, True):
            old, new = random_header(rng), random_header(rng)
            fresh.write(fresh.load(old, first=0, last=900, mask=0, tag=1))
            # Also while words are being written.
            if loaded:
                fresh.run(LIMIT, Until.LOADED)
            fresh.run(cycles)
            fresh.reset()
            fresh.take()
            first = rng.randrange(1 << 31)
            fresh.write(fresh.load(new, first=first, last=first + 200, mask=3, tag=2))
            fresh.idle_cycles()
            hits = fresh.take()
            assert of(hits, 1) == []
            assert of(hits, 2) == fresh.expected(new, first, first + 200, 3)
            entered = fresh.entered(hits)
            assert all(fresh.window.open(cycle) for cycle in entered)


@pytest.mark.parametrize("again", range(3))
@pytest.mark.parametrize("name", CORES)
def test_back_pressure(name: str, seed: int, again: int, rng: random.Random) -> None:
    """With room in the queue nothing is lost; without it the count makes up for what is missing."""
    header = random_header(rng)
    with CoreBench(CORES[name], seed=seed + again) as slow:
        slow.write(slow.load(header, first=10, last=3009, mask=0x3F, tag=1))
        slow.idle_cycles()
        assert of(slow.take(), 1) == slow.expected(header, 10, 3009, 0x3F)
        assert slow.hits_lost == 0
        slow.write(slow.load(header, first=10, last=3009, mask=0, tag=2))
        slow.idle_cycles()
        nonces = [nonce for nonce, _ in of(slow.take(), 2)]
        assert nonces == sorted(set(nonces))
        assert len(nonces) + slow.hits_lost == 3000
        # The hits of a short block fit the queue.
        assert slow.hits_lost > 100 or slow.window.threads < 2 * slow.config.queue


@pytest.mark.parametrize("length", [1, 2, 130, 700])
def test_next_job_without_a_gap(fresh: CoreBench, length: int, rng: random.Random) -> None:
    """A job that is to be next begins in the cycle after the last nonce of the running range.

    On a ring, in the next cycle that takes one: both jobs can have nonces in one block.
    """
    one, two = random_header(rng), random_header(rng)
    fresh.write(fresh.load(one, first=0, last=length + 400, mask=0, tag=1))
    *words, (_, tag) = fresh.load(two, first=7, last=7 + length, mask=0, tag=2)
    fresh.write([*words, (Control.NEXT, tag)])
    fresh.idle_cycles()
    hits = fresh.take()
    assert of(hits, 1) == [(nonce, 1) for nonce in range(length + 401)]
    assert of(hits, 2) == [(nonce, 1) for nonce in range(7, 8 + length)]
    assert fresh.without_a_gap(hits)


def test_next_job_at_every_place_of_a_block(fresh: CoreBench, rng: random.Random) -> None:
    """Wherever in a block the running range ends, the next one goes on with its own words."""
    one, two = random_header(rng), random_header(rng)
    known = {header: fresh.expected(header, 0, 500, 1) for header in (one, two)}
    for more in range(fresh.window.threads + 2):
        last = 400 + more
        fresh.write(fresh.load(one, first=0, last=last, mask=1, tag=1))
        *words, (_, tag) = fresh.load(two, first=0, last=99, mask=1, tag=2)
        fresh.write([*words, (Control.NEXT, tag)])
        fresh.idle_cycles()
        hits = fresh.take()
        assert of(hits, 1) == [hit for hit in known[one] if hit[0] <= last]
        assert of(hits, 2) == [hit for hit in known[two] if hit[0] <= 99]


def test_next_job_is_cancelled_by_a_word(fresh: CoreBench, rng: random.Random) -> None:
    header = random_header(rng)
    fresh.write(fresh.load(header, first=0, last=900, mask=0, tag=1))
    *words, (_, tag) = fresh.load(header, first=5, last=9, mask=0, tag=2)
    fresh.write([*words, (Control.NEXT, tag), (Control.LAST, 10)])
    fresh.idle_cycles()
    assert {hit.tag for hit in fresh.take()} == {1}


def test_stop(fresh: CoreBench, rng: random.Random) -> None:
    """The range ends; what is on its way is still reported."""
    header = random_header(rng)
    window = fresh.window
    for more in range(0, window.period, max(1, window.period // 30)):
        fresh.reset()
        fresh.write(fresh.load(header, first=0, last=9000, mask=0, tag=1))
        fresh.run(LIMIT, Until.LOADED)
        start = fresh.cycle - fresh.since
        fresh.run(1000 + more)
        fresh.write([(Control.STOP, 0)])
        fresh.run(LIMIT, Until.LOADED)
        stopped = fresh.cycle - fresh.since
        assert fresh.idle_cycles() <= window.period + fresh.latency
        hits = fresh.take()
        assert of(hits, 1) == [(nonce, 1) for nonce in range(len(hits))]
        assert fresh.without_a_gap(hits)
        # A job is activated at the earliest in the cycle after its last word, and its nonces come
        # behind that; one that comes with the word that stops it is the last one.
        assert len(hits) == window.before(stopped) - window.before(start + 1)


OTHERS: dict[str, CoreConfig] = {
    "lanes": PipelineConfig(lanes=2, rounds=20),
    "ring1": RingConfig(ring=1),
    "ring61": RingConfig(ring=61),
    "ring12-lanes": RingConfig(ring=12, lanes=2, queue=4),
    "ring8-period": RingConfig(ring=8, period=9.0, share=True),
    "ring8-carry-save": RingConfig(ring=8, period=9.0, carry_save=True),
    "ring21-operators": RingConfig(ring=21, period=4.5, ram_from=3),
    "ring5-registers": RingConfig(ring=5, period=11.5, ram_from=0),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_cores(name: str, rng: random.Random) -> None:
    """Other shapes, with jobs that follow and that replace each other at random.

    Each lane has its own version, and lanes that hit together come together.
    """
    with CoreBench(OTHERS[name]) as core:
        together: set[int] = set()
        for tag in range(3):
            header = random_header(rng)
            first = rng.randrange(LAST - 3000)
            core.write(core.load(header, first=first, last=first + 400, mask=7, tag=tag))
            core.idle_cycles()
            hits = of(core.take(), tag)
            assert hits == core.expected(header, first, first + 400, 7)
            together |= {lanes for _, lanes in hits}
        assert together == set(range(1, 1 << core.config.lanes))
        old, new = random_header(rng), random_header(rng)
        known = {header: core.expected(header, 0, 300, 1) for header in (old, new)}
        span = 2 * max(core.latency, core.window.period)
        for activate in [Control.TAG, Control.NEXT] * 12:
            hashed = {}
            phase = rng.randrange(span)
            length = 200 + rng.randrange(core.window.threads)
            for mask in (0, 1):
                core.reset()
                core.write(core.load(old, first=0, last=length, mask=mask, tag=1))
                core.run(LIMIT, Until.LOADED)
                core.run(phase)
                *words, (_, tag) = core.load(new, first=0, last=length, mask=mask, tag=2)
                core.write([*words, (int(activate), tag)])
                core.idle_cycles()
                hits = core.take()
                if mask == 0:
                    hashed = {tag: [nonce for nonce, _ in of(hits, tag)] for tag in (1, 2)}
                    assert hashed[1] == list(range(len(hashed[1])))
                    assert len(hashed[1]) == length + 1 or activate is Control.TAG
                    assert hashed[2] == list(range(length + 1))
                    assert all(core.window.open(cycle) for cycle in core.entered(hits))
                    continue
                for tag, header in ((1, old), (2, new)):
                    due = [hit for hit in known[header] if hit[0] in hashed[tag]]
                    assert of(hits, tag) == due
        assert core.hits_lost == 0
