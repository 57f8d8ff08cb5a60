"""Somebody to tell: remembers what sources say."""

import asyncio

from sluice.firmware.work.job import MiningJob
from sluice.firmware.work.verify import verify
from tests.patience import GUARD


class Recorder:
    """A listener for tests."""

    def __init__(self):
        self.templates, self.shares, self.said = [], [], []
        self.blocks, self.candidates = [], []
        self.idle = 0
        self.news = asyncio.Event()

    def on_template(self, template):
        self.templates.append(template)
        self.tell()

    def on_idle(self):
        self.idle += 1
        self.tell()

    def on_share(self, difficulty):
        self.shares.append(difficulty)
        self.tell()

    def on_block(self, index, result, *, accepted, reason):
        self.blocks.append((index, result.hash, accepted, reason))
        self.tell()

    def on_candidate(self, index, result, *, share_accepted, reason):
        self.candidates.append((index, result.hash, share_accepted, reason))
        self.tell()

    def say(self, level, text):
        self.said.append((level, text))
        self.tell()

    def tell(self):
        self.news.set()
        self.news = asyncio.Event()

    async def until(self, condition):
        """Wait for `condition`."""
        async with asyncio.timeout(GUARD):
            while not condition():
                await self.news.wait()


def solve(template, good, extranonce2=None, bits=0):
    """A result of a job of the template whose value satisfies `good`."""
    place = bytes(template.extranonce2_size) if extranonce2 is None else extranonce2
    job = MiningJob(template, place, template.time)
    for w19 in range(1 << 20):
        result = verify(job, w19, bits)
        if good(result):
            return result
    raise AssertionError("no result")
