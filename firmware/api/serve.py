"""Starts and stops all that is served."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.types import ASGIApp

from ..config import ApiSettings
from ..control import Control
from .cgminer import CgminerServer
from .listen import listen
from .metrics import metrics_app
from .rest import rest_app

__all__ = ["configured", "serve"]


class _Server(uvicorn.Server):
    """A web server that leaves signals to the daemon."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def configured(app: ASGIApp) -> uvicorn.Config:
    """How clients are talked to."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        # Nobody's open connection may keep the daemon from ending.
        timeout_graceful_shutdown=1,
        timeout_keep_alive=30,
        limit_concurrency=100,
        ws="wsproto",
        loop="none",
        http="h11",
    )


@contextlib.asynccontextmanager
async def _web(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    server = _Server(configured(app))
    task = asyncio.create_task(server.serve(sockets=[listener]), name="web server")
    try:
        while not server.started and not task.done():
            await asyncio.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        await task


@contextlib.asynccontextmanager
async def serve(control: Control, settings: ApiSettings) -> AsyncIterator[None]:
    """Serve what is enabled, until the block ends.

    Raises
    ------
    AddressError
        Before anything is served, if one of the ports cannot be had.
    """
    async with contextlib.AsyncExitStack() as stack:
        listeners: dict[str, socket.socket] = {}
        for key in ("rest", "metrics", "cgminer"):
            endpoint = getattr(settings, key)
            if endpoint.enabled:
                listener = listen(endpoint.host, endpoint.port, key=f"api.{key}.port")
                listeners[key] = listener
                stack.callback(listener.close)
        if "rest" in listeners:
            app = rest_app(control, settings.rest)
            await stack.enter_async_context(_web(app, listeners["rest"]))
        if "metrics" in listeners:
            await stack.enter_async_context(_web(metrics_app(control), listeners["metrics"]))
        if "cgminer" in listeners:
            await stack.enter_async_context(CgminerServer(control, listeners["cgminer"]))
        yield
