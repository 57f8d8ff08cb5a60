"""The ECPIX-5 of LambdaConcept: an LFE5UM5G-45F or LFE5UM5G-85F, speed grade 8."""

from amaranth_boards import ecpix5

from .board import Board
from .chips import ecp5_chip
from .family.ecp5 import ECP5
from .headers import pmod

_SIZES = {
    "45f": (ecpix5.ECPIX545Platform, ecp5_chip(44, link_clock=25e6)),
    "85f": (ecpix5.ECPIX585Platform, ecp5_chip(84, link_clock=25e6)),
}


def _board(size: str) -> Board:
    make, config = _SIZES[size]
    return Board(
        name=f"ecpix5-{size}",
        title=f"ECPIX-5 {size.upper()}",
        make=make,
        family=ECP5,
        config=config,
        regions=True,
        usb="USB port of the debugger, second interface (FTDI)",
        port="/dev/ttyUSB1",
        headers=(pmod("PMOD 0", next_tx=("1", "T25"), next_rx=("2", "U25"), reset=("3", "U24")),),
        divide=4,
        light=("rgb_led", 0, "g"),
        button=("rst", 0),
        program=("openFPGALoader", "--board", "ecpix5", "{file}"),
    )


BOARDS = tuple(_board(size) for size in _SIZES)
