"""The REST API, that of AxeOS in it, and its web sockets, on bytes as a client sends them.

All that is between a socket and the answer is the daemon's: the server with its configuration, and
the application. Only the socket is none.
"""

import asyncio
import logging
import re

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from sluice.firmware.api.rest import rest_app
from sluice.firmware.api.serve import configured
from sluice.firmware.config import RestEndpoint
from tests.firmware.api.daemon import Daemon, history

#: How often tasks take turns until the client of a web socket says more, or goes; seconds that a
#: request has, since its token is looked at in a thread, and it may wait for a body.
TURNS, WAIT = 60, 0.005

#: Seconds after which a task that does not end when its client has gone is a hang.
PATIENCE = 10


class _Line(asyncio.Transport):
    """A connection without a socket: what is sent is kept."""

    def __init__(self) -> None:
        super().__init__({"sockname": ("127.0.0.1", 8420), "peername": ("127.0.0.1", 50000)})
        self.sent, self.closed = bytearray(), False
        self.protocol: asyncio.Protocol | None = None

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        assert isinstance(protocol, asyncio.Protocol)
        self.protocol = protocol

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


# What the server says of clients goes to the daemon's log, which is not here.
logging.getLogger("uvicorn.error").disabled = True
_ENDPOINT = RestEndpoint.model_validate(
    {"token": "correct horse", "allow_origins": "https://page.example"}
)
_CONFIG = configured(rest_app(Daemon(past=history(hours=0.1)), _ENDPOINT))
_CONFIG.load()
_LOOP = asyncio.new_event_loop()


async def _talk(data: bytes) -> bytes:
    state, line = ServerState(), _Line()
    line.protocol = H11Protocol(_CONFIG, state, {})
    line.protocol.connection_made(line)
    for part in re.findall(rb".*?\r\n\r\n|.+$", data, re.DOTALL):
        if line.closed:
            break
        try:
            line.protocol.data_received(part)
        except Exception:
            # From the server's libraries, before the daemon has seen anything: the event loop
            # ends the connection, and says so in the log.
            break
        if state.tasks and isinstance(line.protocol, H11Protocol):
            await asyncio.wait(state.tasks, timeout=WAIT)
        for _ in range(TURNS):
            if not state.tasks:
                break
            await asyncio.sleep(0)
    line.protocol.connection_lost(None)
    if state.tasks:
        _, busy = await asyncio.wait(state.tasks, timeout=PATIENCE)
        assert not busy
    return bytes(line.sent)


def http(data: bytes) -> None:
    """Requests, one behind the other, and what is said on a web socket."""
    sent = _LOOP.run_until_complete(_talk(data))
    assert not sent or sent.startswith(b"HTTP/1.1 "), sent[:40]
    assert not sent.startswith(b"HTTP/1.1 500 "), sent
