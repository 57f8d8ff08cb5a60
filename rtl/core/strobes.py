"""When things happen in a period of a core whose nonces enter together."""

from dataclasses import dataclass

from sluice.rtl.hls.schedule import Schedule

from .binding.binding import Binding, RangeWord


@dataclass(frozen=True)
class Strobes:
    """All in cycles after the one in which a period begins.

    Members
    -------
    binding, schedule
        Of the core.
    threads
        Cycles of a slot.
    distance
        Registers between the control and the first broadcast stage, each way.
    """

    binding: Binding
    schedule: Schedule
    threads: int
    distance: int

    @property
    def period(self) -> int:
        """Cycles from a nonce of a thread to the one that follows it there."""
        return self.binding.slots * self.threads

    @property
    def lead(self) -> int:
        """Cycles from the slot to a word that is read for it.

        Where a memory has a register behind it, its address has one too.
        """
        return 1 if self.schedule.model.ram_latency == 2 else 3

    @property
    def entry(self) -> int:
        """When the slot enters the first stage: there is time to read its words."""
        return max(0, self.lead - min(self._clock(name) for name in self.binding.inputs))

    def arrival(self, name: str) -> int:
        """When an input has its word of slot 0."""
        return self.entry + self._clock(name)

    def told(self, tap: str) -> int:
        """When the datapath tells a word of slot 0."""
        return self.entry + self.schedule.cycle[self.schedule.graph.taps[tap]]

    def _clock(self, name: str) -> int:
        return next(cycle for node, cycle in self.schedule.cycle.items() if node.name == name)

    @property
    def out(self) -> int:
        """When the first stage has ``H7`` of the first threads, modulo a period."""
        return self.binding.tap * self.threads + self.entry + self.schedule.end

    @property
    def test(self) -> int:
        """When it is known whether the first nonces have passed."""
        return self.out + 2 * self.distance + 1

    @property
    def decide(self) -> int:
        """When a job is activated: its first word is read in the cycle after that, or later."""
        if self.binding.load_from:
            return -2
        begins = {name: self.binding.first_job_slot(name) for name in self.binding.inputs}
        return min(
            slot * self.threads + self.arrival(name) - self.lead - 1
            for name, slot in begins.items()
            if slot is not None
        )

    @property
    def enter(self) -> int:
        """When nonces take the place of those of the period before."""
        name, slot = self.binding.nonce
        if self.binding.load_from:
            # One that the datapath has counted is tested some slots before it is written back.
            return self.summed(RangeWord.MINUS_ONE) + 1
        due = slot * self.threads + self.arrival(name)
        return min(due - self.lead - 1, self.test - 1)

    def summed(self, word: RangeWord) -> int:
        """When the datapath has added to a word of the range what is to be added."""
        (name,) = self.binding.inputs
        return self.binding.slot_of(name, word) + self.sum

    @property
    def sum(self) -> int:
        """When the datapath tells the sum of the word of slot 0: it is a loop, some slots late."""
        return self.schedule.graph.taps["sum"].value + self.told("sum")

    @property
    def periods(self) -> int:
        """Periods from the entry of nonces to their test."""
        # One that the datapath counts has entered when it has been counted, in its second period.
        return self.binding.periods - bool(self.binding.load_from)

    @property
    def change(self) -> int:
        """When the mask and the tag do."""
        if self.binding.load_from:
            return self.enter
        return max(self.enter + 3, self.test + self.threads)
