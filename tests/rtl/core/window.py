"""When a core takes nonces: the pipeline always, a ring in blocks."""

from dataclasses import dataclass
from typing import Self

from sluice.rtl.core.config import CoreConfig
from sluice.rtl.core.plan import plan


@dataclass(frozen=True)
class Window:
    """`turn` clocks in a row take nonces, and then none until all `passes` are over.

    Clocks are counted from the end of the reset.
    """

    turn: int = 1
    passes: int = 1

    @classmethod
    def of(cls, config: CoreConfig) -> Self:
        """Of a core with this configuration."""
        schedule = plan(config).schedule
        return cls(schedule.threads, schedule.graph.slots) if schedule.threads else cls()

    @property
    def period(self) -> int:
        """Clocks from one block to the next."""
        return self.turn * self.passes

    def open(self, clock: int) -> bool:
        """Whether a nonce can enter."""
        return clock % self.period < self.turn

    def before(self, clock: int) -> int:
        """How many clocks before `clock` are open."""
        blocks, rest = divmod(clock, self.period)
        return blocks * self.turn + min(rest, self.turn)

    def clock(self, number: int) -> int:
        """The open clock with as many open ones before it."""
        blocks, slot = divmod(number, self.turn)
        return blocks * self.period + slot

    def after(self, clock: int, amount: int) -> list[int]:
        """The next `amount` open clocks behind `clock`."""
        first = self.before(clock + 1)
        return [self.clock(number) for number in range(first, first + amount)]
