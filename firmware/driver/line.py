"""A serial port as a line of frames."""

import asyncio
from collections.abc import Callable
from typing import Any

import serial
from serial_asyncio_fast import create_serial_connection

from sluice.rtl.protocol.commands import Command, ReadRegister
from sluice.rtl.protocol.decoder import ResponseDecoder
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.responses import NonceResponse, RegisterResponse

__all__ = ["ChainError", "Line"]


class ChainError(Exception):
    """A port that cannot be used, or chips that do not do what they should; says what."""


#: What pyserial says, and what it means.
_WORDS = {
    "[Errno 2]": "there is no such port",
    "[Errno 13]": "no permission to open the port",
    "exclusively lock": "the port is in use",
    "returned no data": "the port has gone away",
    "Could not configure port": "it is no serial port",
}


class Line(asyncio.Protocol):
    """The host's end. Frames go out whole and in order; what comes in is cut into frames.

    Parameters
    ----------
    on_nonce
        Called with each nonce as it comes.
    """

    def __init__(self, on_nonce: Callable[[NonceResponse], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_nonce = on_nonce
        self._decoder = ResponseDecoder()
        self._transport: Any = None
        self._waiting: dict[int, asyncio.Queue[RegisterResponse]] = {}
        #: Done with the reason when the port is gone.
        self.lost: asyncio.Future[str] = self._loop.create_future()
        #: When something of sense was last heard, in the loop's time.
        self.heard = self._loop.time()

    @classmethod
    async def open(cls, port: str, baud: int, on_nonce: Callable[[NonceResponse], None]) -> "Line":
        """Open a port that nobody else has open.

        Raises
        ------
        ChainError
            It is missing, in use, or no serial port.
        """
        loop = asyncio.get_running_loop()
        try:
            transport, line = await create_serial_connection(
                loop, lambda: cls(on_nonce), port, baudrate=baud, exclusive=True
            )
        except (OSError, ValueError, serial.SerialException) as error:
            raise ChainError(_reason(error)) from error
        assert isinstance(line, cls)
        line.connection_made(transport)
        return line

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The port is open."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        for response in self._decoder.feed(data):
            self.heard = self._loop.time()
            if isinstance(response, NonceResponse):
                self._on_nonce(response)
            elif isinstance(response, RegisterResponse):
                queue = self._waiting.get(response.register)
                if queue is not None:
                    queue.put_nowait(response)

    def connection_lost(self, exc: Exception | None) -> None:
        """The port is closed, or has gone away."""
        if not self.lost.done():
            self.lost.set_result(_reason(exc) if exc else "the port was closed")

    # What the driver calls.

    @property
    def garbage(self) -> int:
        """Bytes so far that belonged to no frame."""
        return self._decoder.discarded

    @property
    def backlog(self) -> int:
        """Bytes that the port has not taken yet."""
        if self._transport is None:
            return 0
        size: int = self._transport.get_write_buffer_size()
        return size

    def send(self, frame: Command | Job) -> None:
        """Send a frame; does nothing if the port is gone."""
        if self._transport is not None:
            self._transport.write(bytes(frame))

    async def ask(
        self,
        register: int,
        *,
        count: int | None = None,
        silence: float = 1.0,
        address: int | None = None,
    ) -> list[RegisterResponse]:
        """Read a register of all chips or of one.

        Answers are collected until there are `count`, or for `silence` seconds none came.
        """
        queue: asyncio.Queue[RegisterResponse] = asyncio.Queue()
        self._waiting[register] = queue
        answers: list[RegisterResponse] = []
        try:
            self.send(ReadRegister(register, address))
            while count is None or len(answers) < count:
                async with asyncio.timeout(silence):
                    answers.append(await queue.get())
        except TimeoutError:
            pass
        finally:
            del self._waiting[register]
        return answers

    async def drained(self) -> None:
        """Wait until the port has taken all frames, and they have left."""
        while self.backlog and not self.lost.done():
            await asyncio.sleep(0.005)

    async def set_baud(self, baud: int) -> None:
        """Go over to another rate once all frames have left.

        Raises
        ------
        ChainError
            The port cannot do it.
        """
        await self.drained()
        port = self._transport.serial
        try:
            await self._loop.run_in_executor(None, port.flush)
            port.baudrate = baud
            port.reset_input_buffer()
        except (OSError, ValueError, serial.SerialException) as error:
            raise ChainError(f"the port refuses {baud} baud: {_reason(error)}") from error

    async def pulse(self, name: str) -> None:
        """Pull a control line, ``dtr`` or ``rts``, for a moment; time for chips to come up.

        Opening a port pulls both, and some boards reset when a line is pulled, not while it is: so
        it is let go before.

        Raises
        ------
        ChainError
            The port has no such line.
        """
        try:
            for pulled in (False, True, False):
                setattr(self._transport.serial, name, pulled)
                await asyncio.sleep(0.1)
        except (OSError, serial.SerialException) as error:
            raise ChainError(f"the port cannot pull {name}: {_reason(error)}") from error
        await asyncio.sleep(0.1)

    def close(self) -> None:
        """Close the port after what was sent; nobody is called any more."""
        if self._transport is not None and not self._transport.is_closing():
            if self.backlog:
                self._transport.flush()
            self._transport.close()


def _reason(error: BaseException) -> str:
    """In words, without the numbers and tuples of pyserial's messages."""
    text = str(error)
    for part, words in _WORDS.items():
        if part in text:
            return words
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return text.splitlines()[0] if text else type(error).__name__
