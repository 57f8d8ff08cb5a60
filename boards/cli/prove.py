"""`sluice prove`: what a chip becomes, simulated, mines a real block."""

import sys
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from sluice.rtl.config import ChipConfig
from sluice.rtl.core.serial_config import SerialConfig
from sluice.rtl.target.asic import ASIC

from ..asic.chip import ChipInCells, chip_in_cells
from ..asic.library_reader import load
from ..asic.named import liberty_path
from ..board import Board
from ..proof.proof import netlist_of
from ..proof.proof import prove as prove_netlist
from ..proof.wrap import ProofError
from .build import built
from .cell_options import liberty_option, wire_option
from .chip_options import (
    board_option,
    chip_config,
    chip_options,
    make_tool_options,
    tool_options,
)
from .screen import Screen

#: The chip in cells that is proved if no option asks for another. The slowest link clock that a
#: chip takes has the fewest cycles a bit.
IN_CELLS = ChipConfig(
    core=SerialConfig(technology=ASIC.name, engines=1, ram_from=0),
    compact=True,
    link_clock=925926.0,
    hash_clock=925926.0,
)


@click.command()
@board_option(required=False)
@liberty_option()
@chip_options
@tool_options
@wire_option
@click.option(
    "--before",
    type=click.IntRange(0),
    metavar="N",
    help="How many nonces before the block's own the job starts.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def prove(
    board: Board | None,
    liberty: str | None,
    seed: int | None,
    synth: str,
    route: str | None,
    regions: bool | None,
    threads: int,
    wire: float,
    before: int | None,
    as_json: bool,
    **chip: Any,
) -> None:
    """Prove a bitstream without a board, or a chip in standard cells.

    With --board, what `sluice build` makes is turned back into Verilog: an iCE40's bitstream, an
    ECP5's routed netlist. With --liberty, a chip is mapped to cells, memories and all; it has one
    serial engine if no option asks for more. Driven at its UART pin, it is brought up, says what it
    is, and finds the nonce of a real block.
    """
    if board is not None and liberty is None:
        options = make_tool_options(board, seed, synth, route, regions, threads)
        result = built(board, options, **chip)
        result.check()
        config = result.plan.config
        try:
            verilog = netlist_of(result)
        except ProofError as error:
            raise click.ClickException(str(error)) from error
    elif liberty is not None and board is None:
        config = _config(chip)
        with Screen() as watcher:
            made = chip_in_cells(config, load(liberty_path(liberty), wire), watcher)
            periods = made.periods(watcher)
            verilog = made.verilog(watcher)
        _print(made, periods)
    else:
        raise click.UsageError("either --board or --liberty must be given")
    sys.exit(prove_netlist(config, verilog, before, as_json=as_json))


def _config(chip: dict[str, Any]) -> ChipConfig:
    """The chip that the options ask for, in cells."""
    if chip["ram_from"] is None:
        chip["ram_from"] = 0
    config = chip_config(IN_CELLS, ASIC.name, **chip)
    if not isinstance(config.core.make_technology(), ASIC):
        raise click.UsageError(f"--technology must be one of cells, not {config.core.technology}")
    return config


def _print(made: ChipInCells, periods: dict[str, float]) -> None:
    shown = Table("part", "cells", "flip-flops", "µm²", "GE", title=made.library.name)
    for column in shown.columns[1:]:
        column.justify = "right"
    gate = made.library.gate.area
    for name, part in made.parts().items():
        shown.add_row(
            name,
            f"{part.cells:,}",
            f"{part.flip_flops:,}",
            f"{part.area:,.0f}",
            f"{part.area / gate:,.0f}",
        )
    console = Console(stderr=True)
    console.print(shown)
    times = ", ".join(f"{clock} {period:.3f} ns" for clock, period in periods.items())
    console.print(f"shortest periods: {times}", highlight=False)
