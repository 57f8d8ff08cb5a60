"""A port that is kept at work: opened, brought up, watched, and tried again when it fails."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from copy import deepcopy

import structlog
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    wait_exponential,
    wait_random,
)

from sluice.rtl.protocol.responses import NonceResponse

from .. import stats
from ..config import ChainSettings, MiningSettings
from ..stats import ChainState, Drop, HashRates, Rates, Verdicts
from .bringup import bring_up
from .chain import Chain, Owner
from .chips import ChipState, plain
from .find import find
from .line import ChainError, Line
from .poll import poll
from .tickets import difficulty_of_zeros

__all__ = ["Port"]

_LOG = structlog.get_logger()

#: Seconds between the first two attempts.
FIRST = 1.0


class Port:
    """One of the configured ports.

    Parameters
    ----------
    index
        Its number.
    settings
        Of it.
    owner
        Where jobs come from and results go.
    mining
        What goes for all of them.
    say
        Called with a level and words when something happens.
    """

    def __init__(
        self,
        index: int,
        settings: ChainSettings,
        owner: Owner,
        mining: MiningSettings,
        say: Callable[[str, str], None],
    ) -> None:
        self._first, self._longest = min(FIRST, mining.longest_wait), mining.longest_wait
        self._results_rate = mining.results_rate
        self._index = index
        self._settings = settings
        #: Its device, once it has been found.
        self.device = settings.port
        self._owner = owner
        self._say = say
        self._chain: Chain | None = None
        self._line: Line | None = None
        self._garbage = 0
        self._past = Counter[str]()
        self._verdicts = Verdicts()
        self.state = ChainState.OPENING
        self.error = ""
        self.attempts = 0
        self.failures = 0
        self.paused = False
        self.running_since: float | None = None
        self.failed_at: float | None = None

    async def run(self) -> None:
        """Keep it at work for ever."""
        while True:
            retrying = AsyncRetrying(
                retry=retry_if_exception_type(ChainError),
                wait=wait_exponential(multiplier=self._first, max=self._longest)
                + wait_random(0, self._first),
                before_sleep=self._failed,
                sleep=asyncio.sleep,
            )
            # Once chips have worked, back-off starts anew.
            await retrying(self._session)

    def _failed(self, state: RetryCallState) -> None:
        assert state.outcome is not None
        self._fail(str(state.outcome.exception()))

    def _fail(self, reason: str) -> None:
        if reason != self.error:
            self._say("error", f"{self.device}: {reason}")
        self.state, self.error = ChainState.FAILED, reason
        self.failures += 1
        self.running_since, self.failed_at = None, time.time()

    def _warn(self, text: str) -> None:
        self._say("warning", f"chains.{self._index}.{text}")

    def _on_nonce(self, nonce: NonceResponse) -> None:
        if self._chain is not None:
            self._chain.on_nonce(nonce)
        else:
            self._past[Drop.UNKNOWN_JOB] += 1

    async def _session(self) -> None:
        self.attempts += 1
        self.device = await find(self._settings)
        line = await Line.open(self.device, self._settings.baud, self._on_nonce)
        # Not before there is a line: a port that is missing stays failed while it is tried again.
        self.state = ChainState.OPENING
        self._line = line
        try:
            found = await bring_up(line, self._settings)
            self._keep_past()
            chain = Chain(self._settings, found, self._owner, self._results_rate, self._warn)
            chain.verdicts = self._verdicts
            self._chain = chain
            self.state, self.error = ChainState.RUNNING, ""
            self.running_since = time.time()
            kind = "Sluice as " if found.setup.sluice else ""
            self._say(
                "info",
                f"{self.device}: {len(chain.chips)} x {kind}{found.setup.model.name}, "
                f"{found.baud} baud",
            )
            chain.start(line)
            await self._watch(chain, line)
        except ChainError as error:
            # A port that is gone says more than chips that do not answer.
            raise ChainError(line.lost.result() if line.lost.done() else str(error)) from error
        except Exception as error:
            # One port that is not understood must not end the others.
            _LOG.exception("internal error", port=self.device)
            raise ChainError(f"internal error: {error!r}") from error
        finally:
            if self._chain is not None:
                self._chain.stop()
            self._garbage += line.garbage
            self._line = None
            line.close()

    async def _watch(self, chain: Chain, line: Line) -> None:
        """Until the chain fails."""
        polling = asyncio.create_task(poll(chain, line, self._settings))
        try:
            await asyncio.wait((polling, line.lost), return_when=asyncio.FIRST_COMPLETED)
            if line.lost.done():
                self._fail(line.lost.result())
            else:
                await polling
        except ChainError as error:
            self._fail(str(error))
        finally:
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)
        await asyncio.sleep(random.uniform(0.5, 1.5) * self._first)

    def _keep_past(self) -> None:
        """What was counted before chips were brought up again is not forgotten."""
        if self._chain is None:
            return
        self._past["jobs"] += self._chain.jobs
        for chip in self._chain.chips:
            self._past["results"] += chip.results
            self._past["work"] += int(chip.by_results.total)
            for reason, count in chip.dropped.items():
                self._past[reason] += count
        for reason, count in self._chain.unattributed.items():
            self._past[reason] += count
        self._chain = None

    def renew(self) -> None:
        """There is other work, or none."""
        if self._chain is not None and self.state is ChainState.RUNNING:
            self._chain.renew()

    @property
    def expected(self) -> float | None:
        """Hashes a second by clock and number of cores; of nothing if nothing runs."""
        if self._chain is None or self.state is not ChainState.RUNNING:
            return 0.0
        known = [chip.expected for chip in self._chain.chips if chip.expected is not None]
        return sum(known) if len(known) == len(self._chain.chips) else None

    @property
    def chips(self) -> list[ChipState]:
        """Those that were found last."""
        return self._chain.chips if self._chain is not None else []

    def results(self) -> int:
        """Good results since the start."""
        now = sum(chip.results for chip in self._chain.chips) if self._chain else 0
        return self._past["results"] + now

    def dropped(self) -> Counter[str]:
        """Results that went no further since the start, by reason."""
        counts = Counter({str(drop): self._past[drop] for drop in Drop})
        if self._chain is not None:
            for chip in self._chain.chips:
                counts.update(plain(chip.dropped.items()))
            counts.update(plain(self._chain.unattributed.items()))
        return +counts

    def snapshot(self, now: float) -> stats.Chain:
        """As plain data; `now` is monotonic time."""
        chain = self._chain
        chips = tuple(chip.snapshot(now) for chip in chain.chips) if chain else ()
        running = self.state is ChainState.RUNNING
        return stats.Chain(
            index=self._index,
            path=self.device,
            state=ChainState.PAUSED if running and self.paused else self.state,
            error=self.error,
            model=chips[0].model if chips else "",
            baud=chain.found.baud if chain else self._settings.baud,
            frequency=chain.frequency if chain else None,
            ticket_difficulty=difficulty_of_zeros(chain.zeros) if chain else 1.0,
            attempts=self.attempts,
            failures=self.failures,
            jobs=self._past["jobs"] + (chain.jobs if chain else 0),
            garbage=self._garbage + (self._line.garbage if self._line else 0),
            work=self._past["work"] + sum(chip.work for chip in chips),
            running_since=self.running_since,
            failed_at=self.failed_at,
            shares=deepcopy(self._verdicts),
            rates=HashRates(
                chips=sum_rates([chip.rates.chips for chip in chips]),
                results=sum_rates([chip.rates.results for chip in chips]),
                expected=self.expected,
            ),
            chips=chips,
            unattributed=plain(chain.unattributed.items()) if chain else {},
        )


def sum_rates(rates: list[Rates]) -> Rates:
    """Of several at once."""
    return Rates(
        seconds_5=sum(rate.seconds_5 for rate in rates),
        minute_1=sum(rate.minute_1 for rate in rates),
        minutes_5=sum(rate.minutes_5 for rate in rates),
        minutes_15=sum(rate.minutes_15 for rate in rates),
        average=sum(rate.average for rate in rates),
    )
