"""The chips that boards get unless they are told otherwise, by the size of the device.

The clock of the link is the board's crystal.
"""

from sluice.rtl.config import ChipConfig
from sluice.rtl.core import RingConfig, RolledConfig


def rolled_chip(units: int, *, link_clock: float, hash_clock: float) -> ChipConfig:
    """For an iCE40: rolled units, and nothing in block RAM that can do without."""
    return ChipConfig(
        core=RolledConfig(units=units),
        link_clock=link_clock,
        hash_clock=hash_clock,
        chain=False,
        compact=True,
    )


#: Rounds of a ring and number of rings, by thousands of LUTs of an ECP5.
_RINGS = {24: (21, 1), 44: (31, 1), 84: (31, 2)}


def ring_chip(size: int, *, link_clock: float, hash_clock: float = 50e6) -> ChipConfig:
    """For an ECP5 of `size` thousand LUTs: rings of which some fabric is left to the router."""
    rounds, cores = _RINGS[size]
    core = RingConfig(ring=rounds, technology="ecp5", period=9.0, ram_from=5)
    return ChipConfig(core=core, cores=cores, link_clock=link_clock, hash_clock=hash_clock)
