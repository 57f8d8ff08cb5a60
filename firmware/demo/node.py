"""A node of its own for tests and the demonstration: bcoin on regtest, in memory."""

import asyncio
import contextlib
import os
import secrets
import socket
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from .errors import DemoError

__all__ = ["RegtestNode", "RpcError"]

#: Seconds until a node that was started must answer, and until one that is stopped must be gone.
PATIENCE, FAREWELL = 60.0, 10.0

#: How often a node that ends at once is started, each time on another port.
TRIES = 3


class RpcError(Exception):
    """The node answered with an error.

    Attributes
    ----------
    code
        Its number.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{message} ({code})")
        self.code = code


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RegtestNode:
    """A running node. It is an asynchronous context manager.

    Parameters
    ----------
    program
        What :func:`.npm.install` returned.

    Attributes
    ----------
    port, password
        Of its RPC server on 127.0.0.1; any user name will do.
    """

    def __init__(self, program: Path) -> None:
        self._program = program
        self._process: asyncio.subprocess.Process | None = None
        self._session: httpx.AsyncClient | None = None
        self.port = 0
        self.password = secrets.token_hex(16)

    @property
    def url(self) -> str:
        """Of the RPC server."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        for tries in range(TRIES):
            try:
                await self._start()
            except DemoError:
                # Somebody else may have taken the port meanwhile.
                if tries == TRIES - 1:
                    raise
            else:
                break
        return self

    async def _start(self) -> None:
        self.port = _free_port()
        self._process = await asyncio.create_subprocess_exec(
            "node",
            str(self._program),
            "--network=regtest",
            "--memory=true",
            "--no-wallet=true",
            "--listen=false",
            "--http-host=127.0.0.1",
            f"--http-port={self.port}",
            f"--api-key={self.password}",
            "--max-outbound=1",
            "--workers=false",
            "--log-level=error",
            env={**os.environ, "NODE_BACKEND": "js"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            # Ctrl-C in the terminal is for the demonstration: it stops the node last.
            start_new_session=True,
        )
        self._session = httpx.AsyncClient(
            auth=("sluice", self.password), timeout=PATIENCE, trust_env=False
        )
        try:
            async with asyncio.timeout(PATIENCE):
                await self._until_it_answers()
        except BaseException:
            await self.close()
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def _until_it_answers(self) -> None:
        while True:
            if self._process is not None and self._process.returncode is not None:
                raise DemoError(f"the node ended by itself, code {self._process.returncode}")
            try:
                await self.rpc("getblockcount")
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                return

    async def rpc(self, method: str, *params: Any) -> Any:
        """The answer to one call.

        Raises
        ------
        RpcError
            If it is an error.
        httpx.HTTPError
            If the node cannot be reached.
        """
        if self._session is None:
            raise RuntimeError("the node was not started")
        request = {"method": method, "params": params, "id": 1}
        answer = (await self._session.post(self.url, json=request)).json()
        error = answer.get("error")
        if error:
            raise RpcError(error.get("code", 0), error.get("message", str(error)))
        return answer["result"]

    async def blocks(self) -> list[bytes]:
        """All blocks of its chain after the first one, from height 1."""
        found = []
        for height in range(1, await self.rpc("getblockcount") + 1):
            name = await self.rpc("getblockhash", height)
            found.append(bytes.fromhex(await self.rpc("getblock", name, False)))
        return found

    async def close(self) -> None:
        """Stop it, and wait until it has gone. Does nothing if it has."""
        if self._session is not None:
            await self._session.aclose()
            self._session = None
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(FAREWELL):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
