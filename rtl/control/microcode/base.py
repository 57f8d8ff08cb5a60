"""What all that write programs of the processor have in common."""

from ..isa import Condition, Latch
from ..memory_map import MemoryMap, Place, Variable
from .assembler import Assembler

ONES = 0xFFFFFFFF

#: Where it is decided what to do next.
REST = "rest"
HITS = "hits"


class Programs:
    """Writes programs.

    Parameters
    ----------
    asm
        Where to.
    layout
        The memory.
    """

    def __init__(self, asm: Assembler, layout: MemoryMap) -> None:
        self._asm = asm
        self._layout = layout

    def v(self, variable: Variable) -> Place:
        """A variable."""
        return self._layout.variable(variable)

    def c(self, value: int) -> Place:
        """A number of 32 bits."""
        return self._layout.constant(value & ONES)

    def outside(self, source: Latch) -> None:
        """Take a word from outside into ``y``."""
        self._asm.input(source, self.c(0) if self._layout.compact else None)

    def test(self, place: Place, target: str, *, holds: bool = True) -> None:
        """Go elsewhere if a flag is set, or if it is not."""
        self._asm.add(place)
        self._asm.jump(target, Condition.SIGN, holds=holds)

    def test_sum(self, target: str, *, holds: bool = True) -> None:
        """Go elsewhere if the accumulator is not zero, or if it is."""
        self._asm.add(self.c(ONES))
        self._asm.jump(target, Condition.CARRY, holds=holds)
