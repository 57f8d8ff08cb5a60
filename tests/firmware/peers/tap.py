"""Listens on the line between the daemon and its chips, and keeps what the chips found.

It knows what the chips reported whatever the daemon makes of it, so a share that the daemon loses
is noticed. Both ends are pseudo-terminals: the daemon opens `path`.
"""

import asyncio
import contextlib
import fcntl
import os
import struct
import termios
import tty
from collections import deque
from dataclasses import dataclass, replace

import serial

from sluice.rtl.protocol.decoder import CommandDecoder, ResponseDecoder
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.models import model
from sluice.rtl.protocol.responses import NonceResponse
from tests.firmware.peers.judge import difficulty_of

#: Jobs that are remembered for each of the numbers that a job may have.
REMEMBERED = 3

#: A header put together with the wrong job has a hash like any other: this difficulty, 2^8 hashes,
#: tells them apart well enough, since chips report much harder ones.
PLAUSIBLE = 2.0**-24


@dataclass(frozen=True)
class Found:
    """A header that chips reported: when the daemon had read that, by the event loop's clock, in so
    far as it has; which job it was of, counted from one; and how many bytes had come with it."""

    at: float
    job: int
    byte: int
    header: bytes


class Tap:
    """It is an asynchronous context manager.

    Parameters: the `port` of the chips, the name of their `chip` model.
    """

    def __init__(self, port, chip="bm1370"):
        self._port = str(port)
        self._model = model(chip)
        self._jobs = {}
        self._commands, self._responses = CommandDecoder(), ResponseDecoder()
        self._waiting = {}
        self._found = []
        #: How many of them the daemon has read.
        self._dated = 0
        self.jobs = 0
        self._heard = self._taken = 0
        #: How many of the chips' bytes the daemon has dealt with: it reads on when it has.
        self.handled = 0
        self.puzzling = 0
        self.silenced = False

    async def __aenter__(self):
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        self.path = os.ttyname(self._far)
        self._chips = serial.Serial(self._port, 115200, timeout=0)
        for fd in (self._near, self._chips.fd):
            os.set_blocking(fd, False)
            self._waiting[fd] = bytearray()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._near, self._pass, self._near, self._chips.fd, self._from_host)
        self._loop.add_reader(
            self._chips.fd, self._pass, self._chips.fd, self._near, self._from_chip
        )
        return self

    async def __aexit__(self, *_):
        for fd in (self._near, self._chips.fd):
            self._loop.remove_reader(fd)
            self._loop.remove_writer(fd)
        self._chips.close()
        os.close(self._near)
        os.close(self._far)

    def _pass(self, source, target, listen):
        with contextlib.suppress(BlockingIOError):
            data = os.read(source, 4096)
            listen(data)
            if not (self.silenced and target == self._near):
                self._waiting[target] += data
                self._write(target)

    def _write(self, target):
        waiting = self._waiting[target]
        with contextlib.suppress(BlockingIOError):
            del waiting[: os.write(target, waiting)]
        if waiting:
            self._loop.add_writer(target, self._write, target)
        else:
            self._loop.remove_writer(target)

    def _from_host(self, data):
        for frame in self._commands.feed(data):
            if isinstance(frame, Job):
                kept = self._jobs.setdefault(frame.job_id, deque(maxlen=REMEMBERED))
                self.jobs += 1
                kept.appendleft((self.jobs, frame))

    @property
    def found(self):
        """All that chips have reported."""
        self.read()
        return self._found

    def read(self):
        """How many of the chips' bytes the daemon has taken: the rest waits in its terminal."""
        unread = struct.unpack("i", fcntl.ioctl(self._far, termios.FIONREAD, bytes(4)))[0]
        taken = self._heard - unread - len(self._waiting[self._near])
        if taken > self._taken:
            self.handled, self._taken = self._taken, taken
        while self._dated < len(self._found) and self._found[self._dated].byte <= taken:
            found = self._found[self._dated]
            self._found[self._dated] = replace(found, at=self._loop.time())
            self._dated += 1
        return taken

    def _from_chip(self, data):
        self.read()
        self._heard += len(data)
        for frame in self._responses.feed(data):
            if isinstance(frame, NonceResponse):
                for number, job in self._jobs.get(self._model.job_id(frame.tag), ()):
                    header = bytes(frame.header(job))
                    if difficulty_of(header) >= PLAUSIBLE:
                        self._found.append(Found(float("inf"), number, self._heard, header))
                        break
                else:
                    self.puzzling += 1
