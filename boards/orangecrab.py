"""The OrangeCrab r0.2 of Good Stuff Department: an LFE5U-25F or LFE5U-85F, speed grade 8.

Its USB port is wired to the FPGA itself, so the serial ports are on header pins.
"""

from amaranth.build import Attrs, Pins, Resource, Subsignal
from amaranth_boards import orangecrab_r0_2

from .board import Board
from .chips import PAIRS, ecp5_chip
from .fabric.top import port_of_next, reset_pin
from .family.ecp5 import ECP5

_LEVEL = {"IO_TYPE": "LVCMOS33"}
_UART = Resource(
    "uart",
    0,
    Subsignal("rx", Pins("N17", dir="i"), Attrs(PULLMODE="UP", **_LEVEL)),
    Subsignal("tx", Pins("M18", dir="o"), Attrs(**_LEVEL)),
)
_NEXT = port_of_next("B10", "B9", _LEVEL, {"PULLMODE": "UP"})
_RESET = reset_pin("C8", {"PULLMODE": "UP", **_LEVEL})

_SIZES = {
    "25f": orangecrab_r0_2.OrangeCrabR0_2_25FPlatform,
    "85f": orangecrab_r0_2.OrangeCrabR0_2_85FPlatform,
}

#: The speed grade allows a faster clock than that of other boards with a 25F.
_CHIPS = {
    "25f": ecp5_chip(24, link_clock=48e6, hash_clock=165e6, core=PAIRS),
    "85f": ecp5_chip(84, link_clock=48e6),
}


def _board(size: str) -> Board:
    return Board(
        name=f"orangecrab-{size}",
        title=f"OrangeCrab {size.upper()}",
        make=_SIZES[size],
        family=ECP5,
        config=_CHIPS[size],
        serial_note="header: rx is pin 0 (N17), tx is pin 1 (M18), 3.3 V",
        next_note="header: tx is pin 5 (B10), rx is pin 6 (B9)",
        reset_note="header: pin 9 (C8)",
        light=("rgb_led", 0, "g"),
        button=("button", 0),
        resources=(_UART, _NEXT, _RESET),
        dfu=(0x1209, 0x5AF0),
        program=("dfu-util", "--alt", "0", "--download", "{file}"),
        program_note="hold the button while plugging in, so that the bootloader runs",
    )


BOARDS = tuple(_board(size) for size in _SIZES)
