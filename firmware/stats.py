"""What the daemon knows about itself at one moment, as plain data.

Screens, APIs and tests read a :class:`Snapshot`; nothing in it changes afterwards, and
``dataclasses.asdict`` of it is ready for JSON. Times called ``…_at`` are unix time, seconds;
``None`` where the thing has not happened yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .chainstats import Chain, ChainState, Chip, Drop, HashRates, Rates
from .poolstats import Coinbase, Counts, Output, Pool, PoolState, Verdicts

__all__ = [
    "Block",
    "Chain",
    "ChainState",
    "Chip",
    "Coinbase",
    "Counts",
    "Drop",
    "Event",
    "HashRates",
    "MinerState",
    "Output",
    "Pool",
    "PoolState",
    "Rates",
    "Sample",
    "Score",
    "Snapshot",
    "Tip",
    "Verdicts",
]


class MinerState(StrEnum):
    """What the miner as a whole is at."""

    MINING = "mining"
    """Chips hash."""

    PAUSED = "paused"
    """It was stopped on request."""

    NO_CHIPS = "no chips"
    """No chips are at work."""

    NO_WORK = "no work"
    """No source gives any."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """A result good enough for a block.

    Attributes
    ----------
    found_at
        When.
    height
        ``None`` if the source did not say.
    hash
        As people read it, most significant digit first.
    pool
        Index of the source.
    accepted
        Whether a node has accepted it; ``None`` while that is not known, and for good where it went
        to a pool, which judges the share and says nothing of the block.
    share_accepted
        Whether a pool has accepted its share: it is a block candidate then. ``None`` while that is
        not known, and where it went to a node.
    reason
        Of a refusal; of a node that accepted it, what it said of having it already, if anything.
    """

    found_at: float
    height: int | None
    hash: str
    pool: int
    version: int
    accepted: bool | None = None
    share_accepted: bool | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something worth telling people.

    Attributes
    ----------
    number
        Grows with each event, and when one is told of anew: a block's when it is judged.
    at
        When it happened.
    level
        ``info``, ``warning`` or ``error``.
    """

    number: int
    at: float
    level: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A point of the hash rate's history: mean rates over the interval that ends at `at`."""

    at: float
    chips: float
    results: float
    shares: float


@dataclass(frozen=True, kw_only=True)
class Score:
    """One of the best results.

    Attributes
    ----------
    at
        When it was found.
    pool
        Index of the source.
    job_id, extranonce2, time, nonce, bits
        Its share as pools are told of it: `extranonce2` in hexadecimal digits, `bits` those of the
        version that were rolled.
    """

    at: float
    difficulty: float
    pool: int
    job_id: str
    extranonce2: str
    time: int
    nonce: int
    bits: int


@dataclass(frozen=True, kw_only=True)
class Tip:
    """The block that is built on.

    Attributes
    ----------
    hash
        As people read it; empty before the first work.
    since
        When it was first built on.
    seen
        How many different ones there have been since the start.
    """

    hash: str = ""
    since: float | None = None
    seen: int = 0


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Everything, at one moment.

    Attributes
    ----------
    version
        Of the daemon.
    at, started_at
        Now, and when it started.
    paused
        Whether hashing was stopped on request.
    best_difficulty, best_difficulty_ever
        Of any good result since the start, and ever (kept on disk).
    rates
        Sums over all chains.
    chains, pools
        In the order of the configuration.
    active_pool
        Index of the source that work comes from; ``None`` if there is none.
    jobs
        Jobs built.
    results, dropped
        Good results, and others by reason (:class:`Drop`).
    accepted, rejected, stale
        Shares, summed over the pools.
    blocks
        The last hundred, newest last.
    blocks_found
        All of them since the start.
    events
        The last hundred, newest last.
    network_difficulty
        Of the block being worked on; ``None`` while there is no source of work.
    tip
        The block before it.
    scores
        The twenty best results since the start, best first.
    """

    version: str
    at: float
    started_at: float
    paused: bool = False
    best_difficulty: float = 0.0
    best_difficulty_ever: float = 0.0
    rates: HashRates = field(default_factory=HashRates)
    chains: tuple[Chain, ...] = ()
    pools: tuple[Pool, ...] = ()
    active_pool: int | None = None
    jobs: int = 0
    results: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    accepted: int = 0
    rejected: int = 0
    stale: int = 0
    blocks: tuple[Block, ...] = ()
    blocks_found: int = 0
    events: tuple[Event, ...] = ()
    network_difficulty: float | None = None
    tip: Tip = field(default_factory=Tip)
    scores: tuple[Score, ...] = ()

    @property
    def uptime(self) -> float:
        """Seconds since the start."""
        return self.at - self.started_at

    @property
    def state(self) -> MinerState:
        """What it is at."""
        if self.paused:
            return MinerState.PAUSED
        if not any(chain.state is ChainState.RUNNING for chain in self.chains):
            return MinerState.NO_CHIPS
        return MinerState.NO_WORK if self.active_pool is None else MinerState.MINING
