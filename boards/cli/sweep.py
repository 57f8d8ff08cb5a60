"""`sluice sweep`: the cross product of everything that can be chosen."""

import dataclasses
import itertools
import os
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sluice.rtl.config import ChipConfig
from sluice.rtl.options import Field, fields

from ..board import Board
from ..cores import KINDS, chip_fields, kind_of
from ..flow.options import ToolOptions
from ..sweep.point import Point, make_core
from ..sweep.run import run
from ..sweep.store import Outcome, Store
from .chip_options import BoardName
from .values import Numbers, Setting

_TRUTH = {"true": True, "yes": True, "false": False, "no": False}


def _parse(field: Field, text: str) -> Any:
    try:
        return _TRUTH[text] if field.type is bool else field.type(text)
    except (ValueError, KeyError) as error:
        message = f"{field.name} must be {field.type.__name__}, not {text!r}"
        raise click.UsageError(message) from error


def _changed(board: Board, kind: str | None, words: dict[str, str]) -> ChipConfig:
    """A board's chip with other values of fields: those of the chip, and those of the core."""
    own = {field.name: field for field in chip_fields()}
    named = kind or kind_of(board.config.core)
    known = {field.name: field for field in fields(KINDS[named])}
    chip: dict[str, Any] = {}
    core: dict[str, Any] = {}
    for name, text in words.items():
        if name in own:
            chip[name] = _parse(own[name], text)
        elif name in known:
            core[name] = _parse(known[name], text)
        else:
            raise click.UsageError(f"{name} is no parameter of a chip or of the core {named!r}")
    made = make_core(board.config.core, board.family.name, kind, core)
    return dataclasses.replace(board.config, core=made, **chip)


def _points(
    boards: tuple[Board, ...],
    kinds: tuple[str, ...],
    settings: tuple[tuple[str, tuple[str, ...]], ...],
    cores: tuple[float, ...] | None,
    seeds: tuple[float, ...] | None,
    synths: tuple[str, ...],
    routes: tuple[str, ...],
    regions: bool | None,
) -> list[Point]:
    found: dict[str, Point] = {}
    names = [name for name, _ in settings]
    for board, kind in itertools.product(boards, kinds or (None,)):
        for words in itertools.product(*(values for _, values in settings)):
            base = _changed(board, kind, dict(zip(names, words, strict=True)))
            for count, seed, synth, route in itertools.product(
                cores or (board.config.cores,),
                seeds or (board.seed,),
                synths or ("",),
                routes or (board.route,),
            ):
                config = dataclasses.replace(base, cores=int(count))
                wanted = board.regions if regions is None else regions
                options = ToolOptions(seed=int(seed), synth=synth, route=route, regions=wanted)
                point = Point.of(board, config, options)
                found[point.key] = point
    return list(found.values())


def _say(outcome: Outcome) -> str:
    point = outcome.point
    core = " ".join(f"{name}={value}" for name, value in point.core)
    head = f"{point.board} {point.cores} x {point.kind} {core} seed {point.seed}"
    figures = outcome.figures
    if figures is None:
        return f"{head}: {outcome.message}"
    clock = figures.clock
    word = "met" if figures.met else "NOT MET"
    return (
        f"{head}: {figures.mhs:.3f} MH/s, {figures.lut4:,} LUT4, {clock.reached:.1f} of "
        f"{clock.asked:.1f} MHz, {word}, {outcome.seconds:.0f} s"
    )


@click.command()
@click.option("--board", "boards", type=BoardName(), multiple=True, metavar="NAME", help="Boards.")
@click.option("--core", "kinds", type=click.Choice(list(KINDS)), multiple=True, help="Kinds.")
@click.option(
    "--with",
    "settings",
    type=Setting(),
    multiple=True,
    metavar="FIELD=VALUES",
    help="Values of a field of core or chip: lanes=1,2. `sluice build --help` has them.",
)
@click.option("--cores", type=Numbers(), metavar="LIST", help="How many cores: 1,2,4.")
@click.option("--seed", type=Numbers(), metavar="LIST", help="Of nextpnr.  [default: the board's]")
@click.option("--synth", multiple=True, metavar="OPTIONS", help="Options of synth_…, each a value.")
@click.option("--route", multiple=True, metavar="OPTIONS", help="Options of nextpnr, likewise.")
@click.option("--regions/--no-regions", default=None, help="Regions: see `sluice build --help`.")
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
    help="Draw MH/s against LUT4 of all points of the file.",
)
def sweep(
    boards: tuple[Board, ...],
    kinds: tuple[str, ...],
    settings: tuple[tuple[str, tuple[str, ...]], ...],
    cores: tuple[float, ...] | None,
    seed: tuple[float, ...] | None,
    synth: tuple[str, ...],
    route: tuple[str, ...],
    regions: bool | None,
    file: Path,
    retry: bool,
    workers: int,
    scheduler: str | None,
    plot: Path | None,
) -> None:
    """Build the cross product of boards, cores, seeds and options of the tools.

    Each gets the fastest clock that holds. What is not given is the board's own. A sweep that was
    interrupted goes on where it was.
    """
    if not boards and plot is None:
        raise click.UsageError("--board or --plot is needed")
    store = Store(file)
    try:
        points = _points(boards, kinds, settings, cores, seed, synth, route, regions)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    known = {
        outcome.point.key
        for outcome in store.outcomes()
        if outcome.figures is not None or not retry
    }
    left = [point for point in points if point.key not in known]
    console = Console(stderr=True)
    if len(left) < len(points):
        console.print(f"{len(points) - len(left)} points are in {file}", highlight=False)
    if left:
        columns = (TextColumn("sweep"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        disable = not console.is_terminal
        with Progress(*columns, console=console, transient=True, disable=disable) as bar:
            task = bar.add_task("", total=len(left))

            def done(outcome: Outcome) -> None:
                store.add(outcome)
                bar.advance(task)
                console.print(_say(outcome), highlight=False, soft_wrap=True)

            try:
                run(left, done, workers=workers, scheduler=scheduler)
            except OSError as error:
                raise click.ClickException(f"scheduler {scheduler}: {error}") from error
    if plot is not None:
        # Whoever draws nothing need not load what draws.
        from ..sweep.plot import plot as draw

        try:
            draw([found.figures for found in store.outcomes() if found.figures], plot)
        except ValueError as error:
            raise click.BadParameter(f"{plot}: {error}", param_hint="--plot") from error
        console.print(f"wrote {plot}", highlight=False)
