"""JSON-RPC as Bitcoin nodes speak it."""

import json
import ssl
from collections.abc import Iterator
from typing import Any

import httpx

from ..config import SoloSettings
from .base import SourceError
from .reasons import words_for, words_for_tls

__all__ = ["METHOD_NOT_FOUND", "ForbiddenError", "Node", "RpcError", "SlowError", "result_of"]

#: What nodes say of a method that they do not have (JSON-RPC 2.0, section 5.1).
METHOD_NOT_FOUND = -32601

#: Seconds for everything but long polls.
TIMEOUT = 20.0


class RpcError(SourceError):
    """The node answers with an error of its own."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"the node says: {text} ({code})")
        self.code = code


class SlowError(SourceError):
    """The node has not answered in time."""


class ForbiddenError(SourceError):
    """The node answers HTTP 403: it knows the user, and does not allow that."""


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
        self._known = False

    async def __aenter__(self) -> "Node":
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def call(
        self, method: str, *params: Any, timeout: float = TIMEOUT, path: str = "/"
    ) -> Any:
        """Call a method, at another path of the same node if one is given; what it gives."""
        self._number += 1
        request = {"id": self._number, "method": method, "params": list(params)}
        try:
            response = await self._client.post(path, json=request, timeout=timeout)
        except httpx.TimeoutException as error:
            raise SlowError(f"no answer within {timeout:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SourceError(_reason(error, known=self._known)) from error
        answer = _answer(response.status_code, response.content, method)
        self._known = True
        return _result(response.status_code, answer)


def _answer(status: int, content: bytes, method: str) -> dict[str, Any]:
    if status == 401:
        raise SourceError("the node refuses user and password")
    if status == 403:
        # Bitcoin Core's `rpcallowip` and `rpcwhitelist`.
        raise ForbiddenError(f"the node does not allow this user or host {method} (HTTP 403)")
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"the node answers no JSON (HTTP {status})") from error
    if not isinstance(answer, dict):
        raise SourceError("the node answers no object")
    return answer


def _result(status: int, answer: dict[str, Any]) -> Any:
    if complaint := answer.get("error"):
        code = complaint.get("code", 0) if isinstance(complaint, dict) else 0
        text = complaint.get("message", "") if isinstance(complaint, dict) else str(complaint)
        raise RpcError(code if isinstance(code, int) else 0, str(text)[:200])
    if status >= 400 or "result" not in answer:
        raise SourceError(f"the node answers no result (HTTP {status})")
    return answer["result"]


def result_of(status: int, content: bytes, method: str) -> Any:
    """What a method gives, out of an HTTP status and the answer's bytes.

    Raises
    ------
    SourceError
        There is none; says why.
    """
    return _result(status, _answer(status, content, method))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _reason(error: Exception, *, known: bool) -> str:
    """Why there was no answer, in words: httpx often has none.

    Parameters
    ----------
    error
        What httpx has raised.
    known
        Whether there was an answer before, so that it is a node.
    """
    doubt = "" if known else ": is it the RPC port of a node?"
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return words_for_tls(cause)
        if isinstance(cause, OSError) and cause.errno is not None:
            if isinstance(error, httpx.ConnectError):
                return f"no connection: {words_for(cause)}"
            return f"the connection broke before an answer: {words_for(cause)}{doubt}"
    if isinstance(error, httpx.RemoteProtocolError) and not known:
        return f"what answers there speaks no HTTP{doubt}"
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    return f"no connection: {text}"
