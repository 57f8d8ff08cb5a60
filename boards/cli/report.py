"""`sluice report`: the figures of a build."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from ..board import Board
from ..flow.build import REPORT, Built, Figures
from ..flow.cache import NotMadeError, only_looking
from ..flow.options import ToolOptions
from ..sweep.results import best, read
from .build import built
from .chip_options import board_option, chip_options, make_tool_options, tool_options
from .tables import minutes, print_figures


def _read(source: Path) -> Figures:
    path = source / REPORT if source.is_dir() else source
    try:
        return Figures.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.BadParameter(f"{path}: {error}", param_hint="FILE") from error


def _found(board: Board, options: ToolOptions, chip: dict[str, Any]) -> Built:
    """What has been built.

    Raises
    ------
    click.ClickException
        Nothing has. The message says how long that takes, and where figures of another build are.
    """
    try:
        with only_looking():
            return built(board, options, quiet=True, **chip)
    except NotMadeError:
        known = best(read()).get(board.name)
        takes = f", which takes about {minutes(known.seconds)}" if known is not None else ""
        text = (
            f"this chip of {board.name} has not been built: do so with `sluice build --board "
            f"{board.name}` and the same options{takes}"
        )
        left = Path("build") / board.name
        if (left / REPORT).exists():
            text += f"; `sluice report {left}` shows what was built there last"
        raise click.ClickException(text) from None


@click.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, path_type=Path), metavar="[FILE]"
)
@board_option(required=False)
@chip_options
@tool_options
@click.option(
    "--floorplan",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE",
    help="Draw what is where (.png, .svg, .pdf); with --board.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def report(
    file: Path | None,
    board: Board | None,
    seed: int | None,
    synth: str,
    route: str | None,
    regions: bool | None,
    threads: int,
    floorplan: Path | None,
    as_json: bool,
    **chip: Any,
) -> None:
    """Print the figures of a build: of a FILE, or of a board as `sluice build` takes it.

    FILE is the folder of a build or its sluice.json. Nothing is built: what `sluice build` has left
    in the user's cache is shown.
    """
    if (file is None) == (board is None):
        raise click.UsageError("either FILE or --board is needed")
    if board is None:
        if floorplan is not None:
            raise click.UsageError("--floorplan needs --board")
        figures = _read(file or Path())
    else:
        options = make_tool_options(board, seed, synth, route, regions, threads)
        result = _found(board, options, chip)
        figures = result.figures
        if floorplan is not None:
            # Whoever draws nothing need not load what draws.
            from ..floorplan.picture import draw_floorplan

            title = f"{board.title}: {figures.cores} x {figures.core}"
            try:
                routed = result.routed.folder / "routed.json"
                draw_floorplan(routed, floorplan, title, folded=Fraction(figures.rate) < 1)
            except (OSError, ValueError) as error:
                message = f"{floorplan}: {error}"
                raise click.BadParameter(message, param_hint="--floorplan") from error
            Console(stderr=True).print(f"wrote {floorplan}", highlight=False)
    if as_json:
        click.echo(figures.to_json())
    else:
        print_figures(figures, full=True)
