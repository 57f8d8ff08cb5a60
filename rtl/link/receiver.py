"""Frames from the host."""

from collections.abc import Iterable, Iterator

from amaranth import Cat, Module, Signal, Value
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.link.config import LinkConfig
from sluice.rtl.link.crc import CRC5, CRC16
from sluice.rtl.link.deframer import Deframer
from sluice.rtl.link.interface import Byte, FrameWrite
from sluice.rtl.protocol.commands import parse_command
from sluice.rtl.protocol.frames import (
    COMMAND_PREAMBLE,
    JOB_FRAME_BYTES,
    JOB_HEADER,
    JOB_LENGTHS,
    CommandHeader,
    FrameError,
    body_length,
)
from sluice.rtl.protocol.jobs import parse_job

__all__ = ["ByteStore", "CommandReceiver", "Opcode", "Store"]


class Opcode(data.Struct):
    """Which command: the low bits of its header."""

    command: 2
    unused: 2
    broadcast: 1


#: Writes into the :class:`~.jobs.JobBuffer`.
Store = wiring.Signature({"word": Out(5), "data": Out(32), "enable": Out(4)})

#: Writes into the :class:`~.bytejobs.ByteJobBuffer`.
ByteStore = wiring.Signature({"index": Out(7), "data": Out(8), "enable": Out(1)})


