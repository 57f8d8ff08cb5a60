"""The way back to the rate after reset: reached from every state, and never taken by mistake.

``recovery`` is proved for all times by induction, of :mod:`sluice.rtl.link.recovery`. From any
state, a line that has been high and is then low for 48 bit times, without a good frame, resets the
chip, whose registers then have the rate of 115,200 baud. There is no reset without four pieces of a
break and no good frame between, each of twelve bit times without a high bit, which no byte holds.
And the line to the next chip is low for 56 bit times after a reset, and at no other time.
"""

from amaranth.hdl import Assert, Assume, Elaboratable, Module, Signal

from sluice.rtl.link.config import OVERSAMPLING, LinkConfig
from sluice.rtl.link.recovery import BREAK_BITS, HOLD_BITS, PIECE_BITS, PIECES, LineRecovery
from tests.formal.property import Opened, Property, let_free

PIECE = PIECE_BITS * OVERSAMPLING


class Line(Elaboratable):
    """A line, and what is counted of it."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        part = LineRecovery(LinkConfig())
        m.submodules.part = inside = Opened(part)
        let_free(m, part.pin, part.tick, part.good)
        line = self._line(m, part, inside)
        self._comes(m, part, inside, line)
        self._waits(m, part, inside, line)
        left = Signal(range(HOLD_BITS * OVERSAMPLING))
        with m.If(part.reset):
            m.d.sync += left.eq(HOLD_BITS * OVERSAMPLING - 1)
        with m.Elif(part.tick & (left != 0)):
            m.d.sync += left.eq(left - 1)
        m.d.comb += [Assert(part.hold == (left != 0)), Assert(inside["left"] == left)]
        return m

    def _line(self, m: Module, part: LineRecovery, inside: Opened) -> Signal:
        """The line as the chip sees it: two clocks late, whatever is reset."""
        first, second = Signal(reset_less=True), Signal(reset_less=True)
        m.d.sync += [first.eq(part.pin), second.eq(first)]
        m.d.comb += [Assert(inside.all("flops")[0] == first), Assert(inside["line"] == second)]
        return second

    def _comes(self, m: Module, part: LineRecovery, inside: Opened, line: Signal) -> None:
        """Ticks for which the line has been low since it was high, until it was noticed."""
        low, pieces = inside["low"], inside["pieces"]
        ticks, high = Signal(range(BREAK_BITS * OVERSAMPLING + 1)), Signal()
        with m.If(line):
            m.d.sync += [ticks.eq(0), high.eq(1)]
        with m.Elif(part.reset):
            m.d.sync += [ticks.eq(0), high.eq(0)]
        with m.Elif(part.good):
            m.d.sync += ticks.eq(0)
        with m.Elif(high & part.tick):
            m.d.sync += ticks.eq(ticks + 1)
        m.d.comb += [
            Assert(inside["armed"] == high),
            Assert(low < PIECE),
            Assert((ticks < BREAK_BITS * OVERSAMPLING) | part.reset),
            Assert(part.reset | ~high | (ticks <= PIECE * pieces + low)),
        ]

    def _waits(self, m: Module, part: LineRecovery, inside: Opened, line: Signal) -> None:
        """Ticks without a high bit, and pieces since the last good frame."""
        armed, low, pieces = inside["armed"], inside["low"], inside["pieces"]
        ticks, seen = Signal(range(PIECE + 1)), Signal(range(PIECES + 1))
        whole = ~line & part.tick & (ticks == PIECE - 1)
        with m.If(line):
            m.d.sync += ticks.eq(0)
        with m.Elif(part.tick):
            m.d.sync += ticks.eq(ticks + 1)
            with m.If(whole):
                m.d.sync += ticks.eq(0)
        with m.If(part.good | part.reset):
            m.d.sync += seen.eq(0)
        with m.Elif(whole & armed):
            m.d.sync += seen.eq(seen + (seen < PIECES))
        m.d.comb += [
            # A good frame is known in the stop bit of its last byte, or in the start bit behind it.
            Assume(~part.good | (ticks < PIECE - 1)),
            Assert(~part.reset | (seen == PIECES)),
            Assert((ticks < PIECE) & (seen <= PIECES)),
            Assert(~armed | (low == ticks)),
            Assert(armed | (low == 0)),
            Assert(part.reset | (pieces == seen)),
        ]


PROPERTIES = [Property(name="recovery", make=Line, depth=2, quick=True)]
