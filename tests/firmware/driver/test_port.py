"""Ports with chips of all kinds behind them, and with what goes wrong at ports."""

import asyncio
import contextlib
import time

import pytest
import serial

from sluice.firmware.config import ChainSettings, MiningSettings
from sluice.firmware.driver import chain
from sluice.firmware.driver.port import Port
from sluice.firmware.stats import ChainState, Drop
from sluice.firmware.work.job import JobFactory
from sluice.rtl.protocol.models import BM1366, BM1368, BM1370
from sluice.rtl.protocol.registers import Number
from tests.firmware.driver.fakechips import FakeChips
from tests.firmware.work.templates import random_template
from tests.patience import GUARD

QUICK = MiningSettings(longest_wait=0.1)


class Miner:
    """Gives jobs of one template, and remembers results."""

    def __init__(self, template):
        self.template = template
        self.factory, self.asked = JobFactory(), 0
        self.results = []
        self.said = []
        self.news = asyncio.Event()

    def next_job(self):
        self.asked += 1
        return self.template and self.factory.next(self.template)

    @property
    def has_work(self):
        return self.template is not None

    def on_result(self, result):
        self.results.append(result)
        self.tell()

    def say(self, level, text):
        self.said.append((level, text))
        self.tell()

    def tell(self):
        self.news.set()
        self.news = asyncio.Event()

    async def until(self, condition):
        async with asyncio.timeout(GUARD):
            while not condition():
                await self.news.wait()


@contextlib.asynccontextmanager
async def running(miner, path, **settings):
    settings = {"answer_timeout": 0.1, "silence": 1.0, "frequency": 56.25, **settings}
    port = Port(0, ChainSettings(port=path, **settings), miner, QUICK, miner.say)
    task = asyncio.create_task(port.run())
    try:
        yield port
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def chain_of(port):
    return port.snapshot(time.monotonic())


