"""A word delayed in memory."""

from amaranth.hdl import Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out


class DelayLine(wiring.Component):
    """What goes in comes out `cycles` later. Nothing is reset; until then old contents come out.

    In block RAM, read and write address never meet, and one is made from the other so that
    synthesisers can see it: it then needs no logic around it for that case. The memory takes up the
    register behind it; another one may follow, since reading block RAM takes a large part of a
    cycle. A memory of look-up tables is read without a cycle, so that both addresses are one.

    Parameters
    ----------
    width
        Bits of the word.
    cycles
        The delay, at least 3.
    registered
        Whether another register follows the one behind the memory.
    lut_words
        The depth up to which the memory is built of look-up tables.

    Members
    -------
    i : In(width)
    o : Out(width)
    """

    def __init__(
        self, *, width: int, cycles: int, registered: bool = True, lut_words: int = 0
    ) -> None:
        if cycles < 3:
            raise ValueError(f"cycles must be at least 3, not {cycles}")
        self._width = width
        self._cycles = cycles
        self._registered = registered
        self._in_luts = cycles - registered - 1 <= lut_words
        super().__init__({"i": In(width), "o": Out(width)})

    @property
    def width(self) -> int:
        """Bits of the word."""
        return self._width

    @property
    def cycles(self) -> int:
        """The delay."""
        return self._cycles

    def elaborate(self, platform: object) -> Module:
        """One memory, one counter, one register or two."""
        m = Module()
        # What is read first and written then stays a cycle longer.
        depth = self._cycles - self._registered - self._in_luts
        attrs: dict[str, int | str]
        attrs = {"ram_style": "distributed" if self._in_luts else "block"}
        # A register of its own has a value after reset, which not every block RAM has.
        own_register = self._registered or self._in_luts
        if not own_register:
            attrs["no_rw_check"] = 1
        m.submodules.memory = memory = Memory(shape=self._width, depth=depth, init=[], attrs=attrs)
        read = memory.read_port(domain="comb" if own_register else "sync")
        write = memory.write_port()
        oldest = Signal(range(depth), init=depth > 1, reset_less=True)
        newest = Signal.like(oldest)
        with m.If(oldest == depth - 1):
            m.d.sync += oldest.eq(0)
        with m.Else():
            m.d.sync += oldest.eq(oldest + 1)
        if self._in_luts:
            m.d.comb += newest.eq(oldest)
        else:
            m.d.comb += newest.eq(Mux(oldest == 0, depth - 1, oldest - 1))
        word: Value = read.data
        for _ in range(own_register + self._registered):
            register = Signal(self._width, reset_less=True)
            m.d.sync += register.eq(word)
            word = register
        m.d.comb += [
            read.addr.eq(oldest),
            write.en.eq(1),
            write.addr.eq(newest),
            write.data.eq(self.i),
            self.o.eq(word),
        ]
        return m
