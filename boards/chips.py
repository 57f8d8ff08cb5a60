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


def _ring(rounds: int) -> RingConfig:
    return RingConfig(ring=rounds, technology="ecp5", period=9.0, ram_from=5)


#: The core, by thousands of LUTs of an ECP5: the most rounds that it has room for.
_CORES: dict[int, HashConfig] = {
    24: _ring(31),
    44: _ring(61),
    84: CoreConfig(technology="ecp5", period=8.0, ram_from=4),
}


def ecp5_chip(size: int, *, link_clock: float, hash_clock: float = 70e6) -> ChipConfig:
    """For an ECP5 of `size` thousand LUTs: one core, with two or three sums between registers."""
    return ChipConfig(core=_CORES[size], link_clock=link_clock, hash_clock=hash_clock)
