"""Who may ask, and who may change anything."""

import ipaddress
import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from ..config import Endpoint

__all__ = ["guarded_by", "only_known_hosts", "with_headers"]

#: The page needs nothing from elsewhere, and is nobody's frame.
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
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


def only_known_hosts(host: str) -> Callable[[Request, Next], Awaitable[Response]]:
    """Middleware: an API of this machine only is not reached through another name for it.

    Otherwise any page in the user's browser could read it, by a name of its own that leads to
    127.0.0.1. Listening on other addresses is for other machines, which have names for this one.
    """
    local = _is_local(host)

    async def check(request: Request, go_on: Next) -> Response:
        name = request.url.hostname or ""
        if local and not (_is_local(name) or name == host):
            return PlainTextResponse(f"unknown host {name!r}\n", 421)
        return await go_on(request)

    return check


async def with_headers(request: Request, go_on: Next) -> Response:
    """Middleware: what a browser may do with the answers."""
    response = await go_on(request)
    response.headers.update(HEADERS)
    return response
