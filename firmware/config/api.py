"""Tables ``[api]`` and ``[screen]``."""

from pydantic import Field

from .base import PortNumber, Secret, Table

__all__ = ["ApiSettings", "Endpoint", "ScreenSettings"]


class Endpoint(Table):
    """Where one API listens.

    Attributes
    ----------
    enabled
        Whether it is served at all.
    host, port
        Address to listen on, of this machine only unless set otherwise.
    token
        What a client has to show to change anything. Without a token nothing can be changed.
    """

    enabled: bool = True
    host: str = "127.0.0.1"
    port: PortNumber
    token: Secret | None = None


class RestEndpoint(Endpoint):
    """Table ``[api.rest]``."""

    port: PortNumber = 8420


class MetricsEndpoint(Endpoint):
    """Table ``[api.metrics]``."""

    port: PortNumber = 9420


class CgminerEndpoint(Endpoint):
    """Table ``[api.cgminer]``."""

    port: PortNumber = 4028


class ApiSettings(Table):
    """Table ``[api]``: what is served, each in a table of its own.

    Attributes
    ----------
    rest
        The REST API, with OpenAPI, AxeOS's ``/api/system/info`` and the web page.
    metrics
        Prometheus.
    cgminer
        The API of cgminer.
    """

    rest: RestEndpoint = Field(default_factory=RestEndpoint)
    metrics: MetricsEndpoint = Field(default_factory=MetricsEndpoint)
    cgminer: CgminerEndpoint = Field(default_factory=CgminerEndpoint)


class ScreenSettings(Table):
    """Table ``[screen]``: the terminal screen.

    Attributes
    ----------
    enabled
        ``None``: only where output is a terminal.
    refresh
        Seconds between two pictures.
    """

    enabled: bool | None = None
    refresh: float = Field(default=1.0, ge=0.1, le=60)
