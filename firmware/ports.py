"""The command `sluice ports`."""

import asyncio
import json
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table

from .config import ChainSettings
from .driver.find import SerialPort, ports, probe_all

__all__ = ["list_ports"]


@click.command("ports")
@click.argument("names", nargs=-1, metavar="[PORT]...")
@click.option("--probe", is_flag=True, help="Ask at each which chips are there.")
@click.option(
    "--baud",
    type=click.IntRange(300, 12_500_000),
    default=ChainSettings.model_fields["baud"].default,
    show_default=True,
    metavar="RATE",
    help="Rate to ask at.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_ports(names: tuple[str, ...], *, probe: bool, baud: int, as_json: bool) -> None:
    """List serial ports: who made what is there, and which board it may be.

    With PORTs only these, listed or not. --probe writes four short frames to each port: whatever
    else is connected to one gets them too.
    """
    known = {port.device: port for port in ports()}
    chosen = [known.get(name, SerialPort(device=name)) for name in names or known]
    rows = [asdict(port) for port in chosen]
    if probe and rows:
        with Console(stderr=True).status("asking the chips"):
            settings = ChainSettings(port=chosen[0].device, baud=baud)
            said = asyncio.run(probe_all((port.device for port in chosen), settings))
        for row in rows:
            row["chips"] = str(said[row["device"]])
    if as_json:
        click.echo(json.dumps(rows))
    elif not rows:
        click.echo("no serial port found", err=True)
    else:
        table = Table(*rows[0])
        for row in rows:
            table.add_row(*row.values())
        Console().print(table)
