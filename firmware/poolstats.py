"""What is known of a source of work at one moment, as plain data.

See :mod:`.stats`, which is where to import it from.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from .responses import Responses

__all__ = [
    "Coinbase",
    "Counts",
    "Output",
    "Pool",
    "PoolState",
    "Verdicts",
]

#: Different reasons for refusals that are kept apart; what comes beyond is "other".
MOST_REASONS = 32


class PoolState(StrEnum):
    """What is going on with a source of work."""

    ACTIVE = "active"
    """Work comes from here."""

    STANDBY = "standby"
    """Not needed now: one of higher priority is active."""

    CONNECTING = "connecting"
    """Being tried."""

    DEAD = "dead"
    """Not usable at the moment; :attr:`Pool.error` says why. It is tried again."""


@dataclass(kw_only=True)
class Verdicts:
    """What came of shares since the start: those of a source, or those that a chain has found.

    Attributes
    ----------
    accepted, stale, rejected
        Shares; `rejected` by the pool's reason, stale ones counted apart.
    accepted_difficulty, stale_difficulty, rejected_difficulty
        The same, each share weighed by the difficulty that its job asked for.
    best_difficulty
        Of an accepted share.
    last_share_at, last_share_difficulty, last_share_pool
        Of the last accepted share: unix time, what its job asked for, and index of the source.
    """

    accepted: int = 0
    stale: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    accepted_difficulty: float = 0.0
    stale_difficulty: float = 0.0
    rejected_difficulty: float = 0.0
    best_difficulty: float = 0.0
    last_share_at: float | None = None
    last_share_difficulty: float = 0.0
    last_share_pool: int | None = None

    @property
    def rejected_total(self) -> int:
        """Rejected shares for whatever reason, stale ones not among them."""
        return self.rejected.total()

    @property
    def judged(self) -> int:
        """Shares with a verdict, whatever it is."""
        return self.accepted + self.stale + self.rejected_total

    @property
    def judged_difficulty(self) -> float:
        """The same, weighed."""
        return self.accepted_difficulty + self.stale_difficulty + self.rejected_difficulty

    def refuse(self, reason: str, difficulty: float) -> None:
        """Count a refusal."""
        if reason == "stale":
            self.stale += 1
            self.stale_difficulty += difficulty
            return
        known = reason in self.rejected or len(self.rejected) < MOST_REASONS
        self.rejected[reason if known else "other"] += 1
        self.rejected_difficulty += difficulty

    def accept(self, best: float, difficulty: float, now: float, pool: int) -> None:
        """Count an accepted share: its own difficulty, its job's, unix time, and the source."""
        self.accepted += 1
        self.accepted_difficulty += difficulty
        self.best_difficulty = max(self.best_difficulty, best)
        self.last_share_at, self.last_share_difficulty = now, difficulty
        self.last_share_pool = pool


@dataclass(kw_only=True)
class Counts(Verdicts):
    """What came of shares, jobs and messages of a source since the start.

    Attributes
    ----------
    unanswered
        Shares that the pool has not judged yet.
    never_answered
        Shares whose connection ended before the pool had judged them.
    responses
        How long answers took.
    connections, failures
        Connections made, and sessions that could not begin or ended with a complaint.
    jobs
        Templates received.
    candidates
        Results good enough for a block that were handed in.
    blocks
        Those of them that a node has accepted. Pools only judge the share, so theirs are none.
    unusable
        Messages that could not be used or were not expected, by kind: a method,
        ``reply`` or ``line``.
    """

    unanswered: int = 0
    never_answered: int = 0
    responses: Responses = field(default_factory=Responses)
    last_job_at: float | None = None
    connected_at: float | None = None
    connections: int = 0
    failures: int = 0
    jobs: int = 0
    candidates: int = 0
    blocks: int = 0
    unusable: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, kw_only=True)
class Output:
    """An output of a coinbase: satoshis, and whom it pays; empty for a script without address."""

    value: int
    address: str


@dataclass(frozen=True, kw_only=True)
class Coinbase:
    """What is written in the coinbase of the newest job.

    Attributes
    ----------
    height
        Of the block (BIP 34).
    pays
        Address and value of the greatest output, and how many more there are; empty if that is not
        known.
    outputs
        Those that pay something.
    text
        What people have written into it.
    """

    height: int | None = None
    pays: str = ""
    outputs: tuple[Output, ...] = ()
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Pool:
    """A source of work.

    Attributes
    ----------
    index, priority
        Number in the configuration and order of preference, both from 0.
    kind
        ``stratum``, ``solo`` or ``benchmark``.
    url
        Where it is, without any password.
    user
        Who mines there: the worker's name, or the payout address.
    difficulty
        That shares of the newest job need; ``None`` before the first.
    counts
        What came of shares, jobs and messages.
    peer
        Address of the machine that the connection leads to; empty without one.
    ca_file
        Certificates that are trusted instead of the system's; empty for these.
    suggested_difficulty, extranonce_subscribe
        What the pool is asked for; ``None`` and false if nothing.
    block_version, version_mask
        Version of the newest block header, and those of its bits that may roll.
    coinbase
        What the newest job's says.
    """

    index: int
    priority: int
    kind: str
    url: str
    user: str
    state: PoolState
    error: str = ""
    difficulty: float | None = None
    counts: Counts = field(default_factory=Counts)
    peer: str = ""
    ca_file: str = ""
    suggested_difficulty: float | None = None
    extranonce_subscribe: bool = False
    block_version: int | None = None
    version_mask: int = 0
    height: int | None = None
    coinbase: Coinbase = field(default_factory=Coinbase)
