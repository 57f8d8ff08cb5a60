"""The order of preference, with sources that do as they are told."""

import asyncio
import contextlib

import pytest

from sluice.firmware.config import ConfigError
from sluice.firmware.sources import failover
from sluice.firmware.sources.base import (
    NO_WORD,
    NO_WORK,
    MistakeError,
    RefusedError,
    Source,
    SourceError,
)
from sluice.firmware.sources.failover import Failover
from sluice.firmware.stats import PoolState
from tests.firmware.sources.recorder import Recorder
from tests.firmware.work.templates import random_template
from tests.patience import GUARD

NONE_LEFT = "no source of work is left"


class Scripted(Source):
    """Works while it is told to."""

    kind = "scripted"

    def __init__(self, index, listener):
        super().__init__(index, listener)
        self.works, self.calls, self.silent = asyncio.Event(), 0, False
        self.end = asyncio.Event()
        self.error, self.breaks = SourceError("does not work"), SourceError("broke")

    async def session(self):
        self.calls += 1
        self.listener.tell()
        try:
            if self.silent:
                self.lacks = NO_WORD
                await asyncio.Event().wait()
            if not self.works.is_set():
                raise self.error
            self.renew_epoch()
            self.deliver(self.listener.make(self.index, self.epoch))
            self.end.clear()
            self.lacks = NO_WORK
            await self.end.wait()
            if self.breaks is not None:
                raise self.breaks
        finally:
            self.over()
            self.listener.tell()

    def submit(self, result):
        raise NotImplementedError

    def stop(self):
        self.works.clear()
        self.end.set()


