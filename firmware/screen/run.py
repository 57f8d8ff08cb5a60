"""Shows the daemon until it is told to stop."""

import asyncio

from rich.console import Console, RenderableType
from rich.live import Live

from ..control import Control
from .lines import Lines
from .picture import picture

__all__ = ["run"]


async def run(control: Control, *, refresh: float = 1.0, console: Console | None = None) -> None:
    """Show the daemon on a terminal, or say in lines what is new; ends when it is cancelled.

    Parameters
    ----------
    control
        The daemon.
    refresh
        Seconds between two pictures.
    console
        Where; standard output if it is not given.
    """
    console = Console() if console is None else console
    if console.is_terminal and not console.is_dumb_terminal:
        await _pictures(control, refresh, console)
    else:
        await _lines(control, refresh, console)


async def _pictures(control: Control, refresh: float, console: Console) -> None:
    def now() -> RenderableType:
        return picture(control.snapshot(), control.history(), *console.size)

    with Live(now(), console=console, screen=True, auto_refresh=False) as live:
        while True:
            await asyncio.sleep(refresh)
            live.update(now(), refresh=True)


async def _lines(control: Control, refresh: float, console: Console) -> None:
    lines = Lines()
    while True:
        for line in lines.new(control.snapshot()):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        await asyncio.sleep(refresh)
