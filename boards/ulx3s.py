"""The ULX3S of Radiona: an LFE5U of 12, 25, 45 or 85 thousand LUTs, speed grade 6."""

from amaranth_boards import ulx3s

from .board import Board
from .chips import PAIRS, ecp5_chip
from .fabric.top import port_of_next, reset_pin
from .family.ecp5 import ECP5

_NEXT = port_of_next("B11", "C11", {"IO_TYPE": "LVCMOS33"}, {"PULLMODE": "UP"})
_RESET = reset_pin("A10", {"IO_TYPE": "LVCMOS33", "PULLMODE": "UP"})

#: Its boards' devices and Amaranth's platforms.
_SIZES = {
    "12f": ulx3s.ULX3S_12F_Platform,
    "25f": ulx3s.ULX3S_25F_Platform,
    "45f": ulx3s.ULX3S_45F_Platform,
    "85f": ulx3s.ULX3S_85F_Platform,
}

#: The 12F is a 25F under another name.
_CHIPS = {
    "12f": ecp5_chip(24, link_clock=25e6, hash_clock=127e6, core=PAIRS),
    "25f": ecp5_chip(24, link_clock=25e6),
    "45f": ecp5_chip(44, link_clock=25e6),
    "85f": ecp5_chip(84, link_clock=25e6),
}


def _board(size: str) -> Board:
    return Board(
        name=f"ulx3s-{size}",
        title=f"ULX3S {size.upper()}",
        make=_SIZES[size],
        family=ECP5,
        config=_CHIPS[size],
        serial_note="USB port US1 (FTDI)",
        next_note="header J1: tx is GP0 (B11), rx is GN0 (C11)",
        reset_note="header J1: GP1 (A10)",
        pulled="dtr",
        light=("led", 0),
        button=("button_fire", 0),
        resources=(_NEXT, _RESET),
        program=("openFPGALoader", "--board", "ulx3s", "{file}"),
    )


BOARDS = tuple(_board(size) for size in _SIZES)
