"""The iCEBreaker of 1BitSquared: an iCE40UP5K."""

from amaranth_boards.icebreaker import ICEBreakerPlatform

from .board import Board
from .chips import up5k_chip
from .family.ice40 import ICE40
from .headers import pmod

BOARDS = (
    Board(
        name="icebreaker",
        title="iCEBreaker",
        make=ICEBreakerPlatform,
        family=ICE40,
        config=up5k_chip(link_clock=12e6, hash_clock=34.5e6),
        seed=6,
        usb="USB port, second interface (FTDI)",
        port="/dev/ttyUSB1",
        headers=(pmod("PMOD 1A", next_tx=("1", "4"), next_rx=("2", "2"), reset=("3", "47")),),
        light=("led_g", 0),
        button=("button", 0),
        pll_pad=True,
        program=("iceprog", "{file}"),
    ),
)
