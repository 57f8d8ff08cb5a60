"""The chips that boards get unless they are told otherwise, by the size of the device.

The clock of the link is the board's crystal.
"""

from sluice.rtl.config import ChipConfig
from sluice.rtl.core import HashConfig, RolledConfig


def ice40_chip(
    units: int,
    *,
    link_clock: float,
    hash_clock: float,
    interleave: int = 1,
    period: float | None = None,
    decoder: bool = False,
) -> ChipConfig:
    """For an iCE40: rolled units, and nothing in block RAM that can do without."""
    return ChipConfig(
        core=RolledConfig(units=units, interleave=interleave, period=period, decoder=decoder),
        link_clock=link_clock,
        hash_clock=hash_clock,
        chain=False,
        compact=True,
    )


def _units(units: int, approach: int, *, late_level: bool = False) -> RolledConfig:
    """Rolled units of an ECP5, in pairs."""
    return RolledConfig(
        units=units,
        groups=units // 2,
        approach=approach,
        decoder=True,
        late_level=late_level,
        interleave=2,
        technology="ecp5",
        period=6.2,
        ram_from=5,
        queue=16,
    )


#: The core and its clock, by thousands of LUTs of an ECP5.
_CORES: dict[int, tuple[HashConfig, float]] = {
    24: (_units(24, 1, late_level=True), 128e6),
    44: (_units(42, 2), 90e6),
    84: (_units(80, 3), 103e6),
}


def ecp5_chip(size: int, *, link_clock: float, hash_clock: float | None = None) -> ChipConfig:
    """For an ECP5 of `size` thousand LUTs.

    Pins and speed grade may allow another clock than the size's usual one.
    """
    core, usual = _CORES[size]
    return ChipConfig(core=core, link_clock=link_clock, hash_clock=hash_clock or usual)
