"""The command `sluice mine`."""

import asyncio
import signal
import sys
from pathlib import Path

import click

from . import api, screen
from .api.listen import AddressError
from .check import check as check_settings
from .config import ConfigError, Settings, load
from .logs import set_up_logs
from .miner import Miner

__all__ = ["mine", "run"]


async def run(settings: Settings, *, shown: bool) -> None:
    """Mine until SIGINT or SIGTERM; with the terminal screen if `shown`.

    Raises
    ------
    ConfigError
        Something that the settings name cannot be had.
    """
    loop = asyncio.get_running_loop()
    try:
        miner = Miner(settings)
    except OSError as error:
        raise ConfigError(f"mining.state: {error.strerror}: {error.filename!r}") from error
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        async with api.serve(miner, settings.api):
            await _until(stop, miner, settings, shown=shown)
    except AddressError as error:
        raise ConfigError(str(error)) from error
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def _until(stop: asyncio.Event, miner: Miner, settings: Settings, *, shown: bool) -> None:
    work = [asyncio.create_task(miner.run(), name="miner")]
    if shown:
        picture = screen.run(miner, refresh=settings.screen.refresh)
        work.append(asyncio.create_task(picture, name="screen"))
    asked = asyncio.create_task(stop.wait(), name="stop")
    try:
        await asyncio.wait((*work, asked), return_when=asyncio.FIRST_COMPLETED)
        for task in work:
            if task.done():
                await task  # it never ends without a reason, which is raised here
    finally:
        asked.cancel()
        for task in work:
            task.cancel()
        await asyncio.gather(*work, asked, return_exceptions=True)


@click.command()
@click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path),
    default="sluice.toml",
    show_default=True,
    metavar="FILE",
    help="The configuration, in TOML.",
)
@click.option("--check", is_flag=True, help="Look whether all that it names is there, and end.")
def mine(path: Path, *, check: bool) -> None:
    """Mine: bring chips up, fetch work from pools or nodes, hand in what they find.

    SIGINT and SIGTERM end it. The environment variables SLUICE_POOLS_0_PASSWORD and so on, and
    SLUICE_API_REST_TOKEN, SLUICE_API_CGMINER_TOKEN replace secrets of the file.
    """
    try:
        settings = load(path)
        shown = settings.screen.enabled
        pictures = sys.stdout.isatty()
        shown = pictures if shown is None else shown
        try:
            set_up_logs(settings.log, quiet=shown and pictures and not check)
        except OSError as error:
            raise ConfigError(f"log.file: {error.strerror}: {error.filename!r}") from error
        if check:
            check_settings(settings, lambda name: click.echo(f"{name}: in order"))
            return
        asyncio.run(run(settings, shown=shown))
    except ConfigError as error:
        raise click.UsageError(f"{path}: {error}") from error
