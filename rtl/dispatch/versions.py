"""The version counter spread over the version mask."""

from amaranth.hdl import Cat, Const, Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

#: Header version bits 28:13 may roll (BIP 320).
ROLLED_BITS = 16


def rolled_word(bits: Value) -> Value:
    """Rolled bits, header version bits 28:13, in their places in ``W0``.

    The version stands in the header with its least significant byte first, and ``W0`` takes the
    first byte as its most significant.
    """
    version = Cat(Const(0, 13), bits, Const(0, 3))
    return Cat(version[24:32], version[16:24], version[8:16], version[0:8])


class VersionSpreader(wiring.Component):
    """Spreads a counter over the ones of a mask, lowest first, a bit a clock.

    Members
    -------
    start : In(1)
        Begin, with `counter` and `mask`, which must stay until the end.
    counter : In(17)
        The number of a version.
    mask : In(16)
        Header version bits 28:13 that may roll.
    busy : Out(1)
        Not done yet.
    bits : Out(16)
        The rolled bits.
    over : Out(1)
        There are not so many versions.
    """

    start: In(1)
    counter: In(ROLLED_BITS + 1)
    mask: In(ROLLED_BITS)
    busy: Out(1)
    bits: Out(ROLLED_BITS)
    over: Out(1)

    def elaborate(self, platform: object) -> Module:
        """A shift register for each of counter, mask and bits."""
        m = Module()
        rest = Signal(ROLLED_BITS + 1)
        mask = Signal(ROLLED_BITS)
        done = Signal(range(ROLLED_BITS + 1), init=ROLLED_BITS)
        m.d.comb += [self.busy.eq(done != ROLLED_BITS), self.over.eq(rest.any())]
        with m.If(self.start):
            m.d.sync += [rest.eq(self.counter), mask.eq(self.mask), done.eq(0)]
        with m.Elif(self.busy):
            m.d.sync += [
                mask.eq(mask >> 1),
                self.bits.eq(Cat(self.bits[1:], mask[0] & rest[0])),
                done.eq(done + 1),
            ]
            with m.If(mask[0]):
                m.d.sync += rest.eq(rest >> 1)
        return m
