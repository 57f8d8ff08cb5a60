"""The iCEBreaker Bitsy of 1BitSquared: an iCE40UP5K.

Its USB port is wired to the FPGA itself, so the serial ports are on its edge.
"""

from amaranth_boards.icebreaker_bitsy import ICEBreakerBitsyPlatform

from .board import Board
from .chips import up5k_chip
from .family.ice40 import ICE40
from .headers import Header, Wire

_EDGE = Header(
    name="edge",
    rows=("P0 P1 P2 P3 P4 P5 …",),
    wires={
        Wire.RX: ("P0", "47"),
        Wire.TX: ("P1", "44"),
        Wire.NEXT_TX: ("P2", "48"),
        Wire.NEXT_RX: ("P3", "45"),
        Wire.RESET: ("P4", "4"),
    },
)

BOARDS = (
    Board(
        name="icebreaker-bitsy",
        title="iCEBreaker Bitsy",
        make=ICEBreakerBitsyPlatform,
        family=ICE40,
        config=up5k_chip(link_clock=12e6),
        headers=(_EDGE,),
        light=("led_g", 0),
        pll_pad=True,
        dfu=(0x1D50, 0x6146),
        program=("dfu-util", "--alt", "0", "--download", "{file}"),
        program_note="hold the button while plugging in, so that the bootloader runs",
    ),
)
