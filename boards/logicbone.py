"""The Logicbone: an LFE5UM5G-45F or LFE5UM5G-85F, speed grade 8, with a BeagleBone's headers.

Its USB ports are wired to the FPGA itself, so the serial ports are on a header.
"""

from amaranth_boards import logicbone

from .board import Board
from .chips import ecp5_chip
from .family.ecp5 import ECP5
from .headers import Header, Wire

_P8 = Header(
    name="header P8",
    rows=("1 3 5 7 9 …", "2 4 6 8 10 …"),
    wires={
        Wire.RX: ("3", "C20"),
        Wire.TX: ("4", "D19"),
        Wire.NEXT_TX: ("5", "D20"),
        Wire.NEXT_RX: ("6", "E19"),
        Wire.RESET: ("7", "E20"),
    },
)

_SIZES = {
    "45f": (logicbone.LogicbonePlatform, ecp5_chip(44, link_clock=25e6)),
    "85f": (logicbone.Logicbone85FPlatform, ecp5_chip(84, link_clock=25e6)),
}


def _board(size: str) -> Board:
    make, config = _SIZES[size]
    return Board(
        name=f"logicbone-{size}",
        title=f"Logicbone {size.upper()}",
        make=make,
        family=ECP5,
        config=config,
        regions=True,
        headers=(_P8,),
        headers_note="3.3 V as on a BeagleBone; not compared with the board's schematic",
        light=("led", 0),
        dfu=(0x1D50, 0x615D),
        program=("dfu-util", "--alt", "0", "--download", "{file}"),
        program_note="hold the button while plugging in, so that the bootloader runs",
    )


BOARDS = tuple(_board(size) for size in _SIZES)
