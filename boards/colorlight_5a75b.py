"""The Colorlight 5A-75B V7.0, a receiver card for LED walls: an LFE5U-25F, speed grade 6.

All its outputs go through 5 V buffers that only send, so the serial port is on the pins of the
light and the button, header J19. No other pin hears: the port to the next chip only sends, and a
chip behind does not answer.
"""

from amaranth_boards.colorlight_5a75b_r7_0 import Colorlight_5A75B_R70Platform

from .board import Board
from .chips import PAIRS, ecp5_chip
from .fabric.top import port_of_next
from .family.ecp5 import ECP5

BOARDS = (
    Board(
        name="colorlight-5a75b",
        title="Colorlight 5A-75B V7.0",
        make=Colorlight_5A75B_R70Platform,
        family=ECP5,
        config=ecp5_chip(24, link_clock=25e6, hash_clock=117.5e6, core=PAIRS),
        serial_note="header J19: tx is DATA_LED-, rx is KEY+, 3.3 V",
        next_note="header J1: tx is pin 1 (F3), 5 V; nothing hears",
        resources=(port_of_next("F3", None, {"IO_TYPE": "LVCMOS33"}),),
        program=("openFPGALoader", "--cable", "ft232", "{file}"),
        program_note="wire a JTAG adapter with an FT232H to J27 to J34",
    ),
)
