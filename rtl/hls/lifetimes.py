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
        The clocks in which it is there and in which it is used next; `start` < `end`.
    in_ram
        Whether it waits in a delay line.
    """

    node: Node
    start: int
    end: int
    in_ram: bool

    @property
    def clocks(self) -> int:
        """Length of the wait."""
        return self.end - self.start


def waits(schedule: Schedule, ram_from: int | None) -> Iterator[Wait]:
    """All waits of a schedule, those of a node in the order of time.

    Parameters
    ----------
    schedule
        The clocks.
    ram_from
        The shortest wait in clocks, at least 3, that goes to block RAM; none does for ``None``.
    """
    for node in schedule.nodes:
        clock = schedule.clock[node]
        for use in schedule.uses[node]:
            if use > clock:
                yield Wait(node, clock, use, ram_from is not None and use - clock >= ram_from)
                clock = use
