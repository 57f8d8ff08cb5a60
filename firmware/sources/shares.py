"""Shares that a pool has not judged yet."""

import time
from collections import OrderedDict
from typing import Any

from ..work.verify import Result
from .base import Source
from .refusal import Refusal

__all__ = ["Shares"]

#: Shares that wait for an answer; beyond that the oldest count as never answered.
MOST = 4096


class Shares:
    """Shares by the ids of their requests.

    Parameters
    ----------
    source
        Whose counts are kept.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._waiting: OrderedDict[int, tuple[Result, float]] = OrderedDict()

    def add(self, number: int, result: Result) -> None:
        """A share has been handed in."""
        self._waiting[number] = (result, time.monotonic())
        counts = self._source.counts
        counts.unanswered += 1
        if len(self._waiting) > MOST:
            self._waiting.popitem(last=False)
            counts.unanswered -= 1
            counts.never_answered += 1
        if result.is_block:
            counts.candidates += 1
            self._tell(result, None, "")

    def judge(self, number: int, said: dict[str, Any]) -> bool:
        """The pool has answered; whether to something that was asked."""
        if number not in self._waiting:
            return False
        share, sent = self._waiting.pop(number)
        counts = self._source.counts
        counts.unanswered -= 1
        counts.responses.add(time.monotonic() - sent)
        refusal = Refusal.of(said)
        if refusal is None and said.get("result") is not True:
            refusal = Refusal()
        reason = refusal.reason if refusal else ""
        self._source.judged(share, accepted=refusal is None, reason=reason)
        if share.is_block:
            self._tell(share, refusal is None, reason)
        return True

    def _tell(self, share: Result, accepted: bool | None, reason: str) -> None:
        listener, index = self._source.listener, self._source.index
        listener.on_candidate(index, share, share_accepted=accepted, reason=reason)

    def forget(self) -> None:
        """The connection is gone: nobody will answer."""
        counts = self._source.counts
        counts.unanswered -= len(self._waiting)
        counts.never_answered += len(self._waiting)
        candidates = [share.hash for share, _ in self._waiting.values() if share.is_block]
        if candidates:
            more = f" and {len(candidates) - 1} more" if candidates[1:] else ""
            text = f"no verdict on block candidate {candidates[0]}{more}: the connection ended"
            self._source.listener.say("warning", text)
        self._waiting.clear()
