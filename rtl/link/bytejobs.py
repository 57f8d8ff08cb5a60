"""Jobs between the line and the job engine, in half the memory."""

from amaranth import C, Cat, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from sluice.rtl.link.banks import Banks
from sluice.rtl.link.jobs import WORDS
from sluice.rtl.link.receiver import ByteStore
from sluice.rtl.link.signature import JobWord

__all__ = ["ByteJobBuffer"]


class ByteJobBuffer(wiring.Component):
    """A :class:`~.jobs.JobBuffer` of bytes, which takes five cycles for a word.

    Bytes of a frame are at their index, the first one of a word at a multiple of four. The last
    three that were read are kept, and are a word together with the one that the memory gives. A
    word that was offered and not taken while a command is looked at is put together once more.

    Members
    -------
    store
        Bytes of the frame that is being received.
    commit
        It was a job, and a good one.
    jobs
        Good jobs, word by word.
    replaced
        A job was replaced before it went out. Up for a cycle.
    look, peek
        Reads byte `peek` of the frame received last.
    value
        The four bytes read last, the latest in bits 7:0, in the cycle after `look`. The three
        before it must have been looked at in a row.
    """

    store: In(ByteStore)
    commit: In(1)
    jobs: Out(stream.Signature(JobWord))
    replaced: Out(1)
    look: In(1)
    peek: In(3)
    value: Out(32)

    def elaborate(self, platform: object) -> Module:
        """Build it."""
        m = Module()
        m.submodules.memory = memory = Memory(shape=8, depth=512, init=[], attrs={"no_rw_check": 1})
        write, read = memory.write_port(), memory.read_port()

        banks = Banks()
        place = Signal(7)
        word, byte = place[2:], place[:2]
        full = Signal()
        before = Signal(24)
        # The word of the job id is its byte, index 2, and nothing else.
        job_id = Signal()
        m.d.comb += [
            write.addr.eq(Cat(self.store.index, banks.written)),
            write.data.eq(self.store.data),
            write.en.eq(self.store.enable),
            job_id.eq((word == 0) & ~self.look),
            # Never what is written: a job is in another bank, and a command is over when it is
            # looked at.
            read.addr.eq(
                Mux(
                    self.look,
                    Cat(self.peek, C(0, 4), banks.written),
                    Cat(byte[0] & ~job_id, place[1:], banks.sent),
                )
            ),
            self.value.eq(Cat(read.data, before)),
            self.jobs.payload.index.eq(WORDS - 1 - word),
            self.jobs.payload.data.eq(self.value),
            self.jobs.payload.last.eq(word == WORDS - 1),
            self.jobs.valid.eq(full),
        ]
        taken = full & self.jobs.ready
        with m.If(~full):
            m.d.sync += before.eq(self.value)
        with m.If(job_id):
            m.d.sync += before.eq(0)
        m.d.sync += full.eq(banks.sending & (byte == 3) & ~taken & ~self.look)
        with m.If((byte != 3) | taken):
            m.d.sync += place.eq(place + 1)
        with m.If(self.look):
            m.d.sync += byte.eq(0)
        with m.If(taken & self.jobs.payload.last):
            m.d.sync += banks.sending.eq(0)
        banks.turn(m, commit=self.commit, replaced=self.replaced, place=place)
        return m
