"""Break the hardware on purpose, one line at a time: the tests must notice.

The lists are TOML files next to this one. A mutant has a name, a file, the exact text that is
replaced (`old`, which must be there once), what replaces it (`new`), and the tests that are
expected to fail: as few as possible, for all of this takes time. Each is tried in a copy of the
tracked files, with `sluice` imported from the copy. It counts as noticed only if an assertion of a
test fails, not if anything breaks otherwise. First the same tests must pass without a change.

Results are kept: what reads the same files the next time is not tried again.
"""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.kept import Kept
from tests.mutants.mutant import ROOT, MutantError, load
from tests.mutants.trial import Trial, Tried, Worker, trials

#: Where output is no terminal.
WIDTH = 140


def table_of(outcomes: dict[Trial, Tried]) -> Table:
    table = Table("mutant", "file", "noticed by", "seconds", title="mutants")
    table.columns[2].overflow = "fold"
    table.columns[3].justify = "right"
    for trial, tried in outcomes.items():
        if trial.mutant:
            text = tried.said if tried.good else f"[bold red]NOT NOTICED[/] {tried.said}"
            table.add_row(trial.name, trial.mutant.file, text, f"{tried.seconds:.0f}")
    return table


def attempts(left: list[Trial], jobs: int) -> Iterator[tuple[Trial, Tried]]:
    """Try all, several at a time: each as it is done."""
    free: SimpleQueue[Worker] = SimpleQueue()

    def attempt(trial: Trial) -> Tried:
        worker = free.get()
        try:
            return worker.attempt(trial)
        finally:
            free.put(worker)

    with ExitStack() as stack:
        pool = ThreadPoolExecutor(jobs)
        # Behind the workers: what waits for one that has ended, ends.
        stack.callback(pool.shutdown, cancel_futures=True)
        for _ in range(min(jobs, len(left))):
            free.put(stack.enter_context(Worker()))
        running = {pool.submit(attempt, trial): trial for trial in left}
        for future in as_completed(running):
            yield running[future], future.result()


def try_all(chosen: list[Trial], kept: Kept[Tried], jobs: int) -> dict[Trial, Tried]:
    """What becomes of each, most of it perhaps from before.

    Raises
    ------
    click.ClickException
        Tests fail without a change. The message is what they print.
    """
    before = {tried.name: tried for tried in kept.rows()}
    outcomes = {
        trial: before[trial.name]
        for trial in chosen
        if trial.name in before and before[trial.name].holds(trial, ROOT)
    }
    left = [trial for trial in chosen if trial not in outcomes or not outcomes[trial].good]
    messages = Console(stderr=True)
    if len(left) < len(chosen):
        messages.print(f"{len(chosen) - len(left)} of {len(chosen)} are done", highlight=False)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    disable = not messages.is_terminal
    every = (*columns, TimeElapsedColumn())
    with Progress(*every, console=messages, transient=True, disable=disable) as bar:
        task = bar.add_task("mutants", total=len(left))
        for trial, tried in attempts(left, jobs):
            kept.add(tried)
            outcomes[trial] = tried
            bar.update(task, advance=1, description=trial.name)
            if trial.mutant is None and not tried.good:
                raise click.ClickException(f"{trial.name}, tests fail:\n{tried.said}")
            if disable or not tried.good:
                good = "noticed" if trial.mutant else "passed"
                said = good if tried.good else f"NOT NOTICED ({tried.said})"
                text = f"{said}: {trial.name}, {tried.seconds:.0f} s"
                messages.print(text, highlight=False, soft_wrap=True, markup=False)
    return {trial: outcomes[trial] for trial in chosen}


@click.command()
@click.option("--only", metavar="TEXT", default="", help="Mutants with this in their name or file.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=len(os.sched_getaffinity(0)),
    show_default="one a processor",
    help="At the same time.",
)
@click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("build/mutants.sqlite"),
    show_default=True,
    help="Results; what is there and would come to the same is not tried again.",
)
@click.option("--list", "listing", is_flag=True, help="Print the list and try nothing.")
def main(only: str, jobs: int, file: Path, listing: bool) -> None:
    """Break the hardware on purpose: the tests must notice."""
    try:
        mutants = [m for m in load() if only in m.name or only in m.file]
    except MutantError as error:
        raise click.ClickException(str(error)) from error
    if not mutants:
        raise click.UsageError(f"no mutant has {only!r} in its name or file")
    if listing:
        for mutant in mutants:
            click.echo(f"{mutant.file}: {mutant.name}")
        return
    outcomes = try_all(trials(mutants), Kept(file, "mutants", Tried, keys=1), jobs)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    console.print(table_of(outcomes))
    noticed = sum(bool(tried.good) for trial, tried in outcomes.items() if trial.mutant)
    seconds = sum(tried.seconds for tried in outcomes.values())
    text = f"{noticed} of {len(mutants)} mutants noticed, {seconds:.0f} s of processors"
    console.print(text, highlight=False)
    sys.exit(noticed < len(mutants))


if __name__ == "__main__":
    main()
