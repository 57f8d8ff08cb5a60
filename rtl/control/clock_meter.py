"""How fast the cores' clock is, by that of the link: no build has to know it."""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

#: What a cycle of the cores' clock in the window stands for, in kHz; a power of two.
UNIT = 8

#: Bits of the number of cycles: clocks up to 1 GHz.
CYCLES = 17


class Window(wiring.Component):
    """A bit that is up for 1 / (8 kHz), once after each reset.

    It crosses to the cores' clock in two registers, and arrives at either end as late.

    Parameters
    ----------
    clock
        Frequency of ``sync`` in hertz. The window is as many of its cycles as come nearest.

    Members
    -------
    open : Out(1), init 0
        The window. It opens when the reset is over and not before, since what is reset together
        with it may leave its own reset sooner.
    """

    #: Periods of the receiving clock in which the bit must arrive. No word goes by it: it would
    #: bear more.
    ARRIVAL = 2

    open: Out(1)

    def __init__(self, clock: float) -> None:
        self._cycles = round(clock / (UNIT * 1e3))
        super().__init__()

    def elaborate(self, platform: object) -> Module:
        """A counter whose highest bit falls at the end and stops it."""
        m = Module()
        bits = (self._cycles - 1).bit_length()
        left = Signal(bits + 1, init=(1 << bits) + self._cycles - 1)
        with m.If(left[-1]):
            m.d.sync += left.eq(left - 1)
        m.d.sync += self.open.eq(left[-1])
        return m


class CycleCount(wiring.Component):
    """Counts cycles while the window is open.

    Members
    -------
    open : In(1)
        The window, in step with ``sync``, which is the clock that is measured.
    told : In(1)
        The count has been taken. Up for a cycle.
    cycles : Out(17)
        The count: one of them stands for :data:`UNIT` kHz.
    known : Out(1)
        The window has closed, and the count has not been taken.
    """

    open: In(1)
    told: In(1)
    cycles: Out(CYCLES)
    known: Out(1)

    def elaborate(self, platform: object) -> Module:
        """A counter; and what tells its end from its beginning."""
        m = Module()
        before = Signal()
        m.d.sync += before.eq(self.open)
        with m.If(self.open):
            m.d.sync += self.cycles.eq(self.cycles + 1)
        with m.If(before & ~self.open):
            m.d.sync += self.known.eq(1)
        with m.Elif(self.told):
            m.d.sync += self.known.eq(0)
        return m
