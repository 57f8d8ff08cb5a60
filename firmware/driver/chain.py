"""A chain of chips at work: jobs out, results in, counters read."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from math import log2
from typing import Protocol

from sluice.rtl.protocol.commands import WriteRegister
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.registers import Number, field_of, version_rolling
from sluice.rtl.protocol.responses import NonceResponse

from ..config import ChainSettings
from ..stats import Drop, Verdicts
from ..work.job import MiningJob
from ..work.ring import JobRing
from ..work.verify import Result, verify
from .bringup import CYCLES, Found
from .chips import ChipState
from .line import Line
from .pace import SPACING, Pace
from .sequences import SMALL_CORES, addresses, run_value
from .tickets import choose_zeros, registers_for, sluice_least

__all__ = ["Chain", "Owner"]

#: Seconds after which a job is asked for again where there was none.
AGAIN = 1.0

#: Seconds of work that say whether chips have nonces enough.
RECENT = 10.0


class Owner(Protocol):
    """Who gives jobs and takes results."""

    def next_job(self) -> MiningJob | None:
        """A job of its own for whoever asks; ``None`` if there is none now."""
        ...

    @property
    def has_work(self) -> bool:
        """Whether to hash on with the last job while there is no next one."""
        ...

    def on_result(self, result: Result) -> None:
        """A good result has come."""
        ...


class Chain:
    """Chips that have been brought up.

    Parameters
    ----------
    settings
        Of the port.
    found
        What is there.
    owner
        Where jobs come from and results go.
    results_rate
        Results a second to aim at.
    say
        Called with a sentence when something is not as the settings say.
    """

    def __init__(
        self,
        settings: ChainSettings,
        found: Found,
        owner: Owner,
        results_rate: float,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._settings = settings
        self._owner = owner
        self._results_rate = results_rate
        self._line: Line | None = None
        self._say = say
        self._timer: asyncio.TimerHandle | None = None
        #: Waits for the chips to have the last job.
        self._taking: asyncio.Task[None] | None = None
        self._ring = JobRing()
        self._sent_at = float("-inf")
        self._mask = found.setup.mask
        self._running = True
        self._again = False
        self.found = found
        #: What came of shares that were found here.
        self.verdicts = Verdicts()
        self.zeros = -1
        self.jobs = 0
        self.unattributed: Counter[Drop] = Counter()
        self.chips = [self._chip(index) for index in range(found.setup.chips)]
        self._interval = 256 // found.setup.chips
        cores = sum(max(chip.cores, 1) for chip in self.chips)
        self._pace = Pace(settings, found, chips=len(self.chips), cores=cores)
        lanes = max(chip.cores * chip.lanes for chip in self.chips)
        self._least = sluice_least(lanes) if found.setup.sluice else 32

    def _chip(self, index: int) -> ChipState:
        setup, address = self.found.setup, addresses(self.found.setup)[index]
        shape = self.found.of(Number.SHAPE, address)
        lanes, cores = (field_of(Number.SHAPE, name).of(shape) for name in ("lanes", "cores"))
        clock = self._clock(address)
        hashes = float(SMALL_CORES[setup.model.name])
        if setup.sluice:
            hashes = self.found.of(Number.HASH_RATE, address) / CYCLES
        return ChipState(
            index=index,
            address=address,
            model=setup.model,
            sluice=setup.sluice,
            build=self.found.of(Number.BUILD, address),
            cores=cores,
            lanes=lanes,
            expected=hashes * clock or None,
            now=time.monotonic(),
        )

    @property
    def frequency(self) -> float | None:
        """Hash clock of the first chip in hertz, if that is known."""
        return self._clock(self.chips[0].address) or None

    def _clock(self, address: int) -> float:
        """Hash clock in hertz; a Sluice tells it, and zero is what one says that does not know."""
        if self.found.setup.sluice:
            return self.found.of(Number.HASH_CLOCK, address) * 1e3
        return self.found.setup.frequency * 1e6

    def start(self, line: Line) -> None:
        """Send the first job."""
        self._line = line
        self.renew()

    def stop(self) -> None:
        """No more jobs; the chips stop hashing."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None
        self._run(running=False)
        self._line = None

    # Jobs.

    @property
    def rate(self) -> float:
        """Hashes a second: measured, or expected until there is something to measure."""
        return self._measured(60) or sum(chip.expected or 1e6 for chip in self.chips)

    def _measured(self, seconds: float) -> float:
        now = time.monotonic()
        return sum(chip.by_counter.over(seconds, now) for chip in self.chips)

    def renew(self) -> None:
        """Send a new job now, or as soon as line and chips have room for one."""
        if self._line is None:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._taking is not None:
            self._again = True
            return
        wait = self._sent_at + SPACING * self._pace.on_line - self._loop.time()
        if wait > 0 or self._line.backlog:
            self._timer = self._loop.call_later(max(wait, 0.005), self.renew)
            return
        job = self._owner.next_job()
        if job is None:
            if self._owner.has_work:
                # All headers have been given out, until the clock moves on.
                self._timer = self._loop.call_later(AGAIN, self.renew)
            else:
                self._run(running=False)
            return
        job.verdicts = self.verdicts
        self._send(self._line, job)
        self._timer = self._loop.call_later(self._pace.period(job.mask, self.rate), self.renew)

    def _send(self, line: Line, job: MiningJob) -> None:
        if job.mask != self._mask:
            self._mask = job.mask
            line.send(WriteRegister(Number.VERSION_ROLLING, version_rolling(job.mask)))
        self._widen(line, job.mask)
        zeros = self._wanted_zeros(job)
        if zeros != self.zeros:
            self.zeros = zeros
            self._ring.ease(zeros)
            for write in registers_for(zeros, sluice=self.found.setup.sluice):
                line.send(write)
        job.ticket(zeros)
        line.send(Job(job_id=self._ring.add(job), header=job.header))
        self._run(running=True)
        self._sent_at = self._loop.time()
        self.jobs += 1
        if self.found.setup.sluice:
            self._again = False
            self._taking = self._loop.create_task(self._take(line))

    def _widen(self, line: Line, mask: int) -> None:
        before, pace = self._pace.span, self._pace
        # Nothing is known of how fast they are before they have worked for a while.
        if not (rate := self._measured(RECENT)) or not pace.widen(mask, rate):
            return
        line.send(WriteRegister(Number.NONCE_SPAN, pace.span or 0))
        self._say(
            f"nonce_span: {before} nonces are done before the line can bring the next job, which "
            f"takes {pace.spacing:.2g} s: widened to {pace.span or 'all'}"
        )

    async def _take(self, line: Line) -> None:
        """Wait until the last chip has the job: its counter of jobs is asked for after it.

        A port takes many frames at once, and says nothing of how fast they go on. Without this a
        chain would get jobs that it can only throw away, and answers to ids used again meanwhile.
        """
        begun = self._loop.time()
        silence, last = self._settings.answer_timeout, self.chips[-1].address
        try:
            await line.ask(Number.GOOD_JOBS, count=1, silence=silence, address=last)
        finally:
            self._taking = None
        self._pace.took(self._loop.time() - begun)
        if self._again:
            self.renew()

    def _wanted_zeros(self, job: MiningJob) -> int:
        difficulty, fixed = job.template.difficulty, self._settings.ticket
        if fixed is not None:
            return min(32 + int(log2(fixed)), max(int(log2(max(difficulty, 1.0))) + 32, 32))
        rate = self.rate
        wanted, limits = self._results_rate, {"least": self._least, "baud": self.found.baud}
        zeros = choose_zeros(difficulty=difficulty, rate=rate, wanted=wanted, **limits)
        # The measured rate wavers; what is asked for need not.
        slow = choose_zeros(difficulty=difficulty, rate=rate * 0.7, wanted=wanted, **limits)
        fast = choose_zeros(difficulty=difficulty, rate=rate * 1.4, wanted=wanted, **limits)
        return self.zeros if self.zeros in (slow, fast) else zeros

    def _run(self, *, running: bool) -> None:
        if self._line is not None and running != self._running:
            value = run_value(self.found.setup) if running else 0
            self._line.send(WriteRegister(Number.HASH_COUNTING_NUMBER, value))
            self._running = running

    # Results.

    def on_nonce(self, nonce: NonceResponse) -> None:
        """A chip reports a nonce."""
        field = self.found.setup.model.address(nonce.w19)
        chip = self.chips[min(field // self._interval, len(self.chips) - 1)]
        job = self._ring.get(self.found.setup.model.job_id(nonce.tag))
        if job is None:
            self.unattributed[Drop.UNKNOWN_JOB] += 1
            return
        result = verify(job, nonce.w19, nonce.bits)
        if isinstance(result, Drop):
            chip.dropped[result] += 1
            return
        chip.good(job.weight, time.monotonic())
        if not result.is_share:
            chip.dropped[Drop.BELOW_TARGET] += 1
        self._owner.on_result(result)