class House(Recorder):
    """Some sources, and who is active."""

    def __init__(self, rng, count):
        super().__init__()
        self.rng = rng
        self.sources = [Scripted(index, self) for index in range(count)]
        self.failover = Failover(self.sources, self, longest_wait=0.1)

    def make(self, index, epoch):
        return random_template(self.rng, source=index, epoch=epoch)

    def on_template(self, template):
        self.counted = self.failover.on_template(template)
        self.templates.append(template)
        self.tell()

    @contextlib.asynccontextmanager
    async def open(self):
        task = asyncio.create_task(self.failover.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def active(self, index):
        await self.until(lambda: self.failover.active == index)

    def states(self):
        return [self.failover.state(index)[0] for index, _ in enumerate(self.sources)]


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(failover, "LINGER", 0.05)
    monkeypatch.setattr(failover, "PATIENCE", 0.2)
    monkeypatch.setattr(failover, "LASTS", 0.0)
    monkeypatch.setattr(failover, "UNANSWERED", 0.2)
    monkeypatch.setattr(failover, "LOOK", 0.01)


async def test_only_the_first_is_used_while_it_works(rng):
    house = House(rng, 3)
    for source in house.sources:
        source.works.set()
    async with house.open():
        await house.active(0)
        assert house.counted
        assert house.states() == [PoolState.ACTIVE, PoolState.STANDBY, PoolState.STANDBY]
        assert [source.calls for source in house.sources] == [1, 0, 0]


async def test_fall_back_at_boot_and_return(rng):
    house = House(rng, 3)
    house.sources[1].works.set()
    async with house.open():
        await house.active(1)
        assert house.states() == [PoolState.DEAD, PoolState.ACTIVE, PoolState.STANDBY]
        assert house.failover.state(0)[1] == "does not work"
        backup = house.sources[1].template
        house.sources[0].works.set()
        await house.active(0)
        assert not backup.epoch.alive
        await house.until(lambda: house.sources[1].template is None)
        assert house.sources[2].calls == 0


async def test_fall_back_later(rng):
    house = House(rng, 2)
    for source in house.sources:
        source.works.set()
    async with house.open():
        await house.active(0)
        house.sources[0].stop()
        await house.active(1)
        assert house.idle >= 1
        assert ("warning", NONE_LEFT) not in house.said
        house.sources[1].stop()
        await house.active(None)
        await house.until(lambda: ("warning", NONE_LEFT) in house.said)
        house.sources[1].works.set()
        await house.active(1)
        house.sources[0].works.set()
        await house.active(0)


async def test_one_that_keeps_everybody_waiting(rng):
    house = House(rng, 2)
    house.sources[0].silent = True
    house.sources[1].works.set()
    async with house.open():
        await house.active(1)
        said = "a connection, but not a word for 0.2 s"
        assert house.failover.state(0) == (PoolState.DEAD, said)
        assert ("warning", f"pools.0: {said}") in house.said
        assert ("warning", NONE_LEFT) not in house.said


async def test_one_that_hangs_when_it_is_called_again(rng, monkeypatch):
    """The next one does not wait for it: it has worked for long, and may never answer again."""
    monkeypatch.setattr(failover, "PATIENCE", 1000.0)
    house = House(rng, 2)
    for source in house.sources:
        source.works.set()
    async with house.open():
        await house.active(0)
        house.sources[0].silent = True
        house.sources[0].end.set()
        await house.active(1)
        await house.until(lambda: house.sources[0].calls == 2)
        assert house.failover.active == 1
        assert ("warning", NONE_LEFT) not in house.said


async def test_one_that_asks_to_be_called_again(rng, monkeypatch):
    """Its end is no failure, but work comes from the next one as long as it lasts."""
    monkeypatch.setattr(failover, "PATIENCE", 1000.0)
    house = House(rng, 2)
    for source in house.sources:
        source.works.set()
    house.sources[0].breaks = None
    async with house.open():
        await house.active(0)
        house.sources[0].end.set()
        await house.active(1)
        await house.active(0)
        assert [text for level, text in house.said if level == "warning"] == []


async def test_shares_that_nobody_answers(rng):
    house = House(rng, 2)
    for source in house.sources:
        source.works.set()
    async with house.open():
        await house.active(0)
        house.sources[0].counts.unanswered = 3
        await house.active(1)
        assert ("warning", "pools.0: no answer to 3 shares for 0.2 s") in house.said


async def test_verdicts_now_and_then_are_enough(rng):
    """Not all shares need be answered, as long as some are."""
    house = House(rng, 2)
    for source in house.sources:
        source.works.set()
    async with house.open():
        await house.active(0)
        counts = house.sources[0].counts
        counts.unanswered = 3
        for _ in range(8):
            await asyncio.sleep(0.05)
            counts.refuse("stale", 1.0)
        assert house.failover.active == 0
        assert house.sources[0].calls == 1


async def test_a_user_that_is_refused_may_be_taken_later(rng):
    house = House(rng, 1)
    house.sources[0].error = MistakeError("user: me is refused by the pool", passing=True)
    async with house.open():
        await house.until(lambda: house.sources[0].calls > 2)
        assert ("warning", "pools.0.user: me is refused by the pool") in house.said
        house.sources[0].works.set()
        await house.active(0)


async def test_mistakes_of_all_end_it(rng):
    house = House(rng, 2)
    for source in house.sources:
        source.error = MistakeError("network: is test, but the node's is regtest")
    with pytest.raises(ConfigError) as caught:
        async with asyncio.timeout(GUARD):
            await house.failover.run()
    said = "pools.0.network: is test, but the node's is regtest"
    assert caught.value.lines == [said, said.replace("pools.0", "pools.1")]
    assert ("warning", said) in house.said


@pytest.mark.parametrize("before", [False, True])
async def test_a_mistake_of_one_ends_nobody(rng, before):
    """Neither of one among several nor of all, if one has worked: a node may come back."""
    house = House(rng, 2)
    house.sources[0].error = MistakeError("network: is test, but the node's is regtest")
    house.sources[1].works.set()
    async with house.open():
        await house.active(1)
        calls = [source.calls for source in house.sources]
        if before:
            house.sources[1].error = house.sources[0].error
            house.sources[1].stop()
            await house.until(lambda: house.sources[1].calls > calls[1] + 1)
        await house.until(lambda: house.sources[0].calls > calls[0])
        house.sources[0].works.set()
        await house.active(0)


async def test_refusal_after_work_counts_as_failure(rng):
    house = House(rng, 2)
    house.sources[0].error = RefusedError("refused user me")
    house.sources[1].works.set()
    async with house.open():
        await house.active(1)
        assert house.failover.state(0) == (PoolState.DEAD, "refused user me")


async def test_a_complaint_is_said_once(rng):
    house = House(rng, 1)
    async with house.open():
        await house.until(lambda: house.sources[0].calls > 5)
    assert [said for said in house.said if said[0] == "warning"] == [
        ("warning", "pools.0: does not work"),
        ("warning", NONE_LEFT),
    ]
    # Each time is counted.
    assert house.sources[0].counts.failures >= 5


async def test_an_internal_error_ends_nobody(rng, capsys):
    house = House(rng, 2)
    house.sources[0].error = ZeroDivisionError("made up")
    house.sources[1].works.set()
    async with house.open():
        await house.active(1)
        assert house.failover.state(0)[1].startswith("internal error: ZeroDivisionError")
    assert "made up" in capsys.readouterr().out
