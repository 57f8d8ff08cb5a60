"""An event loop whose clock stands still while nobody lets it run.

A loaded machine stops a process for tenths of a second, and an ordinary loop then finds the answer
that has come and the end of the time for it at once. Here both ends of a line are in one loop: its
clock is what was waited for and what the processor has done, so that no time passes for one end in
which the other could not answer.
"""

import asyncio
import selectors
import time


class _Selector(selectors.DefaultSelector):
    """Counts the seconds waited: never more than it was asked to wait."""

    def __init__(self):
        super().__init__()
        self.waited = 0.0

    def select(self, timeout=None):
        begun = time.monotonic()
        found = super().select(timeout)
        passed = time.monotonic() - begun
        self.waited += passed if timeout is None else min(passed, max(timeout, 0.0))
        return found


class SteadyLoop(asyncio.SelectorEventLoop):
    """The loop of tests that are coroutines."""

    def __init__(self):
        self._counting = _Selector()
        super().__init__(self._counting)

    def time(self):
        """Seconds, of the thread that asks."""
        return self._counting.waited + time.thread_time()
