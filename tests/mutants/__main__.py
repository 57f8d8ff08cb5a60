"""Break the hardware on purpose, one line at a time: the tests must notice.

The lists are TOML files next to this one. A mutant has a name, a file, the exact text that is
replaced (`old`, which must be there once), what replaces it (`new`), and the tests that are
expected to fail. Each is tried in a copy of the tracked files, with `sluice` imported from the
copy. It counts as noticed only if an assertion of a test fails, not if anything breaks otherwise.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.mutants.mutant import Mutant, MutantError, Outcome, load, try_mutant, try_unmutated

#: Where output is no terminal.
WIDTH = 140


def table_of(outcomes: dict[Mutant, Outcome]) -> Table:
    table = Table("mutant", "file", "noticed by", "seconds", title="mutants")
    table.columns[2].overflow = "fold"
    table.columns[3].justify = "right"
    for mutant, outcome in outcomes.items():
        text = outcome.by if outcome.noticed else f"[bold red]NOT NOTICED[/] {outcome.by}"
        table.add_row(mutant.name, mutant.file, text, f"{outcome.seconds:.0f}")
    return table


@click.command()
@click.option("--only", metavar="TEXT", default="", help="Mutants with this in their name or file.")
@click.option("--jobs", type=click.IntRange(1), help="At the same time.  [default: all processors]")
@click.option("--list", "listing", is_flag=True, help="Print the list and try nothing.")
def main(only: str, jobs: int | None, listing: bool) -> None:
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
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    bar = Progress(
        *columns,
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    outcomes: dict[Mutant, Outcome] = {}
    with bar, ThreadPoolExecutor(jobs or len(os.sched_getaffinity(0))) as pool:
        task = bar.add_task("without a change", total=len(mutants) + 1)
        if problem := try_unmutated(mutants):
            raise click.ClickException(f"the tests fail without any change:\n{problem}")
        bar.update(task, advance=1, description="mutants")
        running = {pool.submit(try_mutant, mutant): mutant for mutant in mutants}
        for future in as_completed(running):
            mutant = running[future]
            outcomes[mutant] = future.result()
            bar.update(task, advance=1, description=mutant.name)
            if bar.disable:
                said = "noticed" if outcomes[mutant].noticed else "NOT NOTICED"
                click.echo(f"{said}: {mutant.name}", err=True)
    console.print(table_of({mutant: outcomes[mutant] for mutant in mutants}))
    noticed = sum(outcome.noticed for outcome in outcomes.values())
    console.print(f"{noticed} of {len(mutants)} mutants noticed")
    sys.exit(noticed < len(mutants))


if __name__ == "__main__":
    main()
