"""The chips that boards get unless they are told otherwise, by the size of the device.

The clock of the link is the board's crystal.
"""

from typing import Any

from sluice.rtl.config import ChipConfig
from sluice.rtl.core import CoreConfig, SerialConfig


def ice40_chip(
    engines: int,
    *,
    link_clock: float,
    hash_clock: float,
    lanes: int = 1,
    c_slow: int = 1,
    period: float | None = None,
    decoder: bool = False,
) -> ChipConfig:
    """For an iCE40: engines of one round, and nothing in block RAM that can do without."""
    return ChipConfig(
        core=SerialConfig(
            engines=engines, lanes=lanes, c_slow=c_slow, period=period, decoder=decoder
        ),
        link_clock=link_clock,
        hash_clock=hash_clock,
        chain=False,
        compact=True,
    )


def up5k_chip(*, link_clock: float, hash_clock: float = 33e6) -> ChipConfig:
    """For an iCE40UP5K: two lanes in block RAM."""
    return ice40_chip(
        1, lanes=2, link_clock=link_clock, hash_clock=hash_clock, period=9.6, decoder=True
    )


def ice8k_chip(*, link_clock: float, hash_clock: float) -> ChipConfig:
    """For an iCE40 with the die of an 8K: four lanes in block RAM."""
    return ice40_chip(1, lanes=4, link_clock=link_clock, hash_clock=hash_clock, period=9.6)


#: What all cores of an ECP5 have in common.
_ECP5: dict[str, Any] = {"decoder": True, "technology": "ecp5", "ram_from": 5, "queue": 16}


def _lanes(engines: int, lanes: int, distance: int, *, late_level: bool = False) -> SerialConfig:
    """Engines with lanes, with a thread each."""
    return SerialConfig(
        engines=engines,
        stages=engines,
        lanes=lanes,
        distance=distance,
        late_level=late_level,
        period=7.5,
        **_ECP5,
    )


#: The core and its clock, by thousands of LUTs of an ECP5.
_CORES: dict[int, tuple[CoreConfig, float]] = {
    24: (_lanes(4, 4, 1, late_level=True), 116.67e6),
    44: (_lanes(8, 4, 2, late_level=True), 110.7e6),
    84: (_lanes(12, 5, 3, late_level=True), 112.5e6),
}


def ecp5_chip(size: int, *, link_clock: float, hash_clock: float | None = None) -> ChipConfig:
    """For an ECP5 of `size` thousand LUTs.

    Pins and speed grade may allow another clock than the size's usual one.
    """
    core, clock = _CORES[size]
    return ChipConfig(core=core, link_clock=link_clock, hash_clock=hash_clock or clock)
