"""Listens for requests of cgminer's API."""

import asyncio
import contextlib
import json
import socket
from types import TracebackType
from typing import Self

from ...control import Control
from .commands import answer
from .message import Reply, Request, RequestError, as_json, as_text, parse

__all__ = ["CgminerServer", "whole"]

#: Longest request, seconds for it to arrive, seconds after which an unfinished text is whole, and
#: how many clients may be there at once.
LENGTH, PATIENCE, PAUSE, CLIENTS = 4096, 5.0, 0.1, 50

#: Seconds without more after which a request in JSON that has no end is none.
ENDLESS = 1.0


def whole(data: bytes) -> bool:
    """Whether nothing more is to come: requests need not end with anything."""
    if data.endswith((b"\n", b"\0")):
        return True
    if not data.lstrip().startswith(b"{"):
        return False
    try:
        json.loads(data)
    except ValueError:
        return False
    except RecursionError:
        # Nested deeper than anything: more of it makes it no better.
        return True
    return True


class CgminerServer:
    """Answers on a socket that listens. It is an asynchronous context manager.

    Parameters
    ----------
    control
        The daemon.
    listener
        The socket; closed at the end.
    """

    def __init__(self, control: Control, listener: socket.socket) -> None:
        self._control = control
        self._listener = listener
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._connected, sock=self._listener, limit=LENGTH
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._clients):
            task.cancel()
        if self._clients:
            await asyncio.wait(self._clients)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._clients) >= CLIENTS:
            writer.transport.abort()
            return
        self._clients.add(task)
        try:
            async with asyncio.timeout(PATIENCE):
                writer.write(self._reply(await self._request(reader)))
                await writer.drain()
        except (TimeoutError, ConnectionError):
            writer.transport.abort()
        finally:
            self._clients.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _request(self, reader: asyncio.StreamReader) -> bytes:
        data = b""
        while len(data) < LENGTH and not whole(data):
            spoken = data.lstrip().startswith(b"{")
            pause = ENDLESS if spoken else PAUSE if data else None
            try:
                async with asyncio.timeout(pause):
                    more = await reader.read(LENGTH - len(data))
            except TimeoutError:
                break
            if not more:
                break
            data += more
        return data

    def _reply(self, data: bytes) -> bytes:
        now = self._control.snapshot()
        name = f"sluice {now.version}"
        try:
            request = parse(data)
        except RequestError as error:
            request = Request(("",), "", joined=False, json=True)
            replies = {"": Reply(status="E", code=error.code, message=str(error))}
        else:
            joined = request.joined
            replies = {
                command: answer(command, request.parameter, now, joined=joined)
                for command in request.commands
            }
        form = as_json if request.json else as_text
        return form(replies, int(now.at), name, joined=request.joined)
