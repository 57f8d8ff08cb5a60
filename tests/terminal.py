"""A program in a pseudo-terminal, as a person would run it."""

import asyncio
import codecs
import fcntl
import os
import signal
import struct
import termios

from tests.patience import GUARD


class Terminal:
    """Runs a command with standard input, output and error on a terminal of 24 rows.

    Use it as an asynchronous context manager. `text` is all that was written; what still runs at
    the end is interrupted, as by Ctrl-C.
    """

    def __init__(self, *command, columns=80, cwd=None, **environment):
        self._command, self._columns, self._cwd = command, columns, cwd
        self._environment = {**os.environ, "TERM": "xterm-256color", **environment}
        self.text = ""
        # A character may come in two pieces.
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.code = None
        self._news = asyncio.Event()

    async def __aenter__(self):
        self._ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, self._columns, 0, 0))
        os.set_blocking(self._ours, False)
        try:
            self.process = await asyncio.create_subprocess_exec(
                *map(str, self._command),
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
                cwd=self._cwd,
                env=self._environment,
                start_new_session=True,
                preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            )
        finally:
            os.close(theirs)
        asyncio.get_running_loop().add_reader(self._ours, self._readable)
        self._ends = asyncio.create_task(self._wait())
        return self

    async def __aexit__(self, *_):
        if self.code is None:
            self.process.send_signal(signal.SIGINT)
            await self.end()
        asyncio.get_running_loop().remove_reader(self._ours)
        os.close(self._ours)

    async def _wait(self):
        self.code = await self.process.wait()
        self._readable()

    def _readable(self):
        try:
            while data := os.read(self._ours, 1 << 16):
                self.text += self._decoder.decode(data)
        except BlockingIOError:
            pass
        except OSError:  # the last of theirs is closed
            asyncio.get_running_loop().remove_reader(self._ours)
        self._news.set()
        self._news = asyncio.Event()

    async def until(self, condition):
        """Wait until `condition(text)` holds; it is an error that the program ends before."""
        async with asyncio.timeout(GUARD):
            while not condition(self.text):
                assert self.code is None, self.text
                await self._news.wait()

    async def end(self):
        """Wait until the program ends; its exit code."""
        async with asyncio.timeout(GUARD):
            try:
                await asyncio.shield(self._ends)
            except BaseException:
                self.process.send_signal(signal.SIGKILL)
                raise
        return self.code

    @property
    def descriptor(self):
        """Our end of it."""
        return self._ours

    def press(self, keys):
        """Press keys, one after the other."""
        os.write(self._ours, keys.encode())

    def interrupt(self):
        """Press Ctrl-C."""
        self.press("\x03")
