"""``sluice mine --check``: whether what the configuration names is there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

from .api.listen import AddressError, listen
from .config import BenchmarkSettings, ChainSettings, ConfigError, PoolSettings, Settings
from .driver.find import find
from .driver.line import ChainError, Line
from .running import Running, running_daemon
from .sources.journal import Journal
from .sources.trial import WELCOME, WORK, try_source

__all__ = ["check"]

#: Seconds without a word.
PATIENCE = 2.0


async def _port(key: str, settings: ChainSettings) -> str:
    try:
        device = await find(settings)
        line = await Line.open(device, settings.baud, lambda _: None)
    except ChainError as error:
        raise ConfigError(f"{key}: {error}: {settings.port!r}") from error
    line.close()
    await line.lost
    return f"{device}: in order"


async def _source(index: int, pool: PoolSettings, *, rolling: bool) -> str:
    await try_source(index, pool, rolling=rolling)
    return f"{pool.url}: in order"


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
            looks.append(_port(f"chains.{index}.port", chain))
    for index, pool in enumerate(settings.pools):
        if not isinstance(pool, BenchmarkSettings):
            looks.append(_source(index, pool, rolling=settings.mining.version_rolling))
    for found in await asyncio.gather(*looks, return_exceptions=True):
        if isinstance(found, BaseException) and not isinstance(found, ConfigError):
            raise found
        yield found


def check(
    settings: Settings,
    show: Callable[[str], None],
    waiting: Callable[[str], None] = lambda _: None,
) -> None:
    """Look at everything; `show` is called with a line for each thing that is in order.

    What the daemon has that runs already, if one does, is its own and no mistake. `waiting` is
    called with a line if all that takes longer than people like to wait without a word.

    Raises
    ------
    ConfigError
        A line for everything that is not as it is named, by its key.
    """
    daemon = running_daemon(settings)
    wrong = [*_served(settings, daemon), *_kept(settings)]

    async def run() -> None:
        text = f"waiting for ports, pools and nodes: {WORK + WELCOME:g} s at most"
        slow = asyncio.get_running_loop().call_later(PATIENCE, waiting, text)
        async for found in _look(settings, daemon):
            if isinstance(found, ConfigError):
                wrong.extend(found.lines)
            else:
                show(found)
        slow.cancel()

    asyncio.run(run())
    if wrong:
        raise ConfigError(*wrong)