class CommandReceiver(wiring.Component):
    """Frames from the host: commands and jobs.

    Their bytes are stored, and put into the queue for the next chip, as they come. Whether they
    mean anything is said at the end.

    What is stored: word 0 holds the first two bytes of the payload (a command's address in bits
    7:0 and register in bits 15:8, or a job's id in bits 7:0), word 1 a command's value or a job's
    ``W19``, word 2 ``W18``, up to word 20, ``W0``. A compact link stores the bytes as they are, at
    their index in the frame: a command's address at 2, its register at 3, its value from 4 on, a
    job's id at 2, ``W19`` from 4 on.

    Parameters
    ----------
    config
        The link's.

    Members
    -------
    byte, tick
        From the line.
    keep
        A set-address command that is under way is for this chip and does not go to the next.
    store
        Where the payload goes.
    forward
        What the next chip gets: all good frames, but for those that are kept.
    opcode
        Of the command that ``command`` announces, until the next frame.
    command, job
        A good one was received. Up for a cycle.
    bad_command, bad_job
        A damaged or unknown one was received. Up for a cycle.
    """

    def __init__(self, config: LinkConfig) -> None:
        self._config = config
        super().__init__(
            {
                "byte": In(Byte),
                "tick": In(1),
                "keep": In(1),
                "store": Out(ByteStore if config.compact else Store),
                "forward": Out(FrameWrite),
                "opcode": Out(Opcode),
                "command": Out(1),
                "job": Out(1),
                "bad_command": Out(1),
                "bad_job": Out(1),
            }
        )

    def model(self, stream: Iterable[int]) -> Iterator[bytes]:
        """The good frames in bytes that come without a pause.

        Other than :class:`~sluice.rtl.protocol.decoder.CommandDecoder`, which may look back, this
        one loses what a damaged frame covers.
        """
        seen = bytearray()
        size = 0
        for byte in stream:
            seen.append(byte)
            if len(seen) <= 2:
                if seen != COMMAND_PREAMBLE[: len(seen)]:
                    seen = bytearray(COMMAND_PREAMBLE[:1] if byte == COMMAND_PREAMBLE[0] else b"")
                continue
            if len(seen) == 3:
                legal = seen[2] == JOB_HEADER or seen[2] in tuple(CommandHeader)
                size = 4
            elif len(seen) == 4:
                length = body_length(seen[2], seen[3])
                legal = length is not None
                size = 2 + (length or 0)
            else:
                legal = True
            if not legal:
                seen = bytearray(COMMAND_PREAMBLE[:1] if byte == COMMAND_PREAMBLE[0] else b"")
            elif len(seen) > 4 and len(seen) == size:
                frame, seen = bytes(seen), bytearray()
                try:
                    (parse_job if frame[2] == JOB_HEADER else parse_command)(frame)
                except FrameError:
                    continue
                yield frame

    def elaborate(self, platform: object) -> Module:
        """Build it."""
        m = Module()
        m.submodules.deframer = deframer = Deframer(
            preamble=COMMAND_PREAMBLE, timeout_bits=self._config.timeout_bits
        )
        m.submodules.crc5 = crc5 = CRC5(1).create()
        m.submodules.crc16 = crc16 = CRC16(1).create()
        wiring.connect(m, wiring.flipped(self.byte), deframer.byte)

        byte = deframer.data
        index = Signal(range(JOB_FRAME_BYTES))
        is_job = Signal()
        # Bits of the last byte of a command that are no check must be zero.
        clean = Signal()
        last = Signal()
        m.d.comb += [
            deframer.tick.eq(self.tick),
            last.eq(
                (is_job & (index == JOB_FRAME_BYTES - 3))
                | (~is_job & (index == 4) & (self.opcode.command != 1))
                | (~is_job & (index == 8))
            ),
            crc5.start.eq(deframer.start),
            crc16.start.eq(deframer.start),
            crc5.data.eq(deframer.bit),
            crc16.data.eq(deframer.bit),
            crc5.valid.eq(deframer.bit_valid & ~(last & (deframer.bit_index < 3))),
            crc16.valid.eq(deframer.bit_valid),
        ]

        # Byte by byte.
        legal = Signal()
        with m.Switch(index):
            with m.Case(0), m.Switch(byte), m.Case(JOB_HEADER, *CommandHeader):
                m.d.comb += legal.eq(1)
            with m.Case(1):
                with m.If(is_job), m.Switch(byte), m.Case(*JOB_LENGTHS):
                    m.d.comb += legal.eq(1)
                with m.Elif(self.opcode.command == 1):
                    m.d.comb += legal.eq(byte == 9)
                with m.Else():
                    m.d.comb += legal.eq(byte == 5)
            with m.Default():
                m.d.comb += legal.eq(1)
        with m.If(deframer.start):
            m.d.sync += [index.eq(0), is_job.eq(0)]
        with m.If(deframer.valid):
            m.d.comb += self.forward.valid.eq(1)
            m.d.sync += clean.eq(byte[5:] == 0)
            with m.If(index == 0):
                m.d.sync += [is_job.eq(byte[5]), Cat(self.opcode).eq(byte)]
        m.d.comb += [self.forward.byte.data.eq(byte), self.forward.byte.last.eq(last)]

        if self._config.compact:
            m.d.comb += [
                self.store.index.eq(index),
                self.store.data.eq(byte),
                self.store.enable.eq(deframer.valid),
            ]
        else:
            self._store_words(m, index, byte, is_job, deframer.valid)

        # At the end, when the last bit has gone through the check.
        checked = Signal()
        good = Signal()
        bad = Signal()
        m.d.sync += checked.eq(deframer.bit_valid & (deframer.bit_index == 7))
        with m.If(checked):
            m.d.sync += index.eq(index + 1)
        with m.If(checked & last):
            with m.If(is_job):
                m.d.comb += good.eq(crc16.match_detected)
            with m.Else():
                m.d.comb += good.eq(crc5.match_detected & clean)
            m.d.comb += bad.eq(~good)
        with m.If((deframer.valid & ~legal) | deframer.abort):
            m.d.comb += bad.eq(1)
        m.d.comb += [
            deframer.done.eq(good | bad),
            self.command.eq(good & ~is_job),
            self.job.eq(good & is_job),
            self.bad_command.eq(bad & ~is_job),
            self.bad_job.eq(bad & is_job),
            self.forward.commit.eq(good & ~(self.keep & ~is_job & (self.opcode.command == 0))),
            self.forward.rollback.eq(~self.forward.commit & (good | bad)),
        ]
        return m

    def _store_words(
        self, m: Module, index: Value, byte: Value, is_job: Value, valid: Value
    ) -> None:
        m.d.comb += self.store.word.eq(index >> 2)
        with m.If(index == 2):
            m.d.comb += [self.store.data.eq(byte), self.store.enable.eq(0b1111)]
        with m.Else():
            m.d.comb += self.store.data.eq(byte.replicate(4))
            with m.If(index >= 4):
                m.d.comb += self.store.enable.eq(0b1000 >> index[:2])
            with m.Elif(index == 3):
                m.d.comb += self.store.enable.eq(Cat(0, ~is_job))
        with m.If(~valid):
            m.d.comb += self.store.enable.eq(0)
