"""Words of jobs: a nonce meets those of its own job and never a mixture, wherever it is.

``shadow_store`` is proved for all times by induction: :mod:`sluice.rtl.core.job_store` with the
port and the range of :mod:`sluice.rtl.core.job_port` and :mod:`sluice.rtl.core.nonce_range`,
whatever is written to the bus and when, with resets in any cycle. A job is what had been written
when it was activated; each word of it, its mask and its tag are there in exactly the cycles in
which its nonces are where they are used, and the words of the job before until then.
"""

from amaranth.hdl import Assert, Cat, Elaboratable, Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.core.interface import Control, WorkWord
from sluice.rtl.core.job_port import JobPort
from sluice.rtl.core.job_store import shadow_store
from sluice.rtl.core.nonce_range import CycleRange
from tests.formal.property import Opened, Property, let_free

#: For each word the cycles in which it is used; a nonce is tested in cycle 3.
USES = ((0, 2), (3,))
DELAY = 3


class Core(wiring.Component):
    """All of a core that knows of jobs."""

    def __init__(self) -> None:
        words = {
            f"word{address}_{cycle}": Out(32) for address, used in enumerate(USES) for cycle in used
        }
        super().__init__(
            {
                "work": In(stream.Signature(WorkWord)),
                "decide": In(1),
                "enter": In(1),
                "activate": Out(1),
                "mask": Out(32),
                "tag": Out(8),
                **words,
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.port = port = JobPort(len(USES))
        m.submodules.nonces = nonces = CycleRange(DELAY + 1)
        names = [
            [(cycle, f"word{address}_{cycle}") for cycle in used]
            for address, used in enumerate(USES)
        ]
        feed = shadow_store(m, port, nonces, names, DELAY)
        wiring.connect(m, wiring.flipped(self.work), port.work)
        wiring.connect(m, port.jobs, nonces.jobs)
        m.d.comb += [
            port.closed.eq(feed.closed),
            nonces.decide.eq(self.decide),
            nonces.enter.eq(self.enter),
            self.activate.eq(nonces.jobs.activate),
            self.mask.eq(feed.mask),
            self.tag.eq(feed.tag),
        ]
        m.d.comb += [getattr(self, name).eq(word) for name, word in feed.active.items()]
        return m


class Words(Elaboratable):
    """A job as it was activated, and how it goes along."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        part = Core()
        m.submodules.part = inside = Opened(part, shadow_store, JobPort)
        let_free(m, part.work.valid, part.work.payload, part.decide, part.enter)
        taken, word = part.work.valid & part.work.ready, part.work.payload
        written = [
            Signal(32, name=f"written{address}", reset_less=True) for address in range(len(USES))
        ]
        mask, tag = Signal(32, reset_less=True), Signal(8, reset_less=True)
        with m.If(taken):
            for address, of in enumerate(written):
                with m.If(word.address == address):
                    m.d.sync += of.eq(word.data)
            with m.If(word.address == Control.MASK):
                m.d.sync += mask.eq(word.data)
            with m.If((word.address == Control.TAG) | (word.address == Control.NEXT)):
                m.d.sync += tag.eq(word.data)
        # Inside: the shadow registers, and the pulse that goes with the first nonce of a job.
        travelling, busy, port = inside["travelling"], inside["busy"], inside.part("port")
        pulse = Signal(DELAY + 1)
        m.d.sync += pulse.eq(Cat(part.activate, pulse))
        m.d.comb += [
            *(Assert(inside.named(f"shadow{of}") == value) for of, value in enumerate(written)),
            Assert(inside["next_mask"] == mask),
            Assert(inside["next_tag"] == tag),
            Assert(travelling == pulse),
            Assert(busy == pulse.any()),
            Assert(~busy | ~(part.work.ready | port.asked)),
        ]
        # The job whose nonces enter, and the one that was then, some cycles ago.
        now = [Signal.like(value, name="now", reset_less=True) for value in (*written, mask, tag)]
        known = Signal()
        with m.If(part.activate):
            m.d.sync += [
                known.eq(1),
                *(of.eq(value) for of, value in zip(now, (*written, mask, tag), strict=True)),
            ]
        for cycle in range(DELAY + 2):
            for address, used in enumerate(USES):
                if cycle in used:
                    active = getattr(part, f"word{address}_{cycle}")
                    m.d.comb += Assert(~known | (active == now[address]))
            if cycle == DELAY:
                m.d.comb += Assert(~known | (part.mask == now[-2]))
            if cycle == DELAY + 1:
                m.d.comb += Assert(~known | (part.tag == now[-1]))
            before = [Signal.like(value, name="before", reset_less=True) for value in now]
            was_known = Signal()
            m.d.sync += [
                was_known.eq(known),
                *(of.eq(value) for of, value in zip(before, now, strict=True)),
            ]
            now, known = before, was_known
        return m


PROPERTIES = [Property(name="shadow_store", make=Words, depth=7, base=8, quick=True)]
