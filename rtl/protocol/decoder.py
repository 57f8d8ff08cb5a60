"""Frames out of a stream of bytes, of either direction, whatever else is on the line."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Generic, TypeVar

from sluice.rtl.protocol.commands import Command, parse_command
from sluice.rtl.protocol.frames import (
    COMMAND_PREAMBLE,
    JOB_HEADER,
    RESPONSE_PREAMBLE,
    FrameError,
    body_length,
)
from sluice.rtl.protocol.jobs import Job, parse_job
from sluice.rtl.protocol.responses import LONG, SHORT, Response, parse_response

__all__ = ["CommandDecoder", "Decoder", "ResponseDecoder"]

Frame = TypeVar("Frame")


class Decoder(ABC, Generic[Frame]):
    """Cuts a stream into frames, and finds the next one after damage.

    A frame whose check fails costs its first byte only: the search goes on at the second, so a good
    frame behind (or inside) the damage is found.

    Attributes
    ----------
    discarded
        Bytes that belonged to no frame so far.
    """

    _preamble: bytes

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.discarded = 0

    @abstractmethod
    def _size(self, start: bytes) -> int | None:
        """Bytes of the frame that starts like this, 0 if more must be seen, ``None`` if none."""

    @abstractmethod
    def _parse(self, frame: bytes) -> Frame:
        """Parse a whole frame or raise :class:`FrameError`."""

    def _drop(self, amount: int) -> None:
        del self._buffer[:amount]
        self.discarded += amount

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Take bytes as they come; give the frames that they complete."""
        self._buffer += data
        while len(self._buffer) >= len(self._preamble):
            at = self._buffer.find(self._preamble)
            if at < 0:
                keep = 1 if self._buffer[-1] == self._preamble[0] else 0
                self._drop(len(self._buffer) - keep)
                return
            self._drop(at)
            size = self._size(bytes(self._buffer[:4]))
            if size is None:
                self._drop(1)
                continue
            if not size or len(self._buffer) < size:
                return
            try:
                frame = self._parse(bytes(self._buffer[:size]))
            except FrameError:
                self._drop(1)
                continue
            del self._buffer[:size]
            yield frame

    def timeout(self) -> None:
        """The line has been idle for so long that no frame can be under way."""
        self._drop(len(self._buffer))


class CommandDecoder(Decoder[Command | Job]):
    """Frames towards the chip."""

    _preamble = COMMAND_PREAMBLE

    def _size(self, start: bytes) -> int | None:
        if len(start) < 4:
            return 0
        body = body_length(start[2], start[3])
        return None if body is None else body + len(COMMAND_PREAMBLE)

    def _parse(self, frame: bytes) -> Command | Job:
        return parse_job(frame) if frame[2] == JOB_HEADER else parse_command(frame)


class ResponseDecoder(Decoder[Response]):
    """Frames towards the host.

    Parameters
    ----------
    length
        Bytes of a response: :data:`~.responses.LONG` after version rolling was switched on,
        :data:`~.responses.SHORT` before. May be changed at any time.
    """

    _preamble = RESPONSE_PREAMBLE

    def __init__(self, length: int = LONG) -> None:
        super().__init__()
        if length not in (LONG, SHORT):
            raise ValueError(f"length must be {LONG} or {SHORT}, not {length}")
        self.length = length

    def _size(self, start: bytes) -> int | None:
        return self.length if start.startswith(self._preamble) else None

    def _parse(self, frame: bytes) -> Response:
        return parse_response(frame)
