"""Frames from the host: nothing is obeyed but what is whole and has its check.

``receiver`` compares :mod:`sluice.rtl.link.receiver` and :mod:`sluice.rtl.link.deframer` with the
text of the protocol, a byte at a time, for all times by induction: whatever bytes come, with
errors, pauses and resets wherever. A command or a job is told in the ninth cycle after its last
byte, and then only, if all of its bytes were legal and its check is that of the others; otherwise
it is told that it is bad, in the same cycle, or as soon as a byte is illegal. What goes on to the
next chip is exactly what is good.
"""

from amaranth.hdl import Assert, Assume, Cat, Const, Elaboratable, Module, Mux, Signal, Value

from sluice.rtl.link.config import LinkConfig
from sluice.rtl.link.deframer import Deframer
from sluice.rtl.link.receiver import CommandReceiver
from sluice.rtl.protocol.crc import CRC5, CRC16, Crc
from sluice.rtl.protocol.frames import (
    COMMAND_PREAMBLE,
    JOB_FRAME_BYTES,
    JOB_HEADER,
    JOB_LENGTHS,
    CommandHeader,
)
from tests.formal.property import Opened, Property, let_free

#: Cycles from a byte to what comes of it; bytes are 76 apart at least, eight ticks a bit.
SETTLED = 9

CONFIG = LinkConfig(timeout_bits=16)


def check(kind: Crc, before: Value, byte: Value) -> Value:
    """A check a byte later, bit by bit."""
    for place in reversed(range(8)):
        carry = before[-1] ^ byte[place]
        before = Cat(Const(0, 1), before[:-1]) ^ Mux(carry, kind.polynomial, 0)
        before = before[: kind.width]
    return before


class Reference:
    """What has been received, a byte at a time, as the protocol has it.

    Members
    -------
    inside
        A frame has begun.
    seen
        The last byte may be the first one of a preamble.
    index
        How many bytes of the body there are.
    is_job, opcode
        By its first byte.
    good, bad
        One cycle: the frame has ended.
    """

    def __init__(self, m: Module, byte: object, silent: Value) -> None:
        self.inside, self.seen, self.is_job = Signal(), Signal(), Signal()
        self.index, self.opcode = Signal(range(JOB_FRAME_BYTES)), Signal(5)
        self.good, self.bad = Signal(), Signal()
        self.since = Signal(range(SETTLED + 2), init=SETTLED + 1)
        # Checks of all bytes, and of all but the last one and the last two.
        self.crc5, self.crc16 = Signal(5), Signal(16)
        self.crc5_before, self.crc16_before, self.crc16_two_before = (
            Signal(5),
            Signal(16),
            Signal(16),
        )
        self.counted = counted = Signal()
        self.last, self.one_before = last, one_before = Signal(8), Signal(8)
        first = self.index == 0
        headers = [JOB_HEADER, *CommandHeader]
        is_write = (self.opcode == 0x01) | (self.opcode == 0x11)
        length = Mux(self.is_job, JOB_FRAME_BYTES - 2, Mux(is_write, 9, 5))
        right_length = byte.data == length
        job_length = Cat(byte.data == of for of in JOB_LENGTHS).any()
        legal = Signal()
        m.d.comb += legal.eq(1)
        with m.If(first):
            m.d.comb += legal.eq(Cat(byte.data == header for header in headers).any())
        with m.Elif(self.index == 1):
            m.d.comb += legal.eq(Mux(self.is_job, job_length, right_length))
        self.length = length
        of_job = Cat(last, one_before) == self.crc16_two_before
        of_command = last == self.crc5_before
        # The last byte settles.
        settles = self.inside & counted & (self.since == SETTLED)
        ends = settles & (self.index == length - 1)
        illegal = self.inside & byte.valid & ~legal
        broken = self.inside & (byte.error | silent)
        with m.If(byte.valid):
            m.d.sync += counted.eq(self.inside)
        with m.If(settles):
            m.d.sync += self.index.eq(self.index + 1)
        m.d.comb += [
            self.good.eq(ends & Mux(self.is_job, of_job, of_command)),
            self.bad.eq((ends & ~self.good) | illegal | broken),
        ]
        m.d.sync += self.since.eq(Mux(byte.valid, 1, self.since + (self.since <= SETTLED)))
        with m.If(byte.valid):
            m.d.sync += self.seen.eq(byte.data == COMMAND_PREAMBLE[0])
            with m.If(self.inside):
                m.d.sync += [
                    one_before.eq(last),
                    last.eq(byte.data),
                    self.crc5.eq(check(CRC5, self.crc5, byte.data)),
                    self.crc5_before.eq(self.crc5),
                    self.crc16.eq(check(CRC16, self.crc16, byte.data)),
                    self.crc16_before.eq(self.crc16),
                    self.crc16_two_before.eq(self.crc16_before),
                ]
                with m.If(first):
                    m.d.sync += [
                        self.is_job.eq(byte.data == JOB_HEADER),
                        self.opcode.eq(byte.data),
                    ]
        with m.Elif(self.good | self.bad | byte.error | silent):
            m.d.sync += self.seen.eq(0)
        with m.If(~self.inside & self.seen & byte.valid & (byte.data == COMMAND_PREAMBLE[1])):
            m.d.sync += [
                self.inside.eq(1),
                self.index.eq(0),
                self.is_job.eq(0),
                self.crc5.eq(CRC5.initial),
                self.crc16.eq(CRC16.initial),
            ]
        with m.Elif(self.good | self.bad):
            m.d.sync += self.inside.eq(0)
        m.d.comb += Assert(self.since <= SETTLED + 1)


