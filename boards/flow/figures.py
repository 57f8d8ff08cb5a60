"""Figures of a build: what it takes of the device, its clocks, its rate."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sluice.rtl.config import ChipConfig

from ..cores import rate
from ..family.base import Family


@dataclass(frozen=True)
class Clock:
    """A clock.

    Parameters
    ----------
    net
        Its net.
    asked, reached
        Frequencies in MHz: what it has, and one over its longest path.
    jitter
        Of its period, peak to peak, in nanoseconds; a crystal's is none to speak of.
    """

    net: str
    asked: float
    reached: float
    jitter: float = 0.0

    @property
    def margin(self) -> float:
        """What is left of a period after its longest path, in nanoseconds."""
        return 1e3 / self.asked - 1e3 / self.reached

    @property
    def met(self) -> bool:
        """Whether its shortest period is long enough: half of the jitter fits into the margin."""
        return self.margin >= self.jitter / 2

    @property
    def complaint(self) -> str:
        """What is wrong if it is not."""
        text = f"{self.net} reaches {self.reached:.2f} of {self.asked:.2f} MHz"
        if self.jitter and self.reached >= self.asked:
            text += (
                f": its margin of {self.margin:.3f} ns is less than half of its jitter of "
                f"{self.jitter:.3f} ns"
            )
        return text


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


def area(family: Family, synthesis: Path) -> dict[str, int]:
    """LUT4, carry, registers and block RAM after synthesis."""
    return family.cells.count(_cells(synthesis))


def clocks(report: dict[str, Any]) -> list[Clock]:
    """All clocks of nextpnr's report, the fastest one asked for first."""
    found = [
        Clock(net.removeprefix("$glbnet$"), value["constraint"], value["achieved"])
        for net, value in report["fmax"].items()
    ]
    return sorted(found, key=lambda clock: -clock.asked)


def core_clock(found: list[Clock], placed: float) -> Clock:
    """The clock of the cores: the slowest of those that are asked for its frequency.

    Parameters
    ----------
    found
        All clocks.
    placed
        With how many hertz it was placed and routed.

    Raises
    ------
    LookupError
        No clock is: the constraint did not get through.
    """
    asked = placed / 1e6
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
