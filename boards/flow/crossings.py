"""Paths from one clock to another: nextpnr reports them, and passes them however long they are.

Their bound is written where the crossings are made (see :data:`sluice.rtl.chip.ARRIVAL`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sluice.rtl.chip import ARRIVAL

_EDGE = "posedge "
_GLOBAL = "$glbnet$"


@dataclass(frozen=True)
class Crossing:
    """The longest path from one clock to another.

    Parameters
    ----------
    source, target
        Nets of the clocks.
    delay
        In nanoseconds.
    period
        Of `target`, in nanoseconds; 0 if it is that of the cores' clock, which is yet to be chosen.
    first, last
        The cells at its ends.
    """

    source: str
    target: str
    delay: float
    period: float
    first: str
    last: str

    def bound(self, period: float) -> float:
        """In nanoseconds, where the clock of the cores has such a period."""
        return ARRIVAL * (self.period or period)

    def holds(self, period: float) -> bool:
        """Whether it is short enough, where the clock of the cores has such a period."""
        return self.delay <= self.bound(period)

    def complaint(self, period: float) -> str:
        """What is wrong with it, with the names of both clocks."""
        return (
            f"a path from {self.source} to {self.target} takes {self.delay:.2f} ns and may take "
            f"{self.bound(period):.2f} ns, {ARRIVAL} periods of {self.target}: "
            f"{self.first} to {self.last}"
        )


def _net(event: str) -> str:
    return event.removeprefix(_EDGE).removeprefix(_GLOBAL)


def crossings(report: dict[str, Any], chosen: str) -> list[Crossing]:
    """The longest path between each two clocks.

    Parameters
    ----------
    report
        nextpnr's.
    chosen
        The net of the clock whose frequency is chosen afterwards.
    """
    asked = {_net(net): value["constraint"] for net, value in report["fmax"].items()}
    return list(_crossings(report["critical_paths"], asked, chosen))


def _crossings(
    paths: Iterable[dict[str, Any]], asked: dict[str, float], chosen: str
) -> Iterable[Crossing]:
    for path in paths:
        source, target = _net(path["from"]), _net(path["to"])
        edges = path["from"].startswith(_EDGE) and path["to"].startswith(_EDGE)
        if not edges or source == target:
            continue
        steps = path["path"]
        yield Crossing(
            source,
            target,
            sum(step["delay"] for step in steps),
            # A clock without a constraint is one that nobody has meant to be one: it gets no time.
            0.0 if target == chosen else 1e3 / asked[target] if target in asked else 1e-9,
            steps[0]["from"]["cell"],
            steps[-1]["to"]["cell"],
        )
