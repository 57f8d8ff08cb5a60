"""What is known of ports and the chips behind them at one moment, as plain data.

See :mod:`.stats`, which is where to import it from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .poolstats import Verdicts

__all__ = [
    "Chain",
    "ChainState",
    "Chip",
    "Drop",
    "HashRates",
    "Rates",
]


class ChainState(StrEnum):
    """What is going on at a port."""

    OPENING = "opening"
    """The port is being opened, or its chips are being brought up."""

    RUNNING = "running"
    """Its chips hash, or would if there were work."""

    PAUSED = "paused"
    """Its chips have been stopped on request."""

    FAILED = "failed"
    """It is missing, silent or talks garbage; :attr:`Chain.error` says which. It is tried again."""


class Drop(StrEnum):
    """Why a result went no further."""

    UNKNOWN_JOB = "unknown-job"
    """It names a job that the chip was never given, or whose place another has taken."""

    DUPLICATE = "duplicate"
    """The same nonce and version of the same job were reported before."""

    STALE = "stale"
    """Its job is of a block, a pool or a connection that is gone."""

    BAD_HASH = "bad-hash"
    """Its hash is not as hard as the chip was told to report: a hardware error."""

    BAD_VERSION = "bad-version"
    """It has version bits that the pool does not allow."""

    BELOW_TARGET = "below-target"
    """A good result, but too easy for the pool: nothing is wrong with it."""


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Hashes a second over the last 5 s, 1 min, 5 min and 15 min, and since the start.

    A window that is longer than there is history covers what there is.
    """

    seconds_5: float = 0.0
    minute_1: float = 0.0
    minutes_5: float = 0.0
    minutes_15: float = 0.0
    average: float = 0.0


@dataclass(frozen=True, kw_only=True)
class HashRates:
    """The same thing measured in different ways.

    Attributes
    ----------
    chips
        By the chips' own counters.
    results
        By verified results: each stands for as many hashes as its chip was told to look for.
    shares
        By accepted shares: sum of difficulty * 2^32 / time.
    expected
        By clock and number of cores; ``None`` if the clock is not known.
    """

    chips: Rates = field(default_factory=Rates)
    results: Rates = field(default_factory=Rates)
    shares: Rates = field(default_factory=Rates)
    expected: float | None = None


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One chip of a chain.

    Attributes
    ----------
    index, address
        Place in the chain, from 0, and address on the wire.
    model
        ``bm1366``, ``bm1368`` or ``bm1370``: whose protocol it speaks.
    sluice
        Whether it is a Sluice chip.
    build, cores, lanes
        Of a Sluice chip: what it was made from, its cores, and versions hashed at a time.
    rates
        Hash rate by its own counter, and by its results.
    hashes, work
        Hashes since it was brought up: done by its own counter, and those that its good results
        stand for.
    results
        Good results.
    dropped
        Other results by reason (:class:`Drop`).
    nonce_errors
        Hits that the chip itself did not confirm (register 0x4C).
    overflows
        Results lost in the chip for want of room (a Sluice's register 0xE6).
    bad_commands, bad_jobs
        Damaged frames that it saw (registers 0xE8, 0xE9, or 0x48 of real chips).
    last_result_at
        When it last had a good result.
    """

    index: int
    address: int
    model: str
    sluice: bool = False
    build: int = 0
    cores: int = 0
    lanes: int = 0
    rates: HashRates = field(default_factory=HashRates)
    hashes: int = 0
    work: int = 0
    results: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    nonce_errors: int = 0
    overflows: int = 0
    bad_commands: int = 0
    bad_jobs: int = 0
    last_result_at: float | None = None


@dataclass(frozen=True, kw_only=True)
class Chain:
    """A port and the chips behind it.

    Attributes
    ----------
    index, path
        Number of the port in the configuration, from 0, and its device.
    state, error
        What is going on, and in words what is wrong, empty if nothing is.
    model
        Of its chips; empty until they have answered.
    baud
        Bits a second.
    frequency
        Hash clock in hertz; ``None`` if nobody knows it.
    ticket_difficulty
        How hard results are that the chips report.
    attempts, failures
        Bring-ups begun, and how often one or a running chain failed.
    jobs
        Jobs sent.
    shares
        What came of shares that its chips have found.
    work
        Hashes that all good results since the start stand for.
    garbage
        Bytes that belonged to no frame.
    running_since, failed_at
        When its chips began to work, if they do, and when it failed last.
    rates
        Sums over its chips.
    chips
        Those that answered.
    unattributed
        Results dropped that belong to no chip, by reason.
    """

    index: int
    path: str
    state: ChainState
    error: str = ""
    model: str = ""
    baud: int = 115200
    frequency: float | None = None
    ticket_difficulty: float = 1.0
    attempts: int = 0
    failures: int = 0
    jobs: int = 0
    work: int = 0
    garbage: int = 0
    running_since: float | None = None
    failed_at: float | None = None
    shares: Verdicts = field(default_factory=Verdicts)
    rates: HashRates = field(default_factory=HashRates)
    chips: tuple[Chip, ...] = ()
    unattributed: Mapping[str, int] = field(default_factory=dict)
