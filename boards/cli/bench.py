"""`sluice bench`: the measured results, once more."""

import sys
import time

import click
from rich.console import Console

from ..board import Board
from ..catalogue import BOARDS
from ..flow.build import build as build_chip
from ..sweep.results import read
from .chip_options import board_option
from .screen import Screen


@click.command()
@board_option(required=False)
def bench(board: Board | None) -> None:
    """Build every line of docs/results.md again, or a board's, and say what differs.

    It fails if a clock is not met or a figure is another one. Other versions of the tools give
    other figures: those of each line are in boards/results.tsv.
    """
    lines = [line for line in read() if board is None or line.point.board == board.name]
    if not lines:
        whose = "no results yet" if board is None else f"no result of {board.name} yet"
        raise click.ClickException(f"{whose}: `sluice sweep` measures, `sluice results` keeps")
    console = Console()
    bad = False
    for line in lines:
        point = line.point
        console.print(point.command(), highlight=False, soft_wrap=True)
        console.print(f"  took {line.seconds:,.0f} s where it was measured", highlight=False)
        began = time.monotonic()
        with Screen() as screen:
            figures = build_chip(
                BOARDS[point.board], point.config(), point.options(), screen
            ).figures
        differences = line.differences(figures)
        late = [] if figures.met else ["timing is not met"]
        bad = bad or bool(differences or late)
        said = "; ".join([*late, *differences]) or "as it was"
        if differences and tuple(figures.tools) != line.tools:
            said += f" (tools: {', '.join(figures.tools)})"
        seconds = time.monotonic() - began
        console.print(
            f"  {figures.mhs:.3f} MH/s, {figures.lut4:,} LUT4, {figures.clock.reached:.2f} of "
            f"{figures.clock.asked:.2f} MHz in {seconds:,.0f} s: {said}",
            highlight=False,
            soft_wrap=True,
        )
    sys.exit(bad)
