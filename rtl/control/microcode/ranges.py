"""Programs that tell the cores their nonces.

Nonces are split as the protocol has them: bits 31:25 of ``W19`` among the cores, bits 24:9 among
the chips of a chain; bits 16:0 and what is left of the others count. A core counts through a
segment, that is, one value of bits 31:25, before it begins the next one.
"""

from sluice.rtl.core.interface import Control
from sluice.rtl.interface import Parameter

from ..isa import Base, Condition, Latch
from ..memory_map import MemoryMap, Variable
from .assembler import Assembler
from .base import HITS, ONES, REST, Programs
from .sha256 import FIRST_NONCE

assert Control.TAG == Control.NEXT + 1

#: Values of the top seven bits of a nonce, and the lowest of these bits.
TOPS, TOP = 128, 1 << 25


class Sharing(Programs):
    """Writes them.

    Parameters
    ----------
    asm
        Where to.
    layout
        The memory.
    cores
        Cores, a power of two up to 128.
    """

    def __init__(self, asm: Assembler, layout: MemoryMap, cores: int) -> None:
        super().__init__(asm, layout)
        self._cores = cores
        # Of a core. A segment is kept less as much, so that the one after the last is a carry.
        self._segments = TOPS // cores * TOP

    @staticmethod
    def constants(cores: int) -> set[int]:
        """Numbers that the programs use."""
        segments = TOPS // cores * TOP
        return {0, 1, ONES, TOP, -TOP & ONES, -segments & ONES, segments & ONES}

    def begin(self) -> None:
        """The first segment that is not below the first nonce of the job for every core."""
        asm, v = self._asm, self.v
        first = self._layout.bank(FIRST_NONCE)
        if self._cores > 1:
            asm.add(first)
            asm.subtract(self.c(-self._segments))
            asm.store(first := v(Variable.P))
            asm.jump("late", Condition.CARRY)
            asm.store(first)
            asm.label("late")
        asm.latch(x=self.c(-TOP), y=self.c(0))
        asm.choose(first)
        asm.add(self.c(-self._segments))
        asm.store(v(Variable.SEGMENT))

    def advance(self) -> None:
        """The next segment, or the next version."""
        asm, v = self._asm, self.v
        asm.label("advance")
        self.test(v(Variable.BEGUN), "segment", holds=False)
        asm.add(self._layout.parameter(Parameter.NONCE_SPAN))
        self.test_sum("version")
        asm.label("segment")
        asm.add(v(Variable.SEGMENT), self.c(TOP))
        asm.store(v(Variable.SEGMENT))
        asm.jump("share", Condition.CARRY, holds=False)
        asm.label("version")
        # Without any, the first nonce of the job is above all of this chip's.
        self.test(v(Variable.ANY), "exhausted", holds=False)
        self.test(v(Variable.OVER), "batch", holds=False)
        asm.label("exhausted")
        asm.store(v(Variable.MORE))
        asm.jump(REST)

    def share(self) -> None:
        """Tell each core its range, and begin."""
        asm, v, layout = self._asm, self.v, self._layout
        first, last = v(Variable.FIRST), v(Variable.LAST)
        asm.label("share")
        asm.store(v(Variable.BEGUN), v(Variable.CORE))
        core = asm.count(self._cores)
        asm.index(v(Variable.CURRENT))
        asm.add(v(Variable.CORE), self.c(self._segments))
        asm.store(v(Variable.CORE), keep=True)
        asm.add(v(Variable.SEGMENT))
        asm.store(v(Variable.TOP), keep=True)
        self.outside(Latch.FIRST)
        asm.choose(self.c(0))
        asm.store(first, keep=True)
        asm.subtract(layout.bank(FIRST_NONCE))
        asm.jump("above", Condition.CARRY)
        asm.move(layout.bank(FIRST_NONCE), first)
        asm.label("above")
        asm.add(v(Variable.TOP))
        self.outside(Latch.LAST)
        asm.choose(self.c(0))
        asm.store(last, keep=True)
        asm.subtract(first)
        asm.store(v(Variable.P))
        asm.jump("none", Condition.CARRY, holds=False)
        # A span of zero is the longest.
        asm.add(layout.parameter(Parameter.NONCE_SPAN), self.c(ONES))
        asm.store(v(Variable.Q), keep=True)
        asm.subtract(v(Variable.P))
        asm.jump("within", Condition.CARRY)
        asm.add(first, v(Variable.Q))
        asm.store(last)
        asm.label("within")
        asm.add(first)
        asm.send(Control.FIRST)
        asm.add(last)
        asm.send(Control.LAST)
        asm.index(v(Variable.AT_ONCE))
        asm.add(v(Variable.TAG))
        asm.send(Control.NEXT, Base.INDEX)
        asm.add(self.c(ONES))
        asm.store(v(Variable.BEGUN), v(Variable.ANY))
        asm.jump("next core")
        asm.label("none")
        # It has no part in a new job.
        asm.add(v(Variable.AT_ONCE))
        self.test_sum("next core", holds=False)
        asm.send(Control.STOP)
        asm.label("next core")
        asm.loop(core)
        self.test(v(Variable.BEGUN), "advance", holds=False)
        asm.store(v(Variable.AT_ONCE))
        # Where the next batch is due at once, hits would wait for ever. A job waits for no hit.
        asm.jump(REST, Condition.JOB)
        asm.jump(HITS)
