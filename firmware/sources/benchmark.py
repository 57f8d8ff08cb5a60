"""Work of no use, to see what chips can do."""

import asyncio
import secrets
import time

from ..config import BenchmarkSettings
from ..work.template import Template
from ..work.verify import Result
from .base import Listener, Source

__all__ = ["BenchmarkSource"]

#: Difficulty 1 as header bits: what it takes to be a block plays no part here.
BITS = 0x1D00FFFF


class BenchmarkSource(Source):
    """Templates out of thin air, no two the same. Shares are accepted and forgotten."""

    kind = "benchmark"

    def __init__(
        self,
        index: int,
        settings: BenchmarkSettings,
        listener: Listener,
        *,
        version_rolling: bool = True,
    ) -> None:
        super().__init__(index, listener)
        self.settings = settings
        self.version_mask = 0x1FFFE000 if version_rolling else 0
        self._number = 0

    async def session(self) -> None:
        """Deliver templates for ever."""
        self.counts.connections += 1
        self.counts.connected_at = time.time()
        try:
            while True:
                self.deliver(self._template())
                self.counts.last_job_at = time.time()
                await asyncio.sleep(self.settings.interval)
        finally:
            self.over()

    def _template(self) -> Template:
        self._number += 1
        return Template(
            source=self.index,
            epoch=self.renew_epoch(),
            job_id=self._number,
            version=0x20000000,
            previous=secrets.token_bytes(32),
            bits=BITS,
            time=int(time.time()),
            coinbase1=secrets.token_bytes(32),
            extranonce1=b"",
            extranonce2_size=8,
            coinbase2=b"",
            branch=(),
            version_mask=self.version_mask,
            difficulty=self.settings.difficulty,
            received=time.monotonic(),
        )

    def submit(self, result: Result) -> None:
        """Take a share."""
        self.judged(result, accepted=True)
