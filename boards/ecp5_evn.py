"""Lattice's ECP5-5G evaluation board, LFE5UM5G-85F-EVN."""

from amaranth_boards.ecp5_5g_evn import ECP55GEVNPlatform

from .board import Board
from .chips import ecp5_chip
from .fabric.top import port_of_next, reset_pin
from .family.ecp5 import ECP5

_NEXT = port_of_next("K20", "J20", {"IO_TYPE": "LVCMOS33"}, {"PULLMODE": "UP"})
_RESET = reset_pin("K19", {"IO_TYPE": "LVCMOS33", "PULLMODE": "UP"})

BOARDS = (
    Board(
        name="ecp5-evn",
        title="ECP5-5G evaluation board",
        make=ECP55GEVNPlatform,
        family=ECP5,
        config=ecp5_chip(84, link_clock=12e6),
        serial_note="USB port, second interface (FTDI): see docs/boards.md",
        next_note="header J5: tx is pin 15 (K20), rx is pin 16 (J20)",
        reset_note="header J5: pin 11 (K19)",
        light=("led", 0),
        button=("rst", 0),
        resources=(_NEXT, _RESET),
        program=("openFPGALoader", "--board", "ecp5_evn", "{file}"),
    ),
)
