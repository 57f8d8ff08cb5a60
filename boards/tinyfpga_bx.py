"""The TinyFPGA BX: an iCE40LP8K.

Its USB port belongs to the bootloader, so the serial ports are on header pins.
"""

from amaranth_boards.tinyfpga_bx import TinyFPGABXPlatform

from .board import Board
from .chips import ice8k_chip
from .family.ice40 import ICE40
from .headers import Header, Wire

_HEADER = Header(
    name="header",
    rows=("1 2 3 4 5 6 …", "24 23 22 21 20 19 …"),
    wires={
        Wire.RX: ("1", "A2"),
        Wire.TX: ("2", "A1"),
        Wire.NEXT_RX: ("3", "B1"),
        Wire.NEXT_TX: ("4", "C2"),
        Wire.RESET: ("24", "A6"),
    },
)

BOARDS = (
    Board(
        name="tinyfpga-bx",
        title="TinyFPGA BX",
        make=TinyFPGABXPlatform,
        family=ICE40,
        config=ice8k_chip(link_clock=16e6, hash_clock=61e6),
        seed=8,
        headers=(_HEADER,),
        light=("led", 0),
        program=("tinyprog", "-p", "{file}"),
        program_note="press the board's button, so that its bootloader runs",
    ),
)
