"""The UPduino v3 of tinyVision.ai: an iCE40UP5K.

Its oscillator reaches the FPGA when the jumper OSC is closed. The FPGA's own would do for hashing,
but is ten percent off at worst, which no serial port bears. The FTDI chip reaches the flash memory
on the pins of its serial port; while the memory is not selected they are that port.
"""

from amaranth.build import Attrs, Clock, Pins, Resource, Subsignal
from amaranth_boards.upduino_v3 import UpduinoV3Platform

from .board import Board
from .chips import up5k_chip
from .family.ice40 import ICE40
from .headers import Header, Wire

_LEVEL = {"IO_STANDARD": "SB_LVCMOS"}


class _Platform(UpduinoV3Platform):
    """With the oscillator as clock, on a global buffer, and the serial port."""

    default_clk = "oscillator"
    resources = (
        *UpduinoV3Platform.resources,
        Resource(
            "oscillator",
            0,
            Pins("20", dir="i"),
            Clock(12e6),
            Attrs(GLOBAL=True, **_LEVEL),
        ),
        Resource(
            "uart",
            0,
            Subsignal("rx", Pins("15", dir="i")),
            Subsignal("tx", Pins("14", dir="o")),
            Attrs(**_LEVEL),
        ),
        Resource("flash_select", 0, Pins("16", dir="o"), Attrs(**_LEVEL)),
    )


_HEADER = Header(
    name="header",
    rows=("… 23 25 26 27 …",),
    wires={Wire.NEXT_TX: ("23", "23"), Wire.NEXT_RX: ("25", "25"), Wire.RESET: ("26", "26")},
)

BOARDS = (
    Board(
        name="upduino",
        title="UPduino v3",
        make=_Platform,
        family=ICE40,
        config=up5k_chip(link_clock=12e6, hash_clock=34.5e6),
        seed=6,
        usb="USB port (FTDI)",
        headers=(_HEADER,),
        light=("rgb_led", 0, "g"),
        high=("flash_select",),
        program=("iceprog", "{file}"),
        program_note="close the jumper OSC, so that the oscillator reaches the FPGA",
    ),
)
