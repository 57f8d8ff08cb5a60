"""`sluice sim --pty`: its options, its signals, and what it shows."""

import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from sluice.rtl.config import ChipConfig
from sluice.rtl.core.config import CoreConfig
from sluice.rtl.protocol.models import MODELS

from .board import chip_of
from .chip import LINK_CLOCK, CompiledChain
from .screen import Screen
from .terminal import PseudoTerminal
from .virtual import VirtualChips

#: Options that only --pty has, and those of others that it takes.
_OWN = ("chips", "model", "link", "hit_bits")
_SHARED = ("pty", "lanes", "board")

#: Frames on the screen, and seconds between two of its pictures or two lines of the hash rate.
LINES, REFRESH, REPORT = 20, 0.25, 10.0


def pty_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a virtual chip."""
    options = [
        click.option("--pty", is_flag=True, help="Serve a chip on a pseudo-terminal until Ctrl-C."),
        click.option(
            "--chips",
            type=click.IntRange(1, 128),
            default=1,
            show_default=True,
            metavar="N",
            help="With --pty: chips in the chain.",
        ),
        click.option(
            "--model",
            type=click.Choice(list(MODELS)),
            default="bm1370",
            show_default=True,
            help="With --pty: the chip whose place it takes.",
        ),
        click.option(
            "--link",
            type=click.Path(path_type=Path),
            metavar="PATH",
            help="With --pty: make a symbolic link to the pseudo-terminal there.",
        ),
        click.option(
            "--hit-bits",
            type=click.IntRange(0, 32),
            metavar="N",
            help="With --pty: zero bits of a hash that is reported.  [default: 32]",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def check_options(*, pty: bool) -> None:
    """Refuse options that --pty does not have, or that only --pty has."""
    context = click.get_current_context()
    for name in context.params:
        if context.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
            continue
        option = "--" + name.removeprefix("as_").replace("_", "-")
        if pty and name not in (*_OWN, *_SHARED):
            raise click.UsageError(f"{option} does not go with --pty")
        if not pty and name in _OWN:
            raise click.UsageError(f"{option} needs --pty")


class _View:
    """One live screen; plain lines where output is no terminal."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._console = Console()
        self._lines: deque[tuple[str, str]] = deque(maxlen=LINES)
        self._live: Live | None = None
        self._seen = (time.monotonic(), 0)
        self._status = ""
        if self._console.is_terminal:
            self._live = Live(console=self._console, auto_refresh=False, screen=True)
            self._live.start()
        else:
            click.echo(title)

    def frame(self, direction: str, text: str) -> None:
        """Show a frame."""
        self._lines.append((direction, text))
        if not self._live:
            click.echo(f"{direction} {text}")

    def tick(self, served: VirtualChips) -> None:
        """Show the hash rate if it is time to."""
        now, (before, hashes) = time.monotonic(), self._seen
        if now - before < (REFRESH if self._live else REPORT):
            return
        rate = (served.hashes - hashes) / (now - before)
        self._seen = (now, served.hashes)
        traffic = served.traffic
        self._status = (
            f"{rate:,.0f} hashes/s   {traffic.jobs:,} jobs   {traffic.nonces:,} nonces   "
            f"{served.baud:,.0f} baud"
        )
        if self._live:
            self._live.update(self._picture(), refresh=True)
        elif rate:
            click.echo(self._status)

    def _picture(self) -> RenderableType:
        table = Table(box=None, pad_edge=False, show_header=False)
        for direction, text in self._lines:
            table.add_row(Text(direction), Text(text, "cyan" if direction == ">" else "green"))
        return Group(Text(self._title, "bold"), Text(self._status), Text(), table)

    def close(self, served: VirtualChips) -> None:
        """Give the terminal back, and print the sums."""
        if self._live:
            self._live.stop()
        traffic = served.traffic
        click.echo(f"{traffic.jobs:,} jobs, {traffic.nonces:,} nonces, {served.hashes:,} hashes")


class _Asked:
    """What signals have asked for."""

    stop = False
    interrupt = False
    reset = False


@contextmanager
def _signals() -> Iterator[_Asked]:
    asked = _Asked()

    def stop(*_: object) -> None:
        asked.stop = True

    def reset(*_: object) -> None:
        asked.reset = True

    def interrupt(*_: object) -> None:
        asked.stop = asked.interrupt = True

    handlers = {signal.SIGINT: interrupt, signal.SIGTERM: stop, signal.SIGHUP: stop}
    before = {
        number: signal.signal(number, handler)
        for number, handler in {**handlers, signal.SIGUSR1: reset}.items()
    }
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _terminal(link: Path | None) -> PseudoTerminal:
    try:
        return PseudoTerminal(link)
    except OSError as error:
        raise click.BadParameter(f"{link}: {error.strerror}", param_hint="--link") from error


def serve(
    core: CoreConfig,
    *,
    board: ChipConfig | None,
    chips: int,
    model: str,
    link: Path | None,
    hit_bits: int | None,
) -> None:
    """Serve chips on a pseudo-terminal until a signal says stop; SIGUSR1 resets them.

    Raises
    ------
    click.BadParameter
        The link cannot be made.
    click.Abort
        The signal was SIGINT.
    """
    config = ChipConfig(model=model, core=core, link_clock=LINK_CLOCK)
    if board:
        config = replace(chip_of(board, LINK_CLOCK), model=model)
        if chips > 1 and not config.chain:
            raise click.UsageError(f"--chips must be 1 without a port for a next chip, not {chips}")
    # Whatever is wrong with the link is said before the chip is compiled.
    _terminal(link).close()
    with Screen() as shown:
        chain = CompiledChain(config, chips=chips, progress=shown.compiling)
    terminal = _terminal(link)
    with chain, _signals() as asked:
        view = _View(f"{chips} x {model} on {terminal.name}" + (f" ({link})" if link else ""))
        served = VirtualChips(chain, terminal, hit_bits=hit_bits, shown=view.frame)
        try:
            while not asked.stop:
                served.step()
                view.tick(served)
                if asked.reset:
                    asked.reset = False
                    served.reset()
                    view.frame("!", "reset")
        finally:
            terminal.close()
            view.close(served)
    if asked.interrupt:
        raise click.Abort
