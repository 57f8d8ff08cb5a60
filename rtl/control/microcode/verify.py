"""Programs that check a hit by the whole hash, and judge it.

A hit is to be reported if ``H7`` has no bit in the hit mask of its job and ``H6`` none in the
ticket mask.
"""

from sluice.rtl.interface import Parameter

from ..isa import Base, Condition, Event, Latch
from ..memory_map import (
    BANK_HIT_MASK,
    BANK_JOB,
    ROW,
    Place,
    Variable,
    counted,
)
from .base import ONES, REST, Programs
from .sha256 import BEGIN, COMPRESS, DIGEST_BITS, HEADER_BITS, MIDSTATE, PADDING, chain, pad

#: The lowest bit of the lanes of a hit.
LANES = 1 << 8
#: Leading zeros that are no merit.
EXPECTED = 32


class Checking(Programs):
    """Writes them."""

    @staticmethod
    def constants(lanes: int) -> set[int]:
        """Numbers that the programs use."""
        return {0xFF, EXPECTED, LANES, LANES << lanes, *(ROW << bits for bits in (2, 3))}

    def check(self) -> None:
        """Hash the nonce of a hit again, in each lane that it hit in."""
        asm, v, c, layout = self._asm, self.v, self._layout.constant, self._layout
        test_sum = self.test_sum
        asm.label("check")
        self.outside(Latch.HIT)
        asm.choose(c(0))
        asm.store(v(Variable.HIT))
        asm.latch(x=c(layout.batches - 1), y=c(0))
        asm.choose(v(Variable.HIT))
        if layout.lanes > 1:
            asm.store(v(Variable.ENTRY), keep=True)
        asm.index_sum()
        if layout.lanes > 1:
            asm.latch(x=c(0xFF))
            asm.choose(v(Variable.HIT))
        else:
            asm.add(v(Variable.HIT))
        asm.subtract(layout.entry(layout.tags))
        test_sum("stale")
        asm.add(v(Variable.NEWEST))
        asm.subtract(layout.entry(layout.jobs))
        asm.subtract(c(ROW * layout.banks))
        asm.jump("stale", Condition.CARRY)
        asm.move(layout.entry(layout.jobs), v(Variable.JOB))
        if layout.lanes > 1:
            asm.move(c(LANES), v(Variable.LANE))
        lane = asm.label()
        if layout.lanes > 1:
            asm.latch(x=v(Variable.LANE), y=c(0))
            asm.choose(v(Variable.HIT))
            test_sum("checked", holds=False)
        asm.move(layout.rolled(), v(Variable.ROLLED))
        if layout.lanes > 1:
            # Lanes beyond the last version repeat others.
            self.test(v(Variable.ROLLED), "checked")
        asm.index(v(Variable.JOB))
        self._hash()
        self._judge()
        asm.label("checked")
        if layout.lanes > 1:
            asm.add(v(Variable.ENTRY), c(ROW))
            asm.store(v(Variable.ENTRY), keep=True)
            asm.index_sum()
            self._next_lane(lane)
        asm.label("done")
        asm.signal(Event.DONE)
        asm.jump(REST)
        asm.label("stale")
        self._stale()

    def _stale(self) -> None:
        """Count a hit whose job has gone, once for each lane that it hit in."""
        asm, v, c, lanes = self._asm, self.v, self._layout.constant, self._layout.lanes
        if lanes == 1:
            waits = asm.label()
            asm.jump(waits, Condition.COUNTING)
            asm.signal(Event.STALE | Event.DONE)
            asm.jump(REST)
            return
        asm.move(c(LANES), v(Variable.LANE))
        lane = asm.label()
        asm.latch(x=v(Variable.LANE), y=c(0))
        asm.choose(v(Variable.HIT))
        self.test_sum("spared", holds=False)
        waits = asm.label()
        asm.jump(waits, Condition.COUNTING)
        asm.signal(Event.STALE)
        asm.label("spared")
        self._next_lane(lane)
        asm.jump("done")

    def _next_lane(self, lane: str) -> None:
        """Go on with the next lane, if there is one."""
        asm, place, layout = self._asm, self.v(Variable.LANE), self._layout
        asm.add(place, place)
        asm.store(place, keep=True)
        asm.subtract(layout.constant(LANES << layout.lanes))
        asm.jump(lane, Condition.CARRY, holds=False)

    def _hash(self) -> None:
        """The whole hash, of the bank in use."""
        asm, v, c, layout = self._asm, self.v, self._layout.constant, self._layout
        asm.call(MIDSTATE)
        chain(asm, layout, layout.result + 4, layout.result)
        again = asm.count(3)
        asm.move(counted(16, 3, Base.INDEX | Base.COUNTER), counted(layout.w, 3))
        asm.loop(again)
        self.outside(Latch.NONCE)
        asm.choose(c(0))
        asm.store(Place(layout.w + 3))
        pad(asm, layout, 4, HEADER_BITS)
        asm.call(COMPRESS)
        # From ``H7`` to ``H0``, into ``W[7]`` to ``W[0]``; of the rest, two words are others.
        asm.store(v(Variable.P))
        again = asm.count(8)
        asm.index(v(Variable.P))
        asm.move(counted(layout.result, 8), Place(layout.w + 7, Base.INDEX))
        asm.add(v(Variable.P), c(ONES))
        asm.store(v(Variable.P))
        asm.loop(again)
        asm.index(v(Variable.JOB))
        asm.move(c(PADDING), Place(layout.w + 8))
        asm.move(c(DIGEST_BITS), Place(layout.w + 15))
        asm.call(BEGIN)

    def _judge(self) -> None:
        """Compare with the masks, and report."""
        asm, v, c, layout = self._asm, self.v, self._layout.constant, self._layout
        test_sum, excess = self.test_sum, v(Variable.EXCESS)
        asm.label("judge")
        asm.latch(x=layout.bank(BANK_HIT_MASK), y=c(0))
        asm.choose(Place(layout.result))
        test_sum("wrong")
        asm.latch(x=layout.parameter(Parameter.TICKET_MASK))
        asm.choose(Place(layout.result + 1))
        test_sum("checked")

        # A zero is due for each one of the ticket mask.
        asm.subtract(c(EXPECTED))
        asm.store(excess)
        asm.move(layout.parameter(Parameter.TICKET_MASK), v(Variable.P))
        one = asm.label()
        asm.add(v(Variable.P), c(ONES))
        asm.store(v(Variable.Q))
        asm.jump("zeros", Condition.CARRY, holds=False)
        asm.latch(x=v(Variable.Q))
        asm.choose(v(Variable.P))
        asm.store(v(Variable.P))
        asm.add(excess, c(ONES))
        asm.store(excess)
        asm.jump(one)

        asm.label("zeros")
        word = asm.count(8)
        asm.latch(x=counted(layout.result, 8))
        asm.add(counted(layout.result, 8))
        test_sum("bits")
        asm.add(excess, c(32))
        asm.store(excess)
        asm.loop(word)
        asm.jump("counted")
        asm.label("bits")
        bit = asm.count(32)
        asm.choose(counted(layout.bits, 32))
        test_sum("counted")
        asm.add(excess, c(1))
        asm.store(excess)
        asm.loop(bit)
        asm.label("counted")
        asm.latch(x=v(Variable.ROLLED), y=layout.bank(BANK_JOB))
        self.test(excess, "report")
        asm.add(excess)
        asm.label("report")
        asm.signal(Event.REPORT)
        asm.jump("checked")
        asm.label("wrong")
        asm.signal(Event.ERROR)
        asm.jump("checked")
