"""The `sluice` command: a group that the rooms fill with their commands by entry points."""

import signal
import sys
import warnings
from importlib.metadata import EntryPoint, entry_points, version
from typing import NoReturn

import click


class Rooms(click.Group):
    """Commands found by the entry points `sluice.commands`, imported only when they are used."""

    @staticmethod
    def _found() -> dict[str, EntryPoint]:
        return {point.name: point for point in entry_points(group="sluice.commands")}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        return sorted({*self._found(), *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name in (found := self._found()):
            command: click.Command = found[cmd_name].load()
            return command
        return super().get_command(ctx, cmd_name)


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("sluice-miner"), prog_name="sluice")
def sluice() -> None:
    """Sluice, an open SHA-256d mining chip: generate it, simulate it, measure it."""


def _fail(error: click.ClickException) -> NoReturn:
    context = getattr(error, "ctx", None)
    where = context.command_path if context else "sluice"
    for line in error.format_message().splitlines():
        click.echo(f"{where}: {line}", err=True)
    sys.exit(error.exit_code)


def main() -> None:
    """Run the command line; what is wrong with the input is one line and exit code 2."""
    # To be told to end is no reason to leave tools running.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        sys.exit(sluice.main(prog_name="sluice", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(2)
    except click.ClickException as error:
        _fail(error)
    except ValueError as error:
        # Some configurations are found to be none when they are built.
        from amaranth.hdl import UnusedElaboratable

        from .core.config import ConfigError

        if not isinstance(error, ConfigError):
            raise
        warnings.simplefilter("ignore", UnusedElaboratable)
        _fail(click.UsageError(str(error)))
    except click.Abort:
        click.echo("sluice: interrupted", err=True)
        sys.exit(130)
