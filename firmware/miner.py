"""The daemon itself: sources, ports, and everything between them."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from importlib.metadata import version as version_of

from . import stats
from .config import ConfigError, Settings, StratumSettings
from .driver.port import Port, sum_rates
from .groups import first_of
from .news import INTERVAL, News
from .records import Records
from .scoreboard import Scoreboard
from .sources.failover import Failover
from .sources.journal import Journal
from .sources.make import make_source
from .stats import HashRates, Sample, Snapshot, Tip
from .work.job import JobFactory, MiningJob
from .work.meter import Meter
from .work.target import HASHES_PER_DIFFICULTY
from .work.template import Template
from .work.verify import Result

__all__ = ["Miner"]


class Miner:
    """Mines. Implements :class:`~.control.Control`.

    Parameters
    ----------
    settings
        Everything there is to set.

    Raises
    ------
    OSError
        The folder for its state cannot be made.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._news = News()
        self._records = Records(settings.mining.state)
        self._journal = Journal(settings.mining.state)
        for sentence in self._journal.recover():
            self.say("warning", sentence)
        self._factory = JobFactory()
        self._shares = Meter(time.monotonic())
        self._started_at = time.time()
        self._paused = False
        self._best = 0.0
        self._tip = Tip()
        self._scoreboard = Scoreboard()
        rolling = settings.mining.version_rolling
        self._sources = [
            make_source(index, pool, self, self._journal, rolling=rolling)
            for index, pool in enumerate(settings.pools)
        ]
        self._failover = Failover(self._sources, self, longest_wait=settings.mining.longest_wait)
        self._ports = [
            Port(index, chain, self, settings.mining, self.say)
            for index, chain in enumerate(settings.chains)
        ]

    async def run(self) -> None:
        """Mine until cancelled; then chips are stopped, and nodes get the blocks they lack.

        Raises
        ------
        ConfigError
            No source is what the configuration says, from the start.
        """
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._failover.run())
                group.create_task(self._keep_history())
                for port in self._ports:
                    group.create_task(port.run())
        except BaseExceptionGroup as group:
            mistakes, _ = group.split(ConfigError)
            if mistakes is None:
                raise
            raise first_of(mistakes) from None
        finally:
            await asyncio.gather(*(source.farewell() for source in self._sources))
            self._save_records()

    async def _keep_history(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL)
            now = time.monotonic()
            chips = [chip for port in self._ports for chip in port.chips]
            self._news.sample(
                sum(chip.by_counter.over(INTERVAL, now) for chip in chips),
                sum(chip.by_results.over(INTERVAL, now) for chip in chips),
                self._shares.over(INTERVAL, now),
            )
            self._save_records()

    def _save_records(self) -> None:
        try:
            self._records.save()
        except OSError as error:
            self.say("error", f"best difficulty cannot be saved: {error.strerror}")

    # What ports ask for and tell.

    @property
    def _newest(self) -> Template | None:
        """What was asked for last, of use or not: between two blocks of a node it is not."""
        active = self._failover.active
        return None if active is None else self._sources[active].template

    def next_job(self) -> MiningJob | None:
        """A job of its own for whoever asks."""
        work = self._newest
        return self._factory.next(work) if work is not None and self.has_work else None

    @property
    def has_work(self) -> bool:
        """Whether chips are to hash."""
        work = self._newest
        return work is not None and work.epoch.alive and not self._paused

    def on_result(self, result: Result) -> None:
        """A good result has come."""
        difficulty = result.difficulty
        if difficulty > self._best:
            self._best = difficulty
            self._records.note(difficulty)
        self._scoreboard.note(result, difficulty)
        if result.is_share:
            self._sources[result.template.source].submit(result)

    # What sources tell.

    def on_template(self, template: Template) -> None:
        """A source has work."""
        if self._failover.on_template(template):
            tip = template.previous[::-1].hex()
            if tip != self._tip.hash:
                self._tip = Tip(hash=tip, since=time.time(), seen=self._tip.seen + 1)
            self._renew()

    def on_idle(self) -> None:
        """There is no work any more."""
        self._renew()

    def on_share(self, difficulty: float) -> None:
        """A share was accepted."""
        self._shares.add(difficulty * HASHES_PER_DIFFICULTY, time.monotonic())

    def on_block(self, index: int, result: Result, *, accepted: bool | None, reason: str) -> None:
        """A block was found, or judged."""
        self._news.block(index, result, accepted=accepted, reason=reason)

    def on_candidate(
        self, index: int, result: Result, *, share_accepted: bool | None, reason: str
    ) -> None:
        """A share for a pool is good enough for a block, or has been judged."""
        self._news.candidate(index, result, share_accepted=share_accepted, reason=reason)

    def say(self, level: str, text: str) -> None:
        """Something worth telling people."""
        self._news.say(level, text)

    def _renew(self) -> None:
        for port in self._ports:
            port.renew()

    # What people ask for.

    def pause(self) -> None:
        """Stop hashing; connections to pools stay."""
        self._set_paused(paused=True)

    def resume(self) -> None:
        """Hash again."""
        self._set_paused(paused=False)

    def _set_paused(self, *, paused: bool) -> None:
        if paused == self._paused:
            return
        self._paused = paused
        for port in self._ports:
            port.paused = paused
        self.say("info", "paused" if paused else "resumed")
        self._renew()

    def history(self) -> Sequence[Sample]:
        """Hash rates of the past day."""
        return self._news.samples

    def snapshot(self) -> Snapshot:
        """Everything as it is now."""
        now = time.monotonic()
        chains = tuple(port.snapshot(now) for port in self._ports)
        pools = tuple(self._pool(index) for index, _ in enumerate(self._sources))
        dropped: Counter[str] = Counter()
        for port in self._ports:
            dropped.update(port.dropped())
        known = [chain.rates.expected for chain in chains]
        expected = None if None in known else sum(rate for rate in known if rate)
        newest = self._newest
        return Snapshot(
            version=version_of("sluice-miner"),
            at=time.time(),
            started_at=self._started_at,
            paused=self._paused,
            best_difficulty=self._best,
            best_difficulty_ever=self._records.best_ever,
            rates=HashRates(
                chips=sum_rates([chain.rates.chips for chain in chains]),
                results=sum_rates([chain.rates.results for chain in chains]),
                shares=self._shares.rates(now),
                expected=expected,
            ),
            chains=chains,
            pools=pools,
            active_pool=self._failover.active,
            jobs=self._factory.built,
            results=sum(port.results() for port in self._ports),
            dropped=dict(dropped),
            accepted=sum(pool.counts.accepted for pool in pools),
            rejected=sum(pool.counts.rejected_total for pool in pools),
            stale=sum(pool.counts.stale for pool in pools),
            blocks=self._news.blocks,
            blocks_found=self._news.blocks_found,
            events=self._news.events,
            network_difficulty=newest.network_difficulty if newest else None,
            tip=self._tip,
            scores=self._scoreboard.scores,
        )

    def _pool(self, index: int) -> stats.Pool:
        source, settings = self._sources[index], self._settings.pools[index]
        state, error = self._failover.state(index)
        stratum = settings if isinstance(settings, StratumSettings) else None
        template = source.template
        return stats.Pool(
            index=index,
            priority=index,
            kind=source.kind,
            url=settings.url,
            user=settings.miner,
            state=state,
            error=error,
            difficulty=template.difficulty if template else None,
            counts=deepcopy(source.counts),
            peer=source.peer,
            ca_file=str(stratum.ca_file) if stratum and stratum.ca_file else "",
            suggested_difficulty=stratum.suggest_difficulty if stratum else None,
            extranonce_subscribe=stratum is not None and stratum.extranonce_subscribe,
            block_version=template.version if template else None,
            version_mask=source.version_mask,
            height=template.height if template else None,
            coinbase=source.coinbase,
        )
