"""Nonces: every one of a range enters exactly once and in order, for any first and last nonce.

Proved for all times by induction, together with the job port that loads the range: whatever words
come over the work bus and when, whatever is asked for, cancelled or stopped, and with a reset in
any cycle. A job takes over at once or behind the running range, as it was asked for, and one
without a nonce is refused.

``nonce_range`` is that of the pipeline and of rings (:mod:`sluice.rtl.core.nonce_range`),
``period_range`` that of engines whose nonces enter together
(:mod:`sluice.rtl.core.period_range`); both with :mod:`sluice.rtl.core.job_port`.
"""

from amaranth.hdl import Assert, Assume, Cat, Const, Elaboratable, Module, Mux, Signal, Value
from amaranth.lib import wiring

from sluice.rtl.core.interface import Control
from sluice.rtl.core.job_port import JobPort
from sluice.rtl.core.nonce_range import CycleRange, NonceRange
from sluice.rtl.core.period_range import PeriodRange
from tests.formal.property import Opened, Property, let_free

#: Job words of the port: more would be more of the same.
WORDS = 2


class Loaded:
    """What the words on the bus have asked for: the port and the range must do it.

    Members
    -------
    first, last
        The range that is written.
    asked, waits
        A job is to take over; behind the running range.
    nonempty
        The range has a nonce.
    """

    def __init__(
        self, m: Module, port: JobPort, nonces: NonceRange, within: Opened, inside: Opened
    ) -> None:
        self.first, self.last = Signal(32), Signal(32)
        self.asked, self.waits = Signal(), Signal()
        work = port.work
        self.taken = work.valid & work.ready
        self.address = work.payload.address
        self.nonempty = self.first <= self.last
        self.stop = self.taken & (self.address == Control.STOP)
        asks = (self.address == Control.TAG) | (self.address == Control.NEXT)
        known = (self.address < WORDS) | asks
        for control in (Control.FIRST, Control.LAST, Control.MASK, Control.STOP):
            known |= self.address == control
        with m.If(self.taken):
            m.d.sync += [
                self.asked.eq(asks & self.nonempty),
                self.waits.eq(self.address == Control.NEXT),
            ]
            with m.If(self.address == Control.FIRST):
                m.d.sync += self.first.eq(work.payload.data)
            with m.If(self.address == Control.LAST):
                m.d.sync += self.last.eq(work.payload.data)
        with m.Elif(nonces.jobs.activate):
            m.d.sync += self.asked.eq(0)
        # A job that was to wait has been activated, or cancelled.
        turned = Signal()
        with m.If(self.asked & (self.taken | (nonces.jobs.activate & self.waits))):
            m.d.sync += turned.eq(turned ^ self.waits)
        # It takes a word in every other cycle, unless what has been written must stay as it is.
        ready, closed = Signal(), port.closed | nonces.jobs.closed
        m.d.sync += ready.eq(~work.ready & ~closed & ~(self.asked & ~self.waits))
        m.d.comb += [
            Assert(port.refused == (self.taken & (~known | (asks & ~self.nonempty)))),
            Assert(port.asked == self.asked),
            Assert(port.job_word == (self.taken & (self.address < WORDS))),
            Assert(port.turned == turned),
            Assert(work.ready == ready),
            Assert(~self.asked | (within["waits"] == self.waits)),
            Assert(nonces.jobs.stop == self.stop),
            # Inside: a copy of the range, and its comparison a cycle behind it.
            Assert(inside["_next_range.first"] == self.first),
            Assert(inside["_next_range.last_not"] == ~self.last),
            Assert(~self.asked | self.nonempty),
            Assert(~work.ready | (nonces.jobs.good == self.nonempty)),
        ]


def assemble(m: Module, nonces: NonceRange) -> tuple[Loaded, Opened]:
    """A port and a range, driven in any way; and what was asked for."""
    port = JobPort(WORDS)
    m.submodules.port = within = Opened(port)
    m.submodules.nonces = inside = Opened(nonces)
    wiring.connect(m, port.jobs, nonces.jobs)
    let_free(m, port.work.valid, port.work.payload, port.closed, nonces.decide, nonces.enter)
    return Loaded(m, port, nonces, within, inside), inside


