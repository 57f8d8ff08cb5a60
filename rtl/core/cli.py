"""`sluice core`: figures, pictures and synthesis of a hashing core."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from sluice.rtl.options import configured, kind_options
from sluice.rtl.target import TECHNOLOGIES
from sluice.rtl.target.synthesis import synthesise

from .config import CoreConfig
from .core import CORES, make_core
from .plan import plan as make_plan
from .stats import core_stats

#: Cells of the devices that Yosys can synthesise for.
_SYNTHESISED = {name: made.cells for name, made in TECHNOLOGIES.items() if made.cells}

#: Options that make the configuration of a core; commands pass them to :func:`config_from`.
core_options = kind_options(CORES, "core", "binding")


def config_from(kind: str | None = None, **options: Any) -> CoreConfig:
    """A configuration from options, see :func:`~sluice.rtl.options.configured`."""
    config: CoreConfig = configured(CORES, "core", kind, options)
    return config


@click.command()
@core_options
@click.option(
    "--stats",
    is_flag=True,
    help="Print initiation interval, folding factor, threads, engines, latency, registers, RAM.",
)
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE",
    help="Draw which unit does something in which slot; of a pipeline, what is alive in which "
    "cycle (.png, .svg, .pdf).",
)
@click.option(
    "--synth", type=click.Choice(list(_SYNTHESISED)), help="Synthesise, and print the cells."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def core(stats: bool, plot: Path | None, synth: str | None, as_json: bool, **options: Any) -> None:
    """Generate a hashing core and print figures of it."""
    stats = stats or not (plot or synth)
    config = config_from(**{**options, "technology": options["technology"] or synth})
    planned = make_plan(config)
    figures: dict[str, int | float] = {}
    messages = Console(stderr=True)
    with messages.status("scheduling") as status:
        if plot:
            # Whoever draws nothing need not load what draws.
            from sluice.rtl.hls.plot import plot_schedule
            from sluice.rtl.hls.plot_table import plot_table

            table, title = planned.binding.table, f"Sluice core, lanes: {config.lanes}, "
            try:
                if not table.bound:
                    title += f"cycles: {planned.schedule.latency}"
                    plot_schedule(planned.schedule, config.ram_from or None, plot, title)
                else:
                    plot_table(table, plot, f"{title}slots: {table.slots}")
            except ValueError as error:
                raise click.BadParameter(f"{plot}: {error}", param_hint="--plot") from error
            messages.print(f"wrote {plot}")
        if stats:
            status.update("counting registers")
            found = asdict(core_stats(make_core(config)))
            more = found.pop("schedule")
            figures |= found | more
        if synth:
            began = time.monotonic()

            def tell(step: str) -> None:
                status.update(f"{step} (a full core takes some minutes)")

            try:
                figures |= synthesise(make_core(config), _SYNTHESISED[synth], tell)
            except RuntimeError as error:
                raise click.ClickException(str(error)) from error
            figures["seconds"] = round(time.monotonic() - began, 1)
    if as_json:
        click.echo(json.dumps({"config": asdict(config), **figures}))
    elif figures:
        shown = Table("figure", "value", title="core")
        shown.columns[1].justify = "right"
        for name, value in figures.items():
            shown.add_row(name.replace("_", " "), f"{value:,}")
        Console().print(shown)
