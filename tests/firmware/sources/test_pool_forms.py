"""Each row of the tables in `docs/pools.md`, on the pool for tests: what pools really send."""

import asyncio
import contextlib
import re
from pathlib import Path

import pytest

from sluice.firmware.config import StratumSettings
from sluice.firmware.sources.base import MistakeError, RefusedError, SourceError
from sluice.firmware.sources.failover import Failover
from sluice.firmware.sources.stratum import StratumSource
from sluice.firmware.work.job import JobFactory
from sluice.firmware.work.verify import Result, verify
from tests.firmware.peers.forms import FORMS, GOOD, REFUSED
from tests.firmware.peers.hostile import HangsUp, Leaves, Refuses, Step
from tests.firmware.peers.judge import Verdict
from tests.firmware.peers.session import Manners
from tests.firmware.peers.stratum import StratumPool
from tests.firmware.sources.recorder import Recorder
from tests.firmware.sources.test_stratum import mining

PAGE = Path(__file__).resolve().parents[3] / "docs" / "pools.md"


def share_of(job, bits):
    """A result of the job that is a share, with these version bits."""
    for w19 in range(1 << 16):
        result = verify(job, w19, bits & job.mask)
        if isinstance(result, Result) and result.is_share:
            return result
    raise AssertionError("no share")


