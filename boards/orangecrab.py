"""The OrangeCrab r0.2 of Good Stuff Department: an LFE5U-25F or LFE5U-85F, speed grade 8.

Its USB port is wired to the FPGA itself, so the serial ports are on header pins.
"""

from amaranth_boards import orangecrab_r0_2

from .board import Board
from .chips import ecp5_chip
from .family.ecp5 import ECP5
from .headers import Header, Wire

_HEADER = Header(
    name="header",
    rows=("0 1 …", "5 6 9 10 …"),
    wires={
        Wire.RX: ("0", "N17"),
        Wire.TX: ("1", "M18"),
        Wire.NEXT_TX: ("5", "B10"),
        Wire.NEXT_RX: ("6", "B9"),
        Wire.RESET: ("9", "C8"),
    },
)

_SIZES = {
    "25f": orangecrab_r0_2.OrangeCrabR0_2_25FPlatform,
    "85f": orangecrab_r0_2.OrangeCrabR0_2_85FPlatform,
}

#: The speed grade allows a faster clock than that of other boards with a 25F.
_CHIPS = {
    "25f": ecp5_chip(24, link_clock=48e6, hash_clock=150e6),
    "85f": ecp5_chip(84, link_clock=48e6),
}


def _board(size: str) -> Board:
    return Board(
        name=f"orangecrab-{size}",
        title=f"OrangeCrab {size.upper()}",
        make=_SIZES[size],
        family=ECP5,
        config=_CHIPS[size],
        seed=3,
        regions=True,
        headers=(_HEADER,),
        light=("rgb_led", 0, "g"),
        button=("button", 0),
        dfu=(0x1209, 0x5AF0),
        program=("dfu-util", "--alt", "0", "--download", "{file}"),
        program_note="hold the button while plugging in, so that the bootloader runs",
    )


BOARDS = tuple(_board(size) for size in _SIZES)
