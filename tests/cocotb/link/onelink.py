"""One link, with a host, a next chip, jobs and results at its ends."""

import os

from cocotb.triggers import Timer
from line import (
    BIT,
    IncrementSource,
    JobSink,
    Parameters,
    ResultSource,
    Sink,
    Source,
    clock,
    reset,
)

from sluice.rtl.protocol.commands import ReadRegister, WriteRegister
from sluice.rtl.protocol.models import MODELS
from sluice.rtl.protocol.registers import Number
from sluice.rtl.protocol.responses import (
    parse_response,
)

COMPACT = os.environ.get("COMPACT") == "1"
MODEL = MODELS[os.environ.get("MODEL", "bm1370")]
ROLLING = WriteRegister(Number.VERSION_ROLLING, 0x9000FFFF)
REPORTING = WriteRegister(Number.MISC_CONTROL, 0xF000C100)
RESET_CONTROL = {"rolling": 0, "running": 0, "reporting": 0, "first": 0, "last": 0xFFFF}


class Bench:
    def __init__(self, dut, *, job_stall=0.0, result_stall=0.0):
        self.dut = dut
        clock(dut)
        dut.rst.value = 0
        dut.status.value = 0
        self.increments = IncrementSource(dut, stall=result_stall)
        self.next = Source(dut.next_rx)
        self.host = Source(dut.rx)
        self.sink = Sink(dut.tx)
        self.far = Sink(dut.next_tx)
        self.jobs = JobSink(dut, stall=job_stall)
        self.results = ResultSource(dut, stall=result_stall)
        self.parameters = Parameters(dut)

    async def start(self, *setup):
        self.sink.strict = self.far.strict = False
        await reset(self.dut)
        await Timer(12 * BIT, unit="ns")
        self.sink.strict = self.far.strict = True
        self.sink.clear()
        self.far.clear()
        for command in setup:
            await self.host.send(bytes(command))
        if setup:
            await self.forwarded(*setup)
        return self

    async def read(self, number, address=None):
        await self.host.send(bytes(ReadRegister(number, address)))
        (frame,) = await self.sink.frames(1)
        response = parse_response(frame)
        assert response.register == number
        return response.value

    async def forwarded(self, *frames):
        """The next chip has been told exactly this since it was last asked."""
        expected = b"".join(map(bytes, frames))
        for _ in range(12 * len(expected) + 100):
            if len(self.far.data) >= len(expected):
                break
            await Timer(BIT, unit="ns")
        await Timer(20 * BIT, unit="ns")
        assert bytes(self.far.data) == expected
        self.far.clear()
