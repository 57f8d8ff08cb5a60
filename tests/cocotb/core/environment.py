"""A core under test, with everything that is connected to it."""

import os
import pickle
import random
from pathlib import Path

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, ReadOnly

from sluice.rtl.core.interface import Control
from sluice.rtl.protocol.header import Header
from tests.cocotb.core.scoreboard import Flags, Job, Report, Scoreboard, Shape, Write
from tests.cocotb.core.streams import StreamMonitor, StreamSink, StreamSource, now, start_clock

LAST = 0xFFFFFFFF
SHAPE: Shape = pickle.loads(Path(os.environ["SHAPE"]).read_bytes())
#: Those of fewer than two bits report more than every other nonce.
MASKS = (0, 1, 0x80000000, 0x00030000, 0x11, 0xC0000001, LAST)


class Bench:
    """A core with a source of work, a sink of hits, and a scoreboard that sees both streams."""

    def __init__(self, dut) -> None:
        self.dut = dut
        self.scoreboard = Scoreboard(SHAPE)
        self.source = StreamSource(dut, "work", Write)
        self.sink = StreamSink(dut, "hits", Report)
        StreamMonitor(dut, "work", Write, self.scoreboard.work)
        StreamMonitor(dut, "hits", Report, self.scoreboard.hit)
        self.tags = 0

    async def start(self) -> "Bench":
        start_clock(self.dut)
        self.dut.rst.value = 1
        await FallingEdge(self.dut.clk)
        cocotb.start_soon(self._watch())
        await self._end_reset()
        return self

    async def _watch(self) -> None:
        dut = self.dut
        while True:
            await FallingEdge(dut.clk)
            await ReadOnly()
            if not int(dut.rst.value):
                levels = dut.idle, dut.hashing, dut.starved, dut.turned
                self.scoreboard.flags.append(Flags(*(bool(int(level.value)) for level in levels)))

    async def _end_reset(self) -> None:
        for _ in range(random.randrange(1, 4)):
            await FallingEdge(self.dut.clk)
        self.dut.rst.value = 0
        self.scoreboard.clear(now())

    def counts(self) -> tuple[int, int]:
        return int(self.dut.hits_lost.value), int(self.dut.refused.value)

    async def reset(self) -> None:
        """Reset in the middle of whatever goes on."""
        await FallingEdge(self.dut.clk)
        self.dut.rst.value = 1
        self.scoreboard.check(now(), *self.counts(), finished=False)
        await self._end_reset()

    def job(self, header: Header | None = None, **options: int) -> Job:
        """A job with a tag of its own; what is not given is random."""
        self.tags = (self.tags + random.randrange(1, 9)) % 256
        first = options.get("first", random.randrange(LAST - 1000))
        made = {"first": first, "last": min(LAST, first + random.randrange(300)), "tag": self.tags}
        header = header or Header.from_bytes(random.randbytes(80))
        return Job(header, **{"mask": random.choice(MASKS), **made, **options})

    def send(self, job: Job, activate: Control = Control.TAG) -> Job:
        """Queue a job: its words in any order, the tag last."""
        *words, tag = job.writes(SHAPE)
        random.shuffle(words)
        self.write(job, *words, Write(activate, tag.data))
        return job

    def write(self, job: Job, *writes: Write) -> None:
        """Queue words that activate a job."""
        self.scoreboard.announced.append(job)
        self.source.queue.extend(writes)

    async def cycles(self, amount: int) -> None:
        if amount:
            await ClockCycles(self.dut.clk, amount)

    async def loaded(self) -> None:
        while self.source.queue:
            await self.cycles(1)

    async def finish(self, *, nonces: int = 2000) -> None:
        """Wait until the core is idle, for the time of so many nonces, and compare."""
        await self.loaded()
        quiet = 0
        for _ in range(2 * SHAPE.latency + nonces * SHAPE.window.slots):
            await FallingEdge(self.dut.clk)
            await ReadOnly()
            quiet = quiet + 1 if int(self.dut.idle.value) else 0
            if quiet > 5:
                break
        assert quiet > 5, "the core does not become idle"
        lost, refused = self.counts()
        self.scoreboard.check(now(), lost, refused)
        await FallingEdge(self.dut.clk)

    @property
    def reported(self) -> list[Report]:
        return [report for _, report in self.scoreboard.reported]
