"""Small chips, as small devices have them: serial cores, and compact queues between the clocks."""

import random
from collections.abc import Iterator

import pytest

from sluice.rtl.config import ChipConfig
from sluice.rtl.control.clock_meter import UNIT
from sluice.rtl.core.serial_config import SerialConfig
from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.models import model
from sluice.rtl.protocol.registers import Number
from sluice.rtl.protocol.versions import spread, version_count
from sluice.sim.catalogue import blocks
from sluice.sim.chip import LINK_CLOCK, CompiledChain

from .host import Host

ENGINES = 3
CORE = SerialConfig(engines=ENGINES)
#: Faster, with more nonces in the works, and two versions at a time.
MORE = SerialConfig(engines=4, stages=2, c_slow=2, lanes=2, technology="generic", period=8.2)
#: One whose lanes keep their midstates in memories of schedules.
RAM_LANES = SerialConfig(engines=1, lanes=2)
#: Link cycles of a check, and of the preparation of a batch.
CHECK, BATCH = 5_300, 2_000


def make(chips: int = 1, core: SerialConfig = CORE, **options: object) -> CompiledChain:
    config = ChipConfig(core=core, compact=True, link_clock=LINK_CLOCK, **options)
    return CompiledChain(config, chips=chips)


@pytest.fixture(scope="module")
def alone() -> Iterator[Host]:
    """A chip without a port for a next one."""
    with make(chain=False) as chain:
        yield Host(chain)


@pytest.fixture(scope="module", params=[MORE, RAM_LANES], ids=["generic", "ice40"])
def two(request: pytest.FixtureRequest) -> Iterator[Host]:
    with make(2, request.param, model="bm1366") as chain:
        yield Host(chain)


@pytest.fixture(params=[(1, 1), (2, 7), (11, 3)], ids=["equal", "slow", "fast"])
def ratio(request: pytest.FixtureRequest) -> tuple[int, int]:
    """Hash cycles in so many link cycles."""
    return request.param


def some_job(rng: random.Random, first: int, job_id: int = 0x58) -> Job:
    header = Header.from_bytes(rng.randbytes(80)).with_version(0x20000000).with_w19(first)
    return Job(job_id=job_id, header=header)


