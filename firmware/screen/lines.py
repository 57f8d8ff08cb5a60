"""The same as lines of text, for where output is no terminal."""

from collections.abc import Iterator

from ..stats import Snapshot
from .words import amount, clock, difficulty, plain, rate

__all__ = ["Lines"]


def _status(now: Snapshot) -> str:
    active = next((pool for pool in now.pools if pool.index == now.active_pool), None)
    where = "no work" if active is None else active.url
    unusable = sum(pool.counts.unusable.total() for pool in now.pools)
    more = f", {amount(unusable, 'unusable message')}" if unusable else ""
    return (
        f"{clock(now.at)} {rate(now.rates.chips.minute_1)}, shares {now.accepted} accepted"
        f" {now.stale} stale {now.rejected} rejected, best {difficulty(now.best_difficulty)},"
        f" blocks {now.blocks_found}{more}, {'paused' if now.paused else where}"
    )


class Lines:
    """Says what is new since it was asked last.

    Parameters
    ----------
    every
        Seconds between two lines with the hash rate.
    """

    def __init__(self, *, every: float = 10.0) -> None:
        self._every = every
        self._next = 0.0
        self._last_event = 0

    def new(self, now: Snapshot) -> Iterator[str]:
        """The lines: an event for each thing that has happened, and for what came of it."""
        newest = self._last_event
        for event in now.events:
            if event.number > self._last_event:
                newest = max(newest, event.number)
                yield f"{clock(event.at)} {plain(event.text)}"
        self._last_event = newest
        if now.at >= self._next:
            self._next = now.at + self._every
            yield _status(now)