def drive(m: Module, part: CommandReceiver, reference: Reference) -> None:
    """Bytes as a line brings them: never less than nine cycles apart, and staying for as long."""
    byte, since, before = part.byte, Signal(range(SETTLED + 2), init=SETTLED + 1), Signal(8)
    m.d.sync += [since.eq(since + (since <= SETTLED)), before.eq(byte.data)]
    with m.If(byte.valid | byte.error):
        m.d.sync += since.eq(1)
    m.d.comb += [
        Assert(since <= reference.since),
        Assume(~(byte.valid & byte.error)),
        Assume(~(byte.valid | byte.error) | (since > SETTLED)),
        Assume((since > SETTLED) | (byte.data == before)),
    ]


class Bytes(Elaboratable):
    """A receiver beside the reference."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        part = CommandReceiver(CONFIG)
        m.submodules.part = inside = Opened(part, Deframer)
        let_free(m, part.byte.data, part.byte.valid, part.byte.error, part.tick, part.keep)
        silence = inside["silence"]
        reference = Reference(m, part.byte, silence[-1] & ~part.byte.valid)
        drive(m, part, reference)
        now, is_job, good, bad = (
            getattr(reference, name) for name in ("inside", "is_job", "good", "bad")
        )
        # The time-out is so many ticks without a byte.
        quiet = Signal.like(silence)
        with m.If(part.byte.valid | ~(now | reference.seen)):
            m.d.sync += quiet.eq(0)
        with m.Elif(part.tick):
            m.d.sync += quiet.eq(quiet + 1)
        m.d.comb += Assert(silence == quiet)
        settled = reference.since > SETTLED
        is_address = ~is_job & (reference.opcode[:2] == 0)
        forward = part.forward
        deframer, busy = inside.part("deframer"), reference.counted & (reference.since < SETTLED)
        once = (reference.crc16 == check(CRC16, reference.crc16_before, reference.last)) & (
            reference.crc5 == check(CRC5, reference.crc5_before, reference.last)
        )
        twice = reference.crc16_before == check(
            CRC16, reference.crc16_two_before, reference.one_before
        )
        known = Cat(reference.opcode == (header & 0x1F) for header in CommandHeader).any()
        m.d.comb += [
            Assert(part.command == (good & ~is_job)),
            Assert(part.job == (good & is_job)),
            Assert(part.bad_command == (bad & ~is_job)),
            Assert(part.bad_job == (bad & is_job)),
            Assert(~part.command | (Cat(part.opcode) == reference.opcode)),
            Assert(forward.valid == (now & part.byte.valid)),
            Assert(~forward.valid | (forward.byte.data == part.byte.data)),
            Assert(
                ~forward.valid
                | (forward.byte.last == (reference.index == reference.length - 1))
                | (reference.index < 2)
            ),
            Assert(forward.commit == (good & ~(part.keep & is_address))),
            Assert(forward.rollback == ((good | bad) & ~forward.commit)),
            # Inside.
            Assert(inside["elaborate.inside"] == now),
            Assert(inside["first_seen"] == reference.seen),
            Assert(~now | (inside["is_job"] == is_job)),
            Assert(~now | (reference.index == 0) | (Cat(part.opcode) == reference.opcode)),
            Assert(~now | (reference.index == 0) | is_job | known),
            Assert(~now | ~is_job | (reference.opcode == JOB_HEADER & 0x1F)),
            Assert(~now | (reference.index != 0) | reference.counted | ~is_job),
            Assert(~(now & settled & reference.counted) | (reference.index != 0)),
            Assert(deframer.bit_valid == busy),
            Assert(~busy | (deframer.bit_index == reference.since - 1)),
            Assert(inside["checked"] == (reference.counted & (reference.since == SETTLED))),
            Assert(~now | (reference.index < 1) | once),
            Assert(~now | (reference.index < 2) | twice),
            Assert(~now | (inside["index"] == reference.index)),
            Assert(~now | (reference.index < reference.length)),
            Assert(
                ~(now & settled) | (inside.part("crc5").crc == reference.crc5) | reference.is_job
            ),
            Assert(~(now & settled) | (inside.part("crc16").crc == reference.crc16)),
        ]
        return m


PROPERTIES = [Property(name="receiver", make=Bytes, depth=12, base=12)]
