"""Figures of a build: what it takes of the device, its clocks, its rate."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sluice.rtl.config import ChipConfig

from ..cores import rate
from ..family.base import Family


@dataclass(frozen=True)
class Clock:
    """A clock: its net, and the frequencies asked for and reached, in MHz."""

    net: str
    asked: float
    reached: float

    @property
    def met(self) -> bool:
        """Whether it is as fast as asked."""
        return self.reached >= self.asked


@dataclass(frozen=True)
class Step:
    """A step of a path: where it begins, in names of the design, and its delay in nanoseconds."""

    cell: str
    kind: str
    delay: float


def _cells(folder: Path) -> dict[str, int]:
    found = json.loads((folder / "stat.json").read_text(encoding="utf-8"))
    cells: dict[str, int] = found["design"]["num_cells_by_type"]
    return cells


def _count(cells: dict[str, int], weights: Mapping[str, int]) -> int:
    return sum(weight * cells.get(name, 0) for name, weight in weights.items())


def area(family: Family, synthesis: Path) -> dict[str, int]:
    """LUT4, carry, registers and block RAM after synthesis."""
    cells = _cells(synthesis)
    registers = sum(count for name, count in cells.items() if name.startswith(family.registers))
    return {
        "lut4": _count(cells, family.luts),
        "carry": _count(cells, family.carries),
        "ff": registers,
        "bram": _count(cells, family.rams),
        "lutram": cells.get("TRELLIS_DPR16X4", 0),
        "dsp": cells.get("MULT18X18D", 0) + cells.get("SB_MAC16", 0),
    }


def clocks(report: dict[str, Any]) -> list[Clock]:
    """All clocks of nextpnr's report, the fastest one asked for first."""
    found = [
        Clock(net.removeprefix("$glbnet$"), value["constraint"], value["achieved"])
        for net, value in report["fmax"].items()
    ]
    return sorted(found, key=lambda clock: -clock.asked)


def core_clock(found: list[Clock], config: ChipConfig) -> Clock:
    """The clock of the cores: the slowest of those that are asked for its frequency.

    Raises
    ------
    LookupError
        No clock is: the constraint did not get through.
    """
    asked = config.hash_clock / 1e6
    same = [clock for clock in found if abs(clock.asked - asked) <= 1e-3 * asked]
    if not same:
        named = ", ".join(f"{clock.net} {clock.asked:g} MHz" for clock in found)
        raise LookupError(f"hash_clock {asked:g} MHz is no clock's constraint: {named}")
    return min(same, key=lambda clock: clock.reached)


def critical_path(report: dict[str, Any], clock: Clock) -> list[Step]:
    """The slowest path from a clock to itself."""
    edge = f"posedge {clock.net}", f"posedge $glbnet${clock.net}"
    for path in report["critical_paths"]:
        if path["from"] in edge and path["to"] in edge:
            return [
                Step(part["from"]["cell"], part["type"], part["delay"]) for part in path["path"]
            ]
    return []


def utilisation(report: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Sites of the device that are used, and how many there are, by kind."""
    return {
        name: (value["used"], value["available"])
        for name, value in report["utilization"].items()
        if value["used"]
    }


def megahashes(config: ChipConfig) -> float:
    """Millions of hashes a second of a chip at its clock."""
    return float(rate(config.core)) * config.cores * config.core.lanes * config.hash_clock / 1e6
