"""`sluice boards`: what there is."""

import json

import click
from rich.console import Console
from rich.table import Table

from ..board import Board
from ..catalogue import BOARDS
from ..cores import describe
from ..sweep.results import Line, best, read


def _row(board: Board, line: Line | None) -> dict[str, str]:
    config = board.config
    cores = f"{config.cores} x " if config.cores > 1 else ""
    return {
        "board": board.name,
        "title": board.title,
        "device": board.device,
        "core": f"{cores}{describe(config.core)}",
        "clock": f"{config.hash_clock / 1e6:g} MHz",
        "measured": "" if line is None else f"{line.mhs:.2f} MH/s",
        "serial": board.serial_note,
    }


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def boards(as_json: bool) -> None:
    """List the boards: their device, the chip that they get, and its measured rate."""
    measured = best(read())
    rows = [_row(board, measured.get(board.name)) for board in BOARDS.values()]
    if as_json:
        click.echo(json.dumps(rows))
        return
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*row.values())
    Console().print(table)
