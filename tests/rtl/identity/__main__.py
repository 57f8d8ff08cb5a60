"""Compare the netlists of boards with a result, and of twenty other chips, with those recorded.

A change that only moves or renames keeps them. One that means to change hardware renews the list,
and so shows which chips it changes.
"""

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from tests.rtl.identity import record
from tests.rtl.identity.chips import NAMES, netlist
from tests.rtl.identity.digest import digests


@click.command()
@click.option("--only", metavar="TEXT", default="", help="Chips with this in their name.")
@click.option("--renew", is_flag=True, help="Record the netlists as they are now.")
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write each netlist into this folder, to look for the difference.",
)
def main(only: str, renew: bool, keep: Path | None) -> None:
    """Compare the netlists of boards with a result, and of twenty others, with those recorded."""
    names = [name for name in NAMES if only in name]
    if not names:
        raise click.UsageError(f"no chip has {only!r} in its name")
    recorded = record.read() if record.PATH.exists() else {}
    found = dict(recorded)
    differing = 0
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("netlists", total=len(names))
        for name in names:
            bar.update(task, description=name)
            text = netlist(name)
            if keep:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{name}.il").write_text(text, encoding="utf-8")
            found[name] = digests(text)
            before = recorded.get(name, ("", ""))
            if found[name] == before:
                verdict = "the same"
            elif found[name][1] == before[1]:
                verdict = "the same but for names"
            else:
                verdict = "different" if name in recorded else "new"
            differing += found[name] != before
            if renew:
                record.write({name: found[name] for name in NAMES if name in found})
            click.echo(f"{name}: {verdict}")
            bar.advance(task)
    if differing and not renew:
        click.echo(f"{differing} of {len(names)} differ; --renew records them")
        sys.exit(1)


if __name__ == "__main__":
    main()
