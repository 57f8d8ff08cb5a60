"""From a pool's job to frames and back, against a real exchange; and what keeps jobs apart."""

import dataclasses

import pytest
from Crypto.Hash import SHA256
from hypothesis import given
from hypothesis import strategies as st

from sluice.firmware.stats import Drop
from sluice.firmware.work.job import JobFactory, MiningJob
from sluice.firmware.work.merkle import branch_for, root_of
from sluice.firmware.work.ring import JobRing
from sluice.firmware.work.target import difficulty_of, target_from_bits, target_of
from sluice.firmware.work.template import Epoch
from sluice.firmware.work.verify import Result, verify
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.models import BM1370
from sluice.rtl.protocol.responses import parse_response
from tests.firmware.work.templates import CAPTURE, captured_template, random_template


def captured_job():
    template = captured_template()
    extranonce2, ntime = CAPTURE["submit"]["params"][2:4]
    return MiningJob(template, bytes.fromhex(extranonce2), int(ntime, 16))


def captured_answer():
    return parse_response(bytes.fromhex(CAPTURE["bm1370_uart_rx"]))


def test_captured_job_gives_the_captured_frame():
    frame = bytes.fromhex(CAPTURE["bm1370_uart_tx"])
    assert bytes(Job(job_id=frame[4], header=captured_job().header)) == frame


def test_captured_answer_gives_the_captured_share():
    job, answer = captured_job(), captured_answer()
    job.ticket(40)
    assert BM1370.job_id(answer.tag) == bytes.fromhex(CAPTURE["bm1370_uart_tx"])[4]
    result = verify(job, answer.w19, answer.bits)
    assert isinstance(result, Result)
    assert result.header.hex() == CAPTURE["header"]
    assert result.difficulty == pytest.approx(CAPTURE["share_diff"], rel=1e-12)
    assert f"{result.nonce:08x}" == CAPTURE["submit"]["params"][4]
    assert f"{result.version ^ job.template.version:08x}" == CAPTURE["submit"]["params"][5]
    assert result.is_share
    assert not result.is_block


def test_drops():
    job, answer = captured_job(), captured_answer()
    job.ticket(47)
    assert verify(job, answer.w19, answer.bits) is Drop.BAD_HASH  # it has 46 zero bits
    job.ticket(46)
    assert verify(job, answer.w19 ^ 1, answer.bits) is Drop.BAD_HASH
    assert isinstance(verify(job, answer.w19, answer.bits), Result)
    assert verify(job, answer.w19, answer.bits) is Drop.DUPLICATE
    job.template.epoch.end()
    assert verify(job, answer.w19, answer.bits ^ 1) is Drop.STALE


def test_bits_that_the_pool_does_not_allow():
    answer = captured_answer()
    job = MiningJob(captured_template(version_mask=0x00FFE000), bytes.fromhex("17000000"), 0)
    assert job.mask == 0x07FF
    assert verify(job, answer.w19, 0x0800) is Drop.BAD_VERSION


@given(
    version=st.integers(0, 2**32 - 1), mask=st.integers(0, 2**32 - 1), bits=st.integers(0, 65535)
)
def test_or_and_xor_pools_see_the_version_that_was_hashed(version, mask, bits):
    job = MiningJob(captured_template(version=version, version_mask=mask), b"1234", 0)
    # Only bits that the pool allows, and none that would make no difference.
    assert job.mask << 13 & ~(mask & ~version) == 0
    result = verify(job, 5, bits & job.mask)
    assert isinstance(result, Result)
    sent = result.version ^ version
    assert sent & ~mask == 0
    assert result.version == version | sent == version ^ sent


def test_jobs_differ(rng):
    factory = JobFactory()
    template = random_template(rng, extranonce2_size=2, received=100.0)
    jobs = [factory.next(template, 100.0) for _ in range(300)]
    assert len({job.extranonce2 for job in jobs}) == 300
    assert len({job.header.merkle_root for job in jobs}) == 300
    assert {len(job.extranonce2) for job in jobs} == {2}


def test_time_goes_forward_but_not_too_far(rng):
    template = random_template(rng, received=100.0, roll=60)
    factory = JobFactory()
    times = [factory.next(template, now).time - template.time for now in (90, 100, 130.5, 9999)]
    assert times == [0, 0, 30, 60]


def test_no_extranonce2(rng):
    factory, template = JobFactory(), random_template(rng, extranonce2_size=0, received=100.0)
    jobs = [factory.next(template, 100.0 + n / 3) for n in range(9)]
    assert {job.extranonce2 for job in jobs} == {b""}
    # No header twice: each job is a second further than the one before.
    assert [job.time - template.time for job in jobs] == list(range(9))


