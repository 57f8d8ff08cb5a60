"""Tables ``[[pools]]``: where work comes from, in order of preference."""

from typing import Annotated, Any, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from ..addresses import AddressError, Network, script_for
from .base import FilePath, Secret, Table

__all__ = [
    "EXAMPLE_URL",
    "EXAMPLE_USER",
    "BenchmarkSettings",
    "PoolSettings",
    "SoloSettings",
    "StratumSettings",
]


#: What `sluice init` writes for people to replace.
EXAMPLE_URL = "stratum+tcp://pool.example:3333"
EXAMPLE_USER = "ADDRESS.WORKER"


def _split(url: str, schemes: tuple[str, ...], *, port: bool) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme not in schemes:
        raise ValueError(f"must start with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    if not parts.hostname:
        raise ValueError("must name a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user or a password: they have keys of their own")
    try:
        number = parts.port
    except ValueError:
        raise ValueError("must have a port from 1 to 65535") from None
    if number == 0 or (port and number is None):
        raise ValueError("must have a port from 1 to 65535")
    return parts


class StratumSettings(Table):
    """A pool that speaks Stratum v1.

    Attributes
    ----------
    url
        ``stratum+tcp://host:port``, or ``stratum+ssl://`` for TLS, which is always verified.
    user, password
        The worker. Most pools do not look at the password.
    ca_file
        Certificates to trust, PEM, instead of those of the system.
    suggest_difficulty
        Difficulty of shares to ask for.
    minimum_difficulty
        Least difficulty to ask for in ``mining.configure``.
    extranonce_subscribe
        Whether to ask for changes of extranonce1.
    allow_redirect
        Whether the pool may send the miner to another host (``client.reconnect``).
    silence
        Seconds without a word from the pool after which it is given up.
    """

    kind: Literal["stratum"] = "stratum"
    url: str
    user: str = Field(min_length=1, max_length=256)
    password: Secret = Secret("x")
    ca_file: FilePath | None = None
    suggest_difficulty: float | None = Field(default=None, gt=0, le=1e15)
    minimum_difficulty: float | None = Field(default=None, gt=0, le=1e15)
    extranonce_subscribe: bool = True
    allow_redirect: bool = False
    silence: float = Field(default=180.0, ge=1, le=3600)

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        _split(url, ("stratum+tcp", "stratum+ssl"), port=True)
        return url

    @field_validator("user")
    @classmethod
    def _check_user(cls, user: str) -> str:
        if user == EXAMPLE_USER:
            raise ValueError("must be yours, as the pool wants it")
        return user

    @field_validator("ca_file")
    @classmethod
    def _check_ca(cls, path: FilePath | None) -> FilePath | None:
        if path is not None and not path.is_file():
            raise ValueError("must be a file that exists")
        return path

    @model_validator(mode="after")
    def _ca_needs_tls(self) -> Self:
        if self.ca_file is not None and not self.tls:
            raise ValueError("ca_file goes with stratum+ssl:// only")
        return self

    @property
    def host(self) -> str:
        """Name or address of the pool."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """Its port."""
        return urlsplit(self.url).port or 0

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted."""
        return urlsplit(self.url).scheme == "stratum+ssl"

    @property
    def miner(self) -> str:
        """Who mines there."""
        return self.user


class SoloSettings(Table):
    """A node, by ``getblocktemplate``.

    Attributes
    ----------
    url
        ``http://host:port`` of its RPC, or ``https://``.
    user, password
        Of the RPC.
    cookie_file
        The node's ``.cookie``, instead of both; read again at each connection.
    address, network
        Where blocks are paid to: P2PKH, P2SH, P2WPKH, P2WSH or P2TR, and of which network.
    coinbase_text
        Written into each block, up to 60 bytes.
    poll
        Seconds after which the template is asked for again without news.
    """

    kind: Literal["solo"]
    url: str
    user: str = ""
    password: Secret = Secret("")
    cookie_file: FilePath | None = None
    network: Network = Field(default=Network.MAIN, strict=False)
    address: str
    coinbase_text: str = "/sluice/"
    poll: float = Field(default=30.0, ge=0.1, le=600)

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        _split(url, ("http", "https"), port=False)
        return url

    @field_validator("coinbase_text")
    @classmethod
    def _check_text(cls, text: str) -> str:
        if len(text.encode()) > 60:
            raise ValueError("must be 60 bytes at most")
        return text

    @field_validator("address")
    @classmethod
    def _check_address(cls, address: str, info: Any) -> str:
        network = info.data.get("network")
        if network is not None:  # otherwise `network` itself is what is reported
            try:
                script_for(address, network)
            except AddressError as error:
                raise ValueError(str(error)) from None
        return address

    @property
    def script(self) -> bytes:
        """The output script that blocks pay to."""
        return script_for(self.address, self.network)

    @property
    def miner(self) -> str:
        """Who mines there."""
        return self.address


class BenchmarkSettings(Table):
    """No pool at all: work of no use, to see what chips can do.

    Attributes
    ----------
    difficulty
        Of what counts as a share.
    interval
        Seconds between two templates.
    """

    kind: Literal["benchmark"]
    difficulty: float = Field(default=1.0, gt=0, le=1e15)
    interval: float = Field(default=60.0, ge=0.05, le=3600)

    @property
    def url(self) -> str:
        """What stands where others have a URL."""
        return "benchmark:"

    @property
    def miner(self) -> str:
        """Who mines there."""
        return ""


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("kind", "stratum"))
    return str(getattr(value, "kind", "stratum"))


#: One of the three, by its key ``kind``; ``stratum`` without one.
PoolSettings = Annotated[
    Annotated[StratumSettings, Tag("stratum")]
    | Annotated[SoloSettings, Tag("solo")]
    | Annotated[BenchmarkSettings, Tag("benchmark")],
    Discriminator(
        _kind,
        custom_error_type="pool_kind",
        custom_error_message="must have a kind of stratum, solo or benchmark",
    ),
]
