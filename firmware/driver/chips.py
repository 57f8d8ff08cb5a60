"""What is known of each chip of a chain."""

import time
from collections import Counter
from collections.abc import Iterable

from sluice.rtl.protocol.models import Model

from ..stats import Chip, Drop, HashRates
from ..work.meter import Meter

__all__ = ["ChipState"]

#: A counter of hashes that moved by more than half its range was reset, or a sample was missed.
_HALF = 1 << 31


class ChipState:
    """Counters of one chip.

    Parameters
    ----------
    index, address
        Its place in the chain and on the wire.
    model
        Whose protocol it speaks.
    expected
        Hashes a second by its clock, if that is known.
    now
        Monotonic time.
    """

    def __init__(
        self,
        *,
        index: int,
        address: int,
        model: Model,
        sluice: bool,
        build: int,
        cores: int,
        lanes: int,
        expected: float | None,
        now: float,
    ) -> None:
        self.index = index
        self.address = address
        self.model = model
        self.sluice = sluice
        self.build = build
        self.cores = cores
        self.lanes = lanes
        self.expected = expected
        self.by_counter = Meter(now)
        self.by_results = Meter(now)
        self.results = 0
        self.dropped: Counter[Drop] = Counter()
        self.nonce_errors = 0
        self.overflows = 0
        self.bad_commands = 0
        self.bad_jobs = 0
        self.last_result_at: float | None = None
        self._last: tuple[int, int] | None = None

    def count_hashes(self, register: int, value: int, unit: int, now: float) -> None:
        """Take a sample of a 32-bit counter of hashes, in units of `unit`.

        The first one, and the first of another register, say where counting starts.
        """
        if self._last is not None and self._last[0] == register:
            difference = value - self._last[1] & 0xFFFFFFFF
            if difference < _HALF:
                self.by_counter.add(difference * unit, now)
        self._last = (register, value)

    def good(self, weight: float, now: float) -> None:
        """A good result that stands for `weight` hashes."""
        self.results += 1
        self.by_results.add(weight, now)
        self.last_result_at = time.time()

    def snapshot(self, now: float) -> Chip:
        """As plain data; shares belong to no chip."""
        return Chip(
            index=self.index,
            address=self.address,
            model=self.model.name,
            sluice=self.sluice,
            build=self.build,
            cores=self.cores,
            lanes=self.lanes,
            rates=HashRates(
                chips=self.by_counter.rates(now),
                results=self.by_results.rates(now),
                expected=self.expected,
            ),
            hashes=int(self.by_counter.total),
            work=int(self.by_results.total),
            results=self.results,
            dropped=plain(self.dropped.items()),
            nonce_errors=self.nonce_errors,
            overflows=self.overflows,
            bad_commands=self.bad_commands,
            bad_jobs=self.bad_jobs,
            last_result_at=self.last_result_at,
        )


def plain(counts: Iterable[tuple[Drop, int]]) -> dict[str, int]:
    """Counts by the words for their reasons."""
    return {str(reason): count for reason, count in counts}
