"""AxeOS's web sockets: what has changed, and the log as it grows."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from ...config import RestEndpoint
from ...control import Control
from ..guard import may_connect
from .info import info
from .statistics import line

__all__ = ["add_sockets"]

#: Seconds between two looks.
EVERY = 1.0

#: Code of a web socket that is not let in.
REFUSED = 1008


def _changes(control: Control, address: str) -> Callable[[], Iterator[dict[str, Any]]]:
    said: dict[str, Any] = {}

    def new() -> Iterator[dict[str, Any]]:
        """What is other than it was the last time; at first all of it."""
        now = info(control.snapshot(), control.history(), address).said()
        data = {key: value for key, value in now.items() if key not in said or said[key] != value}
        said.update(data)
        if data:
            yield {"event": "update", "data": data}

    return new


def _lines(control: Control) -> Callable[[], Iterator[str]]:
    last = 0

    def new() -> Iterator[str]:
        """Events since the last time; at first those that are kept."""
        nonlocal last
        for event in control.snapshot().events:
            if event.number > last:
                yield line(event)
        last = max((event.number for event in control.snapshot().events), default=last)

    return new


async def _serve(socket: WebSocket, new: Callable[[], Iterator[dict[str, Any] | str]]) -> None:
    """Tell what is new until the client goes; what it says is not listened to."""
    await socket.accept()
    listening = asyncio.create_task(_listen(socket))
    try:
        while not listening.done():
            for message in new():
                if isinstance(message, str):
                    await socket.send_text(message)
                else:
                    await socket.send_json(message)
            await asyncio.wait((listening,), timeout=EVERY)
    except WebSocketDisconnect:
        return
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def _listen(socket: WebSocket) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass


def add_sockets(app: FastAPI, control: Control, endpoint: RestEndpoint) -> None:
    """Both of them."""

    @app.websocket("/api/ws/live")
    async def live(socket: WebSocket) -> None:
        if not may_connect(socket, endpoint):
            await socket.close(REFUSED)
            return
        server = socket.scope.get("server")
        await _serve(socket, _changes(control, str(server[0]) if server else ""))

    @app.websocket("/api/ws")
    async def logs(socket: WebSocket) -> None:
        if not may_connect(socket, endpoint):
            await socket.close(REFUSED)
            return
        await _serve(socket, _lines(control))
