"""Lattice's iCE40 UltraPlus breakout board, iCE40UP5K-B-EVN.

Its FTDI chip has no serial port to the FPGA, so the serial ports are on a header.
"""

from amaranth_boards.ice40_up5k_b_evn import ICE40UP5KBEVNPlatform

from .board import Board
from .chips import up5k_chip
from .family.ice40 import ICE40
from .headers import Header, Wire

_J2 = Header(
    name="header B (J2)",
    rows=("… 7 9 11 13 …", "… 8 10 12 14 …"),
    wires={
        Wire.RX: ("7", "26"),
        Wire.TX: ("8", "36"),
        Wire.NEXT_TX: ("9", "27"),
        Wire.NEXT_RX: ("10", "42"),
        Wire.RESET: ("11", "32"),
    },
)

BOARDS = (
    Board(
        name="up5k-evn",
        title="iCE40 UltraPlus breakout board",
        make=ICE40UP5KBEVNPlatform,
        family=ICE40,
        config=up5k_chip(link_clock=12e6),
        headers=(_J2,),
        headers_note="the jumper J51 must be closed: it brings the clock",
        light=("led_g", 0),
        pll_pad=True,
        program=("iceprog", "{file}"),
    ),
)
