"""How long operations take on a device, and how much of that fits in one cycle."""

from dataclasses import dataclass

from .ir import Source
from .ops import ADDERS, Op


@dataclass(frozen=True, kw_only=True)
class Delays:
    """What operations take on a device, in picoseconds, and what its cells do at no cost.

    A selection by the slot takes as long as a function; a gate is part of the function before it.

    Parameters
    ----------
    adder
        A sum of 32 bits: from its operands to the last bit, the wires to it included.
    function
        ``Ch`` or ``Maj`` on its own, and the carries of a carry-save adder.
    sigma
        A sigma, and the parity of a carry-save adder.
    register
        What a register takes of the period: clock to output and set-up.
    memory
        By how much a word comes later out of a memory without a register behind it than out of a
        register.
    absorbs
        Whether a sum takes ``Ch`` or ``Maj`` of three words as an operand.
    gated_operands
        Whether a sum takes an operand that is zero in some slots, or one of two words.
    free_register
        Whether a register right behind an operation is in the same cell.
    """

    adder: int
    function: int
    sigma: int
    register: int
    memory: int = 0
    absorbs: bool = True
    gated_operands: bool = False
    free_register: bool = False

    def of(self, kind: Op | Source) -> int:
        """Delay of one node."""
        if isinstance(kind, Source) or kind is Op.GATE:
            return 0
        if kind in ADDERS:
            return self.adder
        return self.sigma if kind in {Op.SIGMA, Op.PARITY} else self.function

    def period(self, *, adders: int, functions: int = 0) -> float:
        """The period, in nanoseconds, that leaves time for so many of each in a row."""
        return (self.register + adders * self.adder + functions * self.function) / 1000


@dataclass(frozen=True, kw_only=True)
class DelayModel:
    """The delays of a device, and the period that they must fit in.

    Parameters
    ----------
    delays
        Those of the device.
    period
        Of the clock, in nanoseconds.
    ram_latency
        Cycles from the one in which a word is made to the one in which it can be used, if it is
        carried by a memory: 2, or 4 with a register on each side of the memory.
    slack
        Nanoseconds of the period that a path should leave over, for wires that are longer than
        usual, where little is lost by it.

    Raises
    ------
    ValueError
        The period leaves no time for the slowest operation, or the latency is no such number.
    """

    delays: Delays
    period: float
    ram_latency: int = 2
    slack: float = 0.0

    def __post_init__(self) -> None:
        if self.ram_latency not in (2, 4):
            raise ValueError(f"ram_latency must be 2 or 4 cycles, not {self.ram_latency}")
        slowest = max(self.delays.adder, self.delays.function, self.delays.sigma)
        if slowest > self.budget:
            least = (slowest + self.delays.register) / 1000
            raise ValueError(
                f"period must be at least {least:g} ns, which one operation takes, "
                f"not {self.period:g}"
            )

    @property
    def budget(self) -> int:
        """Picoseconds for operations between two registers."""
        return round(self.period * 1000) - self.delays.register
