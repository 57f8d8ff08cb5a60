"""A source tried once, as the daemon would use it: until it has given work."""

import asyncio
import tempfile
from pathlib import Path

from ..config import ConfigError, PoolSettings
from ..work.template import Template
from .base import MistakeError, Source, SourceError
from .journal import Journal
from .make import make_source

__all__ = ["try_source"]

#: Seconds that a source has to give work, and then to answer for the user.
WORK, WELCOME = 15.0, 5.0


#: Sessions at most: a pool may send us elsewhere, or hang up on what can be left out.
TRIES = 3


class _Witness:
    """A listener that hears whether there is work, and nothing else."""

    def __init__(self) -> None:
        self.work = asyncio.Event()

    def on_template(self, _: Template, /) -> None:
        self.work.set()

    def on_idle(self) -> None:
        pass

    def on_share(self, _: float, /) -> None:
        pass

    def on_block(self, *_: object, **__: object) -> None:
        pass

    on_candidate = say = on_block


async def try_source(index: int, settings: PoolSettings, *, rolling: bool) -> None:
    """Be a miner there until there is work, and nobody objects.

    Parameters
    ----------
    index, settings
        Number of the source, and what is known of it.
    rolling
        Whether version bits may be used.

    Raises
    ------
    ConfigError
        It would be of no use; the line begins with the key.
    """
    key = f"pools.{index}"
    with tempfile.TemporaryDirectory(prefix="sluice-") as folder:
        # Blocks on their way are those of the daemon: none is handed in here.
        try:
            await _use(index, settings, Journal(Path(folder)), rolling=rolling)
        except MistakeError as error:
            raise ConfigError(f"{key}.{error}") from error
        except SourceError as error:
            raise ConfigError(f"{key}.url: {error}: {settings.url!r}") from error


async def _sessions(source: Source) -> None:
    """One after the other, as long as there is something to be done otherwise; never ends well."""
    for tries in range(TRIES):
        try:
            await source.session()
        except SourceError:
            if not source.differs_next or tries == TRIES - 1:
                raise
        else:
            if not source.differs_next:
                break
    raise SourceError("it wants to be called again, and gives no work")


async def _use(index: int, settings: PoolSettings, journal: Journal, *, rolling: bool) -> None:
    witness = _Witness()
    source = make_source(index, settings, witness, journal, rolling=rolling)

    async def served() -> None:
        await witness.work.wait()
        for _ in range(100):
            if source.welcome:
                return
            await asyncio.sleep(WELCOME / 100)

    session = asyncio.create_task(_sessions(source))
    waiting = asyncio.create_task(served())
    try:
        await asyncio.wait((session, waiting), timeout=WORK, return_when="FIRST_COMPLETED")
        if session.done():
            await session
        if not waiting.done():
            raise SourceError(f"{source.lacks} for {WORK:g} s")
    finally:
        for task in (session, waiting):
            task.cancel()
        await asyncio.gather(session, waiting, return_exceptions=True)
