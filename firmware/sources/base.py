"""What all sources of work have in common."""

import time
from abc import ABC, abstractmethod
from typing import Protocol

from ..poolstats import Coinbase, Counts
from ..work.template import Epoch, Template
from ..work.verify import Result

__all__ = [
    "NO_CONNECTION",
    "NO_WORD",
    "NO_WORK",
    "FaultError",
    "Listener",
    "MistakeError",
    "RefusedError",
    "Source",
    "SourceError",
    "UnknownStateError",
]

#: What a source may lack.
NO_CONNECTION, NO_WORD, NO_WORK = "no connection", "a connection, but not a word", "no work"


class SourceError(Exception):
    """A source that cannot be used at the moment; says why, without secrets."""


class FaultError(SourceError):
    """A fault that trying again at once does not mend, however long the session lasted."""


class RefusedError(FaultError):
    """A source that does not want this miner."""


class UnknownStateError(FaultError):
    """What shares depend on is not known any more: a message that was to change it is unusable."""


class MistakeError(RefusedError):
    """A source that is not what the configuration says: begins with the key that is wrong.

    Parameters
    ----------
    text
        What is wrong.
    passing
        Whether it may be right some other time, with the same configuration.
    """

    def __init__(self, text: str, *, passing: bool = False) -> None:
        super().__init__(text)
        self.passing = passing


class Listener(Protocol):
    """Who is told what sources have to say."""

    def on_template(self, template: Template) -> None:
        """There is work."""
        ...

    def on_share(self, difficulty: float) -> None:
        """A source has accepted a share for a job of this difficulty."""
        ...

    def on_block(self, index: int, result: Result, *, accepted: bool | None, reason: str) -> None:
        """A block for a node: not judged yet, accepted, or refused. Comes once or twice."""
        ...

    def on_candidate(
        self, index: int, result: Result, *, share_accepted: bool | None, reason: str
    ) -> None:
        """A share for a pool is good enough for a block: not judged yet, accepted, or refused.

        What became of the block a pool does not say.
        """
        ...

    def on_idle(self) -> None:
        """There is no work any more."""
        ...

    def say(self, level: str, text: str) -> None:
        """Something worth telling people."""
        ...


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
        self.coinbase = Coinbase()
        #: Address at the other end of the connection; empty without one.
        self.peer = ""
        #: What a source that has given no work yet is waiting for, in words.
        self.lacks = NO_CONNECTION

    @abstractmethod
    async def session(self) -> None:
        """Connect and deliver templates, until something is wrong.

        Raises
        ------
        SourceError
            Says what is wrong. Returning is the same without a complaint: try again.
        """

    @property
    def welcome(self) -> bool:
        """Whether nobody can object to this miner any more."""
        return True

    @property
    def differs_next(self) -> bool:
        """Whether the next session will be another than the last: elsewhere, or asking for less."""
        return False

    @abstractmethod
    def submit(self, result: Result) -> None:
        """Hand in a share. Does not wait for what the source says."""

    async def farewell(self) -> None:
        """Mining has ended: do what cannot wait for the next start. It takes seconds at most."""
        self.over()

    def judged(self, result: Result, *, accepted: bool, reason: str = "") -> None:
        """A share has been accepted, or refused for a reason."""
        difficulty = result.template.difficulty
        for verdicts in (self.counts, result.job.verdicts):
            if accepted:
                verdicts.accept(result.difficulty, difficulty, time.time(), self.index)
            else:
                verdicts.refuse(reason, difficulty)
        if accepted:
            self.listener.on_share(difficulty)

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
        self.peer = ""
        self.lacks = NO_CONNECTION
