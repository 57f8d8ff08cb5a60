"""Lattice's ECP5-5G evaluation board, LFE5UM5G-85F-EVN."""

from amaranth_boards.ecp5_5g_evn import ECP55GEVNPlatform

from .board import Board
from .chips import ecp5_chip
from .family.ecp5 import ECP5
from .headers import Header, Wire

_J5 = Header(
    name="header J5",
    rows=("… 11 13 15 17 …", "… 12 14 16 18 …"),
    wires={Wire.NEXT_TX: ("15", "K20"), Wire.NEXT_RX: ("16", "J20"), Wire.RESET: ("11", "K19")},
)

BOARDS = (
    Board(
        name="ecp5-evn",
        title="ECP5-5G evaluation board",
        make=ECP55GEVNPlatform,
        family=ECP5,
        config=ecp5_chip(84, link_clock=12e6),
        regions=True,
        usb="USB port, second interface (FTDI): see docs/boards.md",
        port="/dev/ttyUSB1",
        headers=(_J5,),
        light=("led", 0),
        button=("rst", 0),
        program=("openFPGALoader", "--board", "ecp5_evn", "{file}"),
    ),
)
