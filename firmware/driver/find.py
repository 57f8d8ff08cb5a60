"""Which serial ports there are, what may be behind them, and which chips answer there."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass

from serial.tools import list_ports

from ..config import AUTO, ChainSettings
from .bringup import Identity, identify
from .line import ChainError, Line

__all__ = ["SerialPort", "find", "ports", "probe", "probe_all"]

#: Boards by what their USB interface calls itself. Makers write it into the memory beside it, so
#: one that was bought without has only its USB number.
_PRODUCTS = (
    (r"icebreaker", "icebreaker"),
    (r"upduino", "upduino"),
    (r"ulx3s", "ulx3s"),
    (r"ECP5 Evaluation", "ecp5-evn"),
    (r"Lattice FTUSB", "hx8k"),
    (r"DAPLink|CMSIS-DAP", "colorlight-i5"),
    (r"ESP32|USB JTAG/serial debug unit", "a miner's own controller"),
)

#: Boards by USB number, where the product says nothing. The numbers are those that FTDI gives its
#: converters (Linux, drivers/usb/serial/ftdi_sio_ids.h).
_NUMBERS = {
    (0x0403, 0x6010): "hx8k, icebreaker, upduino or ecp5-evn",
    (0x0403, 0x6014): "upduino",
    (0x0403, 0x6015): "ulx3s",
}


@dataclass(frozen=True, kw_only=True)
class SerialPort:
    """A serial port of this machine.

    Attributes
    ----------
    device
        Its path.
    maker, product
        What the USB device at it says of itself; empty if nothing.
    board
        Which board it may be, by the names of ``sluice boards``.
    """

    device: str
    maker: str = ""
    product: str = ""
    board: str = ""


def _board(product: str, number: tuple[int | None, int | None]) -> str:
    for pattern, board in _PRODUCTS:
        if re.search(pattern, product, re.IGNORECASE):
            return board
    if None in number:
        return ""
    known = {pair: board for pair, board in _NUMBERS.items() if pair == number}
    return next(iter(known.values()), "any with a header, by an adapter")


def ports() -> list[SerialPort]:
    """All serial ports that the system knows of, by name. Pseudo-terminals are not among them."""
    return [
        SerialPort(
            device=info.device,
            maker=info.manufacturer or "",
            product=info.product or "",
            board=_board(info.product or "", (info.vid, info.pid)),
        )
        for info in sorted(list_ports.comports())
    ]


async def probe(device: str, settings: ChainSettings) -> Identity:
    """Ask the chips at a port who they are.

    Raises
    ------
    ChainError
        The port cannot be had, or no chip answers that the settings allow.
    """
    line = await Line.open(device, settings.baud, lambda _: None)
    try:
        return await identify(line, settings)
    finally:
        line.close()
        await line.lost


async def probe_all(
    devices: Iterable[str], settings: ChainSettings
) -> dict[str, Identity | ChainError]:
    """What answers at each port, or why nothing does. They are asked all at once."""
    names = list(devices)
    said = await asyncio.gather(*(probe(name, settings) for name in names), return_exceptions=True)
    found: dict[str, Identity | ChainError] = {}
    for name, one in zip(names, said, strict=True):
        if not isinstance(one, Identity | ChainError):
            raise one
        found[name] = one
    return found


async def find(settings: ChainSettings) -> str:
    """The device of the port: as named, or with `AUTO` the only one that chips answer at.

    Raises
    ------
    ChainError
        With `AUTO`: none answers, or several do.
    """
    if settings.port != AUTO:
        return settings.port
    said = await probe_all((port.device for port in ports()), settings)
    answering = [name for name, one in said.items() if isinstance(one, Identity)]
    if len(answering) == 1:
        return answering[0]
    if answering:
        raise ChainError(f"chips answer at {' and '.join(answering)}: one has to be named")
    if not said:
        raise ChainError("there is no serial port")
    raise ChainError("no chip: " + ", ".join(f"{name}: {one}" for name, one in said.items()))
