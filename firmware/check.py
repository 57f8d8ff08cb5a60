"""``sluice mine --check``: whether what the configuration names is there."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from .api.listen import AddressError, listen
from .config import ConfigError, Settings, SoloSettings, StratumSettings
from .driver.line import ChainError, Line
from .sources.base import SourceError
from .sources.journal import Journal
from .sources.rpc import Node
from .sources.stratum import connect

__all__ = ["check"]

#: What nodes call their networks.
_NETWORKS = {"test": ("test", "testnet", "testnet4"), "main": ("main",), "regtest": ("regtest",)}


async def _port(key: str, port: str, baud: int) -> None:
    try:
        line = await Line.open(port, baud, lambda _: None)
    except ChainError as error:
        raise ConfigError(f"{key}: {error}: {port!r}") from error
    line.close()
    await line.lost


async def _pool(key: str, settings: StratumSettings) -> None:
    try:
        _, writer = await connect(settings, (settings.host, settings.port))
        writer.close()
    except SourceError as error:
        raise ConfigError(f"{key}.url: {error}: {settings.url!r}") from error


async def _node(key: str, settings: SoloSettings) -> None:
    try:
        async with Node(settings) as node:
            said = await node.call("getblockchaininfo")
    except SourceError as error:
        raise ConfigError(f"{key}.url: {error}: {settings.url!r}") from error
    chain = said.get("chain") if isinstance(said, dict) else None
    if chain not in _NETWORKS.get(settings.network, (settings.network,)):
        raise ConfigError(f"{key}.network: is {settings.network}, but the node's is {chain}")


def _served(settings: Settings) -> None:
    for name in type(settings.api).model_fields:
        endpoint = getattr(settings.api, name)
        if endpoint.enabled:
            try:
                listen(endpoint.host, endpoint.port, key=f"api.{name}.port").close()
            except AddressError as error:
                raise ConfigError(str(error)) from error


def _checks(settings: Settings) -> Iterator[tuple[str, Callable[[], Awaitable[None]]]]:
    for index, chain in enumerate(settings.chains):
        key = f"chains.{index}.port"
        yield chain.port, partial(_port, key, chain.port, chain.baud)
    for index, pool in enumerate(settings.pools):
        key = f"pools.{index}"
        if isinstance(pool, StratumSettings):
            yield pool.url, partial(_pool, key, pool)
        elif isinstance(pool, SoloSettings):
            yield pool.url, partial(_node, key, pool)


def check(settings: Settings, show: Callable[[str], None]) -> None:
    """Look at everything; `show` is called with what was found to be in order.

    Raises
    ------
    ConfigError
        The first thing that is not there, by its key.
    """

    async def run() -> None:
        for name, look in _checks(settings):
            await look()
            show(name)

    _served(settings)
    try:
        Journal(settings.mining.state)
    except OSError as error:
        raise ConfigError(f"mining.state: {error.strerror}: {error.filename!r}") from error
    asyncio.run(run())
