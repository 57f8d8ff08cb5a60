"""The chips that boards get unless they are told otherwise, by the size of the device.

The clock of the link is the board's crystal.
"""

from sluice.rtl.config import ChipConfig
from sluice.rtl.core import CoreConfig, HashConfig, RingConfig, RolledConfig


def ice40_chip(
    units: int,
    *,
    link_clock: float,
    hash_clock: float,
    interleave: int = 1,
    period: float | None = None,
) -> ChipConfig:
    """For an iCE40: rolled units, and nothing in block RAM that can do without."""
    return ChipConfig(
        core=RolledConfig(units=units, interleave=interleave, period=period),
        link_clock=link_clock,
        hash_clock=hash_clock,
        chain=False,
        compact=True,
    )


#: The core and its clock, by thousands of LUTs of an ECP5.
_CORES: dict[int, tuple[HashConfig, float]] = {
    # A ring of 31 rounds fits too, but was placed too slowly more often than not.
    24: (
        RolledConfig(
            units=18,
            groups=2,
            interleave=2,
            technology="ecp5",
            period=5.0,
            ram_from=9,
            queue=16,
        ),
        110e6,
    ),
    44: (RingConfig(ring=61, technology="ecp5", period=9.0, ram_from=5), 70e6),
    84: (CoreConfig(technology="ecp5", period=8.0, ram_from=4), 70e6),
}


def ecp5_chip(size: int, *, link_clock: float) -> ChipConfig:
    """For an ECP5 of `size` thousand LUTs."""
    core, hash_clock = _CORES[size]
    return ChipConfig(core=core, link_clock=link_clock, hash_clock=hash_clock)
