"""The whole core, compiled, against the reference: each nonce of each job exactly once."""

import random
from collections.abc import Iterator

import pytest

from sluice.rtl.core import CoreConfig, PipelineCore
from sluice.rtl.core.mining import header_hash_model
from sluice.rtl.core.plan import plan
from sluice.rtl.core.work import Control
from sluice.rtl.protocol.header import Header
from sluice.sim.catalogue import blocks
from sluice.sim.core import CompiledCore, Hit, Until
from sluice.sim.reference import digest_word

LAST = 0xFFFFFFFF
LIMIT = 1 << 16


def config(lanes: int = 1) -> CoreConfig:
    """One lane is the whole function; more of them have few rounds, so that they compile soon."""
    return CoreConfig(lanes=lanes) if lanes == 1 else CoreConfig(lanes=lanes, rounds=20)


def model(lanes: int = 1, seed: int | None = None) -> CompiledCore:
    made = config(lanes)
    return CompiledCore(lambda: PipelineCore(made), key=repr(made), seed=seed)


@pytest.fixture(scope="module")
def core() -> Iterator[CompiledCore]:
    with model() as made:
        yield made


@pytest.fixture
def fresh(core: CompiledCore) -> CompiledCore:
    core.reset()
    core.run(10)
    core.take()
    return core


def random_header(rng: random.Random) -> Header:
    return Header.from_bytes(rng.randbytes(80))


def load(header: Header, *, first: int, last: int, mask: int, tag: int, lanes: int = 1) -> list:
    versions = [header.with_version(header.version ^ lane << 13) for lane in range(lanes)]
    return plan(config(lanes)).work_words(
        header.words, [h.words[0] for h in versions], first=first, last=last, mask=mask, tag=tag
    )


def h7_of(header: Header, rounds: int) -> int:
    """``H7``, by the reference where it can be."""
    return digest_word(header) if rounds == 64 else header_hash_model(header.words, rounds)[7]


def expected(header: Header, first: int, last: int, mask: int, lanes: int = 1) -> list:
    """Nonces and lanes that the reference says are hits."""
    found = []
    versions = [header.with_version(header.version ^ lane << 13) for lane in range(lanes)]
    for nonce in range(first, last + 1):
        words = [h7_of(h.with_w19(nonce), config(lanes).rounds) for h in versions]
        if hits := sum(((word & mask) == 0) << lane for lane, word in enumerate(words)):
            found.append((nonce, hits))
    return found


def of(hits: list[Hit], tag: int) -> list:
    return [(hit.nonce, hit.lanes) for hit in hits if hit.tag == tag]


def test_masks(fresh: CompiledCore, rng: random.Random) -> None:
    masks = [0, 1, 0x80000000, 0xFF, 0x00FF0000, 0xC0000003, 0xFFFFFFFF, rng.getrandbits(32)]
    for tag, mask in enumerate(masks):
        header = random_header(rng)
        first = rng.randrange(LAST - 2000)
        fresh.write(load(header, first=first, last=first + 1500, mask=mask, tag=tag))
        fresh.run(LIMIT, Until.IDLE)
        assert of(fresh.take(), tag) == expected(header, first, first + 1500, mask)
    assert fresh.hits_lost == 0


@pytest.mark.parametrize(
    ("first", "last"),
    [(0, 0), (0, 9), (LAST, LAST), (LAST - 9, LAST), (0x7FFFFFFF, 0x80000001), (3, 700)],
)
def test_edges_of_the_range(fresh: CompiledCore, first: int, last: int) -> None:
    header = blocks()[0].header
    fresh.write(load(header, first=first, last=last, mask=0, tag=9))
    fresh.run(LIMIT, Until.IDLE)
    assert of(fresh.take(), 9) == [(nonce, 1) for nonce in range(first, last + 1)]
    assert fresh.run(5000, Until.HIT) <= 5000
    assert fresh.take() == []


def test_first_above_last_is_refused_and_the_job_goes_on(fresh: CompiledCore) -> None:
    header = blocks()[1].header
    refused = fresh.refused
    fresh.write(load(header, first=0, last=2000, mask=0, tag=1))
    fresh.run(LIMIT, Until.LOADED)
    fresh.write([(Control.FIRST, 8), (Control.LAST, 7), (Control.TAG, 2)])
    fresh.run(LIMIT, Until.IDLE)
    hits = fresh.take()
    assert of(hits, 1) == [(nonce, 1) for nonce in range(2001)]
    assert of(hits, 2) == []
    assert fresh.refused == refused + 1


@pytest.mark.parametrize("block", range(0, len(blocks()), 4))
def test_real_blocks(fresh: CompiledCore, block: int, rng: random.Random) -> None:
    header = blocks()[block].header
    first = max(0, header.w19 - rng.randrange(3000))
    fresh.write(load(header, first=first, last=min(LAST, first + 4000), mask=LAST, tag=3))
    fresh.run(LIMIT, Until.IDLE)
    assert (header.w19, 1) in of(fresh.take(), 3)