@pytest.mark.parametrize("sluice", [False, True])
@pytest.mark.parametrize("model", [BM1366, BM1368, BM1370])
@pytest.mark.parametrize("chips", [1, 3])
async def test_bring_up_and_jobs(rng, model, chips, sluice):
    miner = Miner(random_template(rng))
    with FakeChips(model, chips, sluice=sluice) as fake:
        async with running(miner, fake.path, chips=chips, model=model.name) as port:
            await fake.until(lambda: fake.jobs)
            assert fake.addresses == [index * (256 // chips) for index in range(chips)]
            values = fake.registers[-1]
            assert values[Number.HASH_COUNTING_NUMBER]
            assert values[Number.MISC_CONTROL] == 0xF000C100
            assert values[Number.VERSION_ROLLING] == 0x9000FFFF
            assert (Number.HIT_MASK in values) == sluice
            chain = chain_of(port)
            assert chain.state is ChainState.RUNNING
            assert [chip.sluice for chip in chain.chips] == [sluice] * chips
            assert [chip.address for chip in chain.chips] == fake.addresses
            header = fake.jobs[0].header
            assert (header.previous, header.bits) == (miner.template.previous, miner.template.bits)


async def test_a_line_is_pulled_once(rng, monkeypatch):
    """Opening a port pulls it already, so it is let go first: some boards wait for the pull."""
    pulls = []
    dtr = property(lambda _: None, lambda _, pulled: pulls.append(pulled))
    monkeypatch.setattr(serial.Serial, "dtr", dtr)
    with FakeChips(BM1370, sluice=True) as fake:
        async with running(Miner(random_template(rng)), fake.path, reset="dtr"):
            await fake.until(lambda: fake.jobs)
    assert pulls[-3:] == [False, True, False]


#: Hash clock and rate that a chip tells, and hashes a second that are expected of three.
RATES = [(103_008, 50_115, 236_308_865), (33_000, 1820, 2_749_329), (0, 1820, None), (500, 0, None)]


@pytest.mark.parametrize(("clock", "rate", "expected"), RATES)
async def test_chips_tell_their_rate(rng, clock, rate, expected):
    """What to expect is what they say, whatever frequency is configured for other chips."""
    miner = Miner(random_template(rng))
    with FakeChips(BM1370, 3, sluice=True, clock=clock, rate=rate) as fake:
        async with running(miner, fake.path, frequency=525.0) as port:
            await fake.until(lambda: fake.jobs)
            told = chain_of(port)
            assert told.frequency == (clock * 1e3 or None)
            assert told.rates.expected == (expected and pytest.approx(expected, rel=1e-6))


async def test_answers_that_are_lost(rng):
    """They are asked for again: neither the chip nor its rate is missed."""
    miner = Miner(random_template(rng))
    with FakeChips(BM1370, 3, sluice=True, clock=33_000, rate=1820) as fake:
        fake.lost = {Number.IDENTITY, Number.SHAPE, Number.HASH_CLOCK, Number.HASH_RATE}
        async with running(miner, fake.path) as port:
            await fake.until(lambda: fake.jobs)
            assert fake.lost == set()
            told = chain_of(port)
            assert (told.attempts, told.rates.expected) == (1, pytest.approx(2_749_329, rel=1e-6))


async def test_no_job_before_time_moves(rng, monkeypatch):
    """With no room for extranonce2 chips hash on with what they have; the next job is another."""
    monkeypatch.setattr(chain, "AGAIN", 0.05)
    miner = Miner(random_template(rng, extranonce2_size=0, roll=0, received=time.monotonic()))
    with FakeChips(BM1370, sluice=True) as fake:
        async with running(miner, fake.path, job_interval=0.05, frequency=None):
            await fake.until(lambda: fake.jobs)
            await fake.until(lambda: miner.asked > 5)
            assert len(fake.jobs) == 1
            assert fake.registers[0][Number.HASH_COUNTING_NUMBER]
            miner.template = random_template(rng, extranonce2_size=0, roll=0)
            await fake.until(lambda: len(fake.jobs) == 2)
            miner.template = None
            await fake.until(lambda: not fake.registers[0][Number.HASH_COUNTING_NUMBER])


async def test_results(rng):
    miner = Miner(random_template(rng, difficulty=2.0**-20))
    with FakeChips(BM1370, 2, sluice=True) as fake:
        # Finding nonces here holds everything up for a moment.
        async with running(miner, fake.path, silence=60.0, frequency=None) as port:
            await fake.until(lambda: fake.jobs)
            job = fake.jobs[0]
            second = 0x80 << 17
            good = fake.mine(job, 16, bits=0x0102, start=second)
            fake.report(job, good, 0x0102)
            await miner.until(lambda: miner.results)
            (result,) = miner.results
            assert (result.w19, result.bits) == (good, 0x0102)
            # Once more, a bad one, and one of a job that does not exist; then a good one.
            fake.report(job, good, 0x0102)
            bad = next(n for n in range(1, 99) if fake.zeros(job, n) == 0)
            fake.report(job, bad)
            fake.send(b"\xaa\x55noise")
            fake.report(type(job)(job_id=0x78, header=job.header), bad)
            fake.report(job, another := fake.mine(job, 16))
            await miner.until(lambda: len(miner.results) == 2)
            assert miner.results[1].w19 == another
            chain = chain_of(port)
            assert [chip.results for chip in chain.chips] == [1, 1]
            assert chain.chips[1].dropped[Drop.DUPLICATE] == 1
            assert chain.chips[0].dropped[Drop.BAD_HASH] == 1
            assert chain.unattributed == {Drop.UNKNOWN_JOB: 1}
            assert chain.garbage == 7
            assert chain.frequency is None
            assert chain.work == sum(chip.work for chip in chain.chips) > 0


async def test_no_work_stops_the_chips(rng):
    miner = Miner(random_template(rng))
    with FakeChips(BM1370, sluice=True) as fake:
        async with running(miner, fake.path) as port:
            await fake.until(lambda: fake.jobs)
            template, miner.template = miner.template, None
            port.renew()
            # Whatever is asked for meanwhile: counters are read in between.
            await fake.until(lambda: fake.stopped)
            jobs = len(fake.jobs)
            miner.template = template
            port.renew()
            # The register follows the job, and may come by the next read of the port.
            await fake.until(lambda: len(fake.jobs) > jobs and not fake.stopped)
        await fake.until(lambda: fake.stopped)


async def test_masks_follow_the_pool(rng):
    miner = Miner(random_template(rng, version_mask=0x00FFE000))
    with FakeChips(BM1370) as fake:
        async with running(miner, fake.path) as port:
            await fake.until(lambda: fake.jobs)
            assert fake.registers[0][Number.VERSION_ROLLING] == 0x900007FF
            miner.template = random_template(rng, version=0x20002000)
            port.renew()
            await fake.until(lambda: fake.jobs[-1].header.version == 0x20002000)
            assert fake.registers[0][Number.VERSION_ROLLING] == 0x9000FFFE


@pytest.mark.parametrize(
    ("settings", "mute", "message"),
    [
        ({"chips": 3}, (), "3 chips expected, 2 answered"),
        ({"model": "bm1366"}, (), "bm1366 expected, found bm1370"),
        ({}, (Number.CHIP_ID,), "no chip answers"),
        ({}, (Number.SHAPE,), "chip 0x00 does not answer at its address"),
    ],
)
async def test_chips_that_are_not_as_expected(rng, settings, mute, message):
    miner = Miner(random_template(rng))
    with FakeChips(BM1370, 2, sluice=True, mute=mute) as fake:
        async with running(miner, fake.path, **settings) as port:
            await miner.until(lambda: miner.said)
            assert miner.said == [("error", f"{fake.path}: {message}")]
            assert chain_of(port).state is ChainState.FAILED
            # It is tried again, and works as soon as the chips do.
            fake.mute = set()
            if not settings:
                await miner.until(lambda: miner.said[-1][0] == "info")
                assert chain_of(port).attempts > 1


async def test_garbage(rng):
    miner = Miner(random_template(rng))
    with FakeChips(BM1370, sluice=True, garbage=b"\xaa\x55\x00\xaa") as fake:
        async with running(miner, fake.path) as port:
            await fake.until(lambda: fake.jobs)
            assert chain_of(port).garbage > 0


async def test_missing_port(tmp_path):
    miner = Miner(None)
    async with running(miner, str(tmp_path / "none")) as port:
        await miner.until(lambda: miner.said)
        assert miner.said == [("error", f"{tmp_path}/none: there is no such port")]
        assert chain_of(port).error == "there is no such port"


async def test_port_in_use(rng):
    miner, other = Miner(random_template(rng)), Miner(None)
    with FakeChips(BM1370, sluice=True) as fake:
        async with running(miner, fake.path):
            await fake.until(lambda: fake.jobs)
            async with running(other, fake.path):
                await other.until(lambda: other.said)
                assert other.said == [("error", f"{fake.path}: the port is in use")]


async def test_unplugged_and_plugged_in_again(rng, tmp_path):
    miner, link = Miner(random_template(rng)), tmp_path / "port"
    with FakeChips(BM1370, sluice=True) as fake:
        link.symlink_to(fake.path)
        async with running(miner, str(link)) as port:
            await fake.until(lambda: fake.jobs)
            fake.unplug()
            await miner.until(lambda: miner.said[-1][0] == "error")
            assert chain_of(port).state is ChainState.FAILED
            with FakeChips(BM1370, sluice=True) as another:
                link.unlink()
                link.symlink_to(another.path)
                await another.until(lambda: another.jobs)
                assert chain_of(port).state is ChainState.RUNNING
                assert chain_of(port).failures >= 1
                assert chain_of(port).jobs >= 2


async def test_silence(rng):
    miner = Miner(random_template(rng))
    with FakeChips(BM1370, sluice=True) as fake:
        async with running(miner, fake.path) as port:
            await fake.until(lambda: fake.jobs)
            fake.mute = set(range(256))
            await miner.until(lambda: miner.said[-1][0] == "error")
            assert "silent for" in chain_of(port).error
            fake.mute = set()
            fake.reset()
            await miner.until(lambda: miner.said[-1][0] == "info")
            assert fake.registers[0][Number.HASH_COUNTING_NUMBER]


async def test_fast_line(rng):
    miner = Miner(random_template(rng))
    with FakeChips(BM1370, sluice=True) as fake:
        async with running(miner, fake.path, fast_baud=1_000_000) as port:
            await fake.until(lambda: fake.jobs)
            assert fake.registers[0][Number.UART_BAUD] == 0x11300200
            assert chain_of(port).baud == 1_000_000


async def test_no_such_rate(rng):
    miner = Miner(random_template(rng))
    with FakeChips(BM1370, sluice=True) as fake:
        async with running(miner, fake.path, fast_baud=2_000_000):
            await miner.until(lambda: miner.said)
            assert miner.said[0][1].endswith("chips have no rate near 2000000 baud")


async def test_hash_rate_by_counter(rng):
    miner = Miner(random_template(rng))
    with FakeChips(BM1370, sluice=True) as fake:
        # The counter goes on from wherever it is, and wraps.
        fake.hashes = 3_000_000_000
        async with running(miner, fake.path) as port:
            await fake.until(lambda: fake.reads(Number.HASH_COUNT_LOW) == 1)
            fake.hashes += 2_000_000_000
            await fake.until(lambda: fake.reads(Number.HASH_COUNT_LOW) == 3)
            assert chain_of(port).chips[0].hashes == 2_000_000_000
