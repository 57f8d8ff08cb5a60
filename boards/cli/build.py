"""`sluice build`: a bitstream for a board."""

import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from ..board import Board
from ..fabric.pll import PllError
from ..floorplan.regions import RegionError
from ..flow.build import Built, withdraw
from ..flow.build import build as build_chip
from ..flow.options import ToolOptions
from ..flow.progress import Silent
from .chip_options import (
    board_option,
    chip_config,
    chip_options,
    make_tool_options,
    tool_options,
)
from .screen import Screen
from .tables import print_figures


def built(board: Board, options: ToolOptions, *, quiet: bool = False, **chip: Any) -> Built:
    """Build what the options ask for, with progress on the terminal unless it is to be `quiet`.

    Raises
    ------
    click.ClickException
        The options are no chip that this board can be, or a tool failed.
    """
    config = chip_config(board.config, board.family.name, **chip)
    wanted = None if chip["freq"] is None else config.hash_clock
    with nullcontext(Silent()) if quiet else Screen() as watcher:
        try:
            return build_chip(board, config, options, watcher, wanted)
        except RegionError as error:
            raise click.BadParameter(str(error), param_hint="--regions") from error
        except PllError as error:
            raise click.BadParameter(str(error), param_hint="--freq") from error


@click.command()
@board_option()
@chip_options
@tool_options
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Where the bitstream goes.  [default: build/BOARD]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def build(
    board: Board,
    seed: int | None,
    synth: str,
    route: str | None,
    regions: bool | None,
    threads: int,
    output: Path | None,
    as_json: bool,
    **chip: Any,
) -> None:
    """Build a bitstream: synthesis, place and route, packing.

    Stages are kept in the user's cache, by the digest of all that goes in. A clock that is slower
    than asked fails the build, after its figures are shown, and what an earlier build has left for
    `sluice program` is removed.
    """
    options = make_tool_options(board, seed, synth, route, regions, threads)
    began = time.monotonic()
    result = built(board, options, **chip)
    seconds = time.monotonic() - began
    folder = output or Path("build") / board.name
    if as_json:
        click.echo(result.figures.to_json())
    else:
        print_figures(result.figures, run=seconds)
    if not result.figures.met and withdraw(board, folder):
        Console(stderr=True).print(f"took the bitstream of an earlier build out of {folder}")
    result.check()
    result.export(folder)
    Console(stderr=True).print(f"wrote {folder / board.file}", highlight=False)
