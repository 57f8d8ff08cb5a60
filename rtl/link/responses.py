"""Frames from the chips behind this one."""

from amaranth import Cat, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.link.config import LinkConfig
from sluice.rtl.link.crc import CRC5
from sluice.rtl.link.deframer import Deframer
from sluice.rtl.link.interface import Byte, FrameWrite
from sluice.rtl.protocol.frames import RESPONSE_PREAMBLE

__all__ = ["ResponseReceiver"]


class ResponseReceiver(wiring.Component):
    """Frames from the chips behind.

    Parameters
    ----------
    config
        The link's.

    Members
    -------
    byte, tick
        From the line.
    long
        Responses have 11 bytes, not 9.
    frames
        The good ones.
    bad
        A damaged one was received. Up for a cycle.
    """

    byte: In(Byte)
    tick: In(1)
    long: In(1)
    frames: Out(FrameWrite)
    bad: Out(1)

    def __init__(self, config: LinkConfig) -> None:
        self._config = config
        super().__init__()

    def elaborate(self, platform: object) -> Module:
        """Build it."""
        m = Module()
        m.submodules.deframer = deframer = Deframer(
            preamble=RESPONSE_PREAMBLE, timeout_bits=self._config.timeout_bits
        )
        m.submodules.crc5 = crc5 = CRC5(1).create()
        wiring.connect(m, wiring.flipped(self.byte), deframer.byte)

        index = Signal(range(16))
        last = Signal()
        clean = Signal()
        m.d.comb += [
            deframer.tick.eq(self.tick),
            crc5.start.eq(deframer.start),
            crc5.data.eq(deframer.bit),
            crc5.valid.eq(deframer.bit_valid),
            # Count 0 to 8, or 2 to 8.
            last.eq(index == 8),
            self.frames.byte.data.eq(deframer.data),
            self.frames.byte.last.eq(last),
            self.frames.valid.eq(deframer.valid),
        ]
        with m.If(deframer.start):
            m.d.sync += index.eq(Cat(0, ~self.long))
        with m.If(deframer.valid):
            # Registers and nonces are the only types.
            m.d.sync += clean.eq(deframer.data[5:7] == 0)

        checked = Signal()
        m.d.sync += checked.eq(deframer.bit_valid & (deframer.bit_index == 7))
        with m.If(checked):
            m.d.sync += index.eq(index + 1)
            with m.If(last):
                m.d.comb += self.frames.commit.eq(crc5.match_detected & clean)
                m.d.comb += self.bad.eq(~self.frames.commit)
        with m.If(deframer.abort):
            m.d.comb += self.bad.eq(1)
        m.d.comb += [
            self.frames.rollback.eq(self.bad),
            deframer.done.eq(self.bad | self.frames.commit),
        ]
        return m
