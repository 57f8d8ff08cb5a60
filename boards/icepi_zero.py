"""The Icepi Zero: an LFE5U-25F, speed grade 6, with the header of a Raspberry Pi."""

from amaranth_boards.icepi_zero import IcepiZero1_3Platform

from .board import Board
from .chips import ecp5_chip
from .family.ecp5 import ECP5
from .headers import Header, Wire

_HEADER = Header(
    name="header of a Raspberry Pi",
    rows=("3V3 GPIO2 GPIO3 GPIO4 GND GPIO17 …", "5V 5V GND GPIO14 GPIO15 GPIO18 …"),
    wires={
        Wire.NEXT_TX: ("GPIO14", "P1"),
        Wire.NEXT_RX: ("GPIO15", "N1"),
        Wire.RESET: ("GPIO18", "N4"),
    },
)

BOARDS = (
    Board(
        name="icepi-zero",
        title="Icepi Zero",
        make=IcepiZero1_3Platform,
        family=ECP5,
        regions=True,
        config=ecp5_chip(24, link_clock=25e6),
        usb="USB port of the FTDI chip",
        headers=(_HEADER,),
        divide=2,
        pulled="dtr",
        light=("led", 0),
        button=("button", 0),
        program=("openFPGALoader", "--board", "icepi-zero", "{file}"),
    ),
)
