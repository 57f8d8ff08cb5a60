"""`sluice results`: the measured results that are kept with the sources, and their page."""

from fractions import Fraction
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from ..catalogue import BOARDS
from ..pages.write import write_pages
from ..sweep.cell_page import LIBRARIES, shown
from ..sweep.cell_results import read as read_cells
from ..sweep.cell_results import take as take_cells
from ..sweep.page import page as make_page
from ..sweep.point import Point
from ..sweep.results import FILE, Line, best, read, write
from ..sweep.run import rebuilt
from ..sweep.store import Store


def _table(lines: list[Line]) -> Table:
    table = Table("board", "core", "MHz", "LUT4", "MH/s", "/1,000 LUT4", "seed", title="results")
    for line in lines:
        core = f"{line.point.cores} x {line.point.kind}"
        cells = (f"{line.asked:.1f}", f"{line.counts['lut4']:,}", f"{line.mhs:.3f}")
        table.add_row(line.point.board, core, *cells, f"{line.density:.3f}", str(line.point.seed))
    return table


def _draw(line: Line, folder: Path) -> None:
    # Whoever draws nothing need not load what draws.
    from ..floorplan.picture import draw_floorplan

    folder.mkdir(parents=True, exist_ok=True)
    made = rebuilt(line.point)
    title = f"{BOARDS[line.point.board].title}: {line.point.cores} x {line.point.kind}"
    folded = Fraction(line.rate) < 1
    draw_floorplan(
        made.routed.folder / "routed.json", folder / line.floorplan, title, folded=folded
    )


def _draw_cells(folder: Path) -> list[Path]:
    """Draw the pictures of levers.md; which they are."""
    from ..sweep.cell_plot import plot_cells

    made, lines = [], read_cells()
    for library, title in LIBRARIES.items():
        if found := shown(library, lines):
            made.append(folder / f"levers-{library}.png")
            plot_cells(found, made[-1], title)
    return made


@click.command()
@click.option(
    "--take",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="SWEEP",
    help="Take each board's best point of a sweep, where it is better than what is known, and all "
    "cores in cells.",
)
@click.option("--all", "everything", is_flag=True, help="With --take: all points that are met.")
@click.option(
    "--floorplans",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Draw the floorplans of all results; what is not in the cache is built.",
)
@click.option(
    "--page",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE",
    help="Write the page, and beside it start.md, levers.md, wiring/ and the table of "
    "../README.md; pictures are looked for in floorplans/.",
)
@click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=FILE,
    show_default="boards/results.tsv",
    help="The results.",
)
def results(
    take: Path | None, everything: bool, floorplans: Path | None, page: Path | None, file: Path
) -> None:
    """Show the measured results, take new ones from a sweep, write their page."""
    try:
        lines = read(file)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if take is not None:
        outcomes = [*Store(take).outcomes()]
        cells = take_cells(outcomes)
        if cells:
            Console(stderr=True).print(f"took {cells} cores in cells", highlight=False)
        builds = [outcome for outcome in outcomes if isinstance(outcome.point, Point)]
        found = [Line.of(outcome) for outcome in builds if outcome.met]
        known = {line.point.key: line for line in lines}
        if everything:
            known |= {line.point.key: line for line in found}
        else:
            leaders = best([*lines, *found])
            known = {line.point.key: line for line in leaders.values()}
        write(known.values(), file)
        lines = read(file)
    if floorplans is not None:
        for line in lines:
            _draw(line, floorplans)
    if page is not None:
        folder = page.parent / "floorplans"
        pictures = {path.name for path in folder.glob("*.png")}
        page.write_text(make_page(lines, pictures), encoding="utf-8")
        pictured = _draw_cells(page.parent)
        for path in [page, *write_pages(lines, page.parent), *pictured]:
            Console(stderr=True).print(f"wrote {path}", highlight=False)
    else:
        Console().print(_table(lines))
