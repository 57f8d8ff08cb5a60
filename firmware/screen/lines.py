"""The same as lines of text, for where output is no terminal."""

from collections.abc import Iterator

from ..stats import Block, Snapshot
from .words import clock, difficulty, rate

__all__ = ["Lines"]


def _status(now: Snapshot) -> str:
    active = next((pool for pool in now.pools if pool.index == now.active_pool), None)
    where = "no work" if active is None else active.url
    return (
        f"{clock(now.at)} {rate(now.rates.chips.minute_1)}, shares {now.accepted} accepted"
        f" {now.stale} stale {now.rejected} rejected, best {difficulty(now.best_difficulty)},"
        f" blocks {now.blocks_found}, {'paused' if now.paused else where}"
    )


def _plain(text: str) -> str:
    """Without what a terminal would take for a command: words may come from a pool."""
    return "".join(char if char.isprintable() else "?" for char in text)


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
        self._last_event = float("-inf")
        self._told: dict[str, bool | None] = {}

    def _block(self, block: Block) -> str:
        verdict = {None: "found", True: "accepted", False: f"refused: {block.reason}"}
        height = "" if block.height is None else f" {block.height}"
        text = f"block{height} {block.hash} version {block.version:08x} {verdict[block.accepted]}"
        return f"{clock(block.found_at)} {_plain(text)}"

    def new(self, now: Snapshot) -> Iterator[str]:
        """The lines."""
        newest = self._last_event
        for event in now.events:
            if event.at > self._last_event:
                newest = max(newest, event.at)
                yield f"{clock(event.at)} {_plain(event.text)}"
        self._last_event = newest
        for block in now.blocks:
            if block.hash not in self._told or self._told[block.hash] != block.accepted:
                yield self._block(block)
        self._told = {block.hash: block.accepted for block in now.blocks}
        if now.at >= self._next:
            self._next = now.at + self._every
            yield _status(now)
