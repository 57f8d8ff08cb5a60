"""Jobs between the line and the job engine."""

from amaranth import C, Cat, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from sluice.rtl.link.banks import Banks
from sluice.rtl.link.receiver import Store
from sluice.rtl.link.signature import JobWord

__all__ = ["JobBuffer"]

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
        banks.turn(m, commit=self.commit, replaced=self.replaced, place=word)
        return m
