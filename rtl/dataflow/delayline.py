"""A word delayed in block RAM."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out


class DelayLine(wiring.Component):
    """What goes in comes out `clocks` later. Nothing is reset; until then old contents come out.

    Read and write address never meet, and one is made from the other so that synthesisers can see
    it: block RAM then needs no logic around it for that case. The memory takes up the register
    behind it; another one may follow, since reading block RAM takes a large part of a clock.

    Parameters
    ----------
    width
        Bits of the word.
    clocks
        The delay, at least 3.
    registered
        Whether a register follows the memory.

    Members
    -------
    i : In(width)
    o : Out(width)
    """

    def __init__(self, *, width: int, clocks: int, registered: bool = True) -> None:
        if clocks < 3:
            raise ValueError(f"clocks must be at least 3, not {clocks}")
        self._width = width
        self._clocks = clocks
        self._registered = registered
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
        """One memory, one counter, one register or two."""
        m = Module()
        depth = self._clocks - self._registered
        attrs = {"ram_style": "block"}
        m.submodules.memory = memory = Memory(shape=self._width, depth=depth, init=[], attrs=attrs)
        read, write = memory.read_port(domain="comb"), memory.write_port()
        oldest = Signal(range(depth), init=1, reset_less=True)
        newest = Signal.like(oldest)
        read_word = Signal(self._width, reset_less=True)
        output = Signal(self._width, reset_less=True) if self._registered else read_word
        with m.If(oldest == depth - 1):
            m.d.sync += oldest.eq(0)
        with m.Else():
            m.d.sync += oldest.eq(oldest + 1)
        m.d.comb += [
            newest.eq(Mux(oldest == 0, depth - 1, oldest - 1)),
            read.addr.eq(oldest),
            write.en.eq(1),
            write.addr.eq(newest),
            write.data.eq(self.i),
            self.o.eq(output),
        ]
        m.d.sync += read_word.eq(read.data)
        if self._registered:
            m.d.sync += output.eq(read_word)
        return m
