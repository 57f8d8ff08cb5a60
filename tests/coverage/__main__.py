"""`python -m tests.coverage`: say everything to a chip of every model, in every state.

Prints how many bins of each kind were hit; fails unless all are.
"""

import sys
from collections import Counter

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from sluice.rtl.protocol.models import MODELS
from tests.coverage.bench import Bench
from tests.coverage.bins import Bin, Said, State, bins


def table_of(hit: set[Bin], wanted: list[Bin]) -> Table:
    """A line for each frame, a column for each state: bins hit, of how many."""
    table = Table("frame", *(state.value for state in State))
    done = Counter((one.said, one.state) for one in hit)
    due = Counter((one.said, one.state) for one in wanted)
    for said in Said:
        row = [f"{done[said, state]} of {due[said, state]}" for state in State]
        table.add_row(said.value, *row)
    return table


@click.command()
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of all values.")
@click.option("--only", default="", metavar="TEXT", help="Models with TEXT in their name.")
def main(seed: int, only: str) -> None:
    """Say everything to a chip of every model, in every state."""
    models = tuple(name for name in MODELS if only in name)
    if not models:
        raise click.BadParameter(f"no model has {only!r} in its name", param_hint="--only")
    wanted = bins(models)
    hit: set[Bin] = set()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        task = progress.add_task("compiling", total=len(wanted))
        for name in models:
            progress.update(task, description=f"compiling {name}")
            bench = Bench(name, seed)
            progress.update(task, description=name)
            for one in bench.hit():
                hit.add(one)
                progress.advance(task)
    Console(width=None if sys.stdout.isatty() else 100).print(table_of(hit, wanted))
    if missing := [one for one in wanted if one not in hit]:
        raise click.ClickException(f"{len(missing)} bins were not hit, {missing[0]} first")


if __name__ == "__main__":
    main()
