"""When the words of a datapath come in and go out, counted in cycles from a slot 0."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..schedule import Schedule


@dataclass(frozen=True)
class SlotTiming:
    """Cycles of a datapath whose inputs are read from memories by the number of the slot.

    Parameters
    ----------
    schedule
        Of the datapath.
    inputs
        Names of its inputs.
    """

    schedule: Schedule
    inputs: Iterable[str]

    @property
    def lead(self) -> int:
        """Cycles from the slot to a word that is read for it.

        Where a memory has a register behind it, its address has one too.
        """
        return 1 if self.schedule.model.ram_latency == 2 else 3

    @property
    def entry(self) -> int:
        """When the slot enters the datapath: there is time to read its words."""
        return max(0, self.lead - min(map(self._cycle, self.inputs)))

    def arrival(self, name: str) -> int:
        """When an input has its word of slot 0."""
        return self.entry + self._cycle(name)

    def told(self, tap: str) -> int:
        """When the datapath tells a word of slot 0."""
        return self.entry + self.schedule.cycle[self.schedule.graph.taps[tap]]

    def _cycle(self, name: str) -> int:
        return next(cycle for node, cycle in self.schedule.cycle.items() if node.name == name)
