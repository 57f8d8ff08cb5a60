"""Lines out of a stream, however long a line somebody sends."""

import asyncio
from collections.abc import AsyncIterator

__all__ = ["LONGEST", "lines"]

#: Bytes of a line: a notification with a long coinbase and all branches is a tenth of it.
LONGEST = 1 << 20

_CHUNK = 1 << 16


async def lines(reader: asyncio.StreamReader) -> AsyncIterator[bytes | None]:
    """Lines until the end of the stream, without their ends; ``None`` for one that was too long.

    What comes last and has no end is a line too: it may say what it is that speaks there.
    Never holds more than :data:`LONGEST` bytes and one chunk.
    """
    buffer = bytearray()
    skipping = False
    while chunk := await reader.read(_CHUNK):
        buffer += chunk
        *whole, rest = buffer.split(b"\n")
        for line in whole:
            if skipping or len(line) > LONGEST:
                skipping = False
                yield None
            else:
                yield bytes(line)
        buffer = rest
        if len(buffer) > LONGEST:
            skipping = True
            buffer.clear()
    if buffer and not skipping:
        yield bytes(buffer)
