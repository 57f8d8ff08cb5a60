"""The way back to the rate after reset: reached from every state, and never taken by mistake.

``recovery_comes``: from any state of :mod:`sluice.rtl.link.recovery`, a line that has been high and
is then low for 48 bit times, without a good frame, resets the chip, whose registers then have the
rate of 115,200 baud. ``recovery_waits``: no reset without four pieces of a break, each of twelve
bit times without a high bit, which no byte holds. Both for all times, by induction.
"""

from amaranth.hdl import Assert, Assume, Elaboratable, Module, Signal

from sluice.rtl.link.config import OVERSAMPLING, LinkConfig
from sluice.rtl.link.recovery import BREAK_BITS, PIECE_BITS, PIECES, LineRecovery
from tests.formal.property import Opened, Property, let_free

PIECE = PIECE_BITS * OVERSAMPLING


class Comes(Elaboratable):
    """A long break."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        part = LineRecovery(LinkConfig())
        m.submodules.part = inside = Opened(part)
        let_free(m, part.pin, part.tick, part.good)
        line, armed, low, pieces = (inside[name] for name in ("line", "armed", "low", "pieces"))
        # Ticks for which the line has been low since it was high, until it was noticed.
        ticks, high = Signal(range(BREAK_BITS * OVERSAMPLING + 1)), Signal()
        with m.If(line):
            m.d.sync += [ticks.eq(0), high.eq(1)]
        with m.Elif(part.reset):
            m.d.sync += [ticks.eq(0), high.eq(0)]
        with m.Elif(high & part.tick):
            m.d.sync += ticks.eq(ticks + 1)
        m.d.comb += [
            # A line that is low brings no frame.
            Assume(line | ~part.good),
            Assert(armed == high),
            Assert(low < PIECE),
            Assert((ticks < BREAK_BITS * OVERSAMPLING) | part.reset),
            Assert(part.reset | ~high | (ticks <= PIECE * pieces + low)),
        ]
        return m


class Waits(Elaboratable):
    """Pieces of a break, counted."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        part = LineRecovery(LinkConfig())
        m.submodules.part = inside = Opened(part)
        let_free(m, part.pin, part.tick, part.good)
        line, armed, low, pieces = (inside[name] for name in ("line", "armed", "low", "pieces"))
        # Ticks without a high bit, and pieces since the last good frame.
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
        with m.Elif(whole):
            m.d.sync += seen.eq(seen + (seen < PIECES))
        m.d.comb += [
            # A good frame is known in the stop bit of its last byte, or in the start bit behind it.
            Assume(~part.good | (ticks < PIECE - 1)),
            Assert(~part.reset | (seen == PIECES)),
            Assert((ticks < PIECE) & (seen <= PIECES)),
            Assert(~armed | (low == ticks)),
            Assert(armed | (low == 0)),
            Assert(part.reset | (pieces <= seen)),
        ]
        return m


PROPERTIES = [
    Property(name="recovery_comes", make=Comes, mutable=False, depth=2, quick=True),
    Property(name="recovery_waits", make=Waits, depth=2),
]
