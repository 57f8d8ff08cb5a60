"""The chips that boards get unless they are told otherwise, by the size of the device.

The clock of the link is the board's crystal.
"""

from sluice.rtl.config import ChipConfig
from sluice.rtl.core import RolledConfig


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


#: Units and groups of them, by thousands of LUTs of an ECP5: what its registers are enough for.
_UNITS = {24: (18, 2), 44: (32, 4), 84: (64, 8)}


def ecp5_chip(size: int, *, link_clock: float, hash_clock: float = 110e6) -> ChipConfig:
    """For an ECP5 of `size` thousand LUTs: units of two nonces, a sum between two registers."""
    units, groups = _UNITS[size]
    core = RolledConfig(
        units=units,
        groups=groups,
        interleave=2,
        technology="ecp5",
        period=5.0,
        ram_from=9,
        queue=16,
    )
    return ChipConfig(core=core, link_clock=link_clock, hash_clock=hash_clock)
