"""Lattice's iCE40-HX8K breakout board, iCE40-HX8K-B-EVN."""

from amaranth_boards.ice40_hx8k_b_evn import ICE40HX8KBEVNPlatform

from .board import Board
from .chips import ice8k_chip
from .family.ice40 import ICE40
from .headers import Header, Wire

_J3 = Header(
    name="header J3",
    rows=("1 3 5 7 9 …", "2 4 6 8 10 …"),
    wires={Wire.NEXT_TX: ("1", "R16"), Wire.NEXT_RX: ("3", "T15"), Wire.RESET: ("5", "T13")},
)

BOARDS = (
    Board(
        name="hx8k",
        title="iCE40-HX8K breakout board",
        make=ICE40HX8KBEVNPlatform,
        family=ICE40,
        config=ice8k_chip(link_clock=12e6, hash_clock=88.5e6),
        seed=2,
        usb="USB port, second interface (FTDI)",
        port="/dev/ttyUSB1",
        headers=(_J3,),
        pulled="dtr",
        light=("led", 0),
        program=("iceprog", "-S", "{file}"),
        program_note="set the jumpers J6 to program the FPGA instead of the flash memory",
    ),
)
