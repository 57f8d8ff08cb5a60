"""`sluice prove`: what the FPGA gets, simulated, mines a real block."""

import sys
from typing import Any

import click

from ..board import Board
from ..proof.proof import prove as prove_build
from ..proof.wrap import ProofError
from .build import built
from .chip_options import board_option, chip_options, make_tool_options, tool_options


@click.command()
@board_option()
@chip_options
@tool_options
@click.option(
    "--before",
    type=click.IntRange(0),
    metavar="N",
    help="How many nonces before the block's own the job starts.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def prove(
    board: Board,
    seed: int | None,
    synth: str,
    route: str | None,
    regions: bool | None,
    threads: int,
    before: int | None,
    as_json: bool,
    **chip: Any,
) -> None:
    """Prove a bitstream without a board.

    What `sluice build` makes is turned back into Verilog: an iCE40's bitstream, an ECP5's routed
    netlist. Driven at its UART pin, it is brought up, says what it is, and finds the nonce of a
    real block.
    """
    options = make_tool_options(board, seed, synth, route, regions, threads)
    result = built(board, options, **chip)
    result.check()
    try:
        code = prove_build(result, before, as_json=as_json)
    except ProofError as error:
        raise click.ClickException(str(error)) from error
    sys.exit(code)
