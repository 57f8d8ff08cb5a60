"""The whole chip with rings: all rounds, two cores that share the nonces."""

import random
from collections.abc import Iterator

import pytest

from sluice.rtl.config import ChipConfig
from sluice.rtl.core.config import RingConfig
from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.models import model
from sluice.rtl.protocol.registers import Number
from sluice.rtl.protocol.responses import NonceResponse
from sluice.rtl.protocol.versions import ROLLED_SHIFT
from sluice.sim.catalogue import Block, blocks
from sluice.sim.chip import LINK_CLOCK, CompiledChain
from sluice.sim.reference import leading_zeros

from .host import Host

RING = RingConfig(ring=16)
#: Clocks for a nonce, on the average.
SLOTS = RING.slots

#: Blocks whose nonce is the second core's: the first one has no nonce from the job's first one on.
ROLLED = [block for block in blocks() if block.rolled and block.header.w19 >> 31]
ROLLED_MASK = 0xFFFF << ROLLED_SHIFT


@pytest.fixture(scope="module")
def rings() -> Iterator[Host]:
    with CompiledChain(ChipConfig(cores=2, core=RING, link_clock=LINK_CLOCK)) as chain:
        yield Host(chain)


@pytest.fixture(params=[(1, 1), (1, 3), (7, 2)], ids=["equal", "slow", "fast"])
def ratio(request: pytest.FixtureRequest) -> tuple[int, int]:
    return request.param


def some_job(rng: random.Random, first: int, job_id: int = 0x58) -> Job:
    header = Header.from_bytes(rng.randbytes(80)).with_version(0x20000000).with_w19(first)
    return Job(job_id=job_id, header=header)


def test_batches(rings: Host, rng: random.Random, ratio: tuple[int, int]) -> None:
    """Version after version, each core in its half of the nonces."""
    rings.chain.set_ratio(ratio)
    span, mask = 1200, 0x3FF
    rings.bring_up(0x0003, nonce_span=span, hit_mask=mask)
    job = some_job(rng, 77)
    rings.send(job)
    hash_cycles, link_cycles = ratio
    rings.wait(4 * span * SLOTS * link_cycles // hash_cycles + 20_000)
    rings.drain()
    expected = set()
    for bits in range(4):
        expected |= rings.predicted(job, bits, 77, span, mask)
        expected |= rings.predicted(job, bits, 1 << 31, span, mask)
    found = rings.results({0x58: job})
    assert sorted(found) == sorted(expected)
    assert rings.read(Number.BATCHES) == [4]
    assert rings.read(Number.HASH_COUNT_LOW) == [2 * 4 * span]
    assert rings.read(Number.NONCE_ERRORS) == [0]
    assert rings.read(Number.RESULT_OVERFLOWS) == [0]


def test_no_cycle_is_lost_between_batches(rings: Host, rng: random.Random) -> None:
    """With time to prepare it, a batch follows in the next cycle that takes a nonce."""
    rings.chain.set_ratio((1, 1))
    rings.bring_up(nonce_span=1500)
    rings.send(some_job(rng, 5))
    rings.wait(70_000)
    assert rings.read(Number.BATCHES)[0] >= 5
    assert rings.read(Number.BATCH_GAPS) == [0]
    rings.write(Number.NONCE_SPAN, 20)
    rings.send(some_job(rng, 5))
    rings.wait(20_000)
    assert rings.read(Number.BATCH_GAPS)[0] > 100


def test_jobs_replace_each_other(rings: Host, rng: random.Random, ratio: tuple[int, int]) -> None:
    """What is reported is of the job it says, also when that was replaced meanwhile."""
    rings.chain.set_ratio(ratio)
    mask = 0x3F
    rings.bring_up(hit_mask=mask)
    jobs = {}
    for number in range(16):
        job = some_job(rng, rng.getrandbits(30), 8 * number)
        jobs[job.job_id] = job
        rings.send(job)
        rings.wait(rng.choice([0, 1, 300, 8000]))
    rings.write(Number.HASH_COUNTING_NUMBER, 0)
    rings.drain()
    found = rings.results(jobs)
    assert len({job_id for job_id, _, _ in found}) > 2
    assert len(set(found)) == len(found)
    for job_id, bits, nonce in found:
        assert rings.predicted(jobs[job_id], bits, nonce, 1, mask)
    assert rings.read(Number.NONCE_ERRORS) == [0]


@pytest.mark.parametrize("block", ROLLED[:3], ids=lambda block: str(block.height))
def test_rolled_blocks(rings: Host, block: Block, rng: random.Random) -> None:
    """The solution comes in an exact frame, from two versions and some nonces before it on."""
    rings.chain.set_ratio((8, 1))
    solution = block.header
    bits = (solution.version & ROLLED_MASK) >> ROLLED_SHIFT
    base = solution.with_version(solution.version & ~ROLLED_MASK)
    start = max(solution.w19 >> 25 << 25, solution.w19 - rng.randrange(1 << 12))
    job = Job(job_id=0x28, header=base.with_w19(start))
    ticket = 0xFF
    rings.bring_up(first_version=max(0, bits - 2), nonce_span=1 << 12, ticket_mask=ticket)
    rings.send(job)
    rings.wait(40_000)
    excess = leading_zeros(solution) - 32 - ticket.bit_count()
    chip = model(rings.config.model)
    expected = NonceResponse.of(chip, w19=solution.w19, job_id=job.job_id, bits=bits, excess=excess)
    assert [bytes(nonce) for nonce in rings.nonces] == [bytes(expected)]
    assert rings.nonces[0].header(job) == solution
    assert rings.read(Number.BATCH_GAPS) == [0]
