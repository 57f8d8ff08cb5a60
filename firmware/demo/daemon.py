"""The daemon of the demonstration: `sluice mine` with a configuration made for it."""

import asyncio
import contextlib
import json
import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from ..config import ApiSettings
from .chips import sluice
from .errors import DemoError
from .node import RegtestNode

__all__ = ["INTERRUPTED", "Daemon", "Ports", "configuration"]

#: The exit code of a command that Ctrl-C has ended.
INTERRUPTED = 128 + signal.SIGINT

#: Seconds until a daemon that is told to end must have ended.
FAREWELL = 15.0

#: Where blocks are paid to: a regtest address whose key is the number one, so of no value anywhere.
ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"

#: Nonces of a version before the next one: blocks of the regtest network are found so fast that
#: the chips would otherwise never get to their second version. Twice as long as it takes to prepare
#: a version with four hash cycles to a link cycle, so that there is time to check what is found.
NONCE_SPAN = 1 << 14


def _text(value: Path | str) -> str:
    return json.dumps(str(value))


@dataclass(frozen=True)
class Ports:
    """TCP ports of the daemon's APIs."""

    rest: int
    metrics: int
    cgminer: int

    @classmethod
    def near(cls, rest: int) -> Self:
        """Those that users know, or free ones where they are taken."""
        known = ApiSettings()
        return cls(rest, _free(known.metrics.port), _free(known.cgminer.port))


def _free(wanted: int) -> int:
    for port in (wanted, 0):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise DemoError("there is no TCP port left")


def configuration(
    node: RegtestNode, port: Path, state: Path, ports: Ports, *, log: Path | None = None
) -> str:
    """A `sluice.toml` that mines on a node with the chips behind a serial port; all is served."""
    lines = [
        "[mining]",
        f"state = {_text(state)}",
        "[[pools]]",
        'kind = "solo"',
        f"url = {_text(node.url)}",
        'user = "sluice"',
        f"password = {_text(node.password)}",
        'network = "regtest"',
        f"address = {_text(ADDRESS)}",
        "[[chains]]",
        f"port = {_text(port)}",
        f"nonce_span = {NONCE_SPAN}",
        "[api.rest]",
        f"port = {ports.rest}",
        "[api.metrics]",
        f"port = {ports.metrics}",
        "[api.cgminer]",
        f"port = {ports.cgminer}",
    ]
    if log is not None:
        lines += ["[log]", f"file = {_text(log)}"]
    return "\n".join(lines) + "\n"


class Daemon:
    """A running daemon. It is an asynchronous context manager.

    Parameters
    ----------
    config
        Its configuration file.
    api_port
        Of its REST API.
    shown
        Whether it has the terminal; its output is thrown away otherwise.
    """

    def __init__(self, config: Path, api_port: int, *, shown: bool) -> None:
        self._config, self._shown = config, shown
        self._process: asyncio.subprocess.Process | None = None
        self._session = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{api_port}", timeout=10, trust_env=False
        )

    async def __aenter__(self) -> Self:
        output = None if self._shown else asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(
            sluice(),
            "mine",
            "--config",
            str(self._config),
            # Keys are for the screen.
            stdin=None if self._shown else asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._session.aclose()
        await self.close()

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._running().pid

    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise RuntimeError("the daemon was not started")
        return self._process

    @property
    def code(self) -> int | None:
        """The code that it ended with; ``None`` while it runs."""
        return self._running().returncode

    async def status(self) -> dict[str, Any] | None:
        """What its REST API says; ``None`` if it does not answer, yet or any more."""
        try:
            answer = await self._session.get("/api/v1/status")
            answer.raise_for_status()
        except httpx.HTTPError:
            return None
        found: dict[str, Any] = answer.json()
        return found

    async def until_blocks(self, wanted: int) -> bool:
        """Wait until so many blocks were accepted; false if it ended before.

        Raises
        ------
        DemoError
            It ended with an error.
        """
        while self.code is None:
            now = await self.status()
            if now is not None and sum(pool["counts"]["blocks"] for pool in now["pools"]) >= wanted:
                return True
            await asyncio.sleep(0.2)
        if self.code not in (0, INTERRUPTED):
            raise DemoError(f"the daemon ended with code {self.code}")
        return False

    async def close(self) -> None:
        """End it, and wait. Does nothing if it has ended."""
        process = self._running()
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(FAREWELL):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
            raise DemoError("the daemon did not end when it was told to") from None
