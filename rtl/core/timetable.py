"""What the hardware around rolled units knows of their timetable."""

from collections.abc import Mapping
from dataclasses import dataclass

from sluice.rtl.dataflow.node import Node


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """A turn in slots, and what is read in each of them.

    Parameters
    ----------
    slots
        Slots of a turn.
    loads_from
        The number of the first slot of a turn in which a job comes in, or 0.
    nonce
        The slot in which the nonce is put in.
    tap
        The slot in which ``H7`` is tested, of a later turn.
    turns
        How many turns later: so many nonces are on their way in a unit, for each of its places.
    kept
        Words in the memories of units, in places above those of the slots.
    begins
        For each input of the graph that brings words of jobs the first slot that has one.
    job_words
        Words of a job, in the order of their addresses on the work bus.
    """

    slots: int
    nonce: int
    tap: int
    turns: int
    kept: Mapping[int, int]
    begins: Mapping[str, int]
    job_words: list[Node]
    loads_from: int = 0

    @property
    def apart(self) -> int:
        """Turns without nonces between two jobs."""
        return self.turns - 1 + (self.loads_from > 0)
