"""Lattice's iCE40-HX8K breakout board, iCE40-HX8K-B-EVN."""

from amaranth_boards.ice40_hx8k_b_evn import ICE40HX8KBEVNPlatform

from .board import Board
from .chips import ice40_chip
from .fabric.top import port_of_next, reset_pin
from .family.ice40 import ICE40

_NEXT = port_of_next("R16", "T15", {"IO_STANDARD": "SB_LVCMOS"}, {"PULLUP": 1})
_RESET = reset_pin("T13", {"IO_STANDARD": "SB_LVCMOS", "PULLUP": 1})

BOARDS = (
    Board(
        name="hx8k",
        title="iCE40-HX8K breakout board",
        make=ICE40HX8KBEVNPlatform,
        family=ICE40,
        config=ice40_chip(1, lanes=4, link_clock=12e6, hash_clock=78e6, period=13.3),
        seed=2,
        serial_note="USB port, second interface (FTDI)",
        next_note="header J3: tx is pin 1 (R16), rx is pin 3 (T15); with --chain",
        reset_note="header J3: pin 5 (T13)",
        pulled="dtr",
        light=("led", 0),
        resources=(_NEXT, _RESET),
        program=("iceprog", "-S", "{file}"),
        program_note="set the jumpers J6 to program the FPGA instead of the flash memory",
    ),
)
