"""When things happen in a turn of a rolled core."""

from dataclasses import dataclass
from functools import cached_property

from .plan import Plan
from .rolledconfig import KNOWN, RolledConfig
from .timetable import SharedTimetable


@dataclass(frozen=True)
class Moments:
    """All in clocks after the one in which a turn begins.

    Members
    -------
    config, plan
        Of the core.
    """

    config: RolledConfig
    plan: Plan

    def __post_init__(self) -> None:
        known = KNOWN + self.config.interleave + 2 * self.config.approach
        assert self.test - self.range <= known, (self.test, self.range)

    @cached_property
    def timetable(self) -> SharedTimetable:
        """Of the units."""
        timetable = self.config.timetable
        assert isinstance(timetable, SharedTimetable), timetable
        return timetable

    @property
    def turn(self) -> int:
        """Clocks from a nonce of a unit to the one that follows it there."""
        return self.timetable.slots * self.config.interleave

    @property
    def lead(self) -> int:
        """Clocks from the slot to a word that is read for it.

        Where a memory has a register behind it, its address has one too.
        """
        return 1 if self.plan.schedule.model.recall == 2 else 3

    @property
    def entry(self) -> int:
        """When the slot enters the first group: there is time to read its words."""
        return max(0, self.lead - min(self.plan.arrival(name) for name in self.plan.inputs))

    def arrival(self, name: str) -> int:
        """When the word of the first slot arrives from a memory."""
        return self.entry + self.plan.arrival(name)

    @property
    def activation(self) -> int:
        """When a job is activated: its first word is read in the clock after that."""
        first = (
            slot * self.config.interleave + self.arrival(name)
            for name, slot in self.timetable.begins.items()
        )
        return min(first) - self.lead - 1

    @property
    def test(self) -> int:
        """When it is known whether the first nonces of the turn before have passed."""
        there_and_back = self.config.approach + 1 + self.config.approach
        out = self.entry + self.plan.schedule.end
        return self.timetable.tap * self.config.interleave + out + there_and_back

    @property
    def range(self) -> int:
        """When the nonces of the next turn take the place of those of the turn before."""
        nonce_due = self.timetable.nonce * self.config.interleave + self.arrival("m")
        return min(nonce_due - self.lead - 1, self.test - 1)

    @property
    def change(self) -> int:
        """When the mask and the tag do."""
        return max(self.range + 3, self.test + self.config.interleave)
