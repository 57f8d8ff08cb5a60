"""How much of something there was a second, over several windows."""

from bisect import bisect_right
from collections import deque

from ..stats import Rates

__all__ = ["WINDOWS", "Meter"]

#: Seconds.
WINDOWS = (5, 60, 300, 900)


class Meter:
    """A sum that remembers what it was in the past quarter of an hour, to the second.

    Parameters
    ----------
    now
        Monotonic time of the start.
    """

    def __init__(self, now: float) -> None:
        self.started = now
        self.total = 0.0
        # Whole seconds, and what the sum was when each began.
        self._seconds: deque[int] = deque([int(now)], maxlen=WINDOWS[-1] + 2)
        self._sums: deque[float] = deque([0.0], maxlen=WINDOWS[-1] + 2)

    def add(self, amount: float, now: float) -> None:
        """Count something."""
        second = int(now)
        if second > self._seconds[-1]:
            self._seconds.append(second)
            self._sums.append(self.total)
        self.total += amount

    def over(self, window: float, now: float) -> float:
        """The rate over the last `window` seconds, or since the start if that is less."""
        start = int(max(now - window, self.started))
        at = bisect_right(self._seconds, start)
        if at and self._seconds[at - 1] == start:
            before = self._sums[at - 1]
        else:
            before = self._sums[at] if at < len(self._sums) else self.total
        return (self.total - before) / max(now - max(start, self.started), 1.0)

    def average(self, now: float) -> float:
        """The rate since the start."""
        return self.total / max(now - self.started, 1.0)

    def rates(self, now: float) -> Rates:
        """All windows."""
        first, second, third, fourth = (self.over(window, now) for window in WINDOWS)
        return Rates(
            seconds_5=first,
            minute_1=second,
            minutes_5=third,
            minutes_15=fourth,
            average=self.average(now),
        )
