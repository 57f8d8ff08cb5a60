"""``sluice mine --check``: whether what the configuration names is there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

from .api.listen import AddressError, listen
from .config import ConfigError, Settings, SoloSettings, StratumSettings
from .driver.line import ChainError, Line
from .running import Running, running_daemon
from .sources.base import SourceError
from .sources.journal import Journal
from .sources.rpc import Node
from .sources.stratum import connect

__all__ = ["check"]

#: What nodes call their networks.
_NETWORKS = {"test": ("test", "testnet", "testnet4"), "main": ("main",), "regtest": ("regtest",)}


async def _port(key: str, port: str, baud: int) -> str:
    try:
        line = await Line.open(port, baud, lambda _: None)
    except ChainError as error:
        raise ConfigError(f"{key}: {error}: {port!r}") from error
    line.close()
    await line.lost
    return f"{port}: in order"


async def _pool(key: str, settings: StratumSettings) -> str:
    try:
        _, writer = await connect(settings, (settings.host, settings.port))
        writer.close()
    except SourceError as error:
        raise ConfigError(f"{key}.url: {error}: {settings.url!r}") from error
    return f"{settings.url}: in order"


async def _node(key: str, settings: SoloSettings) -> str:
    try:
        async with Node(settings) as node:
            said = await node.call("getblockchaininfo")
    except SourceError as error:
        raise ConfigError(f"{key}.url: {error}: {settings.url!r}") from error
    chain = said.get("chain") if isinstance(said, dict) else None
    if chain not in _NETWORKS.get(settings.network, (settings.network,)):
        raise ConfigError(f"{key}.network: is {settings.network}, but the node's is {chain}")
    return f"{settings.url}: in order"


def _served(settings: Settings, daemon: Running | None) -> Iterator[str]:
    for name in type(settings.api).model_fields:
        endpoint = getattr(settings.api, name)
        own = daemon is not None and (endpoint.host, endpoint.port) in daemon.addresses
        if endpoint.enabled and not own:
            try:
                listen(endpoint.host, endpoint.port, key=f"api.{name}.port").close()
            except AddressError as error:
                yield str(error)


def _kept(settings: Settings) -> Iterator[str]:
    try:
        Journal(settings.mining.state)
    except OSError as error:
        yield f"mining.state: {error.strerror}: {error.filename!r}"


async def _look(settings: Settings, daemon: Running | None) -> AsyncIterator[str | ConfigError]:
    """What is in order, or not, of all that is named: they are looked at all at once."""
    looks: list[Awaitable[str]] = []
    for index, chain in enumerate(settings.chains):
        if daemon is not None and daemon.has_port(chain.port):
            yield f"{chain.port}: in use by the daemon that runs, process {daemon.process}"
        else:
            looks.append(_port(f"chains.{index}.port", chain.port, chain.baud))
    for index, pool in enumerate(settings.pools):
        if isinstance(pool, StratumSettings):
            looks.append(_pool(f"pools.{index}", pool))
        elif isinstance(pool, SoloSettings):
            looks.append(_node(f"pools.{index}", pool))
    for found in await asyncio.gather(*looks, return_exceptions=True):
        if isinstance(found, BaseException) and not isinstance(found, ConfigError):
            raise found
        yield found


def check(settings: Settings, show: Callable[[str], None]) -> None:
    """Look at everything; `show` is called with a line for each thing that is in order.

    What the daemon has that runs already, if one does, is its own and no mistake.

    Raises
    ------
    ConfigError
        A line for everything that is not as it is named, by its key.
    """
    daemon = running_daemon(settings)
    wrong = [*_served(settings, daemon), *_kept(settings)]

    async def run() -> None:
        async for found in _look(settings, daemon):
            if isinstance(found, ConfigError):
                wrong.extend(found.lines)
            else:
                show(found)

    asyncio.run(run())
    if wrong:
        raise ConfigError(*wrong)
