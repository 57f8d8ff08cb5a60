"""What a core is made of."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction

from sluice.rtl.hls.codegen.scan import ScanShape
from sluice.rtl.hls.delay_model import DelayModel
from sluice.rtl.options import Checked, ConfigError
from sluice.rtl.sha256.function import ROUNDS
from sluice.rtl.target import TECHNOLOGIES, Technology, by_name

__all__ = ["ConfigError", "CoreConfig", "PipelineConfig", "RingConfig"]

#: Rounds of the second hash until ``H7`` is known: it is ``e`` three rounds before the last one.
NEEDED = ROUNDS - 3
#: With more lanes the job words do not fit the addresses of the work bus.
MAX_LANES = 8


@dataclass(frozen=True, kw_only=True)
class CoreConfig(Checked, ABC):
    """Parameters of every core. All raise :class:`ConfigError` for a value out of its range.

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
    in_place_from
        The fewest cycles for which a word stays in one register instead of moving from one to the
        next, at least 2; 0 for none.
    """

    lanes: int = 1
    technology: str = "generic"
    queue: int = 16
    ram_from: int = 8
    period: float | None = None
    in_place_from: int = 0

    def __post_init__(self) -> None:
        self.within("lanes", 1, MAX_LANES)
        self.check("technology", self.technology in TECHNOLOGIES, f"of {', '.join(TECHNOLOGIES)}")
        self.check("queue", self.queue >= 1, "at least 1")
        self.check("ram_from", self.ram_from == 0 or self.ram_from >= 3, "0 or at least 3")
        in_place = self.in_place_from
        self.check("in_place_from", in_place == 0 or in_place >= 2, "0 or at least 2")
        if self.period is not None:
            try:
                DelayModel(delays=self.make_technology().delays, period=self.period)
            except ValueError as error:
                raise ConfigError(str(error)) from error

    @property
    @abstractmethod
    def slots(self) -> int:
        """The folding factor ``N``."""

    @property
    @abstractmethod
    def share(self) -> bool:
        """Whether a sum that two others need is formed once, and not in each of them."""

    @abstractmethod
    def delays(self) -> DelayModel:
        """The delay model that the core is scheduled with."""

    def make_technology(self) -> Technology:
        """The technology."""
        return by_name(self.technology)

    # What only some cores can be told: see `SerialConfig`, `ScheduledConfig` and `PipelineConfig`.
    engines = 1
    stages = 1
    distance = 0
    decoder = False
    late_level = False
    carry_save = False
    rounds = ROUNDS

    @property
    def threads(self) -> int | None:
        """Cycles of a slot, the C-slow factor; ``None`` for as many as are best."""
        return None

    @property
    def rate(self) -> Fraction:
        """Nonces a cycle."""
        return Fraction(self.engines, self.slots)

    @property
    def together(self) -> int:
        """Nonces that are tested together: of each engine, one of each thread."""
        return self.engines * (self.threads or 1)

    @property
    def results(self) -> ScanShape:
        """What comes back of nonces that are tested together."""
        return ScanShape(
            stages=self.stages,
            members=self.engines // self.stages,
            threads=self.threads or 1,
            width=self.lanes,
            far=self.distance > 0,
            in_luts=self.make_technology().lut_words > 0,
        )


@dataclass(frozen=True, kw_only=True)
class ScheduledConfig(CoreConfig):
    """Parameters of a core whose registers lie where the scheduler wants them.

    Parameters
    ----------
    share
        Form ``T1`` once for ``a'`` and ``e'``: an adder a round less, and a longer way to ``e'``.
    carry_save
        Put sums together by carry-save adders, and add where two words are left.
    """

    share: bool = False
    carry_save: bool = False

    def delays(self) -> DelayModel:
        """A function and two sums in a row, one register level a round, if no period is given."""
        delays = self.make_technology().delays
        return DelayModel(delays=delays, period=self.period or delays.period(adders=2, functions=1))


@dataclass(frozen=True, kw_only=True)
class PipelineConfig(ScheduledConfig):
    """Parameters of a pipeline: both hashes unrolled, a nonce in every cycle.

    Parameters
    ----------
    rounds
        Rounds of each compression, 18 to 64. Fewer than 64 are not SHA-256: for benches and proofs.
    """

    rounds: int = ROUNDS
    #: The folding factor ``N``.
    slots = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        self.within("rounds", 18, ROUNDS)


@dataclass(frozen=True, kw_only=True)
class RingConfig(ScheduledConfig):
    """Parameters of a ring: rounds that each nonce goes through several times.

    Parameters
    ----------
    ring
        Physical rounds, 1 to 61.
    """

    ring: int = 31

    def __post_init__(self) -> None:
        super().__post_init__()
        self.within("ring", 1, NEEDED)

    @property
    def slots(self) -> int:
        """The folding factor ``N``: how often a nonce goes through, as often for each hash."""
        return 2 * -(-NEEDED // self.ring)
