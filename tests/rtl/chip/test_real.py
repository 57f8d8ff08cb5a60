"""The whole chip on real blocks, and under load, against pycryptodome."""

import os
import random
from collections.abc import Iterator

import pytest

from sluice.rtl.config import ChipConfig
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

ROLLED = [block for block in blocks() if block.rolled]
ROLLED_MASK = 0xFFFF << ROLLED_SHIFT

#: Jobs of the load test; 10,000 take some minutes.
JOBS = int(os.environ.get("SLUICE_JOBS", "200"))


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    with CompiledChain(ChipConfig(link_clock=LINK_CLOCK)) as chain:
        yield Host(chain)


def test_there_are_ten() -> None:
    assert len(ROLLED) >= 10


@pytest.mark.parametrize("block", ROLLED, ids=lambda block: str(block.height))
def test_rolled_blocks(host: Host, block: Block, rng: random.Random) -> None:
    """From up to 2^16 nonces and two versions before it, the solution comes in an exact frame."""
    host.chain.set_ratio((8, 1))
    solution = block.header
    bits = (solution.version & ROLLED_MASK) >> ROLLED_SHIFT
    base = solution.with_version(solution.version & ~ROLLED_MASK)
    start = max(0, solution.w19 - rng.randrange(1 << 16))
    start = max(start, solution.w19 >> 25 << 25)
    job = Job(job_id=0x28, header=base.with_w19(start))
    ticket = 0xFF
    host.bring_up(first_version=max(0, bits - 2), nonce_span=1 << 16, ticket_mask=ticket)
    host.send(job)
    host.wait(40_000)
    excess = leading_zeros(solution) - 32 - ticket.bit_count()
    chip = model(host.config.model)
    expected = NonceResponse.of(chip, w19=solution.w19, job_id=job.job_id, bits=bits, excess=excess)
    assert [bytes(nonce) for nonce in host.nonces] == [bytes(expected)]
    assert host.nonces[0].header(job) == solution
    assert host.read(Number.BATCH_GAPS) == [0]


def test_load(host: Host, rng: random.Random) -> None:
    """Jobs one behind the other at the full rate of the line, with an easy ticket.

    Each has time for all its nonces. Whatever the reference predicts is reported once, or counted.
    """
    host.chain.set_ratio((1, 1))
    span, mask = 1500, 0x7FF
    host.bring_up(0, nonce_span=span, hit_mask=mask)
    jobs: dict[int, Job] = {}
    expected: set[tuple[int, int, int]] = set()
    found: list[tuple[int, int, int]] = []
    waiting: list[tuple[int, Job, set]] = []
    lost = 0

    def settle(keep: int) -> None:
        """Take the answers to jobs that are old enough to be complete."""
        nonlocal lost
        while len(waiting) > keep:
            _, job, due = waiting.pop(0)
            names = {result for result in found if result[0] == job.job_id}
            reported = names & due
            found[:] = [result for result in found if result not in reported]
            lost += len(due) - len(reported)

    for number in range(JOBS):
        header = Header.from_bytes(rng.randbytes(80)).with_version(0x20000000)
        job = Job(job_id=8 * (number % 16), header=header.with_w19(rng.getrandbits(24)))
        jobs[job.job_id] = job
        due = host.predicted(job, 0, job.header.w19, span, mask)
        expected |= due
        waiting.append((number, job, due))
        host.send(job)
        found += host.results(jobs)
        host.nonces.clear()
        settle(12)
    host.drain()
    found += host.results(jobs)
    settle(0)
    (overflows,) = host.read(Number.RESULT_OVERFLOWS)
    print(f"{JOBS} jobs: {len(expected)} results due, {overflows} counted as overflow")
    assert host.read(Number.HASH_COUNT_LOW) == [JOBS * span]
    assert host.read(Number.GOOD_JOBS) == [JOBS]
    assert host.read(Number.REPLACED_JOBS) == [0]
    assert host.read(Number.NONCE_ERRORS) == [0]
    assert found == []
    assert lost == overflows
