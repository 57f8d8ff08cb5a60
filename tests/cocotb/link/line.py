"""Both ends of a serial line, and of the streams of a link, for benches.

Streams are driven and looked at on falling edges, half a cycle from everything that changes.
"""

import random
from collections import deque

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import FallingEdge, RisingEdge, Timer

from sluice.rtl.interface import (
    ChipControl,
    Increment,
    JobWord,
    Parameter,
    ParameterWrite,
    Result,
    Status,
)
from sluice.rtl.protocol.registers import Number

PERIOD = 10
#: With a link clock of eight times the rate after reset.
BIT = 8 * PERIOD
SLOW_CLOCK = 25e6 / 27

RESET_CYCLES = 1100


class Source:
    """Sends bytes."""

    def __init__(self, pin, bit=BIT):
        self.pin = pin
        self.bit = bit
        pin.value = 1

    async def send(self, data, *, gap=0, bit=None, stop=1):
        bit = bit or self.bit
        for byte in bytes(data):
            word = stop << 9 | byte << 1
            level, since = 1, 0
            for i in range(10):
                if word >> i & 1 != level:
                    if since:
                        await Timer(round(since * bit), unit="ns")
                    level, since = 1 - level, 0
                    self.pin.value = level
                since += 1
            await Timer(round(since * bit), unit="ns")
            if not stop:
                self.pin.value = 1
            if gap:
                await Timer(round(gap * bit), unit="ns")

    async def idle(self, bits):
        await Timer(round(bits * self.bit), unit="ns")

    async def low(self, bits):
        """A break."""
        self.pin.value = 0
        await self.idle(bits)
        self.pin.value = 1
        await self.idle(2)


class Sink:
    """Receives bytes, and insists on clean ones."""

    def __init__(self, pin, bit=BIT):
        self.pin = pin
        self.bit = bit
        self.data = bytearray()
        self.strict = True
        self.task = cocotb.start_soon(self._run())

    async def _run(self):
        while True:
            await FallingEdge(self.pin)
            await Timer(round(self.bit * 1.5), unit="ns")
            byte = 0
            for i in range(8):
                byte |= int(self.pin.value) << i
                await Timer(round(self.bit), unit="ns")
            assert int(self.pin.value) or not self.strict, "no stop bit"
            self.data.append(byte)

    def clear(self):
        self.data.clear()

    async def frames(self, count, length=11, *, patience=None):
        """Take exactly `count` frames of `length` bytes; no other byte may have come."""
        patience = patience or 12 * length * (count + 2) + 800
        for _ in range(patience):
            if len(self.data) >= count * length:
                break
            await Timer(round(self.bit), unit="ns")
        taken = bytes(self.data[: count * length])
        assert len(taken) == count * length, f"{taken.hex()} is not {count} frames"
        del self.data[: count * length]
        return [taken[i : i + length] for i in range(0, len(taken), length)]

    async def silence(self, bits=40):
        await Timer(round(bits * self.bit), unit="ns")
        assert not self.data, f"unexpected {self.data.hex(' ')}"


class JobSink:
    """Takes jobs apart: `jobs` is a list of (job id, W0..W19).

    Words may be withdrawn only if `strict` is false: while a command is looked at.
    """

    def __init__(self, dut, prefix="jobs", stall=0.0):
        self.clk = dut.clk
        self.payload = getattr(dut, f"{prefix}__payload")
        self.valid = getattr(dut, f"{prefix}__valid")
        self.ready = getattr(dut, f"{prefix}__ready")
        self.stall = stall
        self.strict = True
        self.jobs = []
        self.words = []
        self.ready.value = 0
        self.task = cocotb.start_soon(self._run())

    async def _run(self):
        held = None
        while True:
            await FallingEdge(self.clk)
            if not int(self.valid.value):
                assert held is None or not self.strict, "valid was withdrawn"
                held = None
                self.ready.value = 0
                await RisingEdge(self.valid)
                continue
            payload = self.payload.value.to_unsigned()
            assert held in (None, payload), "payload changed while it was offered"
            ready = random.random() >= self.stall
            self.ready.value = int(ready)
            held = None if ready else payload
            if ready:
                self._word(unpack(JobWord, payload))

    def _word(self, word):
        expected = 20 - len(self.words)
        assert word["index"] == expected, f"word {word['index']} came instead of {expected}"
        assert word["last"] == (expected == 0)
        self.words.append(word["data"])
        if word["last"]:
            job_id, *rest = self.words
            self.jobs.append((job_id, tuple(reversed(rest))))
            self.words = []

    async def take(self, bits=200):
        for _ in range(bits):
            if self.jobs:
                return self.jobs.pop(0)
            await Timer(BIT, unit="ns")
        raise AssertionError("no job came")


class ResultSource:
    """Offers results."""

    struct = Result

    def __init__(self, dut, prefix="results", stall=0.0):
        self.clk = dut.clk
        self.payload = getattr(dut, f"{prefix}__payload")
        self.valid = getattr(dut, f"{prefix}__valid")
        self.ready = getattr(dut, f"{prefix}__ready")
        self.stall = stall
        self.queue = deque()
        self.valid.value = 0
        self.payload.value = 0
        self.task = cocotb.start_soon(self._run())

    def put(self, **fields):
        self.queue.append(pack(self.struct, **fields))

    async def _run(self):
        while True:
            await FallingEdge(self.clk)
            if not self.queue or random.random() < self.stall:
                self.valid.value = 0
                if not self.queue:
                    await Timer(BIT, unit="ns")
                continue
            self.valid.value = 1
            self.payload.value = self.queue[0]
            while True:
                await Timer(1, unit="ns")
                ready = int(self.ready.value)
                await FallingEdge(self.clk)
                if ready:
                    break
            self.queue.popleft()
            self.valid.value = 0


class IncrementSource(ResultSource):
    """Amounts to be added to registers."""

    struct = Increment

    def __init__(self, dut, prefix="increments", *, stall=0.0):
        super().__init__(dut, prefix, stall=stall)


class Parameters:
    """What the controller would have been told: the value of each register by its number."""

    def __init__(self, dut, name="parameter"):
        self.clk = dut.clk
        self.signal = getattr(dut, name)
        self.values = {}
        self.task = cocotb.start_soon(self._run())

    async def _run(self):
        while True:
            await self.signal.value_change
            await FallingEdge(self.clk)
            word = unpack(ParameterWrite, self.signal.value.to_unsigned())
            if word["valid"]:
                self.values[Number[Parameter(word["parameter"]).name]] = word["data"]

    def __getitem__(self, number):
        return self.values[number]


def pack(struct, **fields):
    """A struct as a number."""
    return struct.const(fields).as_bits()


def unpack(struct, value):
    """A number as the fields of a struct."""
    return {
        name: value >> field.offset & ((1 << field.width) - 1) for name, field in struct.as_shape()
    }


def control(dut, name="control"):
    return unpack(ChipControl, getattr(dut, name).value.to_unsigned())


def status(**fields):
    return pack(Status, **fields)


async def reset(dut, cycles=3):
    """Reset, and the time that the register file needs."""
    await FallingEdge(dut.clk)
    dut.rst.value = 1
    await Timer(cycles * PERIOD, unit="ns")
    dut.rst.value = 0
    await Timer(RESET_CYCLES * PERIOD, unit="ns")


def clock(dut):
    Clock(dut.clk, PERIOD, unit="ns").start()
