"""What a chip is made of."""

from dataclasses import dataclass, field

from sluice.rtl.core.config import ConfigError, CoreConfig, PipelineConfig
from sluice.rtl.link.config import LinkConfig
from sluice.rtl.options import Checked

#: Cores share the top seven bits of the nonce.
MAX_CORES = 128


@dataclass(frozen=True, kw_only=True)
class ChipConfig(Checked):
    """Parameters of a chip.

    Parameters
    ----------
    model
        The chip whose place it takes on the wire, of :data:`~sluice.rtl.protocol.models.MODELS`.
    cores
        Number of cores, a power of two up to 128.
    core
        What each core is made of; it says how many lanes there are.
    link_clock
        Frequency of the clock of the link and the controller, in hertz.
    hash_clock
        Frequency of the clock of the cores, in hertz. Nothing in the chip depends on it: the chip
        measures it.
    chain
        Whether there is a port for a next chip.
    compact
        Smaller queues, a memory of fewer batches, and a link of less memory: for small devices,
        whose cores are slow enough.
    build
        Read back in a register, 32 bits: to tell one bitstream from another.

    Raises
    ------
    ConfigError
        A value is out of its range.
    """

    model: str = "bm1370"
    cores: int = 1
    core: CoreConfig = field(default_factory=PipelineConfig)
    link_clock: float = 25e6
    hash_clock: float = 100e6
    chain: bool = True
    compact: bool = False
    build: int = 0

    def __post_init__(self) -> None:
        good = 1 <= self.cores <= MAX_CORES and not self.cores & (self.cores - 1)
        self.check("cores", good, f"a power of two from 1 to {MAX_CORES}")
        self.check("hash_clock", 1e5 <= self.hash_clock <= 1e9, "1e5 to 1e9 Hz")
        self.check("build", 0 <= self.build < 1 << 32, "a number of 32 bits")
        try:
            self.link()
        except ValueError as error:
            field_name = "link_clock" if str(error).startswith("clock") else ""
            text = str(error).removeprefix("clock ") if field_name else str(error)
            raise ConfigError(f"{field_name} {text}".strip()) from error

    @property
    def hashes_per_cycles(self) -> int:
        """Hashes that all cores begin in 2^16 cycles, to the nearest."""
        return round(self.cores * self.core.lanes * self.core.rate * (1 << 16))

    def link(self) -> LinkConfig:
        """The configuration of the link."""
        return LinkConfig(
            model=self.model, clock=self.link_clock, chain=self.chain, compact=self.compact
        )
