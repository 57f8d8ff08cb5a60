"""From bytes on the line to the bodies of frames."""

from amaranth import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.link.config import OVERSAMPLING
from sluice.rtl.link.interface import Byte

__all__ = ["Deframer"]


class Deframer(wiring.Component):
    """Hunts for a preamble, then gives the bytes that follow and their bits.

    The one who listens decides where the frame ends. Within a frame no preamble is looked for,
    since a job may contain one. A frame is given up when the line has been silent for too long or a
    byte had no stop bit.

    Parameters
    ----------
    preamble
        Two bytes.
    timeout_bits
        Bit times of silence, a power of two.

    Members
    -------
    byte, tick
        From the line.
    done
        The frame is over. May be up in the same cycle as ``valid``: that byte then counts as the
        first after it.
    start
        A preamble was seen. Up for a cycle.
    data
        A byte of the body, until half-way through the next.
    valid
        It has just come. Up for a cycle.
    abort
        The frame is given up. Up for a cycle.
    bit
        The byte's bits, most significant first, in the eight cycles after ``valid``.
    bit_index
        0 for the most significant.
    bit_valid
        There is one.
    """

    byte: In(Byte)
    tick: In(1)
    done: In(1)
    start: Out(1)
    data: Out(8)
    valid: Out(1)
    abort: Out(1)
    bit: Out(1)
    bit_index: Out(3)
    bit_valid: Out(1)

    def __init__(self, *, preamble: bytes, timeout_bits: int) -> None:
        if len(preamble) != 2:
            raise ValueError(f"preamble must be two bytes, not {preamble!r}")
        if timeout_bits < 1 or timeout_bits & (timeout_bits - 1):
            raise ValueError(f"timeout_bits must be a power of two, not {timeout_bits!r}")
        self._preamble = preamble
        self._timeout_bits = timeout_bits
        super().__init__()

    @property
    def preamble(self) -> bytes:
        """Two bytes."""
        return self._preamble

    @property
    def timeout_bits(self) -> int:
        """Bit times of silence."""
        return self._timeout_bits

    def elaborate(self, platform: object) -> Module:
        """Build it."""
        m = Module()
        inside = Signal()
        first_seen = Signal()
        silence = Signal(range(self.timeout_bits * OVERSAMPLING + 1))

        m.d.comb += [
            self.data.eq(self.byte.data),
            self.valid.eq(inside & self.byte.valid),
            self.abort.eq(inside & (self.byte.error | (silence[-1] & ~self.byte.valid))),
            self.start.eq(
                ~inside & first_seen & self.byte.valid & (self.byte.data == self.preamble[1])
            ),
        ]
        with m.If(self.byte.valid):
            m.d.sync += first_seen.eq(self.byte.data == self.preamble[0])
        with m.Elif(self.done | self.byte.error | silence[-1]):
            m.d.sync += first_seen.eq(0)
        with m.If(self.start):
            m.d.sync += inside.eq(1)
        with m.Elif(self.done | self.abort):
            m.d.sync += inside.eq(0)

        with m.If(self.byte.valid | ~(inside | first_seen)):
            m.d.sync += silence.eq(0)
        with m.Elif(self.tick):
            m.d.sync += silence.eq(silence + 1)

        m.d.comb += self.bit.eq(self.data[::-1].bit_select(self.bit_index, 1))
        with m.If(self.valid):
            m.d.sync += [self.bit_valid.eq(1), self.bit_index.eq(0)]
        with m.Elif(self.bit_valid):
            m.d.sync += self.bit_index.eq(self.bit_index + 1)
            with m.If(self.bit_index == 7):
                m.d.sync += self.bit_valid.eq(0)
        return m
