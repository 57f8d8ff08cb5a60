"""`sluice bench`: the results, once more."""

import dataclasses
import sys
import time

import click
from rich.console import Console

from ..board import Board
from ..catalogue import BOARDS
from ..flow.build import Figures, TimingError
from ..flow.build import build as build_chip
from ..sweep.point import Point
from ..sweep.results import Line, read, write
from ..sweep.store import Outcome
from .chip_options import board_option
from .screen import Screen
from .tables import minutes


def _build(point: Point) -> Figures:
    with Screen() as screen:
        return build_chip(
            BOARDS[point.board], point.config(), point.options(), screen, point.wanted
        ).figures


def _said(line: Line, figures: Figures) -> str:
    """In what a build differs from what it was; nothing if in nothing."""
    differences = line.differences(figures)
    if differences and tuple(figures.tools) != line.tools:
        differences.append(f"by other tools: {', '.join(figures.tools)}")
    return "; ".join([*([] if figures.met else ["timing is not met"]), *differences])


@click.command()
@board_option(required=False)
@click.option(
    "--renew",
    is_flag=True,
    help="Keep what comes out, at the fastest clock that holds, in boards/results.tsv.",
)
def bench(board: Board | None, renew: bool) -> None:
    """Build every line of docs/results.md again, or a board's, and say what differs.

    It fails if a clock is not met or a figure is another one. Other versions of the tools give
    other figures: those of each line are in boards/results.tsv.
    """
    known = read()
    lines = [line for line in known if board is None or line.point.board == board.name]
    if not lines:
        whose = "no results yet" if board is None else f"no result of {board.name} yet"
        raise click.ClickException(f"{whose}: `sluice sweep` measures, `sluice results` keeps")
    console = Console()
    bad = False
    for line in lines:
        point = dataclasses.replace(line.point, mhz=None) if renew else line.point
        console.print(point.command(), highlight=False, soft_wrap=True)
        takes = minutes(line.seconds)
        console.print(f"  took {takes} where it was measured", highlight=False)
        began = time.monotonic()
        figures = _build(point)
        said = _said(line, figures)
        bad = bad or bool(said)
        console.print(
            f"  {figures.mhs:.3f} MH/s, {figures.lut4:,} LUT4, {figures.clock.asked:.2f} MHz of "
            f"{figures.clock.reached:.2f} in {minutes(time.monotonic() - began)}: "
            f"{said or 'as it was'}",
            highlight=False,
            soft_wrap=True,
        )
        if renew:
            try:
                made = Line.of(Outcome(point, figures.seconds, figures))
            except ValueError as error:
                raise TimingError(str(error)) from error
            known = [made if other is line else other for other in known]
            write(known)
    if renew:
        console.print("wrote boards/results.tsv; `sluice results --page docs/results.md` is next")
    sys.exit(bad and not renew)
