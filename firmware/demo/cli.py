"""`sluice demo`: blocks found by simulated hardware, on a chain of its own."""

import asyncio
import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from ..api.listen import AddressError, listen
from .daemon import INTERRUPTED
from .errors import DemoError
from .play import Report, play

__all__ = ["demo"]

#: Rows of the table at the end, for the newest blocks.
SHOWN = 20


def _print(report: Report, console: Console) -> None:
    table = Table(title="Blocks of the simulated chips")
    table.add_column("height", justify="right")
    table.add_column("hash", no_wrap=True)
    table.add_column("version")
    table.add_column("Bitcoin Core's consensus code")
    heights = list(enumerate(report.verdicts, 1))
    for height, verdict in heights[-SHOWN:]:
        says = "[green]valid" if verdict.valid else f"[red]invalid: {verdict.reason}"
        table.add_row(str(height), verdict.hash[:32] + "…", f"{verdict.version:08x}", says)
    console.print(table)
    rate = 60 * report.accepted / report.seconds
    console.print(
        f"{report.found} found, {report.accepted} accepted by the node, {report.rolled} of them"
        f" with rolled version bits, {report.valid} valid; {report.seconds:.0f} s,"
        f" {rate:.0f} a minute",
        highlight=False,
    )


@click.command()
@click.option(
    "--blocks",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    metavar="N",
    help="Stop after so many blocks.",
)
@click.option("--forever", is_flag=True, help="Go on until q or Ctrl-C instead.")
@click.option(
    "--chips",
    type=click.IntRange(1, 128),
    default=1,
    show_default=True,
    metavar="N",
    help="Chips in the simulated chain.",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8420,
    show_default=True,
    metavar="N",
    help="Of the web page and the REST API.",
)
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Leave the configuration and all logs there.",
)
def demo(*, blocks: int, forever: bool, chips: int, port: int, keep: Path | None) -> None:
    """Mine regtest blocks with a simulated chip; nothing else is needed.

    Installs and starts a node on a chain of its own, simulates the chip's hardware, and runs the
    daemon between them, with all of its APIs. Then Bitcoin Core's consensus code judges every
    block. It needs the Debian packages nodejs and npm.
    """
    console = Console()
    try:
        listen("127.0.0.1", port, key="--port").close()
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="sluice-demo-") as scratch:
            report = asyncio.run(
                play(
                    keep or Path(scratch),
                    blocks=None if forever else blocks,
                    api_port=port,
                    chips=chips,
                    shown=True,
                    say=lambda text: console.print(text, markup=False, highlight=False),
                )
            )
    except (AddressError, DemoError) as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.UsageError(f"{error.filename}: {error.strerror}") from error
    _print(report, console)
    if report.interrupted:
        sys.exit(INTERRUPTED)
    enough = forever or report.accepted >= blocks
    sys.exit(0 if enough and report.valid == report.accepted else 1)
