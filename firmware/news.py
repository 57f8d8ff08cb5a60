"""What has happened lately: events, blocks, and the hash rate of the past day."""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import structlog

from .stats import Block, Event, Sample
from .work.verify import Result

__all__ = ["INTERVAL", "News"]

#: Events and blocks that are kept.
KEPT = 100

#: Seconds between two samples, and how many there are in a day.
INTERVAL = 10.0
SAMPLES = 8640

_LOG = structlog.get_logger()


class News:
    """Kept in memory, and told to the log."""

    def __init__(self) -> None:
        #: What each is about, if there may be more to say of it, and the event.
        self._events: deque[tuple[str, Event]] = deque(maxlen=KEPT)
        self._number = 0
        self._blocks: deque[Block] = deque(maxlen=KEPT)
        self._samples: deque[Sample] = deque(maxlen=SAMPLES)
        self.blocks_found = 0

    @property
    def events(self) -> tuple[Event, ...]:
        """Newest last."""
        return tuple(event for _, event in self._events)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Newest last."""
        return tuple(self._blocks)

    @property
    def samples(self) -> Sequence[Sample]:
        """Oldest first."""
        return tuple(self._samples)

    def say(self, level: str, text: str) -> None:
        """Something has happened."""
        self._tell(level, text)

    def _tell(self, level: str, text: str, *, about: str = "") -> None:
        """Something has happened; what was said about the same before gives way to it."""
        {"warning": _LOG.warning, "error": _LOG.error}.get(level, _LOG.info)(text)
        self._number += 1
        new = Event(number=self._number, at=time.time(), level=level, text=text)
        for place, (other, event) in enumerate(self._events):
            if about and other == about:
                self._events[place] = (about, replace(new, at=event.at))
                return
        self._events.append((about, new))

    def sample(self, chips: float, results: float, shares: float) -> None:
        """Rates over the last interval."""
        point = Sample(at=time.time(), chips=chips, results=results, shares=shares)
        self._samples.append(point)

    def block(self, pool: int, result: Result, *, accepted: bool | None, reason: str) -> None:
        """A block was found, or judged."""
        template = result.template
        named = f"block {result.hash}" + (f" at {template.height}" if template.height else "")
        if accepted is None:
            self._found(pool, result)
            self._tell("info", f"{named} found", about=result.hash)
            return
        self._judge(result, accepted=accepted, reason=reason)
        if accepted:
            text = f"{named} accepted" + (f": {reason}" if reason else "")
            self._tell("info", text, about=result.hash)
        else:
            self._tell("error", f"{named} refused: {reason}", about=result.hash)

    def candidate(
        self, pool: int, result: Result, *, share_accepted: bool | None, reason: str
    ) -> None:
        """A share for a pool is good enough for a block; later, what the pool says of the share."""
        if share_accepted is None:
            self._found(pool, result)
            self._tell("info", f"block candidate {result.hash} found", about=result.hash)
            return
        self._judge(result, share_accepted=share_accepted, reason=reason)
        verdict = "share accepted" if share_accepted else f"share refused: {reason}"
        level = "info" if share_accepted else "error"
        self._tell(level, f"{verdict}, block candidate {result.hash}", about=result.hash)

    def _found(self, pool: int, result: Result) -> None:
        self.blocks_found += 1
        block = Block(
            found_at=time.time(),
            height=result.template.height,
            hash=result.hash,
            pool=pool,
            version=result.version,
        )
        self._blocks.append(block)

    def _judge(
        self,
        result: Result,
        *,
        accepted: bool | None = None,
        share_accepted: bool | None = None,
        reason: str,
    ) -> None:
        for index, block in enumerate(self._blocks):
            if block.hash == result.hash:
                self._blocks[index] = replace(
                    block, accepted=accepted, share_accepted=share_accepted, reason=reason
                )
