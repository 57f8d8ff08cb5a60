"""Shows the daemon until it is told to stop."""

import asyncio
import contextlib
from collections.abc import Sequence

from rich.console import Console, RenderableType
from rich.live import Live

from ..control import Control
from ..ways import Way
from .keys import listening
from .lines import Lines
from .picture import View, picture

__all__ = ["run"]


async def run(
    control: Control,
    *,
    refresh: float = 1.0,
    console: Console | None = None,
    ways: Sequence[Way] = (),
) -> None:
    """Show the daemon on a terminal, or say in lines what is new.

    Ends when it is cancelled, and on a terminal when somebody presses ``q``.

    Parameters
    ----------
    control
        The daemon.
    refresh
        Seconds between two pictures.
    console
        Where; standard output if it is not given.
    ways
        Where else there is something to see.
    """
    console = Console() if console is None else console
    if console.is_terminal and not console.is_dumb_terminal:
        await _Screen(control, console, ways).run(refresh)
    else:
        await _lines(control, refresh, console)


class _Screen:
    """The picture, and what keys do to it."""

    def __init__(self, control: Control, console: Console, ways: Sequence[Way]) -> None:
        self._control = control
        self._console = console
        self._ways = ways
        self._keys = False
        self._asked = False
        self._ended = False
        self._pressed = asyncio.Event()

    def _picture(self) -> RenderableType:
        view = View(ways=self._ways, keys=self._keys, asked=self._asked)
        now, history = self._control.snapshot(), self._control.history()
        return picture(now, history, *self._console.size, view)

    def _on_key(self, key: str) -> None:
        match key:
            case "q" | "Q":
                self._ended = True
            case "p" | "P" if self._control.snapshot().paused:
                self._control.resume()
            case "p" | "P":
                self._control.pause()
            case "?" | "h" | "H":
                self._asked = not self._asked
            case _:
                return
        self._pressed.set()

    async def run(self, refresh: float) -> None:
        """Until somebody has had enough."""
        with listening(self._on_key) as self._keys:
            live = Live(self._picture(), console=self._console, screen=True, auto_refresh=False)
            with live:
                while not self._ended:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(refresh):
                            await self._pressed.wait()
                    self._pressed.clear()
                    live.update(self._picture(), refresh=True)


async def _lines(control: Control, refresh: float, console: Console) -> None:
    lines = Lines()
    while True:
        for line in lines.new(control.snapshot()):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        await asyncio.sleep(refresh)
