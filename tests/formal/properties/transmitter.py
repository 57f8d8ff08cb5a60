"""The line to the host: whole frames only, bit by bit, and nobody interrupts another.

Proved for all times by induction, each part for any bytes, any pauses of its neighbours, and a
reset in any cycle.

``frame_transmitter``: a preamble and then a body, byte by byte, to its last one
(:mod:`sluice.rtl.link.transmitter`). ``arbiter``: a frame of one source to its end, then that of
the other one if it has one. ``uart_transmitter``: a start bit, eight bits, the lowest first, and a
stop bit, eight ticks each, without a gap while there are bytes (:mod:`sluice.rtl.link.uart`).
``frame_fifo``: what comes out is what was written and committed, in its order, and it is offered;
what was not committed, or found no room, never comes out (:mod:`sluice.rtl.link.frame_fifo`).
"""

from amaranth.asserts import AnyConst
from amaranth.hdl import Assert, Assume, Cat, Const, Elaboratable, Module, Mux, Signal

from sluice.rtl.link.config import OVERSAMPLING
from sluice.rtl.link.frame_fifo import FrameFifo
from sluice.rtl.link.transmitter import Arbiter, FrameTransmitter
from sluice.rtl.link.uart import UartTransmitter
from sluice.rtl.protocol.frames import RESPONSE_PREAMBLE
from tests.formal.property import Opened, Property, keep_offered, let_free


class Frames(Elaboratable):
    """Preamble and body."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        part = FrameTransmitter(preamble=RESPONSE_PREAMBLE)
        m.submodules.part = inside = Opened(part)
        let_free(m, part.frames.valid, part.frames.payload, part.data.ready)
        keep_offered(m, part.frames)
        place = Signal(range(3))
        body, frames, data = place == 2, part.frames, part.data
        first, second = RESPONSE_PREAMBLE
        with m.If(data.valid & data.ready):
            m.d.sync += place.eq(Mux(body, Mux(frames.payload.last, 0, 2), place + 1))
        expected = Mux(body, frames.payload.data, Mux(place == 0, first, second))
        m.d.comb += [
            Assert(place < 3),
            Assert(inside["fsm"] == place),
            Assert(data.valid == frames.valid),
            Assert(data.payload == expected),
            # A byte leaves the queue when it goes out, and not before.
            Assert((frames.valid & frames.ready) == (body & data.valid & data.ready)),
            Assert(part.idle == ((place == 0) & ~frames.valid)),
        ]
        return m


class Turns(Elaboratable):
    """Two sources of frames."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        part = Arbiter()
        m.submodules.part = inside = Opened(part)
        let_free(m, part.frames.ready)
        for source in part.sources:
            let_free(m, source.valid, source.payload)
            keep_offered(m, source)
        owned, owner, frames = Signal(), Signal(), part.frames
        goes = frames.valid & frames.ready
        first, second = part.sources
        its = Mux(owner, second.payload.as_value(), first.payload.as_value())
        with m.If(~owned):
            with m.If(first.valid & second.valid):
                m.d.sync += [owned.eq(1), owner.eq(~owner)]
            with m.Elif(first.valid | second.valid):
                m.d.sync += [owned.eq(1), owner.eq(second.valid)]
        with m.Elif(goes & frames.payload.last):
            m.d.sync += owned.eq(0)
        m.d.comb += [
            Assert(inside["busy"] == owned),
            Assert(inside["current"] == owner),
            Assert(frames.valid == (owned & Mux(owner, second.valid, first.valid))),
            Assert(~frames.valid | (frames.payload.as_value() == its)),
            Assert((first.valid & first.ready) == (goes & ~owner)),
            Assert((second.valid & second.ready) == (goes & owner)),
            Assert(part.idle == ~owned),
        ]
        return m


