"""Jobs between the line and the processor: each goes out whole, the last one always.

``job_buffer`` is proved for all times by induction: :mod:`sluice.rtl.link.job_buffer` with
:mod:`sluice.rtl.link.banks`, whatever is received, taken and looked at and when, with resets in any
cycle. Any one word of the jobs is followed: what is received of it, what a job had that waits, and
what one has that goes out. Words come one after the other, each is the one of its job, a job that
waits is replaced by a newer one and that is told, and what is looked at is of the frame that was
received last, and the memory is not read while it is written.
"""

from typing import Any, cast

from amaranth.asserts import AnyConst
from amaranth.hdl import Assert, Assume, Cat, Cover, Elaboratable, Module, Signal

from sluice.rtl.link.banks import Banks
from sluice.rtl.link.job_buffer import WORDS, JobBuffer
from tests.formal.property import Opened, Property, let_free


class Jobs(Elaboratable):
    """A word of what is received, of the job that waits, and of the one that goes out."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        part = JobBuffer()
        m.submodules.part = inside = Opened(part, Banks, words=3)
        store, jobs = part.store, part.jobs
        let_free(m, store.word, store.data, store.enable, part.commit, jobs.ready)
        let_free(m, part.look, part.peek)
        # Each frame has all of its words before its end, which comes with none.
        which = AnyConst(range(WORDS))
        m.d.comb += Assume(which < WORDS)
        there, coming = Signal(4), Signal(32, reset_less=True)
        for byte in range(4):
            with m.If((store.word == which) & store.enable[byte]):
                m.d.sync += there[byte].eq(1)
                m.d.sync += coming.word_select(byte, 8).eq(store.data.word_select(byte, 8))
        m.d.comb += Assume(~part.commit | (there.all() & ~store.enable.any()))

        # One that waits, and one that goes out: it begins when none does, and a frame does not end.
        waits, goes = Signal(), Signal()
        waiting, going = Signal(32, reset_less=True), Signal(32, reset_less=True)
        place = Signal(range(WORDS + 1))
        taken = jobs.valid & jobs.ready
        with m.If(part.commit):
            m.d.sync += [waits.eq(1), waiting.eq(coming), there.eq(0)]
        with m.Elif(waits & ~goes):
            m.d.sync += [waits.eq(0), goes.eq(1), going.eq(waiting), place.eq(0)]
        with m.If(taken):
            m.d.sync += place.eq(place + 1)
            with m.If(jobs.payload.last):
                m.d.sync += goes.eq(0)
        word = WORDS - 1 - jobs.payload.index
        m.d.comb += [
            Assert(part.replaced == (part.commit & waits)),
            Assert(~jobs.valid | goes),
            Assert(~jobs.valid | (word == place)),
            Assert(~jobs.valid | (jobs.payload.last == (place == WORDS - 1))),
            Assert(~jobs.valid | (place != which) | (jobs.payload.data == going)),
            Cover(taken & (place == which)),
            Cover(part.replaced & goes),
        ]
        # A word is there in time, unless something is received or looked at.
        calm = ~store.enable.any() & ~part.look
        was_calm, offered = Signal(), Signal()
        m.d.sync += [
            was_calm.eq(calm & goes & ~taken),
            offered.eq(jobs.valid & ~taken & ~part.look),
        ]
        m.d.comb += [Assert(~was_calm | jobs.valid), Assert(~offered | jobs.valid)]
        # What is looked at, a cycle later.
        looked, seen = Signal(), Signal(32, reset_less=True)
        m.d.sync += [
            looked.eq(part.look & ~store.enable.any() & there.all() & (which == part.peek)),
            seen.eq(coming),
        ]
        m.d.comb += Assert(~looked | (part.value == seen))

        # Memories differ in what comes of a word that is written while it is read.
        read, write = cast("Any", inside.part("read")), cast("Any", inside.part("write"))
        m.d.comb += Assert(~(read.en & write.en.any()))

        # Inside: four banks.
        written, sent, standing = inside["written"], inside.named("sent"), inside["waiting"]
        for index, (bank, known, value) in enumerate(
            ((written, 1, coming), (standing, waits, waiting), (sent, goes, going))
        ):
            address, data = inside.peek("memory", word=index)
            m.d.comb += address.eq(Cat(which, bank))
            for byte in range(4):
                of = slice(8 * byte, 8 * byte + 8)
                valid = there[byte] if index == 0 else known
                m.d.comb += Assert(~valid | (data[of] == value[of]))
        m.d.comb += [
            Assert(written != sent),
            Assert(~waits | (standing != written)),
            Assert(~(waits & goes) | (standing != sent)),
            Assert(inside["fresh"] == waits),
            Assert(inside.named("sending") == goes),
            Assert(~goes | (inside["word"] == place)),
            Assert(~goes | (place < WORDS)),
        ]
        return m


PROPERTIES = [Property(name="job_buffer", make=Jobs, depth=2, base=9)]
