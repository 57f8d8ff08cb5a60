"""Who may ask, and who may change anything."""

import ipaddress
import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Request, Response, WebSocket
from fastapi.responses import PlainTextResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from starlette.datastructures import URL

from ..config import Endpoint, RestEndpoint

__all__ = ["REFUSALS", "guarded_by", "may_connect", "only_known_hosts", "with_headers"]

#: The page needs nothing from elsewhere, and is nobody's frame.
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Refusal(BaseModel):
    """Why not."""

    detail: str


#: What is answered where something was to be changed.
REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": Refusal, "description": "wrong token, or none"},
    403: {"model": Refusal, "description": "no token is configured: nothing can be changed"},
}

Next = Callable[[Request], Awaitable[Response]]

_bearer = HTTPBearer(auto_error=False, description="The token of `api.rest.token`.")


def guarded_by(endpoint: Endpoint) -> Callable[..., None]:
    """A dependency that lets only those pass who show the token.

    Answers 403 where no token is configured, since then nothing can be changed, and 401 to a wrong
    one.
    """
    token = None if endpoint.token is None else endpoint.token.get_secret_value().encode()

    def check(
        shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> None:
        if not token:
            raise HTTPException(403, "api.rest.token is not set: this API is read-only")
        if shown is None or not secrets.compare_digest(shown.credentials.encode(), token):
            raise HTTPException(401, "wrong token", headers={"WWW-Authenticate": "Bearer"})

    return check


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return None


def _is_local(name: str) -> bool:
    address = _address(name)
    return name == "localhost" if address is None else address.is_loopback


def _is_known(name: str, host: str) -> bool:
    """Whether a client may call this machine so, if it listens on `host`."""
    return not _is_local(host) or _is_local(name) or name == host


def _called(url: URL) -> str:
    """What a client calls this machine; nothing where that is no name."""
    try:
        return url.hostname or ""
    except ValueError:
        return ""


def _site(origin: str) -> str:
    """Host and port of the page that a browser has open; nothing where there is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def only_known_hosts(host: str) -> Callable[[Request, Next], Awaitable[Response]]:
    """Middleware: an API of this machine only is not reached through another name for it.

    Otherwise any page in the user's browser could read it, by a name of its own that leads to
    127.0.0.1. Listening on other addresses is for other machines, which have names for this one.
    """

    async def check(request: Request, go_on: Next) -> Response:
        name = _called(request.url)
        if not _is_known(name, host):
            return PlainTextResponse(f"unknown host {name!r}\n", 421)
        return await go_on(request)

    return check


def may_connect(socket: WebSocket, endpoint: RestEndpoint) -> bool:
    """Whether a web socket is let in: browsers open them to anywhere, and tell for which page."""
    if not _is_known(_called(socket.url), endpoint.host):
        return False
    origin = socket.headers.get("origin")
    ours = _site(origin or "") == socket.headers.get("host")
    return origin is None or ours or bool({origin, "*"} & set(endpoint.origins))


async def with_headers(request: Request, go_on: Next) -> Response:
    """Middleware: what a browser may do with the answers."""
    response = await go_on(request)
    response.headers.update(HEADERS)
    return response
