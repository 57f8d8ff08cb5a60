"""The Colorlight 5A-75B V7.0, a receiver card for LED walls: an LFE5U-25F, speed grade 6.

All its outputs go through 5 V buffers that only send, so the serial port is on the pins of the
light and the button, header J19. No other pin hears: the port to the next chip only sends, and a
chip behind does not answer.
"""

from amaranth_boards.colorlight_5a75b_r7_0 import Colorlight_5A75B_R70Platform

from .board import Board
from .chips import ecp5_chip
from .family.ecp5 import ECP5
from .headers import Header, Wire

_HEADERS = (
    Header(
        name="header J19",
        rows=("DATA_LED- KEY+",),
        wires={Wire.TX: ("DATA_LED-", "P11"), Wire.RX: ("KEY+", "M13")},
    ),
    Header(name="header J1", rows=("1 2 3 …",), wires={Wire.NEXT_TX: ("1", "F3")}),
)

BOARDS = (
    Board(
        name="colorlight-5a75b",
        title="Colorlight 5A-75B V7.0",
        make=Colorlight_5A75B_R70Platform,
        family=ECP5,
        seed=4,
        regions=True,
        config=ecp5_chip(24, link_clock=25e6),
        headers=_HEADERS,
        headers_note="J1 has 5 V, and like all other pins only sends: nothing can reset the chip",
        program=("openFPGALoader", "--cable", "ft232", "{file}"),
        program_note="wire a JTAG adapter with an FT232H to J27 to J34",
    ),
)
