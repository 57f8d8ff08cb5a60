"""A stream from one clock to another, a word at a time."""

from amaranth.hdl import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.data import Layout
from amaranth.lib.wiring import In, Out


class Crossing(wiring.Component):
    """Lets the other side see a word that is held still: no memory, no register, and no hurry.

    A word that is offered stays until it is taken, as streams have it; `i` is ready when the other
    side has taken it.

    Parameters
    ----------
    shape
        Of the words.
    source, target
        The clock domains of `i` and of `o`. They must be reset together.

    Members
    -------
    i : In(stream), o : Out(stream)
        A word takes about three cycles of each side.
    """

    #: Periods of the receiving clock in which what crosses must arrive. A word is there a period of
    #: `source` before the bit that offers it, and that bit goes through two registers of `target`
    #: before it lets the word be taken: two periods of `target` at the least.
    ARRIVAL = 2

    def __init__(self, shape: Layout, *, source: str, target: str) -> None:
        self._source = source
        self._target = target
        super().__init__({"i": In(stream.Signature(shape)), "o": Out(stream.Signature(shape))})

    def elaborate(self, platform: object) -> Module:
        """Two bits that go round."""
        m = Module()
        offered, taken = Signal(), Signal()
        seen, gone = Signal(), Signal()
        offering = Signal()
        m.submodules.there = FFSynchronizer(offered, seen, o_domain=self._target)
        m.submodules.back = FFSynchronizer(taken, gone, o_domain=self._source)
        m.d.comb += [
            self.i.ready.eq(offering & (gone == offered)),
            self.o.payload.eq(self.i.payload),
            self.o.valid.eq(seen != taken),
        ]
        with m.If(self.i.ready):
            m.d[self._source] += offering.eq(0)
        with m.Elif(self.i.valid & ~offering):
            m.d[self._source] += [offering.eq(1), offered.eq(~offered)]
        with m.If(self.o.valid & self.o.ready):
            m.d[self._target] += taken.eq(~taken)
        return m
