"""Counters carried to another clock."""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.wiring import In, Out


class Snapshot(wiring.Component):
    """Shows a value of one clock domain in another, whole, some clocks old.

    The near side asks for the value by changing a bit, the far side holds it still and answers by
    changing another.

    Parameters
    ----------
    width
        Bits.
    source
        The clock domain of `i`; `o` is in ``sync``.

    Members
    -------
    i, o : width bits
    """

    def __init__(self, *, width: int, source: str) -> None:
        self._width = width
        self._source = source
        super().__init__({"i": In(width), "o": Out(width)})

    def elaborate(self, platform: object) -> Module:
        """Two bits that go round, and a register on each side."""
        m = Module()
        ask, asked = Signal(), Signal()
        answer, answered = Signal(), Signal()
        held = Signal(self._width)
        m.submodules.ask = FFSynchronizer(ask, asked, o_domain=self._source)
        m.submodules.answer = FFSynchronizer(answer, answered)
        with m.If(answered == ask):
            m.d.sync += [self.o.eq(held), ask.eq(~ask)]
        m.d[self._source] += answer.eq(asked)
        with m.If(asked != answer):
            m.d[self._source] += held.eq(self.i)
        return m