class InEveryCycle(Elaboratable):
    """One nonce at a time."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        nonces = CycleRange(3)
        loaded, inside = assemble(m, nonces)
        live, expected, last = Signal(), Signal(32), Signal(32)
        enters, jobs = live & nonces.enter, nonces.jobs
        ends = enters & (expected == last)
        open_ = loaded.asked & (~loaded.waits | ~live | ends) & ~loaded.taken
        with m.If(jobs.activate):
            m.d.sync += [live.eq(1), expected.eq(loaded.first), last.eq(loaded.last)]
        with m.Else():
            m.d.sync += [
                live.eq(live & ~ends & ~loaded.stop),
                expected.eq(expected + enters),
            ]
        # What has entered is known until it is tested.
        on_way = Signal(3)
        m.d.sync += on_way.eq(Cat(enters, on_way))
        m.d.comb += [
            Assert(jobs.activate == (nonces.decide & open_)),
            Assert(~jobs.activate | loaded.nonempty),
            Assert(nonces.hashing == enters),
            Assert(nonces.starved == (nonces.enter & ~live)),
            Assert(~live | (nonces.nonce == expected)),
            Assert(~live | (expected <= last)),
            Assert(nonces.tested == on_way[-1]),
            Assert(nonces.running == (live | on_way.any())),
            # Inside: what is known of a nonce before it enters.
            Assert(inside["running"] == live),
            Assert(inside["travelling"] == on_way),
            Assert(~live | (inside["following"] == (expected + 1)[:32])),
            Assert(~live | (inside["end_not"] == ~last)),
            Assert(~live | (inside["final"] == (expected == last))),
        ]
        return m


class Period:
    """Strobes of a period, in the order that the core has them, at any distance of each other.

    Nonces enter; two cycles later or more their number is settled; then the job of those that are
    tested changes; then it is decided whose nonces enter next.
    """

    def __init__(self, m: Module, nonces: PeriodRange) -> None:
        let_free(m, nonces.settle, nonces.change)
        self.since = Signal(2, init=3)
        self.settled, self.changed = Signal(init=1), Signal(init=1)
        self.decided = decided = Signal()
        enter, settle, change, decide = nonces.enter, nonces.settle, nonces.change, nonces.decide
        m.d.comb += [
            Assume(~enter | decided),
            Assume(~settle | (~self.settled & (self.since >= 1))),
            Assume(~change | (self.settled & ~self.changed)),
            Assume(~decide | (self.changed & ~decided)),
            Assume(~(enter & decide)),
            # Inside.
            Assert(~self.changed | self.settled),
            Assert(~decided | self.changed),
            Assert(~self.settled | (self.since >= 2)),
        ]
        with m.If(enter):
            m.d.sync += [self.since.eq(0), self.settled.eq(0), self.changed.eq(0), decided.eq(0)]
        with m.Else():
            m.d.sync += [
                self.since.eq(Mux(self.since == 3, 3, self.since + 1)),
                self.settled.eq(self.settled | settle),
                self.changed.eq(self.changed | change),
                decided.eq(decided | decide),
            ]


class Together(Elaboratable):
    """As many together as there are engines and threads, once a period.

    Parameters
    ----------
    together, periods, gap
        Of the range.
    """

    def __init__(self, together: int, periods: int, gap: int) -> None:
        self._together, self._periods, self._gap = together, periods, gap

    def elaborate(self, platform: object) -> Module:
        m = Module()
        together = self._together
        nonces = PeriodRange(together=together, periods=self._periods, gap=self._gap)
        loaded, inside = assemble(m, nonces)
        period, jobs = Period(m, nonces), nonces.jobs
        live, ends, stop, pending = Signal(), Signal(), Signal(), Signal()
        current, last, left = Signal(32), Signal(32), Signal(33)
        amount = Signal(range(together + 1))
        m.d.comb += [
            left.eq(last - current + 1),
            ends.eq(left <= together),
            amount.eq(Mux(ends, left, together)),
        ]
        free = ~live | (period.settled & ends) | stop
        open_ = loaded.asked & (~loaded.waits | free) & ~loaded.taken
        begins = open_ & ~live if self._gap else open_
        before: list[Value] = [live, Mux(live, amount, 0), current]
        for _ in range(self._periods - 1):
            registers = [Signal.like(value, name="before") for value in before]
            with m.If(nonces.enter):
                m.d.sync += [now.eq(value) for now, value in zip(registers, before, strict=True)]
            before = [*registers]
            here = [inside[f"elaborate.{name}"] for name in ("ran", "many", "first")]
            m.d.comb += [
                Assert(here[0] == before[0]),
                Assert(here[1] == before[1]),
                Assert(~before[0] | (here[2] == before[2])),
            ]
        tested = [Signal.like(value, name="tested_before") for value in before]
        with m.If(nonces.enter):
            m.d.sync += [now.eq(value) for now, value in zip(tested, before, strict=True)]
            m.d.sync += [pending.eq(0), stop.eq(loaded.stop)]
            m.d.sync += live.eq(pending | (live & ~ends & ~stop))
            with m.If(pending):
                m.d.sync += [current.eq(loaded.first), last.eq(loaded.last)]
            with m.Else():
                m.d.sync += current.eq(current + together)
        with m.Elif(loaded.stop):
            m.d.sync += stop.eq(1)
        with m.Elif(nonces.decide & open_ & live if self._gap else Const(0)):
            # Nothing is to enter in the period between two jobs.
            m.d.sync += stop.eq(1)
        with m.If(jobs.activate):
            m.d.sync += pending.eq(1)
        m.d.comb += [
            Assert(jobs.activate == (nonces.decide & begins)),
            Assert(~jobs.activate | loaded.nonempty),
            # The words of the job that takes over stay until its nonces have entered.
            Assert(~(pending | jobs.activate) | ~loaded.taken),
            Assert(~pending | loaded.nonempty),
            Assert(~live | (current <= last)),
            Assert(~live | (nonces.nonce == current)),
            Assert(nonces.tested == tested[0]),
            Assert(nonces.amount == tested[1]),
            Assert(~tested[0] | (nonces.first == tested[2])),
            Assert(~nonces.refused),
            # Inside.
            Assert(inside["runs"] == live),
            Assert(inside["stopped"] == stop),
            Assert(~pending | (nonces.taking & period.decided)),
            Assert(~nonces.taking | pending | ~period.changed),
            Assert(~nonces.taking | ~loaded.taken),
            Assert(~live | (inside["end_not"] == ~last)),
            Assert(~(live & (period.since >= 1)) | (inside["left_not"] == (current + ~last)[:32])),
            Assert(~(live & period.settled) | (inside["final"] == ends)),
            Assert(~(live & period.settled) | (inside["_count.amount"] == amount)),
        ]
        return m


PROPERTIES = [
    Property(name="nonce_range", make=InEveryCycle, depth=3, quick=True),
    Property(name="period_range", make=lambda: Together(3, 2, 1), depth=3, quick=True),
    Property(name="period_range_of_48", make=lambda: Together(48, 1, 0), mutable=False, depth=3),
]
