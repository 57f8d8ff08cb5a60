"""Frames onto the line."""

from amaranth import Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.link.interface import FrameStream

__all__ = ["Arbiter", "FrameTransmitter"]


class FrameTransmitter(wiring.Component):
    """Puts a preamble before each body.

    Parameters
    ----------
    preamble
        Two bytes.

    Members
    -------
    frames
        Bodies.
    data
        Bytes for the line.
    idle
        Between frames.
    """

    frames: In(FrameStream)
    data: Out(stream.Signature(8))
    idle: Out(1)

    def __init__(self, *, preamble: bytes) -> None:
        if len(preamble) != 2:
            raise ValueError(f"preamble must be two bytes, not {preamble!r}")
        self._preamble = preamble
        super().__init__()

    @property
    def preamble(self) -> bytes:
        """The two bytes."""
        return self._preamble

    def elaborate(self, platform: object) -> Module:
        """Build it."""
        m = Module()
        m.d.comb += self.data.valid.eq(self.frames.valid)
        with m.FSM() as fsm:
            for state, byte, after in (
                ("first", self.preamble[0], "second"),
                ("second", self.preamble[1], "body"),
            ):
                with m.State(state):
                    m.d.comb += self.data.payload.eq(byte)
                    with m.If(self.data.valid & self.data.ready):
                        m.next = after
            with m.State("body"):
                m.d.comb += [
                    self.data.payload.eq(self.frames.payload.data),
                    self.frames.ready.eq(self.data.ready),
                ]
                with m.If(self.data.valid & self.data.ready & self.frames.payload.last):
                    m.next = "first"
        m.d.comb += self.idle.eq(fsm.ongoing("first") & ~self.frames.valid)
        return m


class Arbiter(wiring.Component):
    """Lets two sources of frames share a line, a whole frame at a time, one after the other.

    Members
    -------
    sources
        Two.
    frames
        What they send.
    idle
        Between frames.
    """

    sources: In(FrameStream).array(2)
    frames: Out(FrameStream)
    idle: Out(1)

    def elaborate(self, platform: object) -> Module:
        """Build it."""
        m = Module()
        current = Signal()
        busy = Signal()
        m.d.comb += self.idle.eq(~busy)
        first, second = self.sources
        m.d.comb += [
            self.frames.valid.eq(busy & Mux(current, second.valid, first.valid)),
            self.frames.payload.as_value().eq(
                Mux(current, second.payload.as_value(), first.payload.as_value())
            ),
            first.ready.eq(busy & ~current & self.frames.ready),
            second.ready.eq(busy & current & self.frames.ready),
        ]
        # The one that was not last goes first.
        with m.If(~busy):
            with m.If(first.valid & (current | ~second.valid)):
                m.d.sync += [busy.eq(1), current.eq(0)]
            with m.Elif(second.valid):
                m.d.sync += [busy.eq(1), current.eq(1)]
        with m.Elif(self.frames.valid & self.frames.ready & self.frames.payload.last):
            m.d.sync += busy.eq(0)
        return m
