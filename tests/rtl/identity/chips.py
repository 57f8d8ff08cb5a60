"""The chips whose netlists are compared: those of boards with a result, and others."""

import dataclasses

from amaranth.back import rtlil

from sluice.boards.catalogue import BOARDS
from sluice.boards.flow.plan import elaborate, top
from sluice.boards.sweep.results import best, read
from sluice.rtl.chip import Chip
from sluice.rtl.config import ChipConfig
from sluice.rtl.core import CORES

#: Kind of core, what it is told, and what the chip is told.
_VARIED = {
    "pipeline": ("pipeline", {}, {}),
    "pipeline-18": ("pipeline", {"rounds": 18}, {"model": "bm1366"}),
    "pipeline-ecp5-2-lanes": ("pipeline", {"rounds": 24, "technology": "ecp5", "lanes": 2}, {}),
    "pipeline-ice40": ("pipeline", {"rounds": 20, "technology": "ice40", "period": 4.7}, {}),
    "pipeline-period": ("pipeline", {"rounds": 20, "technology": "ecp5", "period": 8.0}, {}),
    "pipeline-share": ("pipeline", {"rounds": 20, "share": True, "ram_from": 0}, {"cores": 4}),
    "ring-1": ("ring", {"ring": 1}, {}),
    "ring-8-ecp5": ("ring", {"ring": 8, "technology": "ecp5"}, {"cores": 2}),
    "ring-31-lanes": ("ring", {"ring": 31, "technology": "ecp5", "lanes": 2}, {}),
    "ring-5-period": ("ring", {"ring": 5, "period": 10.0, "share": True}, {"chain": False}),
    "serial": ("serial", {}, {"compact": True, "chain": False}),
    "serial-1": ("serial", {"engines": 1}, {"compact": True}),
    "serial-threads": ("serial", {"engines": 6, "c_slow": 2, "decoder": True}, {}),
    "serial-4-threads": ("serial", {"engines": 2, "c_slow": 4, "technology": "ecp5"}, {}),
    "serial-stages": (
        "serial",
        {"engines": 6, "stages": 3, "c_slow": 2, "technology": "ecp5", "distance": 2, "queue": 8},
        {},
    ),
    "serial-lanes": ("serial", {"engines": 2, "lanes": 4, "technology": "ecp5"}, {}),
    "serial-lanes-slack": (
        "serial",
        {"engines": 1, "lanes": 3, "technology": "ecp5", "period": 7.5, "slack": 2.6},
        {},
    ),
    "serial-lanes-late": (
        "serial",
        {
            "engines": 4,
            "stages": 4,
            "lanes": 2,
            "technology": "ecp5",
            "distance": 3,
            "queue": 16,
            "late_level": True,
            "decoder": True,
        },
        {},
    ),
    "serial-generic": ("serial", {"technology": "generic", "queue": 4}, {"cores": 2}),
    "midstate-ram-2": ("serial", {"engines": 1, "lanes": 2}, {"compact": True, "chain": False}),
    "midstate-ram-4": ("serial", {"engines": 1, "lanes": 4, "decoder": True}, {"build": 7}),
}

#: Those that take no time.
QUICK = ("pipeline-18", "serial", "serial-stages", "midstate-ram-2")

#: A result that is kept is to come out again.
_KEPT = best(read())

NAMES = tuple(_VARIED) + tuple(name for name in BOARDS if name in _KEPT)


def chip(name: str) -> ChipConfig:
    kind, core, rest = _VARIED[name]
    return ChipConfig(core=CORES[kind](**core), **rest)


def netlist(name: str) -> str:
    """RTLIL of one of `NAMES`; boards with their pins and clocks."""
    if name in BOARDS:
        board = BOARDS[name]
        config = dataclasses.replace(board.config, build=1)
        return elaborate(board, top(board, config))[0]
    return rtlil.convert(Chip(chip(name)), name="top", emit_src=False)
