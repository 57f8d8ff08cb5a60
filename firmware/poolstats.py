"""What is known of a source of work at one moment, as plain data.

See :mod:`.stats`, which is where to import it from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = [
    "Pool",
    "PoolState",
]


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
    accepted, stale, rejected
        Shares; `rejected` by the pool's reason, stale ones counted apart.
    unanswered
        Shares that the pool has not judged yet, or never did because the connection broke.
    accepted_difficulty, stale_difficulty, rejected_difficulty
        The same, each share weighed by the difficulty that its job asked for.
    best_difficulty
        Of an accepted share.
    response_time
        Seconds that the last answer took.
    jobs, blocks
        Templates received; blocks found with them that were accepted.
    version_mask
        Header version bits that may roll.
    pays
        What the coinbase pays, in words (address and value of the greatest output); empty if
        there is no job yet.
    """

    index: int
    priority: int
    kind: str
    url: str
    user: str
    state: PoolState
    error: str = ""
    difficulty: float | None = None
    accepted: int = 0
    stale: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
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
    version_mask: int = 0
    height: int | None = None
    pays: str = ""

    @property
    def rejected_total(self) -> int:
        """Rejected shares for whatever reason, stale ones not among them."""
        return sum(self.rejected.values())
