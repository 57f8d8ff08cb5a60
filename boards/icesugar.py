"""The iCESugar of MuseLab: an iCE40UP5K."""

from amaranth_boards.icesugar import ICESugarPlatform

from .board import Board
from .chips import up5k_chip
from .family.ice40 import ICE40
from .headers import pmod

BOARDS = (
    Board(
        name="icesugar",
        title="iCESugar",
        make=ICESugarPlatform,
        family=ICE40,
        config=up5k_chip(link_clock=12e6),
        usb="USB port (iCELink)",
        port="/dev/ttyACM0",
        headers=(pmod("PMOD 2", next_tx=("1", "46"), next_rx=("2", "44"), reset=("3", "42")),),
        light=("led_g", 0),
        pll_pad=True,
        program=("icesprog", "{file}"),
    ),
)
