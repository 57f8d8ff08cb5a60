"""What `sluice bench-host` puts in the places of a serial port and of the daemon."""

import asyncio
import random
import time
from collections.abc import Callable
from itertools import cycle, islice

from sluice.rtl.protocol.frames import JOB_FRAME_BYTES
from sluice.rtl.protocol.models import BM1370
from sluice.rtl.protocol.responses import NonceResponse

from .config import ChainSettings, StratumSettings
from .driver.bringup import Found
from .driver.chain import Chain
from .driver.line import Line
from .driver.sequences import Setup
from .sources.base import SourceError
from .sources.stratum import StratumSource
from .work.job import JobFactory, MiningJob
from .work.ring import SLOTS, STEP
from .work.template import Template
from .work.verify import Result

__all__ = ["BenchOwner", "BenchPort"]


class _EasyJob(MiningJob):
    """A job any hash is good enough for: results need not be mined."""

    __slots__ = ()

    def ticket(self, zeros: int) -> None:
        super().ticket(min(zeros, 0))


class BenchOwner:
    """Gives jobs and takes results as the daemon does.

    Parameters
    ----------
    template
        To make jobs of; ``None`` if a pool will send one.
    """

    def __init__(self, template: Template | None) -> None:
        self._template = template
        self._factory = JobFactory()
        self._renew: Callable[[], None] = lambda: None
        self.results = 0
        self.shares = 0

    def next_job(self) -> MiningJob | None:
        """A job that any result is good for."""
        if self._template is None:
            return None
        job = self._factory.next(self._template)
        return job and _EasyJob(job.template, job.extranonce2, job.time)

    @property
    def has_work(self) -> bool:
        """As soon as a pool has given some."""
        return self._template is not None

    def on_result(self, result: Result) -> None:
        """Count it."""
        self.results += 1
        self.shares += result.is_share

    async def listen(self, port: int, renew: Callable[[], None]) -> None:
        """Be a miner at a pool on this machine until it hangs up."""
        self._renew = renew
        url = f"stratum+tcp://127.0.0.1:{port}"
        try:
            await StratumSource(0, StratumSettings(url=url, user="bench"), self).session()
        except SourceError:
            return

    def on_template(self, template: Template) -> None:
        """A pool has work."""
        self._template = template
        self._renew()

    def on_idle(self) -> None:
        """Not here."""

    def on_share(self, difficulty: float) -> None:
        """Nobody judges shares here."""

    def on_block(self, index: int, result: Result, *, accepted: bool | None, reason: str) -> None:
        """Nor blocks."""

    def on_candidate(
        self, index: int, result: Result, *, share_accepted: bool | None, reason: str
    ) -> None:
        """Nor what a pool says of theirs."""

    def say(self, level: str, text: str) -> None:
        """Nothing to tell."""


class _Transport(asyncio.Transport):
    """Takes frames and tells of jobs."""

    def __init__(self, on_job: Callable[[int], None]) -> None:
        super().__init__()
        self._on_job = on_job

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if len(data) == JOB_FRAME_BYTES:
            self._on_job(data[4])

    def get_write_buffer_size(self) -> int:
        return 0


class BenchPort:
    """A chain whose chips answer what they are told to.

    Parameters
    ----------
    owner
        Of the chain.
    amount
        Results that are made for each job id in advance.
    rng
        Where nonces come from.
    """

    def __init__(self, owner: BenchOwner, amount: int, rng: random.Random) -> None:
        setup = Setup(model=BM1370, chips=4, sluice=False, frequency=525.0)
        found = Found(setup=setup, baud=3_000_000)
        self.chain = Chain(ChainSettings(port="bench"), found, owner, 4.0)
        self.line = Line(self.chain.on_nonce)
        self.line.connection_made(_Transport(self._sent))
        self.on_job: Callable[[], None] = lambda: None
        self.fresh = False
        self.sent_at = time.perf_counter()
        self._amount = amount
        self._answers = {
            slot * STEP: cycle(self._frames(slot * STEP, amount, rng)) for slot in range(SLOTS)
        }
        self._job_id = 0

    @staticmethod
    def _frames(job_id: int, amount: int, rng: random.Random) -> list[bytes]:
        return [
            bytes(
                NonceResponse.of(
                    BM1370, w19=rng.getrandbits(32), job_id=job_id, bits=rng.getrandbits(16)
                )
            )
            for _ in range(amount)
        ]

    def _sent(self, job_id: int) -> None:
        self._job_id = job_id
        self.fresh = True
        self.on_job()

    def feed(self, piece: int, amount: int) -> None:
        """Let the chips answer `amount` results of the last job, so many at a time."""
        self.fresh = False
        answers = self._answers[self._job_id]
        for _ in range(amount // piece):
            self.line.data_received(b"".join(islice(answers, piece)))
