"""A client of web sockets, by the library that the server uses too."""

import asyncio
import contextlib

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, RejectConnection, Request, TextMessage


class WebSocket:
    """One connection; `accepted` is false if the server did not want it."""

    def __init__(self, reader, writer):
        self._reader, self._writer = reader, writer
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._events = []
        self.accepted = False

    async def greet(self, host, path, headers):
        extra = [(name.encode(), value.encode()) for name, value in headers.items()]
        self._send(Request(host=host, target=path, extra_headers=extra))
        answer = await self._next()
        self.accepted = isinstance(answer, AcceptConnection)
        assert self.accepted or isinstance(answer, RejectConnection)

    def _send(self, event):
        self._writer.write(self._protocol.send(event))

    async def _next(self):
        while not self._events:
            data = await self._reader.read(1 << 16)
            self._protocol.receive_data(data or None)
            self._events += self._protocol.events()
        return self._events.pop(0)

    async def text(self):
        """The next message; ``None`` at the end."""
        whole = ""
        while True:
            event = await self._next()
            if isinstance(event, CloseConnection):
                return None
            if isinstance(event, TextMessage):
                whole += event.data
                if event.message_finished:
                    return whole

    def say(self, text):
        self._send(TextMessage(data=text))


@contextlib.asynccontextmanager
async def connected(port, path, *, host=None, **headers):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        socket = WebSocket(reader, writer)
        await socket.greet(host or f"127.0.0.1:{port}", path, headers)
        yield socket
    finally:
        writer.close()
