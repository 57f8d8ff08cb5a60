"""JSON-RPC as Bitcoin nodes speak it."""

from typing import Any

import httpx

from ..config import SoloSettings
from .base import SourceError

__all__ = ["Node", "RpcError"]

#: Seconds for everything but long polls.
TIMEOUT = 20.0


class RpcError(SourceError):
    """The node answers with an error of its own."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"the node says: {text} ({code})")
        self.code = code


def _credentials(settings: SoloSettings) -> tuple[str, str] | None:
    if settings.cookie_file is not None:
        try:
            user, _, password = settings.cookie_file.read_text(encoding="utf-8").partition(":")
        except (OSError, UnicodeDecodeError) as error:
            raise SourceError(f"cookie_file cannot be read: {error}") from error
        return user, password.strip()
    password = settings.password.get_secret_value()
    return (settings.user, password) if settings.user or password else None


class Node:
    """A connection to a node; use it as an asynchronous context.

    Raises
    ------
    SourceError
        By every method: no connection, no permission, no sense.
    """

    def __init__(self, settings: SoloSettings) -> None:
        self._client = httpx.AsyncClient(
            base_url=settings.url,
            auth=_credentials(settings),
            timeout=TIMEOUT,
            # What the environment says about proxies is not meant for a node.
            trust_env=False,
        )
        self._number = 0

    async def __aenter__(self) -> "Node":
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def call(self, method: str, *params: Any, timeout: float = TIMEOUT) -> Any:
        """Call a method; what it gives."""
        self._number += 1
        request = {"id": self._number, "method": method, "params": list(params)}
        try:
            response = await self._client.post("/", json=request, timeout=timeout)
        except httpx.TimeoutException as error:
            raise SourceError(f"no answer within {timeout:g} s") from error
        except httpx.HTTPError as error:
            raise SourceError(f"no connection: {error}") from error
        if response.status_code in (401, 403):
            raise SourceError("the node refuses user and password")
        try:
            answer = response.json()
        except ValueError as error:
            raise SourceError(f"the node answers no JSON (HTTP {response.status_code})") from error
        if not isinstance(answer, dict):
            raise SourceError("the node answers no object")
        if complaint := answer.get("error"):
            code = complaint.get("code", 0) if isinstance(complaint, dict) else 0
            text = complaint.get("message", "") if isinstance(complaint, dict) else str(complaint)
            raise RpcError(code if isinstance(code, int) else 0, str(text)[:200])
        return answer.get("result")
