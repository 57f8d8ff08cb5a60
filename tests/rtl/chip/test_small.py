"""The chip through its pins, with cores of few rounds: what is reported is what is predicted.

Such cores compile and run fast. The integer model with as many rounds tells what is due; it is
checked against the reference elsewhere.
"""

import random
from collections.abc import Iterator

import numpy as np
import pytest

from sluice.rtl.config import ChipConfig
from sluice.rtl.control.clock_meter import UNIT
from sluice.rtl.core import PipelineConfig
from sluice.rtl.link.config import RESET_DIVIDER
from sluice.rtl.protocol.commands import ChainInactive, ReadRegister, SetAddress
from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.models import model
from sluice.rtl.protocol.registers import Number, baud_rate
from sluice.rtl.protocol.versions import spread, version_count
from sluice.sim.chip import DEAF, LINK_CLOCK, CompiledChain
from tests.rtl.core.model import header_hashes

from .host import Host

SHAPES = {"one": (1, 1, "bm1370"), "many": (2, 2, "bm1366")}


def configuration(lanes: int, cores: int, name: str) -> ChipConfig:
    core = PipelineConfig(lanes=lanes, rounds=18)
    return ChipConfig(model=name, cores=cores, core=core, link_clock=LINK_CLOCK)


def make(lanes: int, cores: int, name: str, chips: int = 1) -> CompiledChain:
    return CompiledChain(configuration(lanes, cores, name), chips=chips)


@pytest.fixture(scope="module")
def one() -> Iterator[Host]:
    with make(*SHAPES["one"]) as chain:
        yield Host(chain)


@pytest.fixture(scope="module")
def many() -> Iterator[Host]:
    with make(*SHAPES["many"]) as chain:
        yield Host(chain)


@pytest.fixture(scope="module")
def three() -> Iterator[Host]:
    with make(*SHAPES["one"], chips=3) as chain:
        yield Host(chain)


@pytest.fixture(params=[(1, 1), (1, 5), (7, 2)], ids=["equal", "slow", "fast"])
def ratio(request: pytest.FixtureRequest) -> tuple[int, int]:
    return request.param


def some_job(rng: random.Random, first: int, job_id: int = 0x58) -> Job:
    header = Header.from_bytes(rng.randbytes(80)).with_version(0x20000000).with_w19(first)
    return Job(job_id=job_id, header=header)


def test_batches(one: Host, rng: random.Random, ratio: tuple[int, int]) -> None:
    """Version after version over the same nonces, from the job's first one on."""
    one.chain.set_ratio(ratio)
    versions, span, mask, ticket = 3, 2500, 0x3FF, 1
    one.bring_up(0x0A05, nonce_span=span, hit_mask=mask, ticket_mask=ticket, first_version=13)
    job = some_job(rng, 0x12345678)
    one.send(job)
    one.wait(60_000)
    one.drain()
    expected = set()
    for counter in range(13, 13 + versions):
        bits = spread(counter, 0x0A05)
        expected |= one.predicted(job, bits, 0x12345678, span, mask, ticket)
    found = one.results({0x58: job})
    assert sorted(found) == sorted(expected)
    assert one.read(Number.BATCHES) == [versions]
    assert one.read(Number.HASH_COUNT_LOW) == [versions * span]
    assert one.read(Number.NONCE_ERRORS) == [0]
    assert one.read(Number.RESULT_OVERFLOWS) == [0]
    for nonce in one.nonces:
        assert nonce.excess == model("bm1370").excess_byte(
            excess_of(one, nonce.header(job), ticket)
        )


def excess_of(host: Host, header: Header, ticket: int) -> int:
    """Leading zeros of a hash beyond those that a ticket asks for."""
    words = host.digest(header)
    hashed = int.from_bytes(b"".join(word.to_bytes(4, "big") for word in words), "little")
    return max(0, 256 - hashed.bit_length() - 32 - ticket.bit_count())


