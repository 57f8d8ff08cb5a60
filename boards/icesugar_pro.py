"""The iCESugar-Pro of MuseLab, a module with an LFE5U-25F, speed grade 6.

Its pins are those of a SO-DIMM; the extension board brings them to headers.
"""

from amaranth_boards.icesugar_pro import ICESugarProPlatform

from .board import Board
from .chips import ecp5_chip
from .family.ecp5 import ECP5
from .headers import Header, Wire

_MODULE = Header(
    name="SO-DIMM",
    rows=("… 79 81 83 85 87 …",),
    wires={Wire.NEXT_TX: ("81", "C1"), Wire.NEXT_RX: ("83", "C2"), Wire.RESET: ("85", "D1")},
)

BOARDS = (
    Board(
        name="icesugar-pro",
        title="iCESugar-Pro",
        make=ICESugarProPlatform,
        family=ECP5,
        regions=True,
        config=ecp5_chip(24, link_clock=25e6),
        usb="USB port (iCELink)",
        port="/dev/ttyACM0",
        headers=(_MODULE,),
        light=("rgb_led", 0, "g"),
        program=("icesprog", "{file}"),
    ),
)
