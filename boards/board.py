"""What a board is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from amaranth.build import Resource, ResourceError

from sluice.rtl.config import ChipConfig

from .family.base import Family
from .headers import RESET, UART, Header, Wire, note, reset_note, resources


@dataclass(frozen=True, kw_only=True)
class Board:
    """A board, and the chip that fits it.

    Parameters
    ----------
    name
        As on the command line.
    title
        As people call it.
    make
        Makes its Amaranth platform, without the resources of this room.
    family
        Of its FPGA.
    config
        The chip that it gets by default. It fits and meets timing.
    seed
        Of nextpnr's random numbers, unless another one is given.
    route
        Options of nextpnr, unless others are given.
    regions
        Whether blocks get regions, unless it is said; see
        :class:`~.flow.options.ToolOptions`.
    serial
        The resource with ``rx`` and ``tx`` to the host, and its number.
    usb
        Where a person finds that port, if it is on USB.
    port
        The device that it mostly is.
    headers
        Where wires go to. A serial port that the platform lacks is made of them.
    headers_note
        What else a person must know of them.
    divide
        Cycles of the crystal in one of the link's clock: 1, or an even number where the crystal is
        too fast for the link.
    pulled
        The signal of `serial` that resets when a host sets it, ``dtr`` or ``rts``, if the board
        routes one.
    light
        The resource of the light that shows hits, its number, and a signal of it.
    button
        The resource of the button that resets, and its number.
    high
        Resources that must be driven high.
    resources
        What the platform lacks.
    pll_pad
        iCE40: the crystal is on the pad of the only PLL.
    pack
        ECP5: options of ecppack. It reads its flash memory at 38.8 MHz, not at the 2.4 of ecppack:
        that is what amaranth-boards has for the boards for which it has anything.
    dfu
        Vendor and product on USB of a bootloader that is given files by dfu-util.
    program
        The command that programs it; ``{file}`` stands for the bitstream.
    program_note
        What to do to the board before.
    """

    name: str
    title: str
    make: Callable[[], Any]
    family: Family
    config: ChipConfig
    seed: int = 1
    route: str = ""
    regions: bool = False
    serial: tuple[str, int] = (UART, 0)
    usb: str = ""
    port: str = "/dev/ttyUSB0"
    headers: tuple[Header, ...] = ()
    headers_note: str = ""
    divide: int = 1
    pulled: str | None = None
    light: tuple[Any, ...] | None = None
    button: tuple[str, int] | None = None
    high: tuple[str, ...] = ()
    resources: tuple[Resource, ...] = ()
    pll_pad: bool = False
    pack: tuple[str, ...] = ("--compress", "--freq", "38.8")
    dfu: tuple[int, int] | None = None
    program: tuple[str, ...]
    program_note: str = ""

    def platform(self) -> Any:
        """A new platform with all resources; it builds one design."""
        platform = self.make()
        platform.add_resources(self.resources)
        try:
            platform.lookup(*self.serial)
            serial = True
        except ResourceError:
            serial = False
        platform.add_resources(resources(self.headers, self.family.name, serial=serial))
        return platform

    @property
    def serial_note(self) -> str:
        """Where a person finds the serial port."""
        return self.usb or f"{note(self.headers, Wire.RX, Wire.TX)}, 3.3 V"

    @property
    def next_note(self) -> str:
        """Where the port to the next chip is, seen from this one."""
        return note(self.headers, Wire.NEXT_RX, Wire.NEXT_TX)

    @property
    def reset_note(self) -> str:
        """Where the pin is that resets while it is low; empty if there is none."""
        return reset_note(self.headers)

    @property
    def resets(self) -> tuple[tuple[str, int], ...]:
        """Resources that reset as long as they are active."""
        pins = [(RESET, 0)] if self.reset_note else []
        return (*([self.button] if self.button else []), *pins)

    @property
    def file(self) -> str:
        """Name of the file that its programmer is given."""
        return self.family.bitstream if self.dfu is None else "top.dfu"

    @property
    def crystal(self) -> float:
        """Frequency of its clock, in hertz."""
        return float(self.make().default_clk_frequency)

    @property
    def link_clock(self) -> float:
        """Frequency of the link's clock, in hertz."""
        return self.crystal / self.divide

    @property
    def device(self) -> str:
        """The FPGA, with its speed grade if it has one."""
        platform = self.make()
        grade = getattr(platform, "speed", None)
        return platform.device if grade is None else f"{platform.device}-{grade}"