def test_excess(one: Host) -> None:
    """Hashes of 18 rounds that begin with so many zeros are rare: all nonces were searched."""
    one.chain.set_ratio((1, 1))
    header = Header.from_words([0x20000000, *[0] * 16, 1, 0, 0])
    for w19, excess, ticket in (
        (2676470244, 1, 0),
        (2853408981, 0, 0),
        (3924985496, 6, 0),
        (3924985496, 4, 0xC0),
    ):
        assert excess_of(one, header.with_w19(w19), ticket) == excess
        one.bring_up(0, hit_mask=0xFFFFFFFF, ticket_mask=ticket, nonce_span=50)
        one.send(Job(job_id=0x58, header=header.with_w19(w19 - 20)))
        one.wait(2000)
        one.drain()
        found = [(nonce.w19, nonce.excess) for nonce in one.nonces]
        assert found == [(w19, model("bm1370").excess_byte(excess))]


def test_cores_and_lanes(many: Host, rng: random.Random) -> None:
    """Cores have their halves of the nonces, lanes their versions; a core beyond is left out."""
    many.chain.set_ratio((1, 1))
    span, mask = 1500, 0x3FF
    for first, ranges in ((0, (0, 1 << 31)), (0xC0000000 - 1000, (0xC0000000 - 1000,))):
        many.bring_up(0x0003, nonce_span=span, hit_mask=mask)
        job = some_job(rng, first, 0xE8)
        many.send(job)
        many.wait(30_000)
        many.drain()
        expected = set()
        for start in ranges:
            amount = span if first == 0 else 1000
            for bits in range(4):
                expected |= many.predicted(job, bits, start, amount, mask)
        found = [result for result in many.results({0xE8: job}) if result[2] < 0xC0000000]
        assert len(set(found)) == len(found)
        assert set(found) == expected


def test_no_rolling(many: Host, rng: random.Random) -> None:
    """Without rolling there is one version, whatever the lanes."""
    first, mask = 0xFFFFFFFF - 999, 0x3F
    many.bring_up(0, hit_mask=mask)
    job = some_job(rng, first)
    many.send(job)
    many.wait(20_000)
    many.drain()
    found, due = many.results({0x58: job}), many.predicted(job, 0, first, 1000, mask)
    assert len(set(found)) == len(found)
    assert set(found) <= due
    # A hit that finds no room is counted on both lanes, which have the same version.
    assert many.read(Number.RESULT_OVERFLOWS) == [2 * (len(due) - len(found))]
    assert many.read(Number.HASH_COUNT_LOW) == [2000]


@pytest.mark.parametrize("name", SHAPES)
def test_rate(name: str, request: pytest.FixtureRequest, ratio: tuple[int, int]) -> None:
    """A chip tells its clock, which no configuration knows, and what it does in it."""
    host: Host = request.getfixturevalue(name)
    host.chain.set_ratio(ratio)
    host.bring_up()
    (told,) = host.read(Number.HASH_CLOCK)
    clock = LINK_CLOCK * ratio[0] / ratio[1] / 1e3
    # The window is whole cycles of the link, and the count whole cycles of the cores.
    assert abs(told - clock) <= UNIT + clock * UNIT * 1e3 / LINK_CLOCK / 2
    rate = host.config.cores * host.config.core.lanes << 16
    assert host.read(Number.HASH_RATE) == [rate]
    host.write(Number.HASH_CLOCK, 1)
    host.write(Number.HASH_RATE, 1)
    assert host.read(Number.HASH_CLOCK) == [told]
    assert host.read(Number.HASH_RATE) == [rate]


def test_versions_run_out(one: Host, rng: random.Random) -> None:
    """After the last version nothing is hashed, and what was found before is all reported."""
    one.chain.set_ratio((1, 1))
    span, mask = 1000, 0x1FF
    one.bring_up(0x8001, nonce_span=span, hit_mask=mask)
    job = some_job(rng, 5)
    one.send(job)
    one.wait(60_000)
    one.drain()
    assert one.read(Number.BATCHES) == [version_count(0x8001)]
    assert one.read(Number.HASH_COUNT_LOW) == [4 * span]
    expected = set().union(
        *(one.predicted(job, bits, 5, span, mask) for bits in (0, 1, 0x8000, 0x8001))
    )
    assert sorted(one.results({0x58: job})) == sorted(expected)


