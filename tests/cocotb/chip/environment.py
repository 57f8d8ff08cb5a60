"""A host at the serial pins of a chip, two clocks that have nothing to do with each other."""

import os
import random

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import Timer

from tests.cocotb.link.line import Sink, Source

#: Hertz, and picoseconds.
LINK_CLOCK = float(os.environ["LINK_CLOCK"])
PERIOD = 10_000
FASTEST, SLOWEST = 4_000, 20_000
#: Cycles of the link after a reset in which it is deaf.
DEAF = 1100

RESET_RATE = 115200
FAST_RATE = 1_000_000


def bit(rate):
    """Nanoseconds."""
    return LINK_CLOCK / rate * PERIOD / 1000


#: Whether the link's clock is fast enough for what hosts change to.
HAS_FAST = bit(FAST_RATE) >= 8 * PERIOD / 1000


def crc5(data, bits=()):
    """From the text of the protocol: a bit at a time, the most significant first."""
    crc = 0x1F
    for one in [*(byte >> i & 1 for byte in data for i in reversed(range(8))), *bits]:
        carry = crc >> 4 ^ one
        crc = crc << 1 & 0x1F ^ (5 if carry else 0)
    return crc


def command(header, *payload):
    """The frame of a command."""
    body = bytes([header, len(payload) + 3, *payload])
    return b"\x55\xaa" + body + bytes([crc5(body)])


def write(register, value, address=None):
    """Write a register, of all chips or of one."""
    header = 0x51 if address is None else 0x41
    return command(header, address or 0, register, *value.to_bytes(4, "big"))


def read(register):
    """Read a register of all chips."""
    return command(0x52, 0, register)


def answer(value, register, address=0, *, long=True):
    """What a chip says when it is asked for a register."""
    payload = value.to_bytes(4, "big") + bytes([address, register])
    payload += bytes(2 if long else 0)
    return b"\xaa\x55" + payload + bytes([crc5(payload, (0, 0, 0))])


def awkward(longest):
    """Picoseconds up to `longest`, never in an edge of the link's clock."""
    return random.randrange(longest // 5000 + 1) * 5000 + random.randrange(1, 5000)


class Bench:
    """Everything around a chip; with a hash clock that is anything, or slower than the link's."""

    def __init__(self, dut, *, slow=False):
        self.dut = dut
        # No input is ever unknown.
        for pin, level in (("clk", 0), ("hash_clk", 0), ("rst", 0), ("rx", 1), ("next_rx", 1)):
            getattr(dut, pin).value = level
        self.hash_period = random.randrange(
            2 * PERIOD if slow else FASTEST, SLOWEST * (1 + slow), 2
        )
        self.log = dut._log
        self.log.info(f"hash clock: {self.hash_period} ps, link clock: {PERIOD} ps")
        cocotb.start_soon(self._clock(dut.clk, PERIOD, 5000))
        cocotb.start_soon(self._clock(dut.hash_clk, self.hash_period, awkward(self.hash_period)))
        self.host = Source(dut.rx)
        self.sink, self.far = Sink(dut.tx), Sink(dut.next_tx)
        self.rates(RESET_RATE)

    async def _clock(self, pin, period, delay):
        await Timer(delay, unit="ps")
        Clock(pin, period, unit="ps").start(start_high=False)

    def rates(self, rate):
        """All ends of lines go over to a rate at once."""
        for end in (self.host, self.sink, self.far):
            end.bit = bit(rate)

    async def reset(self, cycles=None):
        """Reset at any time, for some cycles of the link, and not in step with any clock."""
        await Timer(awkward(3 * PERIOD), unit="ps")
        self.sink.strict = self.far.strict = False
        self.dut.rst.value = 1
        length = random.choice((1, 1, 2, 3, 50)) if cycles is None else cycles
        # At least one edge, whenever it begins.
        await Timer(length * PERIOD + random.randrange(1, 4999), unit="ps")
        self.dut.rst.value = 0
        self.rates(RESET_RATE)

    async def listening(self):
        """Wait until the chip listens, and nothing of before is on the lines."""
        await Timer(DEAF * PERIOD, unit="ps")
        await self.host.idle(12)
        self.sink.strict = self.far.strict = True
        self.sink.clear()
        self.far.clear()

    async def fast(self):
        """Go over to the rate that hosts work with, if there is one."""
        if HAS_FAST:
            await self.host.send(write(0x28, 0x11300200))
            await self.change()

    async def change(self):
        """The chip has been told a rate; go over to it when what it hands on has left."""
        await Timer(round(130 * bit(RESET_RATE)), unit="ns")
        self.rates(FAST_RATE)

    async def expect(self, *frames):
        """Exactly these come next, in this order."""
        expected = b"".join(frames)
        for _ in range(12 * len(expected) + 3000):
            if len(self.sink.data) >= len(expected):
                break
            await self.host.idle(1)
        assert bytes(self.sink.data[: len(expected)]).hex(" ") == expected.hex(" ")
        del self.sink.data[: len(expected)]

    async def ask(self, register, value, **options):
        """Read a register; the answer is that value, to the bit."""
        await self.host.send(read(register))
        await self.expect(answer(value, register, **options))
