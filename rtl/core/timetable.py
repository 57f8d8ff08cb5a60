"""What the hardware around rolled units knows of their timetable."""

from collections.abc import Mapping
from dataclasses import dataclass

from sluice.rtl.hls.ir import Node


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """A turn in slots, and the words that are read in it.

    Parameters
    ----------
    slots
        Slots of a turn.
    turns
        How many turns a nonce takes: so many are on their way in a unit, for each of its places.
    apart
        Turns without nonces between two jobs.
    kept
        Words in the memories of units, in places above those of the slots.
    job_words
        Words of a job, in the order of their addresses on the work bus.
    """

    slots: int
    turns: int
    apart: int
    kept: Mapping[int, int]
    job_words: list[Node]


@dataclass(frozen=True, kw_only=True)
class SharedTimetable(Timetable):
    """That of units which share the words that memories put in.

    Parameters
    ----------
    nonce
        The slot in which the nonce is put in.
    tap
        The slot in which ``H7`` is tested, `turns` turns later.
    begins
        For each input of the graph that brings words of jobs the first slot that has one.
    """

    nonce: int
    tap: int
    begins: Mapping[str, int]