def test_no_cycle_is_lost_between_batches(one: Host, rng: random.Random) -> None:
    """With time to prepare it, a batch follows the one before it in the next cycle."""
    one.chain.set_ratio((1, 1))
    one.bring_up(nonce_span=20_000)
    one.send(some_job(rng, 5))
    one.wait(100_000)
    assert one.read(Number.BATCHES)[0] >= 5
    assert one.read(Number.BATCH_GAPS) == [0]
    one.write(Number.NONCE_SPAN, 100)
    one.send(some_job(rng, 5))
    one.wait(20_000)
    assert one.read(Number.BATCH_GAPS)[0] > 1000


def test_short_batches_leave_time_for_checks(one: Host, rng: random.Random) -> None:
    """Batches that are over before the next one is prepared do not keep hits waiting for ever."""
    one.chain.set_ratio((1, 1))
    span, mask = 100, 0x3F
    one.bring_up(nonce_span=span, hit_mask=mask)
    job = some_job(rng, 5)
    one.send(job)
    one.wait(60_000)
    (batches,) = one.read(Number.BATCHES)
    one.write(Number.HASH_COUNTING_NUMBER, 0)
    one.drain()
    found = one.results({0x58: job})
    # Hits come faster than they can be checked: one of each batch is.
    assert len(found) > batches // 4 > 1
    assert len(set(found)) == len(found)
    for _, bits, nonce in found:
        assert one.predicted(job, bits, nonce, 1, mask)


def test_jobs_replace_each_other(one: Host, rng: random.Random, ratio: tuple[int, int]) -> None:
    """What is reported is of the job it says, also when that was replaced meanwhile."""
    one.chain.set_ratio(ratio)
    mask = 0x3FF
    one.bring_up(hit_mask=mask)
    jobs = {}
    for number in range(16):
        job = some_job(rng, rng.getrandbits(30), 8 * number)
        jobs[job.job_id] = job
        one.send(job)
        one.wait(rng.choice([0, 1, 300, 8000]))
    one.write(Number.HASH_COUNTING_NUMBER, 0)
    one.drain()
    found = one.results(jobs)
    assert len({job_id for job_id, _, _ in found}) > 2
    assert len(set(found)) == len(found)
    for job_id, bits, nonce in found:
        job = jobs[job_id]
        assert nonce >= job.header.w19
        assert one.predicted(job, bits, nonce, 1, mask)
    assert one.read(Number.NONCE_ERRORS) == [0]


def test_jobs_wait_whole(one: Host, rng: random.Random) -> None:
    """While a job waits to be taken others come, good and bad: the last good one is hashed.

    The clock of the cores is so slow that no other job is taken until it is fast again.
    """
    mask, amount = 0x7, 40
    for count in range(3, 8):
        one.chain.set_ratio((1, 1))
        one.bring_up(0, hit_mask=mask)
        one.chain.set_ratio((1, 1000))
        jobs = {}
        for number in range(count):
            job = some_job(rng, (1 << 32) - amount, 8 * number)
            jobs[job.job_id] = job
            one.send(job)
            # Whatever was received last, in a frame that is bad.
            if number == count - 1 or rng.random() < 0.5:
                bad = bytes(some_job(rng, 0))
                one.send(bad[:-1] + bytes([bad[-1] ^ 1]))
        one.chain.set_ratio((1, 1))
        one.wait(60_000)
        found = one.results(jobs)
        assert len(set(found)) == len(found)
        due = {
            number: one.predicted(job, 0, job.header.w19, amount, mask)
            for number, job in jobs.items()
        }
        assert set(found) <= set().union(*due.values())
        last = max(jobs)
        assert {result for result in found if result[0] == last} == due[last]
        # The first one was taken, the second one waited, and so did one behind it.
        assert one.read(Number.REPLACED_JOBS) == [len(jobs) - 3]


