"""`sluice sweep`: the cross product of everything that can be chosen."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ..asic.errors import AsicError
from ..asic.figures import CellFigures
from ..asic.levers import CELL_KINDS
from ..asic.library_reader import load
from ..asic.named import liberty_path
from ..board import Board
from ..flow.build import Figures
from ..sweep.cell_point import CellPoint
from ..sweep.cell_results import CellLine
from ..sweep.point import Point
from ..sweep.run import run
from ..sweep.store import Outcome, Store
from .cell_options import hashes_option, headers_option, liberty_option, wire_option
from .chip_options import BoardName
from .cross import Settings, board_points, cell_points, lever_points
from .values import Numbers, Setting


def _say(outcome: Outcome) -> str:
    point, figures = outcome.point, outcome.figures
    core = " ".join(f"{name}={value}" for name, value in point.core)
    if isinstance(point, Point):
        head = f"{point.board} {point.cores} x {point.kind} {core} seed {point.seed}"
    else:
        gates = " clock_gates=True" if point.clock_gates else ""
        head = f"{point.liberty} {point.kind} {core}{gates}"
    if figures is None:
        return f"{head}: {outcome.message}"
    if isinstance(figures, CellFigures):
        return (
            f"{head}: {figures.gates:,.0f} GE, {figures.period:.3f} ns, {figures.energy:.3f} nJ a "
            f"hash, {outcome.seconds:.0f} s"
        )
    clock = figures.clock
    word = "met" if figures.met else "NOT MET"
    return (
        f"{head}: {figures.mhs:.3f} MH/s, {figures.lut4:,} LUT4, {clock.reached:.1f} of "
        f"{clock.asked:.1f} MHz, {word}, {outcome.seconds:.0f} s"
    )


def _refuse(given: dict[str, Any], whose: str) -> None:
    """No option of the other kind of sweep."""
    for name, value in given.items():
        if value not in (None, (), False):
            raise click.UsageError(f"--{name} goes with {whose}")


def _usable(points: list[CellPoint], console: Console) -> list[CellPoint]:
    """Points whose library can be used. Without a clock gate only those of levers are left out."""
    left = []
    for liberty, wire in dict.fromkeys((point.liberty, point.wire) for point in points):
        own = [point for point in points if point.liberty == liberty]
        path = liberty_path(liberty)
        load(path, wire)
        if any(point.clock_gates for point in own):
            try:
                load(path, wire, clock_gates=True)
            except AsicError as error:
                own = [point for point in own if not point.clock_gates]
                if not own:
                    raise
                console.print(f"{error.message}: rows with clock gates are left out")
        left += own
    return left


def _build(left: Sequence[Point | CellPoint], store: Store, console: Console, **how: Any) -> None:
    """Build points, and add each to the file as it is done."""
    columns = (TextColumn("sweep"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    disable = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=disable) as bar:
        task = bar.add_task("", total=len(left))

        def done(outcome: Outcome) -> None:
            store.add(outcome)
            bar.advance(task)
            console.print(_say(outcome), highlight=False, soft_wrap=True)

        try:
            run(left, done, **how)
        except OSError as error:
            raise click.ClickException(f"scheduler {how['scheduler']}: {error}") from error


def _draw(store: Store, output: Path, *, cells: bool) -> None:
    # Whoever draws nothing need not load what draws.
    from ..sweep.cell_plot import plot_cells
    from ..sweep.plot import plot

    found = [*store.outcomes()]
    try:
        if cells:
            lines = [line for outcome in found if (line := CellLine.of(outcome))]
            plot_cells([(line.point.title, line.figures) for line in lines], output)
        else:
            plot([one.figures for one in found if isinstance(one.figures, Figures)], output)
    except ValueError as error:
        raise click.BadParameter(f"{output}: {error}", param_hint="--plot") from error


@click.command()
@click.option("--board", "boards", type=BoardName(), multiple=True, metavar="NAME", help="Boards.")
@liberty_option("liberties", multiple=True)
@click.option("--core", "kinds", type=click.Choice(list(CELL_KINDS)), multiple=True, help="Kinds.")
@click.option(
    "--with",
    "settings",
    type=Setting(),
    multiple=True,
    metavar="FIELD=VALUES",
    help="Values of a field of core or chip: lanes=1,2. `sluice build --help` has them. In cells "
    "also clock_gates=false,true.",
)
@click.option(
    "--levers", is_flag=True, help="In cells: the rows of docs/levers.md, instead of a product."
)
@click.option("--cores", type=Numbers(), metavar="LIST", help="How many cores: 1,2,4.")
@click.option("--seed", type=Numbers(), metavar="LIST", help="Of nextpnr.  [default: the board's]")
@click.option("--synth", multiple=True, metavar="OPTIONS", help="Options of synth_…, each a value.")
@click.option("--route", multiple=True, metavar="OPTIONS", help="Options of nextpnr, likewise.")
@click.option("--regions/--no-regions", default=None, help="Regions: see `sluice build --help`.")
@wire_option
@hashes_option
@headers_option
@click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("build/sweep.sqlite"),
    show_default=True,
    help="Results; points that are there are skipped.",
)
@click.option("--retry", is_flag=True, help="Build points again that have failed.")
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=len(os.sched_getaffinity(0)),
    show_default="one a processor",
    help="Processes on this machine.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Of a Dask cluster, tcp://…")
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="PICTURE",
    help="Draw MH/s against LUT4 of all builds of the file; with --liberty energy against area of "
    "all cores in cells.",
)
def sweep(
    boards: tuple[Board, ...],
    liberties: tuple[str, ...],
    kinds: tuple[str, ...],
    settings: Settings,
    levers: bool,
    cores: tuple[float, ...] | None,
    seed: tuple[float, ...] | None,
    synth: tuple[str, ...],
    route: tuple[str, ...],
    regions: bool | None,
    wire: float,
    hashes: int,
    headers: int,
    file: Path,
    retry: bool,
    workers: int,
    scheduler: str | None,
    plot: Path | None,
) -> None:
    """Build the cross product of boards, cores, seeds and options of the tools.

    Each gets the fastest clock that holds. What is not given is the board's own. With --liberty it
    is one of cores in standard cells, each measured as by `sluice asic`. A sweep that was
    interrupted goes on where it was.
    """
    store, console = Store(file), Console(stderr=True)
    points: Sequence[Point | CellPoint]
    try:
        if liberties:
            if boards:
                raise click.UsageError("--board goes without --liberty")
            of_boards = {"cores": cores, "seed": seed, "synth": synth, "route": route}
            _refuse({"regions": regions, **of_boards}, "--board")
            measured = {"wire": wire, "hashes": hashes, "headers": headers}
            if levers:
                _refuse({"core": kinds, "with": settings}, "a product, not with --levers")
                points = _usable(lever_points(liberties, **measured), console)
            else:
                points = _usable(cell_points(liberties, kinds, settings, **measured), console)
        elif boards:
            _refuse({"levers": levers, "core levers": "levers" in kinds}, "--liberty")
            points = board_points(boards, kinds, settings, cores, seed, synth, route, regions)
        elif plot is None:
            raise click.UsageError("--board, --liberty or --plot is needed")
        else:
            points = []
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    known = {
        outcome.point.key
        for outcome in store.outcomes()
        if outcome.figures is not None or not retry
    }
    left = [point for point in points if point.key not in known]
    if len(left) < len(points):
        console.print(f"{len(points) - len(left)} points are in {file}", highlight=False)
    if left:
        _build(left, store, console, workers=workers, scheduler=scheduler)
    if plot is not None:
        _draw(store, plot, cells=bool(liberties))
        console.print(f"wrote {plot}", highlight=False)
