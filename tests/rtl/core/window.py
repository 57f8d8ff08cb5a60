"""When a core takes nonces: the pipeline always, a ring in blocks."""

from dataclasses import dataclass
from typing import Self

from sluice.rtl.core.config import CoreConfig
from sluice.rtl.core.plan import plan


@dataclass(frozen=True)
class Window:
    """`threads` cycles in a row take nonces, and then none until all `slots` are over.

    Cycles are counted from the end of the reset.
    """

    threads: int = 1
    slots: int = 1

    @classmethod
    def of(cls, config: CoreConfig) -> Self:
        """Of a core with this configuration."""
        schedule = plan(config).schedule
        return cls(schedule.threads, schedule.graph.slots) if schedule.threads else cls()

    @property
    def period(self) -> int:
        """Cycles from one block to the next."""
        return self.threads * self.slots

    def open(self, cycle: int) -> bool:
        """Whether a nonce can enter."""
        return cycle % self.period < self.threads

    def before(self, cycle: int) -> int:
        """How many cycles before `cycle` are open."""
        blocks, rest = divmod(cycle, self.period)
        return blocks * self.threads + min(rest, self.threads)

    def cycle(self, number: int) -> int:
        """The open cycle with as many open ones before it."""
        blocks, rest = divmod(number, self.threads)
        return blocks * self.period + rest

    def after(self, cycle: int, amount: int) -> list[int]:
        """The next `amount` open cycles behind `cycle`."""
        first = self.before(cycle + 1)
        return [self.cycle(number) for number in range(first, first + amount)]
