"""Jobs between the line and the processor: in words, and in bytes for half the memory."""

from amaranth import C, Cat, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from sluice.rtl.interface import JobWord
from sluice.rtl.link.banks import Banks
from sluice.rtl.link.receiver import ByteStore, Store

__all__ = ["ByteJobBuffer", "JobBuffer"]

WORDS = 21


class JobBuffer(wiring.Component):
    """Four banks of a memory: one is written, one may be waiting, one may be on its way out.

    A job whose first word is offered goes out to its end, whatever comes meanwhile. A job that has
    not begun to go out is replaced by a newer one, and counted. So no mixture of two jobs ever
    appears, and the last job always arrives.

    The memory has one port to read. While a command is looked at no word is offered: one that was,
    and was not taken, comes again afterwards.

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
    look, peek, value
        What is stored of the frame received last: word `peek`, a cycle after `look`.
    """

    store: In(Store)
    commit: In(1)
    jobs: Out(stream.Signature(JobWord))
    replaced: Out(1)
    look: In(1)
    peek: In(1)
    value: Out(32)

    def elaborate(self, platform: object) -> Module:
        """Build it."""
        m = Module()
        m.submodules.memory = memory = Memory(
            shape=32, depth=128, init=[], attrs={"no_rw_check": 1}
        )
        write = memory.write_port(granularity=8)
        read = memory.read_port()

        banks = Banks()
        fetched = Signal()
        word = Signal(range(WORDS))

        m.d.comb += [
            write.addr.eq(Cat(self.store.word, banks.written)),
            write.data.eq(self.store.data),
            write.en.eq(self.store.enable),
            self.value.eq(read.data),
            read.addr.eq(
                Mux(self.look, Cat(self.peek, C(0, 4), banks.written), Cat(word, banks.sent))
            ),
            # Never read while written: memories differ in what comes of that.
            read.en.eq(~self.store.enable.any()),
            self.jobs.payload.index.eq(WORDS - 1 - word),
            self.jobs.payload.data.eq(read.data),
            self.jobs.payload.last.eq(word == WORDS - 1),
            self.jobs.valid.eq(fetched),
        ]
        taken = self.jobs.valid & self.jobs.ready
        m.d.sync += fetched.eq(banks.sending & ~taken & ~self.look & (fetched | read.en))
        with m.If(taken):
            m.d.sync += word.eq(word + 1)
            with m.If(self.jobs.payload.last):
                m.d.sync += banks.sending.eq(0)
        banks.advance(m, commit=self.commit, replaced=self.replaced, place=word)
        return m


class ByteJobBuffer(wiring.Component):
    """A :class:`JobBuffer` of bytes, which takes five cycles for a word.

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
        banks.advance(m, commit=self.commit, replaced=self.replaced, place=place)
        return m