def test_job_change_at_every_phase(fresh: CompiledCore, rng: random.Random) -> None:
    """The old job's nonces end with the old words, the new ones begin with the new words.

    The second job is activated in every clock from the first job's own activation to beyond the
    end of the pipeline. A run with a mask of zero, where every nonce is reported, tells which were
    hashed; a run with the same clocks and a mask tells that they were hashed with their job.
    """
    one, two = random_header(rng), random_header(rng)
    known = {header: expected(header, 0, 800, 1) for header in (one, two)}
    for phase in range(plan(CoreConfig()).schedule.latency + 40):
        hashed = {}
        for mask in (0, 1):
            fresh.reset()
            fresh.write(load(one, first=0, last=700, mask=mask, tag=1))
            fresh.run(LIMIT, Until.LOADED)
            fresh.run(phase)
            fresh.write(load(two, first=100, last=400, mask=mask, tag=2))
            fresh.run(LIMIT, Until.IDLE)
            hits = fresh.take()
            if mask == 0:
                hashed = {tag: [nonce for nonce, _ in of(hits, tag)] for tag in (1, 2)}
                assert hashed[1] == list(range(len(hashed[1])))
                assert len(hashed[1]) >= 100
                assert hashed[2] == list(range(100, 401))
                # One a clock, without a gap between the jobs.
                assert [hit.tag for hit in hits] == [1] * len(hashed[1]) + [2] * 301
                assert hits[-1].cycle - hits[0].cycle == len(hits) - 1
                continue
            for tag, header in ((1, one), (2, two)):
                assert of(hits, tag) == [hit for hit in known[header] if hit[0] in hashed[tag]]


def test_reset_in_mid_flight(fresh: CompiledCore, rng: random.Random) -> None:
    """Nothing of a job is reported after a reset, and the next job is as if it were the first."""
    latency = plan(CoreConfig()).schedule.latency
    for clocks in [0, 1, 2, latency, latency + 3, *(rng.randrange(2 * latency) for _ in range(20))]:
        old, new = random_header(rng), random_header(rng)
        fresh.write(load(old, first=0, last=900, mask=0, tag=1))
        # Also while words are being written.
        fresh.run(clocks)
        fresh.reset()
        fresh.take()
        first = rng.randrange(1 << 31)
        fresh.write(load(new, first=first, last=first + 200, mask=3, tag=2))
        fresh.run(LIMIT, Until.IDLE)
        hits = fresh.take()
        assert of(hits, 1) == []
        assert of(hits, 2) == expected(new, first, first + 200, 3)


@pytest.mark.parametrize("turn", range(3))
def test_back_pressure(seed: int, turn: int, rng: random.Random) -> None:
    """With room in the queue nothing is lost; without it the count makes up for what is missing."""
    header = random_header(rng)
    with model(seed=seed + turn) as slow:
        slow.write(load(header, first=10, last=3009, mask=0x3F, tag=1))
        slow.run(LIMIT, Until.IDLE)
        assert of(slow.take(), 1) == expected(header, 10, 3009, 0x3F)
        assert slow.hits_lost == 0
        slow.write(load(header, first=10, last=3009, mask=0, tag=2))
        slow.run(LIMIT, Until.IDLE)
        nonces = [nonce for nonce, _ in of(slow.take(), 2)]
        assert nonces == sorted(set(nonces))
        assert len(nonces) + slow.hits_lost == 3000
        assert slow.hits_lost > 100


def test_lanes(rng: random.Random) -> None:
    """Each lane has its own version, and lanes that hit together come together."""
    with model(lanes=2) as core:
        for tag in range(3):
            header = random_header(rng)
            first = rng.randrange(LAST - 3000)
            core.write(load(header, first=first, last=first + 900, mask=7, tag=tag, lanes=2))
            core.run(LIMIT, Until.IDLE)
            hits = of(core.take(), tag)
            assert hits == expected(header, first, first + 900, 7, lanes=2)
            assert {lanes for _, lanes in hits} == {1, 2, 3}


@pytest.mark.parametrize("length", [1, 2, 130, 700])
def test_next_job_without_a_gap(fresh: CompiledCore, length: int, rng: random.Random) -> None:
    """A job that is to be next begins in the clock after the last nonce of the running range."""
    one, two = random_header(rng), random_header(rng)
    fresh.write(load(one, first=0, last=length + 400, mask=0, tag=1))
    *words, (_, tag) = load(two, first=7, last=7 + length, mask=0, tag=2)
    fresh.write([*words, (Control.NEXT, tag)])
    fresh.run(LIMIT, Until.IDLE)
    hits = fresh.take()
    assert of(hits, 1) == [(nonce, 1) for nonce in range(length + 401)]
    assert of(hits, 2) == [(nonce, 1) for nonce in range(7, 8 + length)]
    assert hits[-1].cycle - hits[0].cycle == len(hits) - 1


def test_next_job_is_cancelled_by_a_word(fresh: CompiledCore, rng: random.Random) -> None:
    header = random_header(rng)
    fresh.write(load(header, first=0, last=900, mask=0, tag=1))
    *words, (_, tag) = load(header, first=5, last=9, mask=0, tag=2)
    fresh.write([*words, (Control.NEXT, tag), (Control.LAST, 10)])
    fresh.run(LIMIT, Until.IDLE)
    assert {hit.tag for hit in fresh.take()} == {1}


def test_stop(fresh: CompiledCore, rng: random.Random) -> None:
    """The range ends; what is on its way is still reported."""
    header = random_header(rng)
    fresh.write(load(header, first=0, last=9000, mask=0, tag=1))
    fresh.run(LIMIT, Until.LOADED)
    fresh.run(1000)
    fresh.write([(Control.STOP, 0)])
    assert fresh.run(LIMIT, Until.IDLE) < 300
    nonces = [nonce for nonce, _ in of(fresh.take(), 1)]
    assert nonces == list(range(len(nonces)))
    assert 1000 <= len(nonces) <= 1010