class Miner:
    """Hands in a share of each of its jobs."""

    def __init__(self, source, listener, session):
        self.source, self.listener, self.session = source, listener, session
        self.factory, self.handed_in = JobFactory(), 0

    async def until(self, condition):
        """Wait for it, or for the end of the session, which is the end of the test."""
        waiting = asyncio.create_task(self.listener.until(condition))
        await asyncio.wait((waiting, self.session), return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            waiting.cancel()
            await self.session
            raise AssertionError("the session is over")
        await waiting

    async def template(self, known):
        """The newest one, of which there must be more than were known."""
        await self.until(lambda: len(self.listener.templates) > known)
        return self.listener.templates[-1]

    def shares(self, template):
        # Two jobs with the same version bits: only the jobs can make their shares differ.
        return [share_of(self.factory.next(template), bits) for bits in (0, 0, 0x1555)]

    def mine(self, template):
        self.hand_in(self.shares(template))

    def hand_in(self, shares):
        for share in shares:
            self.source.submit(share)
        self.handed_in += len(shares)

    async def judged(self):
        await self.until(lambda: self.source.counts.judged == self.handed_in)


@pytest.mark.parametrize("name", GOOD)
async def test_good_shares_are_accepted(seed, name):
    """Of the first job and of those after all that a pool can change: all of them."""
    async with (
        # Its version begins with zeros: one form leaves them out.
        StratumPool(seed, form=GOOD[name], difficulty=1e-9, version=0x02000000) as pool,
        mining(pool.url, suggest_difficulty=1e-9) as (source, listener, task),
    ):
        miner = Miner(source, listener, task)
        # The extensions are known by then.
        await miner.until(lambda: source.version_mask and listener.templates)
        template = listener.templates[-1]
        (session,) = pool.sessions
        miner.mine(template)
        for size in (session.size, session.size or 2):
            known = len(listener.templates)
            session.set_difficulty(session.difficulty * 2)
            session.set_extranonce(pool.rng.randbytes(session.form.extranonce1), size)
            session.notify()
            miner.mine(await miner.template(known))
        await miner.judged()
        session.set_mask(0x00FFE000)
        pool.new_block()
        session.notify(clean=True)
        await miner.until(lambda: listener.templates[-1].previous != template.previous)
        miner.mine(listener.templates[-1])
        await miner.judged()
        assert not task.done()
        assert pool.verdicts == {Verdict.ACCEPTED: miner.handed_in, Verdict.MALFORMED: 0}
        assert {share.job.mask for share in pool.shares} == {0x1FFFE000, 0x00FFE000}
        assert miner.handed_in == source.counts.accepted == 12
        assert (source.counts.stale, source.counts.rejected_total) == (0, 0)
        assert not source.counts.unusable


@pytest.mark.parametrize("name", REFUSED)
async def test_why_a_share_is_refused(seed, name):
    """A stale share is one in each form that says so."""
    form, reason = REFUSED[name]
    async with (
        StratumPool(seed, form=form, difficulty=1e-9) as pool,
        mining(pool.url) as (source, listener, task),
    ):
        miner = Miner(source, listener, task)
        old = await miner.template(0)
        late = miner.shares(old)
        pool.new_block()
        pool.sessions[0].notify(clean=True)
        await miner.until(lambda: not old.epoch.alive)
        miner.hand_in(late)
        miner.mine(listener.templates[-1])
        await miner.judged()
        counts = source.counts
        assert (counts.accepted, counts.stale + counts.rejected_total) == (3, 3)
        assert counts.stale == 3 if reason == "stale" else counts.rejected == {reason: 3}
        assert not counts.unusable


class House(Recorder):
    """Several sources, and who chooses among them."""

    def __init__(self, pools):
        super().__init__()
        settings = [StratumSettings(url=pool.url, user="me") for pool in pools]
        self.sources = [StratumSource(index, each, self) for index, each in enumerate(settings)]
        self.failover = Failover(self.sources, self, longest_wait=0.1)

    def on_template(self, template):
        self.failover.on_template(template)
        super().on_template(template)


@contextlib.asynccontextmanager
async def chosen_from(*pools):
    house = House(pools)
    task = asyncio.create_task(house.failover.run())
    try:
        yield house, house.failover
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def mined(source, listener, session, known=0):
    """Shares of the newest job are handed in and judged; how many the pool has accepted so far."""
    miner = Miner(source, listener, session)
    before = source.counts.judged
    miner.mine(await miner.template(known))
    await miner.until(lambda: source.counts.judged == before + miner.handed_in)
    return source.counts.accepted


@pytest.mark.parametrize("method", ["mining.configure", "mining.extranonce.subscribe"])
async def test_hangs_up_on_extensions(seed, method):
    """What a pool hangs up on is left out the next time; after that it is asked for again."""
    async with (
        StratumPool(seed, difficulty=1e-9, manners=HangsUp(method)) as pool,
        mining(pool.url) as (source, listener, task),
    ):
        with pytest.raises(SourceError, match=r"^the (pool closed the )?connection"):
            await task
        (text,) = (text for _, text in listener.said if "the next try is without" in text)
        assert method in text
        again = asyncio.create_task(source.session())
        assert await mined(source, listener, again, len(listener.templates)) == 3
        assert pool.sessions[1].requests[method] == 0
        assert pool.sessions[1].requests["mining.submit"] == 3
        pool.sessions[1].close()
        with pytest.raises(SourceError):
            await again
        with pytest.raises(SourceError):
            await source.session()
        assert pool.sessions[2].requests[method] == 1


async def test_pool_that_was_away_is_asked_for_everything(seed):
    """One that hangs up on less as well did not hang up on that."""
    async with (
        StratumPool(seed, manners=Leaves(Step.SUBSCRIBE)) as pool,
        mining(pool.url) as (source, _, task),
    ):
        for _ in range(3):
            with pytest.raises(SourceError):
                await task
            task = asyncio.create_task(source.session())
        with pytest.raises(SourceError):
            await task
        asked = [session.requests["mining.extranonce.subscribe"] for session in pool.sessions]
        assert source._without == frozenset()
        assert len(asked) == 4


@pytest.mark.parametrize(
    "method", ["mining.configure", "mining.suggest_difficulty", "mining.extranonce.subscribe"]
)
async def test_refused_extensions(seed, method):
    """They are told of, and mining goes on without."""
    async with (
        StratumPool(seed, difficulty=1e-9, manners=Refuses(method)) as pool,
        mining(pool.url, suggest_difficulty=1e-9) as (source, listener, task),
    ):
        assert await mined(source, listener, task) == 3
        assert ("info", f"{pool.url}: refused {method}: not here") in listener.said
        assert not source.counts.unusable


@pytest.mark.parametrize(
    ("method", "error", "kind", "text"),
    [
        ("mining.authorize", (24, "who?", None), MistakeError, "user: me is refused by the pool"),
        ("mining.subscribe", (20, "who?", None), RefusedError, "refused mining.subscribe"),
    ],
)
async def test_refused_miner(seed, method, error, kind, text):
    async with (
        StratumPool(seed, manners=Refuses(method, error)) as pool,
        mining(pool.url) as (_, _, task),
    ):
        with pytest.raises(kind, match=rf"^{text}: who\?$"):
            await task


class Says(Manners):
    """Sends a line before its first job and another after it."""

    def __init__(self, line):
        self.line = line

    async def connected(self, session):
        session.write(self.line)

    async def serving(self, session):
        session.write(self.line)
        session.notify()


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (b"{ id: null, result: [], error: true }\n", "line"),
        (b'{"id":null,"result":[],"error":true}\n', "reply"),
        (b'{"id":null,"method":"mining.multi_version","params":[1]}\n', "method"),
    ],
)
async def test_messages_of_no_use(seed, line, kind):
    """They are told of once and counted, and cost nothing."""
    async with (
        StratumPool(seed, difficulty=1e-9, manners=Says(line)) as pool,
        mining(pool.url) as (source, listener, task),
    ):
        assert await mined(source, listener, task, 1) == 3
        assert source.counts.unusable == {kind: 2}
        (said,) = (text for level, text in listener.said if level == "warning")
        assert said.startswith(f"{pool.url}: unusable {kind}: ")


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("mining.set_difficulty", ["easy"]),
        ("mining.set_extranonce", ["not hex", 4]),
        ("mining.set_version_mask", ["all"]),
        ("mining.notify", ["1", "00"]),
    ],
)
async def test_state_that_is_unknown(seed, method, params):
    """Mining ends at once, nothing of the old state is handed in, and the next pool takes over."""
    async with (
        StratumPool(seed, difficulty=1e-9) as first,
        StratumPool(seed + 1, difficulty=1e-9) as second,
        chosen_from(first, second) as (house, failover),
    ):
        await house.until(lambda: failover.active == 0 and house.templates)
        template = house.templates[-1]
        share = share_of(JobFactory().next(template), 0)
        first.sessions[0].tell(method, *params)
        await house.until(lambda: failover.active == 1)
        assert not template.epoch.alive
        house.sources[0].submit(share)
        assert first.shares == []
        counts = house.sources[0].counts
        assert counts.unusable == {method: 1}
        (said,) = (text for level, text in house.said if level == "warning")
        assert said.startswith(f"pools.0: unusable {method}: ")
        # The first one is called again, and mined on as soon as it makes sense.
        await house.until(lambda: failover.active == 0)
        assert counts.connections == 2


