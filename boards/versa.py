"""Lattice's Versa boards: an LFE5UM-45F or LFE5UM5G-45F, speed grade 8."""

from typing import Any

from amaranth_boards.versa_ecp5 import VersaECP5Platform
from amaranth_boards.versa_ecp5_5g import VersaECP55GPlatform

from .board import Board
from .chips import ecp5_chip
from .family.ecp5 import ECP5
from .headers import Header, Wire

_X3 = Header(
    name="header X3",
    rows=("… 4 5 6 7 8 …",),
    wires={Wire.NEXT_TX: ("6", "B9"), Wire.NEXT_RX: ("7", "E6"), Wire.RESET: ("8", "D6")},
)


def _board(name: str, title: str, make: Any) -> Board:
    return Board(
        name=name,
        title=title,
        make=make,
        family=ECP5,
        config=ecp5_chip(44, link_clock=25e6),
        regions=True,
        usb="USB port, second interface (FTDI)",
        port="/dev/ttyUSB1",
        headers=(_X3,),
        divide=4,
        light=("led", 0),
        button=("rst", 0),
        program=("openFPGALoader", "--cable", "ft2232", "{file}"),
        program_note="set the jumpers of JTAG so that the ispCLOCK device is bypassed",
    )


BOARDS = (
    _board("versa", "ECP5 Versa board", VersaECP5Platform),
    _board("versa-5g", "ECP5-5G Versa board", VersaECP55GPlatform),
)
