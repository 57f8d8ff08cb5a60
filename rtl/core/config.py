"""What a core is made of."""

from dataclasses import dataclass

from sluice.rtl.dataflow.technology import TECHNOLOGIES, Technology, by_name
from sluice.rtl.dataflow.timing import DelayModel, operators_per_clock
from sluice.rtl.sha256.function import ROUNDS

#: With more lanes the job words do not fit the addresses of the work bus.
MAX_LANES = 8


class ConfigError(ValueError):
    """A parameter out of its range. The message names the field and the value."""


@dataclass(frozen=True, kw_only=True)
class CoreConfig:
    """Parameters of a pipelined core.

    Parameters
    ----------
    lanes
        Headers hashed for each nonce, 1 to 8.
    operators
        Operations in a row between two registers; 2 make one register level a round.
    period
        Clock period in nanoseconds to schedule for by the delays of the technology. It takes the
        place of `operators`.
    technology
        How adders and functions are built: ``generic`` or ``ecp5``.
    ram_from
        The shortest wait, in clocks, that goes to block RAM, at least 3; 0 for none.
    rounds
        Rounds of each compression, 18 to 64. Fewer than 64 are not SHA-256: for benches and proofs.
    queue
        Hits that can wait for the reader, at least 2.

    Raises
    ------
    ConfigError
        A value is out of its range.
    """

    lanes: int = 1
    operators: int = 2
    period: float | None = None
    technology: str = "generic"
    ram_from: int = 8
    rounds: int = ROUNDS
    queue: int = 16

    def __post_init__(self) -> None:
        self._check("lanes", 1 <= self.lanes <= MAX_LANES, f"1 to {MAX_LANES}")
        self._check("operators", self.operators >= 1, "at least 1")
        self._check("technology", self.technology in TECHNOLOGIES, f"of {', '.join(TECHNOLOGIES)}")
        self._check("ram_from", self.ram_from == 0 or self.ram_from >= 3, "0 or at least 3")
        self._check("rounds", 18 <= self.rounds <= ROUNDS, f"18 to {ROUNDS}")
        self._check("queue", self.queue >= 2, "at least 2")
        if self.period is not None:
            try:
                by_name(self.technology).delays(self.period)
            except ValueError as error:
                raise ConfigError(f"period: {error}") from error

    def _check(self, field: str, good: bool, what: str) -> None:
        if not good:
            raise ConfigError(f"{field} must be {what}, not {getattr(self, field)!r}")

    def make_technology(self) -> Technology:
        """The technology."""
        return by_name(self.technology)

    def delays(self) -> DelayModel:
        """The delay model that the core is scheduled with."""
        technology = self.make_technology()
        if self.period is not None:
            return technology.delays(self.period)
        absorbs = technology.delays(100.0).absorbs
        return operators_per_clock(self.operators, absorbs=absorbs)
