"""Chips in Python behind a pseudo-terminal: answer like BM13xx or Sluice, find what they are told.

They know frames by the protocol's own classes, which tests/rtl/protocol holds against captures.
"""

import asyncio
import os
import tty

from Crypto.Hash import SHA256

from sluice.rtl.protocol.commands import ChainInactive, ReadRegister, SetAddress, WriteRegister
from sluice.rtl.protocol.decoder import CommandDecoder
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.registers import BY_NUMBER, IDENTITY, Number
from sluice.rtl.protocol.responses import LONG, SHORT, NonceResponse, RegisterResponse
from tests.patience import GUARD

#: Bytes that are read at once: fewer than a frame, so that what is sent in one go may be seen in
#: parts, as it is on a machine that is busy.
PIECE = 7


def zeros_of(header):
    """Zero bits at the start of a header's hash."""
    digest = SHA256.new(SHA256.new(header).digest()).digest()
    return 256 - int.from_bytes(digest, "little").bit_length()


class FakeChips:
    """A chain. `path` is the port; use it as a context manager inside an event loop."""

    def __init__(
        self, model, chips=1, *, sluice=False, mute=(), garbage=b"", fast=True, clock=0, rate=0
    ):
        self.model, self.chips, self.sluice = model, chips, sluice
        self.mute, self.garbage, self.fast = set(mute), garbage, fast
        self.clock, self.rate = clock, rate
        self.reset()
        self.commands, self.jobs = [], []
        self.hashes = 0
        #: Answers to this register wait, as they do behind a slow line.
        self.slow, self.held = None, []
        #: Registers whose next answer, of the last chip, is lost on the way.
        self.lost = set()
        self.master = None
        self._news = asyncio.Event()

    def reset(self):
        self.registers = [{} for _ in range(self.chips)]
        self.addresses = [0] * self.chips
        self.waiting = [False] * self.chips

    def __enter__(self):
        self.master, self.slave = os.openpty()
        tty.setraw(self.master)
        os.set_blocking(self.master, False)
        self.path = os.ttyname(self.slave)
        self._decoder = CommandDecoder()
        asyncio.get_running_loop().add_reader(self.master, self._readable)
        return self

    def __exit__(self, *_):
        self.unplug()

    def unplug(self):
        if self.master is not None:
            asyncio.get_running_loop().remove_reader(self.master)
            os.close(self.master)
            os.close(self.slave)
            self.master = None

    async def until(self, condition):
        """Wait for `condition`."""
        async with asyncio.timeout(GUARD):
            while not condition():
                await self._news.wait()

    def reads(self, register):
        """How often it was asked for."""
        return sum(isinstance(c, ReadRegister) and c.register == register for c in self.commands)

    def _readable(self):
        data = os.read(self.master, PIECE)
        for frame in self._decoder.feed(data):
            self._take(frame)
        self._news.set()
        self._news = asyncio.Event()

    def send(self, data):
        if self.master is not None:
            os.write(self.master, data)

    def release(self):
        """What has waited goes out, and the line is slow no more."""
        self.slow, held, self.held = None, self.held, []
        self.send(b"".join(held))

    def value(self, chip, register):
        if register == Number.CHIP_ID:
            return self.model.chip_id << 16 | self.addresses[chip]
        if register >= Number.IDENTITY and not self.sluice:
            return 0
        if register == Number.IDENTITY:
            return IDENTITY
        if register == Number.SHAPE:
            return 0x0101
        if register == Number.HASH_CLOCK:
            return self.clock
        if register == Number.HASH_RATE:
            return self.rate
        if register == Number.HASH_COUNT_LOW:
            return self.hashes & 0xFFFFFFFF
        if register == Number.TOTAL_COUNT:
            return self.hashes >> 32
        known = BY_NUMBER.get(register)
        return self.registers[chip].get(register, known.reset if known else 0)

    @property
    def stopped(self):
        """Whether the chips were told not to hash."""
        return self.registers[0].get(Number.HASH_COUNTING_NUMBER) == 0

    @property
    def long(self):
        return bool(self.registers[0].get(Number.VERSION_ROLLING, 0) >> 31)

    def _take(self, frame):
        if isinstance(frame, Job):
            self.jobs.append(frame)
            return
        self.commands.append(frame)
        self.send(self.garbage)
        if isinstance(frame, ChainInactive):
            self.waiting = [True] * self.chips
        elif isinstance(frame, SetAddress):
            if True in self.waiting:
                chip = self.waiting.index(True)
                self.waiting[chip], self.addresses[chip] = False, frame.address
        elif isinstance(frame, WriteRegister):
            for chip in range(self.chips):
                if frame.address in (None, self.addresses[chip]):
                    self.registers[chip][frame.register] = frame.value
        elif isinstance(frame, ReadRegister) and frame.register not in self.mute:
            for chip in range(self.chips):
                if frame.address in (None, self.addresses[chip]):
                    answer = RegisterResponse(
                        value=self.value(chip, frame.register),
                        address=self.addresses[chip],
                        register=frame.register,
                        length=LONG if self.long else SHORT,
                    )
                    if frame.register in self.lost and chip == self.chips - 1:
                        self.lost.remove(frame.register)
                    elif frame.register == self.slow:
                        self.held.append(bytes(answer))
                    else:
                        self.send(bytes(answer))

    def report(self, job, w19, bits=0):
        self.send(bytes(NonceResponse.of(self.model, w19=w19, job_id=job.job_id, bits=bits)))

    def mine(self, job, zeros, bits=0, start=0):
        """The first nonce from `start` whose hash has so many zero bits; it is not reported."""
        version = job.header.with_version(job.header.version | bits << 13)
        header = bytearray(bytes(version))
        for w19 in range(start, 1 << 32):
            header[76:] = w19.to_bytes(4, "big")
            if zeros_of(header) >= zeros:
                return w19
        raise AssertionError("no nonce")

    def zeros(self, job, w19):
        """Zero bits at the start of the hash with this nonce."""
        return zeros_of(bytes(job.header)[:76] + w19.to_bytes(4, "big"))
