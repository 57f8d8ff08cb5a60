"""Where words wait for their uses: in registers, or in block RAM when the wait is long."""

from collections.abc import Iterator
from dataclasses import dataclass

from .ir import Node
from .schedule import Schedule


@dataclass(frozen=True)
class Wait:
    """A stretch of the life of a word between two uses.

    Members
    -------
    node
        The word.
    start, end
        The cycles in which it is there and in which it is used next; `start` < `end`.
    in_ram
        Whether it waits in a delay line.
    """

    node: Node
    start: int
    end: int
    in_ram: bool

    @property
    def cycles(self) -> int:
        """Length of the wait."""
        return self.end - self.start


def waits(schedule: Schedule, ram_from: int | None) -> Iterator[Wait]:
    """All waits of a schedule, those of a node in the order of time.

    Parameters
    ----------
    schedule
        The cycles.
    ram_from
        The shortest wait in cycles, at least 3, that goes to block RAM; none does for ``None``.
    """
    for node in schedule.nodes:
        cycle = schedule.cycle[node]
        for use in schedule.uses[node]:
            if use > cycle:
                yield Wait(node, cycle, use, ram_from is not None and use - cycle >= ram_from)
                cycle = use
