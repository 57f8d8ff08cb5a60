"""Tables ``[api]`` and ``[screen]``."""

from urllib.parse import urlsplit

from pydantic import Field, field_validator

from .base import PortNumber, Secret, Table

__all__ = ["ApiSettings", "Endpoint", "RestEndpoint", "ScreenSettings"]


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
    """Table ``[api.rest]``.

    Attributes
    ----------
    allow_origins
        Pages of other machines that may read and, with the token, change something:
        ``http://host`` or ``http://host:port``, with blanks between them, or ``*`` for any.
    """

    port: PortNumber = 8420
    allow_origins: str = ""

    @field_validator("allow_origins")
    @classmethod
    def _check_origins(cls, text: str) -> str:
        for origin in text.split():
            parts = urlsplit(origin)
            bare = f"{parts.scheme}://{parts.netloc}" == origin
            if origin != "*" and not (parts.scheme in ("http", "https") and parts.netloc and bare):
                raise ValueError(f"{origin!r} is neither http://host:port nor *")
        return text

    @property
    def origins(self) -> tuple[str, ...]:
        """Each of them."""
        return tuple(self.allow_origins.split())


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