def periods(nonces: int, ratio: tuple[int, int]) -> int:
    """Link cycles that a core takes for some nonces."""
    hash_cycles = 136 * (-(-nonces // ENGINES) + 3)
    return hash_cycles * ratio[1] // ratio[0] + BATCH


def settle(host: Host, ratio: tuple[int, int]) -> None:
    """Wait until everything that was found has been checked and sent, or counted."""
    host.wait(periods(10, ratio) + 4 * CHECK)
    host.drain()


def test_batches(alone: Host, rng: random.Random, ratio: tuple[int, int]) -> None:
    """Version after version over the same nonces, each once, until there are no more.

    Hits come slower than they are checked, and the ticket asks for more than the hit mask.
    """
    alone.chain.set_ratio(ratio)
    version_mask, span, mask, ticket = 0x8001, 1000, 0x1FF, 1
    alone.bring_up(version_mask, nonce_span=span, hit_mask=mask, ticket_mask=ticket)
    job = some_job(rng, 0x12345678)
    alone.send(job)
    alone.wait(4 * periods(span, ratio))
    settle(alone, ratio)
    expected, hits = set(), set()
    for counter in range(version_count(version_mask)):
        bits = spread(counter, version_mask)
        expected |= alone.predicted(job, bits, 0x12345678, span, mask, ticket)
        hits |= alone.predicted(job, bits, 0x12345678, span, mask)
    found = alone.results({0x58: job})
    assert len(set(found)) == len(found)
    assert set(found) <= expected
    assert alone.read(Number.BATCHES) == [4]
    assert alone.read(Number.HASH_COUNT_LOW) == [4 * span]
    assert alone.read(Number.NONCE_ERRORS) == [0]
    (lost,) = alone.read(Number.RESULT_OVERFLOWS)
    # A lost hit may be one that the ticket would have refused.
    assert len(expected) - len(found) <= lost <= len(hits) - len(found)
    if lost == 0:
        assert set(found) == expected


def test_rate(alone: Host, ratio: tuple[int, int]) -> None:
    """A chip tells its clock, which no configuration knows, and what it does in it."""
    alone.chain.set_ratio(ratio)
    alone.bring_up()
    (told,) = alone.read(Number.HASH_CLOCK)
    clock = LINK_CLOCK * ratio[0] / ratio[1] / 1e3
    # The window is whole cycles of the link, and the count whole cycles of the cores.
    assert abs(told - clock) <= UNIT + clock * UNIT * 1e3 / LINK_CLOCK / 2
    assert alone.read(Number.HASH_RATE) == [round(ENGINES * (1 << 16) / 136)]


def test_every_nonce_once(alone: Host, rng: random.Random) -> None:
    """With room for everything, everything is reported: no hit is missing, none is there twice."""
    slow = (1, 4)
    alone.chain.set_ratio(slow)
    span, mask = 500, 0x7F
    alone.bring_up(0x0A05, nonce_span=span, hit_mask=mask, first_version=13)
    job = some_job(rng, 0xFFFFFF00)
    alone.send(job)
    alone.wait(3 * periods(256, slow))
    settle(alone, slow)
    # The nonces end before the span does.
    expected: set[tuple[int, int, int]] = set()
    for counter in (13, 14, 15):
        expected |= alone.predicted(job, spread(counter, 0x0A05), 0xFFFFFF00, 256, mask)
    found = alone.results({0x58: job})
    assert len(set(found)) == len(found)
    assert set(found) <= expected
    (lost,) = alone.read(Number.RESULT_OVERFLOWS)
    assert len(found) + lost == len(expected)
    assert alone.read(Number.HASH_COUNT_LOW) == [3 * 256]
    assert alone.read(Number.BATCHES) == [3]


def test_more_hits_than_can_be_checked(
    alone: Host, rng: random.Random, ratio: tuple[int, int]
) -> None:
    """What is not reported is counted, nonce for nonce."""
    alone.chain.set_ratio(ratio)
    first, amount, mask = 0xFFFFFFFF - 1499, 1500, 0x3
    alone.bring_up(0, hit_mask=mask)
    job = some_job(rng, first)
    alone.send(job)
    alone.wait(periods(amount, ratio))
    settle(alone, ratio)
    found = alone.results({0x58: job})
    expected = alone.predicted(job, 0, first, amount, mask)
    assert set(found) <= expected
    assert len(set(found)) == len(found)
    (lost,) = alone.read(Number.RESULT_OVERFLOWS)
    assert lost > 100
    assert len(found) + lost == len(expected)
    assert alone.read(Number.HASH_COUNT_LOW) == [amount]
    assert alone.read(Number.NONCE_ERRORS) == [0]


@pytest.mark.parametrize("number", range(0, len(blocks()), 5))
def test_real_blocks(alone: Host, number: int, rng: random.Random) -> None:
    """With the masks of silicon, the solution is all that is reported."""
    alone.chain.set_ratio((2, 1))
    solution = blocks()[number].header
    first = max(solution.w19 >> 25 << 25, solution.w19 - rng.randrange(300))
    alone.bring_up(0, nonce_span=400)
    alone.send(Job(job_id=0x28, header=solution.with_w19(first)))
    alone.wait(periods(400, (2, 1)) + CHECK)
    alone.drain()
    assert [nonce.header(Job(job_id=0x28, header=solution)) for nonce in alone.nonces] == [solution]


def test_stopped_and_started(alone: Host, rng: random.Random, ratio: tuple[int, int]) -> None:
    """A job waits for the chip to run; a chip that is stopped forgets its job."""
    alone.chain.set_ratio(ratio)
    alone.bring_up(hit_mask=0xFF)
    alone.write(Number.HASH_COUNTING_NUMBER, 0)
    job = some_job(rng, 5)
    alone.send(job)
    alone.wait(3000)
    assert alone.read(Number.HASH_COUNT_LOW) == [0]
    for run in range(1, 4):
        alone.write(Number.HASH_COUNTING_NUMBER, 1)
        if run > 1:
            alone.send(job)
        alone.wait(periods(60, ratio))
        alone.write(Number.HASH_COUNTING_NUMBER, 0)
        # What is being checked is, and the nonces of the period that has begun are hashed.
        alone.wait(CHECK + periods(1, ratio))
        (done,) = alone.read(Number.HASH_COUNT_LOW)
        assert done >= 30 * run
        assert done % ENGINES == 0
        alone.wait(periods(60, ratio))
        assert alone.read(Number.HASH_COUNT_LOW) == [done]
    assert alone.read(Number.NONCE_ERRORS) == [0]


def test_jobs_replace_each_other(alone: Host, rng: random.Random, ratio: tuple[int, int]) -> None:
    """What is reported is of the job that it says, from its first nonce on, and right."""
    alone.chain.set_ratio(ratio)
    mask = 0x1F
    alone.bring_up(hit_mask=mask)
    jobs = {}
    for number in range(16):
        job = some_job(rng, rng.getrandbits(30), 8 * number)
        jobs[job.job_id] = job
        alone.send(job)
        alone.wait(rng.choice([0, 1, 300, periods(100, ratio)]))
    alone.write(Number.HASH_COUNTING_NUMBER, 0)
    settle(alone, ratio)
    found = alone.results(jobs)
    assert len({job_id for job_id, _, _ in found}) > 2
    assert len(set(found)) == len(found)
    for job_id, bits, nonce in found:
        job = jobs[job_id]
        assert 0 <= nonce - job.header.w19 < 1 << 16
        assert alone.predicted(job, bits, nonce, 1, mask)
    assert alone.read(Number.NONCE_ERRORS) == [0]


def test_batches_shorter_than_their_preparation(alone: Host, rng: random.Random) -> None:
    """The gaps are counted, and no version, nonce or hit is left out for them."""
    alone.chain.set_ratio((4, 1))
    span, versions = 7, 16
    alone.bring_up(0x000F, nonce_span=span, hit_mask=0)
    job = some_job(rng, 0x00000100)
    alone.send(job)
    alone.wait(versions * (BATCH + periods(span, (4, 1))))
    settle(alone, (4, 1))
    expected = {(0x58, bits, 0x100 + n) for bits in range(versions) for n in range(span)}
    found = alone.results({0x58: job})
    assert len(set(found)) == len(found)
    assert set(found) <= expected
    assert alone.read(Number.BATCHES) == [versions]
    assert alone.read(Number.HASH_COUNT_LOW) == [versions * span]
    (lost,) = alone.read(Number.RESULT_OVERFLOWS)
    assert len(found) + lost == len(expected)
    assert alone.read(Number.BATCH_GAPS)[0] > 0


def test_two_chips_share_the_nonces(two: Host, rng: random.Random) -> None:
    """Each chip has the nonces of its own addresses; its hits pass the other, none is lost."""
    two.chain.set_ratio((1, 1))
    span, mask = 900, 0xFF
    assert two.bring_up(0x0003, hit_mask=mask, nonce_span=span) == [0x13660000] * 2
    assert two.read(Number.CHIP_ID) == [0x13660000, 0x13660080]
    job = some_job(rng, 0, 0xE8)
    two.send(job)
    two.wait(4 * periods(span, (1, 1)))
    settle(two, (1, 1))
    expected: set[tuple[int, int, int]] = set()
    for bits in range(4):
        for address in (0, 0x80):
            expected |= two.predicted(job, bits, address << 17, span, mask)
    found = two.results({0xE8: job})
    assert len(set(found)) == len(found)
    assert set(found) <= expected
    assert {model("bm1366").address(nonce) for _, _, nonce in found} == {0, 0x80}
    lost = two.read(Number.RESULT_OVERFLOWS)
    assert len(found) + sum(lost) == len(expected)
    assert two.read(Number.HASH_COUNT_LOW) == [4 * span] * 2
    assert two.read(Number.NONCE_ERRORS) == [0, 0]
    assert two.read(Number.DROPPED_RELAYS) == [0, 0]
