"""Options that choose a board and the chip on it."""

import dataclasses
from collections.abc import Callable
from typing import Any

import click
from click.shell_completion import CompletionItem

from sluice.rtl.config import ChipConfig
from sluice.rtl.core import CORES
from sluice.rtl.options import option
from sluice.rtl.options import options as options_of
from sluice.rtl.protocol.models import MODELS

from ..board import Board
from ..catalogue import BOARDS
from ..catalogue import board as find_board
from ..cores import chip_fields
from ..flow.options import ToolOptions
from ..sweep.point import make_core


class BoardName(click.ParamType):
    """The name of a board."""

    name = "board"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Look it up."""
        if isinstance(value, Board):
            return value
        try:
            return find_board(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)

    def shell_complete(
        self, _ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Boards whose names begin so."""
        return [
            CompletionItem(name, help=board.title)
            for name, board in BOARDS.items()
            if name.startswith(incomplete)
        ]


def chip_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that make a :class:`ChipConfig`; commands pass them to :func:`chip_config`."""
    options = [
        click.option(
            "--freq",
            type=float,
            metavar="MHZ",
            help="Clock of the cores.  [default: the fastest that holds]",
        ),
        click.option("--cores", type=int, metavar="N", help="How many: a power of two."),
        click.option("--model", type=click.Choice(list(MODELS)), help="Whose place it takes."),
        click.option("--build", "number", type=int, metavar="N", help="Read back at 0xE1."),
        *(option(field, "Chip") for field in chip_fields()),
        click.option("--core", "kind", type=click.Choice(list(CORES)), help="Kind of core."),
        *options_of(CORES, "Core"),
    ]
    for made in reversed(options):
        command = made(command)
    return command


def board_option(required: bool = True) -> Callable[..., Any]:
    """The option that chooses a board."""
    text = "See `sluice boards`."
    return click.option("--board", type=BoardName(), required=required, metavar="NAME", help=text)


def chip_config(
    usual: ChipConfig,
    family: str,
    /,
    freq: float | None,
    cores: int | None,
    model: str | None,
    number: int | None,
    kind: str | None,
    **more: Any,
) -> ChipConfig:
    """The chip that the options ask for: the usual one, and what they change.

    `usual` is a board's own chip; a core of another kind than its is of the technology
    of this name.

    Raises
    ------
    click.UsageError
        A value is out of its range, or no parameter of this kind of core.
    """
    values = {name: value for name, value in more.items() if value is not None}
    given: dict[str, Any] = {
        "hash_clock": None if freq is None else freq * 1e6,
        "cores": cores,
        "model": model,
        "build": number,
        **{field.name: values.pop(field.name, None) for field in chip_fields()},
    }
    changed = {name: value for name, value in given.items() if value is not None}
    try:
        core = make_core(usual.core, family, kind, values)
        return dataclasses.replace(usual, core=core, **changed)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def tool_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that make a :class:`ToolOptions`."""
    options = [
        click.option("--seed", type=int, help="Of nextpnr.  [default: the board's, mostly 1]"),
        click.option("--synth", default="", metavar="OPTIONS", help="More options of synth_…"),
        click.option(
            "--route",
            metavar="OPTIONS",
            help="More options of nextpnr.  [default: the board's, mostly none]",
        ),
        click.option(
            "--regions/--no-regions",
            default=None,
            help="ECP5: fix the block RAM of each core, or of each of its stages, in a region of "
            "its own; the rest follows.  [default: as the board says]",
        ),
        click.option(
            "--threads",
            type=click.IntRange(0),
            default=0,
            metavar="N",
            help="Processors for nextpnr; its own choice without. The result is the same.",
        ),
    ]
    for made in reversed(options):
        command = made(command)
    return command


def make_tool_options(
    board: Board,
    seed: int | None,
    synth: str,
    route: str | None,
    regions: bool | None,
    threads: int,
) -> ToolOptions:
    """The options of the tools, and the board's own where none is given.

    Raises
    ------
    click.UsageError
        One is not allowed.
    """
    wanted = board.regions if regions is None else regions
    if wanted and board.family.regions is None:
        raise click.UsageError(f"--regions: {board.name} is no ECP5")
    try:
        return ToolOptions(
            seed=board.seed if seed is None else seed,
            synth=synth,
            route=board.route if route is None else route,
            regions=wanted,
            threads=threads,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error
