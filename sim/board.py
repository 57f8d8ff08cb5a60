"""What is simulated of the chip that a board gets."""

from dataclasses import replace

import click

from sluice.rtl.config import ChipConfig
from sluice.rtl.core import CoreConfig
from sluice.rtl.named import ChipOfBoard

board_option = click.option(
    "--board",
    type=ChipOfBoard(),
    metavar="NAME",
    help="Simulate the core, with --pty the chip, that this board gets (`sluice boards`).",
)


def simulated(core: CoreConfig) -> CoreConfig:
    """The same core, cycle by cycle, of operations that a simulator has."""
    other = core.make_technology().simulation
    return replace(core, technology=other) if other else core


def chip_of(board: ChipConfig, link_clock: float) -> ChipConfig:
    """The chip of a board with a simulated core, at another clock of the link."""
    return replace(board, core=simulated(board.core), link_clock=link_clock)
