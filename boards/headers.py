"""Pins of a board that wires go to: what is where, by the names that the board itself has on it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from amaranth.build import Attrs, Pins, PinsN, Resource, Subsignal

#: The resources of the port to the host, of that to the next chip, and of the pin that resets.
UART, NEXT, RESET = "uart", "next_chip", "chip_reset"


class Wire(Enum):
    """What a pin is for, seen from this chip."""

    RX = "rx"
    TX = "tx"
    NEXT_TX = "next tx"
    NEXT_RX = "next rx"
    RESET = "reset"


#: Level of a pin, and what pulls it up besides, by family.
_LEVELS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "ice40": ({"IO_STANDARD": "SB_LVCMOS"}, {"PULLUP": 1}),
    "ecp5": ({"IO_TYPE": "LVCMOS33"}, {"PULLMODE": "UP"}),
}


@dataclass(frozen=True, kw_only=True)
class Header:
    """A header, or a part of one.

    Parameters
    ----------
    name
        As people call it.
    rows
        Its pins as they lie, by what the board or its manual calls them, with blanks between. An
        ellipsis stands for pins that are of no interest.
    wires
        For each wire the pin's name in `rows`, and the pin of the FPGA.
    """

    name: str
    rows: tuple[str, ...]
    wires: dict[Wire, tuple[str, str]] = field(hash=False)

    def __post_init__(self) -> None:
        known = " ".join(self.rows).split()
        for pin, _ in self.wires.values():
            if known.count(pin) != 1:
                raise ValueError(f"{self.name}: pin {pin} must be in it once: {', '.join(known)}")

    def place(self, wire: Wire) -> str:
        """Where a pin is, in words."""
        pin, site = self.wires[wire]
        name = f"pin {pin}" if pin.isdecimal() else pin
        return name if site == pin else f"{name} ({site})"


def note(headers: Iterable[Header], receive: Wire, transmit: Wire) -> str:
    """Where a serial port is, in words; empty if it is on no header."""
    for header in headers:
        ends = [
            (end, one) for end, one in (("rx", receive), ("tx", transmit)) if one in header.wires
        ]
        if ends:
            places = ", ".join(f"{end} is {header.place(one)}" for end, one in ends)
            return f"{header.name}: {places}"
    return ""


def reset_note(headers: Iterable[Header]) -> str:
    """Where the pin is that resets, in words; empty if there is none."""
    found = [header for header in headers if Wire.RESET in header.wires]
    return f"{found[0].name}: {found[0].place(Wire.RESET)}" if found else ""


def resources(headers: Iterable[Header], family: str, *, serial: bool) -> list[Resource]:
    """The resources of all wires.

    Parameters
    ----------
    headers, family
        Of the board. Inputs are pulled up, so that they can be left alone.
    serial
        Whether the board has a serial port of its own, so that a header's is no other one.
    """
    level, pull = _LEVELS[family]
    sites = {wire: site for header in headers for wire, (_, site) in header.wires.items()}

    def port(name: str, transmit: Wire, receive: Wire) -> list[Resource]:
        signals = []
        if transmit in sites:
            signals.append(Subsignal("tx", Pins(sites[transmit], dir="o"), Attrs(**level)))
        if receive in sites:
            attrs = Attrs(**level, **pull)
            signals.append(Subsignal("rx", Pins(sites[receive], dir="i"), attrs))
        return [Resource(name, 0, *signals)] if signals else []

    found = [] if serial else port(UART, Wire.TX, Wire.RX)
    found += port(NEXT, Wire.NEXT_TX, Wire.NEXT_RX)
    if Wire.RESET in sites:
        # Low resets.
        pin = PinsN(sites[Wire.RESET], dir="i")
        found.append(Resource(RESET, 0, pin, Attrs(**level, **pull)))
    return found


def pmod(name: str, **wires: tuple[str, str]) -> Header:
    """A PMOD with twelve pins; `wires` as :class:`Wire` names them."""
    found = {Wire[wire.upper()]: place for wire, place in wires.items()}
    return Header(name=name, rows=("1 2 3 4 GND 3V3", "7 8 9 10 GND 3V3"), wires=found)
