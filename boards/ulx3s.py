"""The ULX3S of Radiona: an LFE5U of 12, 25, 45 or 85 thousand LUTs, speed grade 6."""

from amaranth_boards import ulx3s

from .board import Board
from .chips import ecp5_chip
from .family.ecp5 import ECP5
from .headers import Header, Wire

_J1 = Header(
    name="header J1",
    rows=("GP0 GP1 GP2 GP3 …", "GN0 GN1 GN2 GN3 …"),
    wires={Wire.NEXT_TX: ("GP0", "B11"), Wire.NEXT_RX: ("GN0", "C11"), Wire.RESET: ("GP1", "A10")},
)

#: Its boards' devices and Amaranth's platforms.
_SIZES = {
    "12f": ulx3s.ULX3S_12F_Platform,
    "25f": ulx3s.ULX3S_25F_Platform,
    "45f": ulx3s.ULX3S_45F_Platform,
    "85f": ulx3s.ULX3S_85F_Platform,
}

#: The 12F is a 25F under another name.
_CHIPS = {
    "12f": ecp5_chip(24, link_clock=25e6),
    "25f": ecp5_chip(24, link_clock=25e6),
    "45f": ecp5_chip(44, link_clock=25e6),
    "85f": ecp5_chip(84, link_clock=25e6),
}

#: Seeds that reach more than the usual one.
_SEEDS = {"12f": 3, "25f": 3, "45f": 2}


def _board(size: str) -> Board:
    return Board(
        name=f"ulx3s-{size}",
        title=f"ULX3S {size.upper()}",
        make=_SIZES[size],
        family=ECP5,
        config=_CHIPS[size],
        seed=_SEEDS.get(size, 1),
        regions=True,
        usb="USB port US1 (FTDI)",
        headers=(_J1,),
        pulled="dtr",
        light=("led", 0),
        button=("button_fire", 0),
        program=("openFPGALoader", "--board", "ulx3s", "{file}"),
    )


BOARDS = tuple(_board(size) for size in _SIZES)