def headers_of(jobs):
    return {bytes(job.header) for job in jobs}


@pytest.mark.parametrize("size", [0, 1, 3, 4, 8, 32])
def test_no_header_twice(rng, size):
    """Whatever comes again: the same job by another name, with other bits to roll, an older one."""
    factory = JobFactory()
    one = random_template(rng, extranonce2_size=size, received=100.0)
    again = dataclasses.replace(one, epoch=Epoch(), job_id="again", received=101.0, difficulty=2.0)
    rolled = dataclasses.replace(one, version=one.version | 0x2000, version_mask=0x1FFFC000)
    other = random_template(rng, extranonce2_size=size, received=100.0)
    templates = rng.choices([one, again, rolled, other], k=1000)
    jobs = [factory.next(template, 100.0 + n / 100) for n, template in enumerate(templates)]
    made = [job for job in jobs if job is not None]
    assert factory.built == len(made) > 600
    for job in made:
        job.header = dataclasses.replace(job.header, version=job.header.version & ~0x1FFFE000)
    assert len(headers_of(made)) == len(made)


def test_no_more_headers_until_time_moves(rng):
    """Time goes no further than it may; the clock brings new ones."""
    factory = JobFactory()
    template = random_template(rng, extranonce2_size=0, received=100.0, roll=5)
    assert all(factory.next(template, 100.0) for _ in range(6))
    assert factory.next(template, 100.0) is None
    assert factory.next(template, 105.0) is None
    moved = dataclasses.replace(template, time=template.time + 1, received=106.0)
    assert factory.next(moved, 106.0).time == template.time + 6
    assert factory.next(moved, 106.0) is None


def test_a_new_block_has_all_its_headers(rng):
    factory = JobFactory()
    template = random_template(rng, extranonce2_size=0, received=100.0)
    for _ in range(9):
        factory.next(template, 100.0)
    fresh = dataclasses.replace(template, previous=rng.randbytes(32))
    assert factory.next(fresh, 100.0).time == template.time


def test_ring(rng):
    ring = JobRing()
    jobs = [MiningJob(random_template(rng), b"1234", 0) for _ in range(20)]
    ids = [ring.add(job) for job in jobs]
    assert len(set(ids[:16])) == 16
    assert all(BM1370.job_id(BM1370.tag(job_id, 0xF)) == job_id for job_id in ids)
    assert [ring.get(job_id) for job_id in ids[4:]] == jobs[4:]
    jobs[-1].ticket(40)
    ring.ease(36)
    assert jobs[-1].weight == 2**36
    ring.ease(38)
    assert jobs[-1].weight == 2**36
    ring.clear()
    assert ring.get(ids[-1]) is None


def naive_root(leaves):
    level = list(leaves)
    while len(level) > 1:
        level += level[-1:] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=True)
        level = [SHA256.new(SHA256.new(a + b).digest()).digest() for a, b in pairs]
    return level[0]


@pytest.mark.parametrize("others", range(20))
def test_branches_of_trees_of_every_shape(rng, others):
    coinbase = rng.randbytes(100)
    hashes = [rng.randbytes(32) for _ in range(others)]
    first = SHA256.new(SHA256.new(coinbase).digest()).digest()
    assert root_of(coinbase, branch_for(hashes)) == naive_root([first, *hashes])


def test_targets():
    assert target_from_bits(0x1D00FFFF) == 0xFFFF << 208
    assert target_from_bits(0x1B0404CB) == 0x0404CB << 192
    assert target_from_bits(0x207FFFFF) == 0x7FFFFF << 232
    assert difficulty_of(target_from_bits(0x1B0404CB)) == pytest.approx(16307.420938523983)
    assert target_of(1) == 0xFFFF << 208
    assert target_of(1e-30) == 2**256 - 1
    for bits in (0, 0x04800001, 0xFF123456, 0x01003456):
        with pytest.raises(ValueError, match=r"^bits must stand for a target"):
            target_from_bits(bits)


@given(st.floats(1e-9, 1e20))
def test_target_of_a_difficulty_is_exact(difficulty):
    target = target_of(difficulty)
    # The greatest one that is not too easy.
    top, bottom = difficulty.as_integer_ratio()
    if target < 2**256 - 1:
        assert target * top <= (0xFFFF << 208) * bottom < (target + 1) * top


@pytest.mark.parametrize("before", [0, 5, 1000])
def test_time_does_not_run_over(rng, before):
    template = random_template(rng, time=0xFFFFFFFF - before)
    assert JobFactory().next(template, now=100.0).time == 0xFFFFFFFF - max(0, before - 100)
