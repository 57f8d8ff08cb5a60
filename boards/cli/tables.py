"""Figures as tables in the terminal."""

from rich.console import Console
from rich.table import Table

from ..flow.build import Figures
from ..flow.figures import Clock

#: Steps of the critical path that are shown: the slowest.
STEPS = 12


def minutes(seconds: float) -> str:
    """A duration as people say it."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _clock(clock: Clock) -> str:
    text = f"{clock.asked:.2f} MHz, reaches {clock.reached:.2f}"
    if clock.jitter:
        text += f"; margin {clock.margin:.3f} ns, jitter {clock.jitter:.3f}"
    return text + ("" if clock.met else "  NOT MET")


def _figures(figures: Figures, run: float | None) -> Table:
    table = Table("figure", "value", title=f"{figures.board}: {figures.device}")
    table.columns[1].justify = "right"
    cores = f"{figures.cores} x {figures.core}" if figures.cores > 1 else figures.core
    rows = [
        ("core", cores),
        ("seed", f"{figures.seed}"),
        *([("options of nextpnr", figures.route)] if figures.route else []),
        *([("regions", "one for each block")] if figures.regions else []),
        ("LUT4", f"{figures.lut4:,}"),
        ("carry", f"{figures.carry:,}"),
        ("registers", f"{figures.ff:,}"),
        ("block RAM", f"{figures.bram:,}"),
        ("distributed RAM", f"{figures.lutram:,}"),
        ("multipliers", f"{figures.dsp:,}"),
        ("wire length", f"{figures.wire_length:,}"),
        ("arcs", f"{figures.arcs:,}"),
        ("router iterations", f"{figures.router_iterations:,}"),
    ]
    rows += [(clock.net, _clock(clock)) for clock in figures.clocks]
    rows += [("paths between clocks", text) for text in figures.crossings]
    rows += [
        ("tools, when they ran", minutes(figures.seconds)),
        *([("this run", minutes(run))] if run is not None else []),
        ("rate", f"{figures.mhs:.3f} MH/s"),
        ("rate for 1,000 LUT4", f"{figures.density:.3f} MH/s"),
    ]
    for row in rows:
        table.add_row(*row)
    return table


def _used(figures: Figures) -> Table:
    table = Table("site", "used", "of", "", title="device")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, (used, available) in figures.used.items():
        table.add_row(name, f"{used:,}", f"{available:,}", f"{used / available:.0%}")
    return table


def _path(figures: Figures) -> Table:
    total = sum(step.delay for step in figures.path)
    table = Table("ns", "what", "from", title=f"critical path: {total:.2f} ns")
    table.columns[0].justify = "right"
    slowest = sorted(figures.path, key=lambda step: -step.delay)[:STEPS]
    limit = min((step.delay for step in slowest), default=0.0)
    for step in figures.path:
        if step.delay >= limit and step in slowest:
            table.add_row(f"{step.delay:.2f}", step.kind, step.cell)
    return table


def print_figures(figures: Figures, *, full: bool = False, run: float | None = None) -> None:
    """Print a table; with `full` also the device's use and the critical path's slowest steps.

    What took `run` seconds just now says so, besides how long the tools took when they ran.
    """
    console = Console()
    console.print(_figures(figures, run))
    if full:
        console.print(_used(figures))
        console.print(_path(figures))
