"""How long operations take, and how many fit in one clock."""

from dataclasses import dataclass

from .ir import Source
from .ops import ADDERS, Op


@dataclass(frozen=True, kw_only=True)
class DelayModel:
    """Delays of operations and the time that a clock leaves for them, in one unit.

    Parameters
    ----------
    adder
        Of a sum of 32 bits, operands to the last bit, the wires to it included.
    function
        Of ``Ch`` or ``Maj`` on their own.
    sigma
        Of a sigma.
    period
        The clock period.
    register
        What a register takes of the period: clock to output and set-up.
    absorbs
        Whether a sum takes ``Ch`` or ``Maj`` of three words as an operand at no cost.
    gates
        Whether a sum takes an operand that the pass lets through, or chooses out of two, at no
        cost.
    free_register
        Whether a register right behind an operation costs nothing, since it is in the same cell.
    memory
        Of a word that comes out of a memory with no register behind it, over that of a register.
    recall
        Clocks from the one in which a word is made to the one in which it can be used, if it waits
        in a memory: 2, or 4 with a register on each side of the memory.

    A selection by the pass takes as long as a function; a gate is part of the function before it.
    """

    adder: float
    function: float
    sigma: float
    period: float
    register: float = 0.0
    absorbs: bool = True
    gates: bool = False
    free_register: bool = False
    memory: float = 0.0
    recall: int = 2

    def __post_init__(self) -> None:
        if self.recall not in (2, 4):
            raise ValueError(f"recall must be 2 or 4 clocks, not {self.recall}")
        slowest = max(self.adder, self.function, self.sigma)
        if slowest > self.budget:
            raise ValueError(
                f"period {self.period} leaves {self.budget:.3g} for operations, "
                f"and the slowest takes {slowest}"
            )

    @property
    def budget(self) -> float:
        """Time for operations between two registers."""
        return self.period - self.register

    def delay(self, kind: Op | Source) -> float:
        """Delay of one node."""
        if isinstance(kind, Source) or kind is Op.GATE:
            return 0.0
        if kind in ADDERS:
            return self.adder
        return self.sigma if kind is Op.SIGMA else self.function


def operators_per_clock(operators: int, *, absorbs: bool = True, gates: bool = False) -> DelayModel:
    """The fixed rule: at most this many operations in a row between two registers.

    Two make one register level of each round of SHA-256, one makes two.
    """
    if operators < 1:
        raise ValueError(f"operators must be at least 1, not {operators}")
    return DelayModel(adder=1, function=1, sigma=1, period=operators, absorbs=absorbs, gates=gates)
