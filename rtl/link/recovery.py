"""A way back for a host that has lost the chip's baud rate: no wire but the line itself.

A host that restarts speaks at the rate after reset, 115,200 baud, while the chip still listens at
the rate that it was given last. To the chip the bits of such a host are too long: its line is low
for longer than any byte at the chip's own rate can hold it. Enough of that, without a good frame
between, resets the chip. A break, the line held low for a time, is the same thing.
"""

from amaranth import Module, Signal
from amaranth.lib import cdc, wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.link.config import OVERSAMPLING, LinkConfig

__all__ = ["BREAK_BITS", "HOLD_BITS", "PIECES", "PIECE_BITS", "LineRecovery"]

#: A piece of a break: so many bit times of the chip's rate without a high bit. A byte without
#: parity is low for nine at most, its start bit and eight zeros, and then has its stop bit.
PIECE_BITS = 12

#: So many pieces, without a good frame between, are a break. They need not follow each other.
PIECES = 4

#: A line that is low for so many bit times is a break.
BREAK_BITS = PIECES * PIECE_BITS

#: Bit times of the rate after reset for which the chip holds the line to the next one low. That is
#: a break there, whatever the rate, and over before the first frame can be handed on: seven bytes.
HOLD_BITS = 56


class LineRecovery(wiring.Component):
    """Tells when the host has lost the chip, and hands that on to the next chip.

    It is not reset by what it asks for, but by the reset of ``sync`` alone.

    Parameters
    ----------
    config
        The link's; ``chain`` alone counts.

    Members
    -------
    pin : In(1), init 1
        The line from the host; need not be synchronous.
    tick : In(1)
        Eight times a bit of the chip's rate, see :class:`~.uart.BaudGenerator`.
    good : In(1)
        A good frame has been received. Up for a cycle.
    reset : Out(1), init 0
        The chip is to be reset. Up for a cycle, and not again before the line has been high.
    hold : Out(1), init 0
        The line to the next chip is to be low.
    """

    def __init__(self, config: LinkConfig) -> None:
        self._config = config
        super().__init__(
            {
                "pin": In(1, init=1),
                "tick": In(1),
                "good": In(1),
                "reset": Out(1),
                "hold": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        """Build it."""
        m = Module()
        # A line that has never been high, or not since the break before, says nothing.
        line = Signal()
        m.submodules.pin = cdc.FFSynchronizer(self.pin, line)
        armed = Signal()
        low = Signal(range(PIECE_BITS * OVERSAMPLING))
        pieces = Signal(range(PIECES))
        m.d.sync += self.reset.eq(0)
        with m.If(line | self.reset):
            m.d.sync += [low.eq(0), armed.eq(line)]
        with m.Elif(self.tick & armed):
            m.d.sync += low.eq(low + 1)
            with m.If(low == PIECE_BITS * OVERSAMPLING - 1):
                m.d.sync += [low.eq(0), pieces.eq(pieces + 1)]
                with m.If(pieces == PIECES - 1):
                    m.d.sync += [pieces.eq(0), self.reset.eq(1)]
        with m.If(self.good):
            m.d.sync += pieces.eq(0)
        if self._config.chain:
            # After the reset ticks are those of the rate after reset.
            left = Signal(range(HOLD_BITS * OVERSAMPLING))
            m.d.comb += self.hold.eq(left.any())
            with m.If(self.reset):
                m.d.sync += left.eq(HOLD_BITS * OVERSAMPLING - 1)
            with m.Elif(self.tick & self.hold):
                m.d.sync += left.eq(left - 1)
        return m
