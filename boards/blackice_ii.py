"""The BlackIce II of myStorm: an iCE40HX4K, whose die is that of an 8K.

The open tools use all of the die.
"""

from amaranth_boards.blackice_ii import BlackIceIIPlatform

from .board import Board
from .chips import ice8k_chip
from .family.ice40 import ICE40
from .headers import pmod

BOARDS = (
    Board(
        name="blackice-ii",
        title="BlackIce II",
        make=BlackIceIIPlatform,
        family=ICE40,
        config=ice8k_chip(link_clock=25e6, hash_clock=78.125e6),
        usb="USB port of the microcontroller",
        port="/dev/ttyACM0",
        headers=(pmod("PMOD 3/4", next_tx=("1", "105"), next_rx=("2", "102"), reset=("3", "99")),),
        divide=4,
        light=("led_g", 0),
        program=("cp", "{file}", "/dev/ttyACM0"),
        program_note="the board takes the bitstream as /dev/ttyACM0",
    ),
)
