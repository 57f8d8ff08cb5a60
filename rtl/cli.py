"""The `sluice` command: a group that the rooms fill with their commands by entry points."""

import signal
import sys
import warnings
from importlib.metadata import EntryPoint, entry_points, version
from typing import Any, NoReturn

import click


def _lacking(point: EntryPoint, missing: str) -> click.Command:
    """What stands for a command whose libraries are not installed: says how to install them."""
    extra = ",".join(point.extras)
    how = f"pip install 'sluice-miner[{extra}]'"

    def say() -> NoReturn:
        raise click.UsageError(f"needs {missing}, which is not installed: {how}")

    return click.Command(
        point.name,
        callback=say,
        short_help=f"Not installed: {how}",
        # Whatever options it would have.
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
        add_help_option=False,
    )


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
        if (point := self._found().get(cmd_name)) is None:
            return super().get_command(ctx, cmd_name)
        try:
            command: click.Command = point.load()
        except ModuleNotFoundError as error:
            missing = (error.name or "").partition(".")[0]
            if not point.extras or missing == "sluice":
                raise
            return _lacking(point, missing)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; what is none may be alike to one."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            known = self.list_commands(ctx)
            raise click.NoSuchCommand(args[0], possibilities=known, ctx=ctx) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an interrupt ends it like any other error."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise click.Abort from None


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


def _terminated(number: int, _frame: object) -> NoReturn:
    """To be told to end is no reason to leave tools running, or to complain of what is unused."""
    warnings.simplefilter("ignore")
    sys.exit(128 + number)


def main() -> None:
    """Run the command line; what is wrong with the input is one line and exit code 2.

    An interrupt is one line and exit code 130.
    """
    signal.signal(signal.SIGTERM, _terminated)
    try:
        sys.exit(sluice.main(prog_name="sluice", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(2)
    except click.ClickException as error:
        _fail(error)
    except ValueError as error:
        # Some configurations are found to be none when they are built.
        core = sys.modules.get("sluice.rtl.core.config")
        if core is None or not isinstance(error, core.ConfigError):
            raise
        from amaranth.hdl import UnusedElaboratable

        warnings.simplefilter("ignore", UnusedElaboratable)
        _fail(click.UsageError(str(error)))
    except click.Abort:
        # Hardware that was half made is unused, and says so when it goes.
        warnings.simplefilter("ignore")
        # A terminal has shown ^C on this line.
        click.echo(
            "\nsluice: interrupted" if sys.stderr.isatty() else "sluice: interrupted", err=True
        )
        sys.exit(130)
