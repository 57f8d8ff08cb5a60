"""The TinyFPGA BX: an iCE40LP8K.

Its USB port belongs to the bootloader, so the serial ports are on header pins.
"""

from amaranth.build import Attrs, Pins, Resource, Subsignal
from amaranth_boards.tinyfpga_bx import TinyFPGABXPlatform

from .board import Board
from .chips import ice40_chip
from .fabric.top import port_of_next, reset_pin
from .family.ice40 import ICE40

_LEVEL = {"IO_STANDARD": "SB_LVCMOS"}
_UART = Resource(
    "uart",
    0,
    Subsignal("rx", Pins("A2", dir="i"), Attrs(PULLUP=1, **_LEVEL)),
    Subsignal("tx", Pins("A1", dir="o"), Attrs(**_LEVEL)),
)
_NEXT = port_of_next("C2", "B1", _LEVEL, {"PULLUP": 1})
_RESET = reset_pin("A6", {"PULLUP": 1, **_LEVEL})

BOARDS = (
    Board(
        name="tinyfpga-bx",
        title="TinyFPGA BX",
        make=TinyFPGABXPlatform,
        family=ICE40,
        config=ice40_chip(1, lanes=4, link_clock=16e6, hash_clock=54e6, period=13.3),
        serial_note="header: rx is pin 1 (A2), tx is pin 2 (A1), 3.3 V",
        next_note="header: rx is pin 3 (B1), tx is pin 4 (C2)",
        reset_note="header: pin 24 (A6)",
        light=("led", 0),
        resources=(_UART, _NEXT, _RESET),
        program=("tinyprog", "-p", "{file}"),
        program_note="press the board's button, so that its bootloader runs",
    ),
)
