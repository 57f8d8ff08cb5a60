"""`python -m tests.mutation`: change the netlist at random places; proofs and tests must notice.

Yosys draws the mutants of each block (`mutate`), the same ones for a seed. One is killed if the
proof of its block fails, or one of its tests; and is none if it is the same hardware. A run that
was interrupted goes on where it was.
"""

import os
import sys
from collections import Counter
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from sluice.boards.sweep.run import spread
from tests.formal.prove import tools
from tests.mutation.attempt import attempt, attempts
from tests.mutation.blocks import blocks
from tests.mutation.mutation import Fate, Outcome
from tests.mutation.store import Store

WIDTH = 110

#: What counts as noticed, and what need not be.
KILLED = (Fate.REFUTED, Fate.UNPROVED, Fate.FAILED, Fate.STUCK)


def _nothing() -> None:
    """Tools of a mutant end by themselves."""


def table_of(outcomes: list[Outcome]) -> Table:
    """A line for each block, and one for all."""
    fates = {
        name: Counter(o.fate for o in outcomes if o.mutation.block == name) for name in blocks()
    }
    fates = {name: counted for name, counted in fates.items() if counted}
    fates["all"] = Counter(outcome.fate for outcome in outcomes)
    table = Table("block", "mutants", *(fate.value for fate in Fate), "score")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, counted in fates.items():
        killed = sum(counted[fate] for fate in KILLED)
        different = counted.total() - counted[Fate.EQUIVALENT]
        score = f"{100 * killed / different:.1f} %" if different else "-"
        row = [str(counted[fate]) for fate in Fate]
        table.add_row(name, str(counted.total()), *row, score)
    return table


@click.command()
@click.option(
    "--each", type=click.IntRange(1), default=70, show_default=True, help="Mutants of each block."
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the drawing."
)
@click.option("--only", default="", metavar="TEXT", help="Blocks with TEXT in their name.")
@click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("build/mutation.sqlite"),
    show_default=True,
    help="Results; mutants that are there are skipped.",
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=len(os.sched_getaffinity(0)),
    show_default="one a processor",
    help="Processes on this machine.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Of a Dask cluster, tcp://…")
@click.option("--survivors", is_flag=True, help="Print those that nothing has noticed.")
def main(
    each: int,
    seed: int,
    only: str,
    file: Path,
    workers: int,
    scheduler: str | None,
    survivors: bool,
) -> None:
    """Change the netlist at random places: proofs and tests must notice.

    A survivor is exit code 1.
    """
    chosen = [name for name in blocks() if only in name]
    if not chosen:
        raise click.UsageError(f"no block has {only!r} in its name")
    store = Store(file)
    messages = Console(stderr=True)
    with messages.status("drawing mutants"):
        drawn = [found for name in chosen for found in attempts(name, each, seed)]
    # One without a verdict is tried again.
    tried = [outcome for outcome in store.outcomes() if outcome.fate is not Fate.BROKEN]
    known = {outcome.mutation for outcome in tried}
    left = [one for one in drawn if one.mutation not in known]
    if len(left) < len(drawn):
        messages.print(f"{len(drawn) - len(left)} mutants are in {file}", highlight=False)
    columns = (TextColumn("mutants"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    disable = not messages.is_terminal
    with Progress(*columns, console=messages, transient=True, disable=disable) as bar:
        task = bar.add_task("", total=len(left))

        def done(outcome: Outcome) -> None:
            store.add(outcome)
            bar.advance(task)
            by = f" by {outcome.said}" if outcome.fate in KILLED else ""
            text = f"{outcome.mutation.block}: {outcome.mutation.command}: {outcome.fate.value}{by}"
            messages.print(text, highlight=False, soft_wrap=True)

        try:
            if left:
                spread(attempt, left, done, workers=workers, scheduler=scheduler, stop=_nothing)
        except OSError as error:
            raise click.ClickException(f"scheduler {scheduler}: {error}") from error
    wanted = {one.mutation for one in drawn}
    outcomes = [outcome for outcome in store.outcomes() if outcome.mutation in wanted]
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    console.print(table_of(outcomes))
    seconds = sum(outcome.seconds for outcome in outcomes)
    console.print(f"seed {seed}, {seconds:.0f} s of processors; {tools()}", highlight=False)
    alive = [o for o in outcomes if o.fate not in (*KILLED, Fate.EQUIVALENT)]
    if survivors:
        for outcome in alive:
            click.echo(f"{outcome.mutation.block}: {outcome.mutation.command} {outcome.said}")
    sys.exit(bool(alive))


if __name__ == "__main__":
    main()
