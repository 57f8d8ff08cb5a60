"""The iCEBreaker of 1BitSquared: an iCE40UP5K."""

from amaranth_boards.icebreaker import ICEBreakerPlatform

from .board import Board
from .chips import ice40_chip
from .fabric.top import port_of_next, reset_pin
from .family.ice40 import ICE40

_NEXT = port_of_next("4", "2", {"IO_STANDARD": "SB_LVCMOS"}, {"PULLUP": 1})
_RESET = reset_pin("47", {"IO_STANDARD": "SB_LVCMOS", "PULLUP": 1})

BOARDS = (
    Board(
        name="icebreaker",
        title="iCEBreaker",
        make=ICEBreakerPlatform,
        family=ICE40,
        config=ice40_chip(1, lanes=2, link_clock=12e6, hash_clock=33e6, period=13.3, decoder=True),
        seed=2,
        serial_note="USB port, second interface (FTDI)",
        next_note="PMOD 1A: tx is pin 1 (4), rx is pin 2 (2)",
        reset_note="PMOD 1A: pin 3 (47)",
        light=("led_g", 0),
        button=("button", 0),
        resources=(_NEXT, _RESET),
        pll_pad=True,
        program=("iceprog", "{file}"),
    ),
)
