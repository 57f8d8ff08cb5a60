"""What all sources of work have in common."""

from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from ..work.template import Epoch, Template
from ..work.verify import Result

__all__ = ["Counts", "Listener", "RefusedError", "Source", "SourceError"]

#: Different reasons for refusals that are kept apart; what comes beyond is "other".
MOST_REASONS = 32


class SourceError(Exception):
    """A source that cannot be used at the moment; says why, without secrets."""


class RefusedError(SourceError):
    """A source that does not want this miner."""


class Listener(Protocol):
    """Who is told what sources have to say."""

    def on_template(self, template: Template) -> None:
        """There is work."""
        ...

    def on_share(self, difficulty: float) -> None:
        """A source has accepted a share for a job of this difficulty."""
        ...

    def on_block(self, index: int, result: Result, *, accepted: bool | None, reason: str) -> None:
        """A block: not judged yet, accepted, or refused. Comes once or twice for a block."""
        ...

    def on_idle(self) -> None:
        """There is no work any more."""
        ...

    def say(self, level: str, text: str) -> None:
        """Something worth telling people."""
        ...


@dataclass
class Counts:
    """What came of shares, and of the connection. See :class:`~..stats.Pool`."""

    accepted: int = 0
    stale: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    accepted_difficulty: float = 0.0
    stale_difficulty: float = 0.0
    rejected_difficulty: float = 0.0
    best_difficulty: float = 0.0
    response_time: float | None = None
    last_share_at: float | None = None
    last_job_at: float | None = None
    connected_at: float | None = None
    connections: int = 0
    jobs: int = 0
    blocks: int = 0
    garbage: int = 0

    def refuse(self, reason: str, difficulty: float) -> None:
        """Count a refusal."""
        if reason == "stale":
            self.stale += 1
            self.stale_difficulty += difficulty
            return
        known = reason in self.rejected or len(self.rejected) < MOST_REASONS
        self.rejected[reason if known else "other"] += 1
        self.rejected_difficulty += difficulty

    def accept(self, result: Result, difficulty: float, now: float) -> None:
        """Count a share that was accepted; `now` is unix time."""
        self.accepted += 1
        self.accepted_difficulty += difficulty
        self.best_difficulty = max(self.best_difficulty, result.difficulty)
        self.last_share_at = now


class Source(ABC):
    """A place that work comes from.

    Parameters
    ----------
    index
        Its number in the configuration, which is its priority.
    listener
        Who is told.
    """

    kind: str

    def __init__(self, index: int, listener: Listener) -> None:
        self.index = index
        self.listener = listener
        self.counts = Counts()
        self.template: Template | None = None
        self.epoch = Epoch()
        self.version_mask = 0
        self.pays = ""

    @abstractmethod
    async def session(self) -> None:
        """Connect and deliver templates, until something is wrong.

        Raises
        ------
        SourceError
            Says what is wrong. Returning is the same without a complaint: try again.
        """

    @abstractmethod
    def submit(self, result: Result) -> None:
        """Hand in a share. Does not wait for what the source says."""

    async def farewell(self) -> None:
        """Mining has ended: do what cannot wait for the next start. It takes seconds at most."""
        self.over()

    def renew_epoch(self) -> Epoch:
        """Everything before is stale."""
        self.epoch.end()
        self.epoch = Epoch()
        return self.epoch

    def deliver(self, template: Template) -> None:
        """Tell of new work."""
        self.template = template
        self.counts.jobs += 1
        self.listener.on_template(template)

    def over(self) -> None:
        """A session has ended: nothing of it is of use any more."""
        self.epoch.end()
        self.template = None
        self.counts.connected_at = None