@pytest.mark.parametrize("divider", [RESET_DIVIDER, 0xFF], ids=["fast", "slow"])
def test_more_hits_than_can_be_reported(one: Host, rng: random.Random, divider: int) -> None:
    """What is not reported is counted; on a slow line, that is what the queues do not hold."""
    one.chain.set_ratio((1, 1))
    first, amount, mask = 0xFFFFFFFF - 1999, 2000, 0x7
    one.bring_up(0, hit_mask=mask)
    one.write(Number.UART_BAUD, 0x01300000 | divider << 8)
    one.wait(20 * DEAF)
    one.chain.set_baud(baud_rate(divider))
    job = some_job(rng, first)
    one.send(job)
    one.wait(20_000)
    one.drain()
    found = one.results({0x58: job})
    expected = one.predicted(job, 0, first, amount, mask)
    assert set(found) <= expected
    assert len(set(found)) == len(found)
    (lost,) = one.read(Number.RESULT_OVERFLOWS)
    assert lost > 100
    assert len(found) + lost == len(expected)


def test_a_hit_comes_while_one_is_taken(one: Host, rng: random.Random) -> None:
    """In any cycle about that in which the second of three that wait is taken to be checked."""
    one.chain.set_ratio((1, 1))
    one.bring_up(0, hit_mask=0, nonce_span=3)
    one.send(some_job(rng, 0))
    times = [one.wait_for_nonce() for _ in range(3)]
    # Between batches; while there is one, a check takes some instructions more.
    check, mask = times[2] - times[1], 0xFF
    job = some_job(rng, 0)
    passed = header_hashes(job.header.words, range(1 << 20), one.config.core.rounds)[7] & mask == 0
    hits = np.flatnonzero(passed)
    three = hits[:-2][hits[2:] - hits[:-2] < check // 3]
    three = three[three < len(passed) - 2 * check]
    tried = set()
    for later in range(check + 60, check + 90):
        starts = three[passed[three + later]].tolist()
        for first in [of for of in starts if np.count_nonzero(passed[of : of + later]) < 8][:2]:
            tried.add(later)
            one.bring_up(0, hit_mask=mask, nonce_span=later + 1)
            one.send(Job(job_id=0x58, header=job.header.with_w19(first)))
            one.wait(20_000)
            due = {(0x58, 0, first + place) for place in range(later + 1) if passed[first + place]}
            assert sorted(one.results({0x58: job})) == sorted(due)
    assert len(tried) > 24


def test_each_bit_of_a_version_and_a_job_id(one: Host, rng: random.Random) -> None:
    """Each rolled bit, alone, and job ids up to the last one: results have them in their places."""
    one.chain.set_ratio((1, 1))
    one.bring_up(hit_mask=0x3F, nonce_span=1500)
    jobs, found = {}, set()
    for bit in range(16):
        job = some_job(rng, rng.getrandbits(32) & ~0xFFFF, 8 * bit)
        jobs[job.job_id] = job
        one.write(Number.FIRST_VERSION, 1 << bit)
        one.write(Number.HASH_COUNTING_NUMBER, 1)
        one.send(job)
        one.wait(1500)
        # Or hits of the versions that follow would be in front of those of the next job.
        one.write(Number.HASH_COUNTING_NUMBER, 0)
        one.drain()
        for job_id, bits, nonce in one.results(jobs)[:3]:
            assert one.predicted(jobs[job_id], bits, nonce, 1, 0x3F)
            found.add((job_id, bits))
        one.nonces.clear()
    assert found == {(8 * bit, 1 << bit) for bit in range(16)}


def test_reset_at_any_time(one: Host, rng: random.Random) -> None:
    """While frames come and go, and hashes are made: the chip begins anew, as if it were the first
    time.
    """
    mask = 0x7
    for _ in range(12):
        one.bring_up(hit_mask=mask)
        one.send(some_job(rng, rng.getrandbits(30)))
        one.wait(rng.randrange(5000))
        one.chain.send(bytes(some_job(rng, 0)) + bytes(ReadRegister(Number.CHIP_ID)) * 3)
        one.chain.frames(rng.randrange(10_000))
        first = 0xFFFFFFFF - rng.randrange(8, 40)
        one.bring_up(0, hit_mask=mask)
        job = some_job(rng, first)
        one.send(job)
        one.wait(2000)
        one.drain()
        found = one.results({0x58: job})
        assert sorted(found) == sorted(one.predicted(job, 0, first, (1 << 32) - first, mask))
        assert one.read(Number.RESULT_OVERFLOWS) == one.read(Number.BAD_COMMANDS) == [0]
        assert one.read(Number.BATCHES) == one.read(Number.GOOD_JOBS) == [1]


def test_stopped_and_started(one: Host, rng: random.Random) -> None:
    """A job waits for the chip to run; a chip that is stopped forgets its job."""
    one.bring_up(hash_counting_number=0)
    one.write(Number.HASH_COUNTING_NUMBER, 0)
    one.send(some_job(rng, 5))
    one.wait(3000)
    assert one.read(Number.HASH_COUNT_LOW) == [0]
    one.write(Number.HASH_COUNTING_NUMBER, 1)
    one.wait(3000)
    assert one.read(Number.HASH_COUNT_LOW)[0] > 500
    one.write(Number.HASH_COUNTING_NUMBER, 0)
    one.wait(300)
    done = one.read(Number.HASH_COUNT_LOW)
    one.wait(3000)
    assert one.read(Number.HASH_COUNT_LOW) == done


def test_nothing_is_reported_while_reporting_is_off(one: Host, rng: random.Random) -> None:
    one.bring_up(hit_mask=0xFF)
    one.write(Number.MISC_CONTROL, 0x0000C100)
    one.send(some_job(rng, 5))
    one.wait(30_000)
    assert one.nonces == []
    assert one.read(Number.HASH_COUNT_LOW)[0] > 1000


def test_three_chips_share_the_nonces(three: Host, rng: random.Random) -> None:
    """Each chip has its addresses in bits 24:17 of its nonces, and none of another's."""
    assert three.bring_up(hit_mask=0x3F, nonce_span=20_000) == [0x13700000] * 3
    assert three.read(Number.CHIP_ID) == [0x13700000, 0x13700055, 0x137000AA]
    job = some_job(rng, 0)
    three.send(job)
    three.wait(60_000)
    three.write(Number.HASH_COUNTING_NUMBER, 0)
    three.drain()
    found = three.results({0x58: job})
    assert len(set(found)) == len(found)
    assert {model("bm1370").address(nonce) for _, _, nonce in found} == {0, 0x55, 0xAA}
    assert {nonce >> 25 for _, _, nonce in found} == {0}
    for _, bits, nonce in found:
        assert three.predicted(job, bits, nonce, 1, 0x3F)


@pytest.mark.parametrize("reverse", [False, True], ids=["rising", "falling"])
def test_nonce_offsets(three: Host, rng: random.Random, reverse: bool) -> None:
    """Slices by register NONCE_OFFSET: each nonce once, from the first offset to the last nonce.

    More addresses than chips are dealt out, as factory firmware does.
    """
    three.chain.set_ratio((1, 1))
    mask = 0x3F
    three.bring_up(0, hit_mask=mask)
    three.send(ChainInactive())
    for address in range(0, 12, 2):
        three.send(SetAddress(address))
    # Slices of 2^9 nonces each but the last one, at the end of a segment.
    numbers = [0xFFFC, 0xFFFD, 0xFFFE]
    chips = list(zip(range(0, 6, 2), numbers, strict=True))
    for address, number in chips[::-1] if reverse else chips:
        three.write(Number.NONCE_OFFSET, 1 << 31 | number, address)
    top = rng.randrange(1, 128) << 25
    first, last = top | 0xFFFC << 9, top | (1 << 25) - 1
    job = some_job(rng, top)
    three.send(job)
    three.wait(40_000)
    three.write(Number.HASH_COUNTING_NUMBER, 0)
    three.drain()
    found = [result for result in three.results({0x58: job}) if first <= result[2] <= last]
    assert len(set(found)) == len(found)
    due = three.predicted(job, 0, first, last - first + 1, mask)
    assert set(found) <= due
    # The first one of each slice finds room.
    by_slice = {min(result[2] >> 9 & 0xFFFF, numbers[-1]): result for result in sorted(due)[::-1]}
    assert set(by_slice.values()) <= set(found)
    # Hits of the nonces that follow may have been lost too.
    assert len(due) - len(found) <= sum(three.read(Number.RESULT_OVERFLOWS))
    answers = three.read(Number.NONCE_OFFSET)
    assert answers == [1 << 31 | number for number in numbers]
