"""Where the daemon can be looked at, as addresses that people can use."""

import ipaddress
import socket
from dataclasses import dataclass

from .config import ApiSettings, Endpoint

__all__ = ["PAGE", "Way", "ways"]

#: Name of the way that most people look.
PAGE = "web page"


@dataclass(frozen=True)
class Way:
    """What there is to see, and where."""

    name: str
    address: str


def _host(endpoint: Endpoint) -> str:
    host = endpoint.host
    try:
        everywhere = ipaddress.ip_address(host).is_unspecified
    except ValueError:
        everywhere = not host
    if everywhere:
        host = socket.gethostname()
    return f"[{host}]" if ":" in host else host


def _url(endpoint: Endpoint, path: str) -> str:
    port = "" if endpoint.port == 80 else f":{endpoint.port}"
    return f"http://{_host(endpoint)}{port}{path}"


def ways(settings: ApiSettings) -> list[Way]:
    """All that is served, in the order of the documentation."""
    found = []
    if settings.rest.enabled:
        found.append(Way(PAGE, _url(settings.rest, "/")))
        found.append(Way("REST API", _url(settings.rest, "/api/v1/status")))
    if settings.metrics.enabled:
        found.append(Way("Prometheus", _url(settings.metrics, "/metrics")))
    if settings.cgminer.enabled:
        found.append(Way("cgminer's API", f"{_host(settings.cgminer)}:{settings.cgminer.port}"))
    return found
