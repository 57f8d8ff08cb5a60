"""Delay lines: a memory gives each word as many cycles later as a chain of registers would.

Proved for all times by induction, for a word of two bits (bits do not meet) and lines as short as
can be, longer ones, those of look-up tables, and those with one register or two behind the memory:
all that :mod:`sluice.rtl.hls.codegen.delay_line` distinguishes.
"""

from amaranth.hdl import Assert, Elaboratable, Module, Signal

from sluice.rtl.hls.codegen.delay_line import DelayLine
from tests.formal.property import Opened, Property, let_free

#: Cycles, whether another register follows, and the depth up to which it is look-up tables.
LINES = ((3, False, 0), (4, True, 0), (9, True, 0), (10, False, 0), (3, False, 16), (8, True, 16))


class Lines(Elaboratable):
    """Several lines of one word, each beside a chain."""

    def __init__(self, lines: tuple[tuple[int, bool, int], ...]) -> None:
        self._lines = lines

    def elaborate(self, platform: object) -> Module:
        m = Module()
        word = Signal(2)
        let_free(m, word)
        chain, longest = [word], max(cycles for cycles, _, _ in self._lines)
        # Until a line is full, what its memory held before comes out.
        age = Signal(range(longest + 1), reset_less=True)
        m.d.sync += age.eq(age + (age < longest))
        m.d.comb += Assert(age <= longest)
        for _ in range(longest):
            after = Signal(2, reset_less=True)
            m.d.sync += after.eq(chain[-1])
            chain.append(after)
        for cycles, registered, lut_words in self._lines:
            line = DelayLine(width=2, cycles=cycles, registered=registered, lut_words=lut_words)
            m.submodules += (inside := Opened(line))
            depth = cycles - registered - (lut_words > 0)
            m.d.comb += [
                line.i.eq(word),
                Assert((age < cycles) | (line.o == chain[cycles])),
                Assert(inside["oldest"] < depth),
            ]
        return m


PROPERTIES = [
    Property(name="delay_lines", make=lambda: Lines(LINES), depth=13, base=14, quick=True),
    Property(
        name="delay_line_of_40",
        make=lambda: Lines(((40, True, 0),)),
        mutable=False,
        depth=43,
        base=50,
    ),
]
