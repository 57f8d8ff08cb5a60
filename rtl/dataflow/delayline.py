"""A word delayed in block RAM."""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out


class DelayLine(wiring.Component):
    """What goes in comes out `clocks` later. Nothing is reset; until then old contents come out.

    The memory has a read and a write port that never meet at an address, and an output register
    behind it, since reading block RAM takes a large part of a clock.

    Parameters
    ----------
    width
        Bits of the word.
    clocks
        The delay, at least 3.

    Members
    -------
    i : In(width)
    o : Out(width)
    """

    def __init__(self, *, width: int, clocks: int) -> None:
        if clocks < 3:
            raise ValueError(f"clocks must be at least 3, not {clocks}")
        self._width = width
        self._clocks = clocks
        super().__init__({"i": In(width), "o": Out(width)})

    @property
    def width(self) -> int:
        """Bits of the word."""
        return self._width

    @property
    def clocks(self) -> int:
        """The delay."""
        return self._clocks

    def elaborate(self, platform: object) -> Module:
        """One memory of a word less than the delay, one counter, one register."""
        m = Module()
        depth = self._clocks - 1
        attrs = {"ram_style": "block"}
        m.submodules.memory = memory = Memory(shape=self._width, depth=depth, init=[], attrs=attrs)
        read, write = memory.read_port(), memory.write_port()
        oldest = Signal(range(depth), init=1, reset_less=True)
        m.d.sync += oldest.eq(oldest + 1)
        with m.If(oldest == depth - 1):
            m.d.sync += oldest.eq(0)
        newest = Signal(range(depth), reset_less=True)
        m.d.sync += newest.eq(oldest)
        output = Signal(self._width, reset_less=True)
        m.d.sync += output.eq(read.data)
        m.d.comb += [
            write.en.eq(1),
            write.addr.eq(newest),
            write.data.eq(self.i),
            read.en.eq(1),
            read.addr.eq(oldest),
            self.o.eq(output),
        ]
        return m
