"""What a board is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from amaranth.build import Resource

from sluice.rtl.config import ChipConfig

from .family.base import Family

#: The resources of the port to the next chip, and of the pin that resets.
NEXT, RESET = "next_chip", "chip_reset"


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
    serial
        The resource with ``rx`` and ``tx`` to the host, and its number.
    serial_note
        Where a person finds that port.
    next_note
        Where the port to the next chip is, seen from this one.
    reset_note
        Where the pin is that resets while it is low, if there is one; its resource is
        :data:`RESET`.
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
    serial: tuple[str, int] = ("uart", 0)
    serial_note: str
    next_note: str
    reset_note: str = ""
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
        return platform

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
    def device(self) -> str:
        """The FPGA, with its speed grade if it has one."""
        platform = self.make()
        grade = getattr(platform, "speed", None)
        return platform.device if grade is None else f"{platform.device}-{grade}"
