"""The command `sluice mine`."""

import asyncio
import os
import signal
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from . import api, screen
from .api.listen import AddressError
from .check import check as check_settings
from .config import AUTO, ConfigError, Override, Settings, assigned, found_in, load
from .config import keys as all_keys
from .logs import set_up_logs
from .miner import Miner
from .running import running
from .ways import ways

__all__ = ["FILE", "mine", "run"]

#: The configuration where none is named.
FILE = Path("sluice.toml")


async def run(settings: Settings, *, shown: bool) -> bool:
    """Mine until SIGINT or SIGTERM; with the terminal screen if `shown`. Whether it was SIGINT.

    Raises
    ------
    ConfigError
        Something that the settings name cannot be had.
    """
    loop = asyncio.get_running_loop()
    with ExitStack() as stack:
        try:
            stack.enter_context(running(settings))
            miner = Miner(settings)
        except BlockingIOError as error:
            state = str(settings.mining.state)
            raise ConfigError(f"mining.state: another daemon runs on it: {state!r}") from error
        except OSError as error:
            raise ConfigError(f"mining.state: {error.strerror}: {error.filename!r}") from error
        stop, told = asyncio.Event(), set[signal.Signals]()

        def end(number: signal.Signals) -> None:
            told.add(number)
            stop.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, end, number)
            stack.callback(loop.remove_signal_handler, number)
        try:
            async with api.serve(miner, settings.api):
                await _until(stop, miner, settings, shown=shown)
        except AddressError as error:
            raise ConfigError(str(error)) from error
    return signal.SIGINT in told


async def _until(stop: asyncio.Event, miner: Miner, settings: Settings, *, shown: bool) -> None:
    work = [asyncio.create_task(miner.run(), name="miner")]
    if shown:
        picture = screen.run(miner, refresh=settings.screen.refresh, ways=ways(settings.api))
        work.append(asyncio.create_task(picture, name="screen"))
    asked = asyncio.create_task(stop.wait(), name="stop")
    try:
        await asyncio.wait((*work, asked), return_when=asyncio.FIRST_COMPLETED)
        for task in work:
            if task.done():
                await task  # raises why it ended; the screen does when somebody wants it to
    finally:
        asked.cancel()
        for task in work:
            task.cancel()
        await asyncio.gather(*work, asked, return_exceptions=True)


class Key(click.ParamType):
    """A key of the configuration and its value: ``pools.0.user=NAME``."""

    name = "key"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Override:
        """Check that there is such a key."""
        if isinstance(value, tuple):
            return value
        try:
            return assigned(str(value), "--set")
        except ValueError as error:
            self.fail(str(error), param, ctx)

    def shell_complete(
        self, _ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Keys that begin so."""
        return [CompletionItem(f"{key}=") for key in all_keys() if key.startswith(incomplete)]


def _options(pool: str | None, user: str | None, ports: tuple[str, ...]) -> tuple[Override, ...]:
    """What the options say, as keys."""
    found: list[Override] = [
        (("chains", index, "port"), port, "--port") for index, port in enumerate(ports)
    ]
    if pool is not None:
        found.append((("pools", 0, "url"), pool, "--pool"))
        if user is None:
            raise click.UsageError("--pool needs --user: whom the pool is to pay, and the worker")
        found.append((("pools", 0, "user"), user, "--user"))
    elif user is not None:
        raise click.UsageError("--user goes with --pool")
    return tuple(found)


def _settings(path: Path | None, options: tuple[Override, ...]) -> tuple[Settings, Path | None]:
    """From the file, the environment and options, and the file that they are from.

    Without a file that is named or there, the rest has to do.
    """
    if path is None and FILE.exists():
        path = FILE
    # Options of a pool or a chain stand for all of the file.
    instead = {str(way[0]) for way, _, name in options if name != "--set"}
    if path is None:
        known, wrong = found_in(os.environ)
        keys = {way[0] for way, _, _ in (*known, *options)}
        if "pools" not in keys and not wrong:
            raise click.UsageError(
                f"there is no {FILE}: 'sluice init' writes one, or name --pool and --user"
            )
        if "chains" not in keys:
            options = (*options, (("chains", 0, "port"), AUTO, "--port"))
    try:
        return load(path, options, instead), path
    except ConfigError as error:
        raise _told(error, path) from error


def _told(error: ConfigError, path: Path | None) -> click.UsageError:
    where = "" if path is None else f"{path}: "
    return click.UsageError("\n".join(where + line for line in error.lines))


@click.command()
@click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    show_default=str(FILE),
    metavar="FILE",
    help="The configuration, in TOML.",
)
@click.option("--check", is_flag=True, help="Look whether all that it names is there, and end.")
@click.option(
    "--pool",
    metavar="URL",
    help="Mine there, at stratum+tcp://HOST:PORT, and not where the file says.",
)
@click.option("--user", metavar="USER", help="Of that pool; often ADDRESS.WORKER.")
@click.option(
    "--port",
    "ports",
    multiple=True,
    metavar="PORT",
    help="Use this serial port, and not those of the file; more than once for several. "
    "Without it and a file, the only one that a chip answers at.",
)
@click.option(
    "--set",
    "keys",
    type=Key(),
    multiple=True,
    metavar="KEY=VALUE",
    help="Any key of the file: log.level=debug, pools.0.user=NAME.",
)
def mine(
    path: Path | None,
    *,
    check: bool,
    pool: str | None,
    user: str | None,
    ports: tuple[str, ...],
    keys: tuple[Override, ...],
) -> None:
    """Mine: bring chips up, fetch work from pools or nodes, hand in what they find.

    SIGTERM ends it with exit code 0, Ctrl-C with 130. Every key can also come from the environment,
    SLUICE_POOLS_0_PASSWORD and so on; it goes before the file, and options before both.
    """
    settings, path = _settings(path, (*_options(pool, user, ports), *keys))
    try:
        shown = settings.screen.enabled
        pictures = sys.stdout.isatty()
        shown = pictures if shown is None else shown
        try:
            set_up_logs(settings.log, quiet=shown and pictures and not check)
        except OSError as error:
            raise ConfigError(f"log.file: {error.strerror}: {error.filename!r}") from error
        if check:
            tells = partial(click.echo, err=True) if sys.stderr.isatty() else lambda _: None
            check_settings(settings, click.echo, tells)
            return
        if asyncio.run(run(settings, shown=shown)):
            raise click.Abort
    except ConfigError as error:
        raise _told(error, path) from error
