"""What a core is made of."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction

from sluice.rtl.hls.delay_model import DelayModel
from sluice.rtl.sha256.function import ROUNDS
from sluice.rtl.target import TECHNOLOGIES, Technology, by_name

#: Rounds of the second hash until ``H7`` is known: it is ``e`` three rounds before the last one.
NEEDED = ROUNDS - 3
#: With more lanes the job words do not fit the addresses of the work bus.
MAX_LANES = 8


class ConfigError(ValueError):
    """A parameter out of its range. The message names the field and the value."""


@dataclass(frozen=True, kw_only=True)
class HashConfig(ABC):
    """Parameters of every core.

    Parameters
    ----------
    lanes
        Headers hashed for each nonce, 1 to 8.
    technology
        How adders and functions are built: ``generic``, ``ecp5`` or ``ice40``; or ``asic``,
        ``asic-ripple``, ``asic-sklansky`` or ``asic-kogge-stone``, of standard cells.
    queue
        Hits that can wait for the reader, at least 1.
    ram_from
        The shortest wait, in cycles, that goes to block RAM, at least 3; 0 for none.
    period
        Clock period in nanoseconds to schedule for by the delays of the technology; ``None`` for
        the one in which the usual operations of a round fit.

    Raises
    ------
    ConfigError
        A value is out of its range.
    """

    lanes: int = 1
    technology: str = "generic"
    queue: int = 16
    ram_from: int = 8
    period: float | None = None

    def __post_init__(self) -> None:
        self._check("lanes", 1 <= self.lanes <= MAX_LANES, f"1 to {MAX_LANES}")
        self._check("technology", self.technology in TECHNOLOGIES, f"of {', '.join(TECHNOLOGIES)}")
        self._check("queue", self.queue >= 1, "at least 1")
        self._check("ram_from", self.ram_from == 0 or self.ram_from >= 3, "0 or at least 3")
        if self.period is not None:
            try:
                DelayModel(delays=self.make_technology().delays, period=self.period)
            except ValueError as error:
                raise ConfigError(str(error)) from error

    def _check(self, field: str, good: bool, what: str) -> None:
        if not good:
            raise ConfigError(f"{field} must be {what}, not {getattr(self, field)!r}")

    @property
    @abstractmethod
    def slots(self) -> int:
        """The folding factor ``N``."""

    @property
    def engines(self) -> int:
        """Engines of rounds whose nonces enter together: one, whatever it consists of."""
        return 1

    @property
    def stages(self) -> int:
        """Broadcast stages, an equal part of the engines in each."""
        return 1

    @property
    def members(self) -> int:
        """Engines of a broadcast stage."""
        return self.engines // self.stages

    @property
    def distance(self) -> int:
        """Registers between the control and the first of them, each way."""
        return 0

    @property
    def decoder(self) -> bool:
        """Whether what the slot decides is read from block RAM."""
        return False

    @property
    def late_level(self) -> bool:
        """Whether, with a distance, the level of the queue of hits is known a cycle later."""
        return False

    @property
    def rate(self) -> Fraction:
        """Nonces a cycle."""
        return Fraction(self.engines, self.slots)

    @property
    def together(self) -> int:
        """Nonces that are tested together: of each engine, one of each thread."""
        return self.engines * (self.threads or 1)

    @property
    def spacing(self) -> int:
        """Cycles between what two broadcast stages have found.

        Each works a cycle later, and it has a cycle further to go, or as many as there are threads.
        """
        return max(2, self.threads or 1)

    @property
    def gathering(self) -> int:
        """Cycles until all that has been found in a period is there."""
        return (self.stages - 1) * self.spacing + (self.threads or 1)

    @property
    def looking(self) -> int:
        """Cycles in which all nonces of a period are looked through."""
        return self.together + (6 if self.distance else 2)

    @property
    def compression_rounds(self) -> int:
        """Rounds of each compression: those of SHA-256, unless it is for benches."""
        return ROUNDS

    @property
    def threads(self) -> int | None:
        """Cycles of a slot, the C-slow factor; ``None`` for as many as are best."""
        return None

    @property
    @abstractmethod
    def shares(self) -> bool:
        """Whether a sum that two others need is formed once, and not in each of them."""

    @abstractmethod
    def delays(self) -> DelayModel:
        """The delay model that the core is scheduled with."""

    def make_technology(self) -> Technology:
        """The technology."""
        return by_name(self.technology)


@dataclass(frozen=True, kw_only=True)
class ScheduledConfig(HashConfig):
    """Parameters of a core whose registers lie where the scheduler wants them.

    Parameters
    ----------
    share
        Form ``T1`` once for ``a'`` and ``e'``: an adder a round less, and a longer way to ``e'``.

    Raises
    ------
    ConfigError
        A value is out of its range.
    """

    share: bool = False

    def delays(self) -> DelayModel:
        """A function and two sums in a row, one register level a round, if no period is given."""
        delays = self.make_technology().delays
        return DelayModel(delays=delays, period=self.period or delays.period(adders=2, functions=1))

    @property
    def shares(self) -> bool:
        """Whether ``T1`` is formed once."""
        return self.share


@dataclass(frozen=True, kw_only=True)
class CoreConfig(ScheduledConfig):
    """Parameters of a pipeline: both hashes unrolled, a nonce in every cycle.

    Parameters
    ----------
    rounds
        Rounds of each compression, 18 to 64. Fewer than 64 are not SHA-256: for benches and proofs.

    Raises
    ------
    ConfigError
        A value is out of its range.
    """

    rounds: int = ROUNDS

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("rounds", 18 <= self.rounds <= ROUNDS, f"18 to {ROUNDS}")

    @property
    def slots(self) -> int:
        """The folding factor ``N``."""
        return 1

    @property
    def compression_rounds(self) -> int:
        """Rounds of each compression."""
        return self.rounds


@dataclass(frozen=True, kw_only=True)
class RingConfig(ScheduledConfig):
    """Parameters of a ring: rounds that each nonce goes through several times.

    Parameters
    ----------
    ring
        Physical rounds, 1 to 61.

    Raises
    ------
    ConfigError
        A value is out of its range.
    """

    ring: int = 31

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("ring", 1 <= self.ring <= NEEDED, f"1 to {NEEDED}")

    @property
    def slots(self) -> int:
        """The folding factor ``N``: how often a nonce goes through, as often for each hash."""
        return 2 * -(-NEEDED // self.ring)