async def test_reconnect_with_a_wait(seed, monkeypatch):
    """The connection ends at once: while the wait lasts nobody would read what is handed in."""
    async with (
        StratumPool(seed, difficulty=1e-9) as pool,
        mining(pool.url) as (source, listener, task),
    ):
        template = await Miner(source, listener, task).template(0)
        share = share_of(JobFactory().next(template), 0)
        pool.sessions[0].tell("client.reconnect", "", str(pool.port), 30)
        await task
        await pool.until(lambda: not pool.sessions[0].alive)
        assert (
            listener.said[-1][1]
            == f"{pool.url}: asks to reconnect to 127.0.0.1:{pool.port} in 30 s"
        )
        assert not template.epoch.alive
        source.submit(share)
        assert (source.counts.unanswered, source.counts.candidates) == (0, 0)
        slept = []

        async def sleep(seconds):
            slept.append(seconds)

        known = len(listener.templates)
        monkeypatch.setattr("sluice.firmware.sources.stratum.asyncio.sleep", sleep)
        again = asyncio.create_task(source.session())
        assert await mined(source, listener, again, known) == 3
        assert slept[0] == 30
        again.cancel()
        await asyncio.gather(again, return_exceptions=True)


async def test_shares_that_nobody_judged(seed):
    """They wait no more when the connection ends."""

    class Mute(Manners):
        async def answer(self, session, request, answer):
            if request["method"] != "mining.submit":
                await super().answer(session, request, answer)

    async with (
        StratumPool(seed, difficulty=1e-9, manners=Mute()) as pool,
        mining(pool.url) as (source, listener, task),
    ):
        miner = Miner(source, listener, task)
        miner.mine(await miner.template(0))
        await pool.until(lambda: len(pool.shares) == 3)
        assert (source.counts.unanswered, source.counts.never_answered) == (3, 0)
        pool.sessions[0].close()
        with pytest.raises(SourceError):
            await task
        assert (source.counts.unanswered, source.counts.never_answered) == (0, 3)


def test_the_page_has_a_row_for_each():
    """And a test for each row."""
    rows = re.findall(r"\| `([a-z0-9-]+)` \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    others = {
        name.removeprefix("test_").replace("_", "-")
        for name in globals()
        if name.startswith("test_")
    } - {"good-shares-are-accepted", "why-a-share-is-refused", "the-page-has-a-row-for-each"}
    assert sorted(rows) == sorted({*FORMS, *others})
