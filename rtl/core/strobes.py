"""When things happen in a period of a core whose nonces enter together."""

from dataclasses import dataclass

from sluice.rtl.hls.brought import JobWord
from sluice.rtl.hls.codegen.timing import SlotTiming

from .binding.binding import Binding, RangeWord


@dataclass(frozen=True)
class Strobes(SlotTiming):
    """All in cycles after the one in which a period begins.

    Parameters
    ----------
    binding
        Of the core.
    threads
        Cycles of a slot.
    distance
        Registers between the control and the first broadcast stage, each way.
    """

    binding: Binding
    threads: int
    distance: int

    @property
    def period(self) -> int:
        """Cycles from a nonce of a thread to the one that follows it there."""
        return self.binding.table.slots * self.threads

    @property
    def out(self) -> int:
        """When the first stage has ``H7`` of the first threads."""
        return self.binding.tap * self.threads + self.entry + self.schedule.end

    @property
    def test(self) -> int:
        """When it is known whether the first nonces have passed."""
        return self.out + 2 * self.distance + 1

    @property
    def known(self) -> int:
        """When it is known which nonces these are, too.

        One that the datapath counts is known some slots before the next one is written back.
        """
        return self.summed(RangeWord.MINUS_ONE) if self.binding.load_from else self.test

    @property
    def decide(self) -> int:
        """When a job is activated: its first word is read in the cycle after that, or later.

        That is a word for a nonce that begins; inputs without one bring the same for all jobs.
        """
        if self.binding.load_from:
            return -2
        return min(
            slot * self.threads + self.arrival(name) - self.lead - 1
            for name, words in self.binding.inputs.items()
            for slot, word in enumerate(words)
            if isinstance(word, JobWord) and word.period == 0
        )

    @property
    def enter(self) -> int:
        """When nonces take the place of those of the period before."""
        if self.binding.load_from:
            return self.known + 1
        name, slot = self.binding.nonce
        due = slot * self.threads + self.arrival(name)
        return min(due - self.lead - 1, self.test - 1)

    @property
    def change(self) -> int:
        """When the mask and the tag do."""
        if self.binding.load_from:
            return self.enter
        return max(self.enter + 3, self.test + self.threads)

    def summed(self, word: RangeWord) -> int:
        """When the datapath has added to a word of the range what is to be added."""
        (name,) = self.binding.inputs
        return self.binding.slot_of(name, word) + self.sum

    @property
    def sum(self) -> int:
        """When the datapath tells the sum of the word of slot 0: a back-edge, some slots late."""
        return self.schedule.graph.taps["sum"].value + self.told("sum")
