"""Simulated chips behind a pseudo-terminal: `sluice sim --pty`, in a process of its own."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from .errors import DemoError

__all__ = ["SimulatedChips", "sluice"]

#: Seconds until a simulation that is told to end must have ended.
FAREWELL = 10.0


def sluice() -> str:
    """The command `sluice` of this environment."""
    beside = Path(sys.executable).with_name("sluice")
    return str(beside) if beside.exists() else "sluice"


class SimulatedChips:
    """A chain of chips. It is an asynchronous context manager; inside, the chips answer.

    Parameters
    ----------
    link
        Where the serial port is to appear.
    log
        A file for the frames that pass.
    count, model
        Of the chips.
    say
        Told what is going on: the first time, the chips are compiled, and that takes minutes.
    """

    def __init__(
        self,
        link: Path,
        log: Path,
        *,
        count: int = 1,
        model: str = "bm1370",
        say: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self._link, self._log = link, log
        self._options = ["--chips", str(count), "--model", model]
        self._say = say
        self._process: asyncio.subprocess.Process | None = None
        self._copying: list[asyncio.Task[None]] = []
        self._last_words = ""

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sluice(),
            "sim",
            "--pty",
            "--link",
            str(self._link),
            *self._options,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # Ctrl-C in the terminal is for the demonstration: it stops the chips last.
            start_new_session=True,
        )
        process = self._process
        if process.stdout is None or process.stderr is None:
            raise RuntimeError("pipes were asked for")
        self._copying.append(asyncio.create_task(self._listen(process.stderr)))
        try:
            title = await process.stdout.readline()
        except BaseException:
            await self.close()
            raise
        if not title:
            await self.close()
            raise DemoError(f"the simulated chips did not start: {self._last_words}")
        self._copying.append(asyncio.create_task(self._copy(process.stdout, title)))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        while line := await stream.readline():
            self._last_words = line.decode(errors="replace").strip() or self._last_words
            self._say(self._last_words)

    async def _copy(self, stream: asyncio.StreamReader, first: bytes) -> None:
        with self._log.open("wb") as log:
            log.write(first)
            while data := await stream.read(1 << 16):
                log.write(data)

    async def close(self) -> None:
        """End the simulation. Does nothing if it has ended."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(FAREWELL):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._copying:
            await asyncio.gather(*self._copying)
            self._copying.clear()
