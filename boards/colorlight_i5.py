"""The Colorlight i5 V7.0 on its extension board: an LFE5U-25F, speed grade 6.

Pins as documented by https://github.com/wuxx/Colorlight-FPGA-Projects.
"""

from amaranth.build import Attrs, Clock, Pins, PinsN, Resource, Subsignal
from amaranth.vendor import LatticeECP5Platform

from .board import Board
from .chips import ecp5_chip
from .family.ecp5 import ECP5
from .headers import Header, Wire

_LEVEL = {"IO_TYPE": "LVCMOS33"}


class _Platform(LatticeECP5Platform):
    """What the chip needs of it."""

    device = "LFE5U-25F"
    package = "BG381"
    speed = "6"
    default_clk = "clk25"
    resources = (
        Resource("clk25", 0, Pins("P3", dir="i"), Clock(25e6), Attrs(**_LEVEL)),
        Resource("led", 0, PinsN("U16", dir="o"), Attrs(**_LEVEL)),
        Resource("button", 0, PinsN("K18", dir="i"), Attrs(PULLMODE="UP", **_LEVEL)),
        Resource(
            "uart",
            0,
            Subsignal("rx", Pins("H18", dir="i")),
            Subsignal("tx", Pins("J17", dir="o")),
            Attrs(**_LEVEL),
        ),
    )
    connectors = ()


_P3 = Header(
    name="extension board, P3",
    rows=("C17 B18 B20 F20", "A18 A19 B19 D20"),
    wires={Wire.NEXT_TX: ("C17", "C17"), Wire.NEXT_RX: ("B18", "B18"), Wire.RESET: ("B20", "B20")},
)

BOARDS = (
    Board(
        name="colorlight-i5",
        title="Colorlight i5 V7.0",
        make=_Platform,
        family=ECP5,
        seed=19,
        regions=True,
        config=ecp5_chip(24, link_clock=25e6),
        usb="USB port of the extension board (its debugger)",
        port="/dev/ttyACM0",
        headers=(_P3,),
        light=("led", 0),
        button=("button", 0),
        program=("openFPGALoader", "--board", "colorlight-i5", "{file}"),
    ),
)
