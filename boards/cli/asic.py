"""`sluice asic`: a core in standard cells."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from sluice.rtl.core import CoreConfig
from sluice.rtl.core.cli import config_from, core_options
from sluice.rtl.core.config import MAX_LANES
from sluice.rtl.target import by_name
from sluice.rtl.target.asic import ASIC

from ..asic.crosscheck import cross_check as check_round
from ..asic.flow import Result, build
from ..asic.library_reader import load
from ..asic.named import liberty_path
from .cell_options import headers_option, liberty_option, wire_option
from .screen import Screen


@click.command()
@core_options
@liberty_option(envvar="LIBERTY", default="sky130", show_default=True)
@wire_option
@click.option(
    "--hashes",
    type=click.IntRange(0, 4096),
    default=32,
    show_default=True,
    help="Measure the energy of so many hashes of each header; 0 for none.",
)
@headers_option
@click.option(
    "--against",
    type=click.IntRange(1, MAX_LANES),
    multiple=True,
    metavar="LANES",
    help="The same with so many lanes, for a comparison; may be given again.",
)
@click.option(
    "--clock-gates",
    is_flag=True,
    help="Registers with an enable get their clock through a clock gate of the library.",
)
@click.option(
    "--cross-check",
    is_flag=True,
    help="Simulate one round in Icarus Verilog as well, with OpenSTA's delays, and compare.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/asic"),
    show_default=True,
    metavar="FOLDER",
    help="Where the report goes: report.md, and its pictures.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object for each core.")
def asic(
    liberty: str,
    wire: float,
    hashes: int,
    headers: int,
    against: tuple[int, ...],
    clock_gates: bool,
    cross_check: bool,
    output: Path,
    as_json: bool,
    **options: Any,
) -> None:
    """A core in standard cells: area, timing, and what a hash takes.

    Nothing is placed: wires are what --wire says. Block RAM becomes flip-flops, so --ram-from is 0
    if it is not given. Stages are kept in the user's cache, by the digest of all that goes in.
    """
    options["technology"] = options["technology"] or ASIC.name
    if not isinstance(by_name(options["technology"]), ASIC):
        raise click.UsageError(f"--technology must be one of cells, not {options['technology']}")
    if options["ram_from"] is None:
        options["ram_from"] = 0
    wanted = [options["lanes"], *against]
    configs: list[CoreConfig] = [config_from(**{**options, "lanes": lanes}) for lanes in wanted]
    with Screen() as watcher:
        path = liberty_path(liberty)
        results = [
            build(
                config,
                path,
                wire,
                watcher,
                hashes=hashes,
                seeds=headers,
                clock_gates=clock_gates,
            )
            for config in configs
        ]
        checked: list[str] = []
        if cross_check:
            checked = list(check_round(configs[0].technology, load(path, wire), watcher).lines())
    # Whoever is refused need not load what draws.
    from ..asic.report import draw, markdown

    output.mkdir(parents=True, exist_ok=True)
    pictures = draw(results, output)
    (output / "report.md").write_text(markdown(results, pictures, checked), encoding="utf-8")
    if as_json:
        for result in results:
            click.echo(result.to_json())
    else:
        _print(results)
        if checked:
            click.echo("\n".join(checked))
    Console(stderr=True).print(f"wrote {output / 'report.md'}", highlight=False)


def _print(results: list[Result]) -> None:
    shown = Table("core", "cells", "µm²", "GE", "ns", "nJ a hash", title=results[0].library)
    for column in shown.columns[1:]:
        column.justify = "right"
    for one in results:
        shown.add_row(
            one.core,
            f"{one.cells:,}",
            f"{one.area:,.0f}",
            f"{one.gates:,.0f}",
            f"{one.timing.period:.3f}",
            f"{one.energy.total / 1e3:.3f}" if one.energy else "-",
        )
    Console().print(shown)
