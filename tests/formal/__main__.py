"""`python -m tests.formal`: prove what always holds of the hardware."""

import json
import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console
from rich.table import Table

from tests.formal.broken import breaks, try_break
from tests.formal.catalogue import pages, properties
from tests.formal.property import Property, Result, Verdict
from tests.formal.prove import ToolError, prove, tools
from tests.mutants.mutant import Mutant

WIDTH = 110
T = TypeVar("T")
R = TypeVar("R")


def _each(
    items: Iterable[T], do: Callable[[T], R], say: Callable[[T, R], str], jobs: int | None
) -> dict[T, R]:
    """Do something with each, several at a time; a line for each that is done, on stderr."""
    items = list(items)
    done: dict[T, R] = {}
    with ThreadPoolExecutor(jobs or len(os.sched_getaffinity(0))) as pool:
        running = {pool.submit(do, item): item for item in items}
        for future in as_completed(running):
            item = running[future]
            done[item] = future.result()
            click.echo(f"[{len(done)}/{len(items)}] {say(item, done[item])}", err=True)
    return {item: done[item] for item in items}


def _line(prop: Property, verdict: Verdict) -> str:
    said = f": {verdict.said}" if verdict.said else ""
    return f"{prop.name}: {verdict.result.value}, {verdict.seconds:.1f} s{said}"


def _table(verdicts: dict[Property, Verdict]) -> Table:
    table = Table("file", "property", "steps", "result", "seconds")
    for page, (_, of_page) in pages().items():
        for prop in of_page:
            if prop in verdicts:
                verdict = verdicts[prop]
                row = prop.name, str(prop.depth), verdict.result.value, f"{verdict.seconds:.1f}"
                table.add_row(page, *row)
    return table


def _self_test(chosen: list[Mutant], jobs: int | None, console: Console) -> int:
    """Try the list of breaks; how many proofs held nevertheless, or ended without a verdict."""

    def say(mutant: Mutant, outcome: dict[str, str]) -> str:
        results = ", ".join(f"{name} is {result}" for name, result in outcome.items())
        return f"{mutant.name}: {results}"

    outcomes = _each(chosen, try_break, say, jobs)
    table = Table("file", "break", "property", "result")
    failures = {Result.REFUTED.value, Result.UNKNOWN.value}
    wrong = 0
    for mutant, outcome in outcomes.items():
        for name, result in outcome.items():
            table.add_row(mutant.file, mutant.name, name, result)
            wrong += result not in failures
    console.print(table)
    total = sum(len(mutant.tests) for mutant in chosen)
    console.print(f"{total - wrong} of {total} proofs failed, as they must")
    return wrong


@click.command()
@click.option("--only", default="", metavar="TEXT", help="Those with TEXT in their name or file.")
@click.option("--exactly", default="", metavar="NAME", help="The one of this name.")
@click.option("--quick", is_flag=True, help="Those that are part of `make test`.")
@click.option("--jobs", type=click.IntRange(1), help="At the same time.  [default: all processors]")
@click.option("--self-test", is_flag=True, help="Break the hardware: each proof must fail.")
@click.option("--json", "as_json", is_flag=True, help="Print results as JSON.")
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Leave models there, and traces of what fails.",
)
@click.option("--list", "listing", is_flag=True, help="Print the list and prove nothing.")
def main(
    only: str,
    exactly: str,
    quick: bool,
    jobs: int | None,
    self_test: bool,
    as_json: bool,
    keep: Path | None,
    listing: bool,
) -> None:
    """Prove what always holds of the hardware. A failure leaves exit code 1."""
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    named = properties()
    if exactly and exactly not in named:
        raise click.BadParameter(f"no property has the name {exactly!r}", param_hint="--exactly")
    chosen = [
        prop
        for page, (_, of_page) in pages().items()
        for prop in of_page
        if (only in prop.name or only in page) and exactly in ("", prop.name)
        if prop.quick or not quick
    ]
    if not chosen:
        raise click.UsageError(f"no property has {only!r} in its name or file")
    if listing:
        for page, (text, of_page) in pages().items():
            for prop in of_page:
                if prop in chosen:
                    click.echo(f"{page}: {prop.name}: {text}")
        return
    if self_test:
        names = {prop.name for prop in chosen}
        some = [mutant for mutant in breaks() if names.intersection(mutant.tests)]
        sys.exit(_self_test(some, jobs, console) > 0)
    try:
        verdicts = _each(
            chosen, lambda prop: prove(prop, keep / prop.name if keep else None), _line, jobs
        )
    except ToolError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        rows = [
            {"property": p.name, "result": v.result.value, "seconds": v.seconds, "said": v.said}
            for p, v in verdicts.items()
        ]
        click.echo(json.dumps(rows))
    else:
        console.print(_table(verdicts))
        held = sum(verdict.good for verdict in verdicts.values())
        seconds = sum(verdict.seconds for verdict in verdicts.values())
        console.print(f"{held} of {len(verdicts)} properties hold, {seconds:.0f} s; {tools()}")
    sys.exit(not all(verdict.good for verdict in verdicts.values()))


if __name__ == "__main__":
    main()
