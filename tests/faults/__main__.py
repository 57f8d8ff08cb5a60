"""`python -m tests.faults`: change single bits of a running chip, and see what it takes to mend it.

Flips are drawn from every class of state, the same ones for a seed, at random moments of a job.
"""

import sys
from collections import Counter
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.faults.classes import PATTERNS, draw
from tests.faults.trial import Bench, Level, Outcome

WIDTH = 130

#: What is listed one by one.
BEYOND = (Level.REGISTERS, Level.BREAK, Level.RESET, Level.CONFIGURATION)


def table_of(outcomes: list[Outcome]) -> Table:
    """A line for each class, and one for all."""
    heads = (*(level.value for level in Level), "unanswered", "wrong results", "of flips")
    table = Table("state", "flips", *heads)
    table.columns[0].no_wrap = True
    for column in table.columns[1:]:
        column.justify = "right"
    for kind in (*PATTERNS, "all"):
        of = [outcome for outcome in outcomes if kind in (outcome.flip.kind, "all")]
        if not of:
            continue
        levels = Counter(outcome.level for outcome in of)
        wrong = [outcome.wrong for outcome in of if outcome.wrong]
        silent = sum(outcome.silent for outcome in of)
        numbers = (*(levels[level] for level in Level), silent, sum(wrong), len(wrong))
        table.add_row(kind, str(len(of)), *map(str, numbers))
    return table


@click.command()
@click.option(
    "--each", type=click.IntRange(1), default=300, show_default=True, help="Flips of each class."
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the drawing."
)
@click.option("--only", default="", metavar="TEXT", help="Classes with TEXT in their name.")
@click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("build/faults.tsv"),
    show_default=True,
    help="Gets a line for each flip.",
)
def main(each: int, seed: int, only: str, file: Path) -> None:
    """Change single bits of a running chip."""
    kinds = [kind for kind in PATTERNS if only in kind]
    if not kinds:
        raise click.BadParameter(f"no class has {only!r} in its name", param_hint="--only")
    console = Console(width=WIDTH if not sys.stdout.isatty() else None)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    outcomes: list[Outcome] = []
    file.parent.mkdir(parents=True, exist_ok=True)
    with (
        file.open("w", encoding="utf-8") as lines,
        Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress,
    ):
        task = progress.add_task("compiling", total=each * len(kinds))
        bench = Bench()
        for kind in kinds:
            progress.update(task, description=kind)
            for flip in draw(bench.places, kind, each, seed):
                outcome = bench.attempt(flip)
                outcomes.append(outcome)
                fields = (kind, flip, outcome.level.value, outcome.wrong, outcome.silent)
                print(*fields, sep="\t", file=lines, flush=True)
                progress.advance(task)
    console.print(table_of(outcomes))
    beyond = Counter(
        (outcome.level.value, outcome.flip.place.name.removeprefix("chip0.top."))
        for outcome in outcomes
        if outcome.level in BEYOND
    )
    for (level, name), count in sorted(beyond.items()):
        console.print(f"{level}: {name} {count}", highlight=False)


if __name__ == "__main__":
    main()