class Bits(Elaboratable):
    """A byte on the line."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        part = UartTransmitter()
        m.submodules.part = inside = Opened(part)
        let_free(m, part.data.valid, part.data.payload, part.tick)
        # Ticks since the start bit began; after 79 the next one may begin.
        since, byte = Signal(range(10 * OVERSAMPLING), init=10 * OVERSAMPLING - 1), Signal(8)
        over = since == 10 * OVERSAMPLING - 1
        line = Cat(Const(0, 1), byte, Const(-1, 10))
        place = Signal(range(10))
        taken = part.data.valid & part.data.ready
        with m.If(taken):
            m.d.sync += [since.eq(0), byte.eq(part.data.payload)]
        with m.Elif(part.tick & ~over):
            m.d.sync += since.eq(since + 1)
        m.d.comb += [
            place.eq(since >> 3),
            Assert(since < 10 * OVERSAMPLING),
            Assert(part.pin == line.bit_select(place, 1)),
            Assert(part.data.ready == (part.tick & over)),
            Assert(part.idle == over),
            Assert(inside["left"] == 10 * OVERSAMPLING - 1 - since),
            Assert(inside["shift"] == line.bit_select(place, 9)),
        ]
        return m


class Queue(Elaboratable):
    """A byte that is followed from its place in the memory."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        depth = 16
        part = FrameFifo(depth=depth)
        m.submodules.part = inside = Opened(part)
        write, frames = part.write, part.frames
        let_free(m, write.byte, write.valid, write.commit, write.rollback, frames.ready)
        # What is kept is said in a later cycle than its last byte.
        m.d.comb += [
            Assume(~(write.commit & write.rollback)),
            Assume(~(write.valid & (write.commit | write.rollback))),
        ]
        tail, lost, head, mark = inside["tail"], inside["lost"], part.head, part.mark
        address, stored = inside.peek("memory")
        followed = AnyConst(range(depth))
        written, byte = Signal(), Signal(9)
        room = (tail + 1)[:4] != head
        m.d.comb += address.eq(followed)
        with m.If(write.valid & room & (tail == followed)):
            m.d.sync += [written.eq(1), byte.eq(write.byte.as_value())]
        # Of a frame that is being written: how many bytes there are, and whether one had no room.
        open_, missed = Signal(4), Signal()
        kept, waiting = (mark - head)[:4], (tail - head)[:4]
        with m.If(write.commit | write.rollback):
            m.d.sync += [open_.eq(0), missed.eq(0)]
        with m.Elif(write.valid):
            with m.If(room):
                m.d.sync += open_.eq(open_ + 1)
            with m.Else():
                m.d.sync += missed.eq(1)
        before, was_there, was_taken = Signal(4), Signal(), Signal()
        taken = frames.valid & frames.ready
        m.d.sync += [before.eq(mark), was_there.eq(1), was_taken.eq(write.commit & ~missed)]
        # What is taken is gone: nothing comes twice, and nothing is left out.
        gone = Signal(4)
        m.d.sync += gone.eq(gone + taken)
        quiet = Signal(2)
        m.d.sync += quiet.eq(quiet + (quiet < 3))
        with m.If((kept == 0) | taken | write.valid):
            m.d.sync += quiet.eq(0)
        at_place = (followed - head)[:4]
        m.d.comb += [
            Assert(head == gone),
            Assert(lost == missed),
            Assert(open_ == (tail - mark)[:4]),
            Assert(kept <= waiting),
            Assert(part.level == waiting),
            Assert(part.dropped == (write.commit & missed)),
            # Only a commit of a whole frame lets more come out.
            Assert(~was_there | was_taken | (mark == before)),
            Assert(~frames.valid | (kept != 0)),
            # What is between head and tail has been written, and is there as it was written.
            Assert((at_place >= waiting) | (written & (stored.as_value() == byte))),
            Assert(~frames.valid | (head != followed) | (frames.payload.as_value() == byte)),
            Assert(~taken | (kept != 0)),
            # What is there is offered, unless bytes keep coming in: the memory is not read then.
            Assert((quiet < 2) | frames.valid),
            Assert(~(inside.part("read").en & inside.part("write").en)),
        ]
        return m


PROPERTIES = [
    Property(name="frame_transmitter", make=Frames, depth=2, quick=True),
    Property(name="arbiter", make=Turns, depth=2, quick=True),
    Property(name="uart_transmitter", make=Bits, depth=2, quick=True),
    Property(name="frame_fifo", make=Queue, depth=3, base=8, quick=True),
]
