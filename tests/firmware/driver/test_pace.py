"""How often jobs are sent: by hand, and behind lines that are slower than they say."""

import asyncio
import time

import pytest

from sluice.firmware.config import ChainSettings
from sluice.firmware.driver import poll
from sluice.firmware.driver.bringup import Found
from sluice.firmware.driver.pace import Pace
from sluice.firmware.driver.sequences import Setup
from sluice.rtl.protocol.commands import ReadRegister, WriteRegister
from sluice.rtl.protocol.models import BM1366, BM1370
from sluice.rtl.protocol.registers import Number
from tests.firmware.driver.fakechips import FakeChips
from tests.firmware.driver.test_port import Miner, chain_of, running
from tests.firmware.work.templates import random_template

#: Ten bits a byte, 88 bytes, 115,200 bits a second.
ON_LINE = 880 / 115200


def pace(model=BM1370, *, sluice=True, chips=1, cores=1, **settings):
    setup = Setup(model=model, chips=chips, sluice=sluice, frequency=50.0)
    found = Found(setup=setup, baud=115200)
    return Pace(ChainSettings(port="x", **settings), found, chips=chips, cores=cores)


@pytest.mark.parametrize(
    ("settings", "mask", "rate", "expected"),
    [
        # Half of all nonces and versions, and never later than 30 s, or than is set.
        ({}, 0, 1e9, 2**31 / 1e9),
        ({}, 0x3, 1e9, 4 * 2**31 / 1e9),
        ({}, 0xFFFF, 1e9, 30.0),
        ({"job_interval": 5.0}, 0xFFFF, 1e9, 5.0),
        ({"job_interval": 5.0}, 0, 1e9, 2**31 / 1e9),
        ({"nonce_span": 16384}, 0xFFFF, 2e5, 30.0),
        ({"nonce_span": 1 << 20}, 0, 2e5, 2**19 / 2e5),
        ({"nonce_span": 1 << 20, "cores": 4}, 0, 2e5, 4 * 2**19 / 2e5),
        ({"nonce_span": 1 << 20, "job_interval": 10.0}, 0, 2e5, 2**19 / 2e5),
        # Never faster than three times what a job takes on the line.
        ({"nonce_span": 1024}, 0, 2e5, 3 * ON_LINE),
        ({"job_interval": 0.05, "nonce_span": 1024}, 0, 2e5, 3 * ON_LINE),
        ({"job_interval": 0.1}, 0xFFFF, 2e5, 0.1),
    ],
)
def test_period(settings, mask, rate, expected):
    assert pace(**settings).period(mask, rate) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("model", "chips", "expected"), [(BM1370, 1, 0.5), (BM1366, 1, 2.0), (BM1370, 3, 0.125)]
)
def test_real_chips_have_their_own_interval(model, chips, expected):
    real = pace(model, sluice=False, chips=chips, nonce_span=100)
    assert real.period(0xFFFF, 1e9) == pytest.approx(expected)
    assert not real.widen(0, 1e15)


def test_what_a_job_took_counts():
    slow = pace(job_interval=0.05)
    assert slow.spacing == pytest.approx(3 * ON_LINE)
    slow.took(0.2)
    assert slow.period(0, 1e9) == slow.spacing == pytest.approx(0.6)
    slow.took(0.001)
    assert slow.spacing == pytest.approx(0.8 * 0.6)
    for _ in range(100):
        slow.took(0.001)
    assert slow.spacing == pytest.approx(3 * ON_LINE)


@pytest.mark.parametrize(("mask", "cores"), [(0, 1), (0, 3), (0x3, 1), (0x1, 2)])
@pytest.mark.parametrize("span", [1, 4096, 16384])
def test_a_span_that_is_too_small(span, mask, cores):
    small = pace(nonce_span=span, cores=cores)
    small.took(0.1)
    assert small.widen(mask, 1e6)
    # Once is enough, even if the chips turn out to be some times as fast.
    assert not small.widen(mask, 16e6)
    assert small.period(mask, 1e6) > small.spacing


def test_a_span_that_is_wide_enough_stays():
    fine = pace(nonce_span=1 << 20)
    fine.took(0.1)
    assert not fine.widen(0, 1e6)
    assert fine.span == 1 << 20
    # All that there are, if nothing less will do.
    assert fine.widen(0, 1e10)
    assert fine.span is None
    assert not fine.widen(0, 1e12)


async def test_no_job_before_the_last_one_is_with_the_chips(rng):
    miner = Miner(random_template(rng))
    with FakeChips(BM1370, 2, sluice=True) as fake:
        async with running(miner, fake.path, answer_timeout=1.0) as port:
            fake.slow = Number.GOOD_JOBS
            await fake.until(lambda: fake.held)
            assert len(fake.jobs) == 1
            # It is the last chip that is asked, after the job.
            assert ReadRegister(Number.GOOD_JOBS, fake.addresses[-1]) in fake.commands
            for _ in range(5):
                port.renew()
                await asyncio.sleep(0.05)
            assert len(fake.jobs) == 1
            miner.template = newest = random_template(rng)
            port.renew()
            fake.release()
            await fake.until(lambda: len(fake.jobs) > 1)
            assert fake.jobs[1].header.previous == newest.previous


async def test_chips_that_do_not_count_jobs(rng):
    """They get the next one all the same, after a while."""
    miner = Miner(random_template(rng))
    with FakeChips(BM1370, sluice=True, mute=[Number.GOOD_JOBS]) as fake:
        async with running(miner, fake.path) as port:
            await fake.until(lambda: fake.jobs)
            port.renew()
            await fake.until(lambda: len(fake.jobs) > 1)


class Counting(FakeChips):
    """Does 200,000 hashes a second, as seldom as it may be asked on a loaded machine."""

    def value(self, chip, register):
        self.hashes = round(200_000 * time.monotonic())
        return super().value(chip, register)


async def test_a_span_is_widened_and_told_of(rng, monkeypatch):
    monkeypatch.setattr(poll, "INTERVAL", 0.05)
    miner = Miner(random_template(rng, version_mask=0))
    with Counting(BM1370, sluice=True) as fake:
        async with running(miner, fake.path, nonce_span=100) as port:
            await miner.until(lambda: len(miner.said) > 1)
            jobs = chain_of(port).jobs
            await fake.until(lambda: len(fake.jobs) > jobs)
            assert WriteRegister(Number.NONCE_SPAN, 100) in fake.commands
            # Each time that it is widened is told of once: more than once only where the rate was
            # measured before the chips had worked for a moment.
            before, (_, *said) = 100, miner.said
            for level, text in said:
                assert level == "warning"
                assert text.startswith(f"chains.0.nonce_span: {before} nonces are done before the ")
                wide = int(text.rpartition(" ")[2])
                assert wide & wide - 1 == 0 < wide - before
                before = wide
            await fake.until(lambda: fake.registers[0][Number.NONCE_SPAN] >= before)
