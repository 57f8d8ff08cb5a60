"""Words to the cores, and hits from them: none is lost, torn, doubled or kept waiting.

``core_array`` is proved for all times by induction: :mod:`sluice.rtl.control.core_array` with four
cores that take words and offer hits whenever they like, and resets in any cycle. Each word reaches
exactly those cores that it is for, as it was, once, and in its order. Each hit comes out once, with
the number of its core; it waits for one hit of each other core at the most, and is offered to a
reader who waits for it. What is told of hashes and of lost hits adds up to what there was, modulo
what a counter holds; so does the count of cycles of the window. One kind after the other is told,
and stays until it is taken; a gap ends with the first nonce of another job.
"""

from amaranth.hdl import Assert, Assume, Cat, Elaboratable, Module, Mux, Signal
from amaranth.lib import wiring

from sluice.rtl.control.clock_meter import CYCLES, UNIT, CycleCount
from sluice.rtl.control.core_array import CoreArray
from sluice.rtl.core.interface import CoreSignature
from sluice.rtl.interface import Counter
from tests.formal.property import Opened, Property, keep_offered, let_free

CORES = 4


class AnyCore(wiring.Component):
    """A core that does whatever it likes."""

    def __init__(self) -> None:
        super().__init__(CoreSignature(1))

    def elaborate(self, platform: object) -> Module:
        m = Module()
        let_free(m, self.work.ready, self.hits.valid, self.hits.payload, self.hashing)
        let_free(m, self.starved, self.turned, self.hits_lost)
        return m


class Array(Elaboratable):
    """Cores, what is between them and the controller, and what comes of words, hits and counts."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        cores = [AnyCore() for _ in range(CORES)]
        part = CoreArray(cores, lanes=1)
        m.submodules.part = inside = Opened(part, CycleCount)
        let_free(m, part.bus.valid, part.bus.payload, part.hits.ready, part.increments.ready)
        let_free(m, part.window)
        self._bus(m, part, cores)
        self._hits(m, part, inside, cores)
        self._increments(m, part, inside, cores)
        self._clock(m, part, inside)
        self._gaps(m, inside, cores[0], part.increments)
        return m

    def _bus(self, m: Module, part: CoreArray, cores: list[AnyCore]) -> None:
        """A word for one core, or for all."""
        given, word = part.bus.valid & part.bus.ready, part.bus.payload
        waits = [Signal(name=f"waits{index}") for index in range(CORES)]
        for index, core in enumerate(cores):
            held = Signal(40, reset_less=True)
            mine = word.all | (word.core == index)
            with m.If(given & mine):
                m.d.sync += [waits[index].eq(1), held.eq(word.word.as_value())]
            with m.Elif(core.work.ready):
                m.d.sync += waits[index].eq(0)
            m.d.comb += [
                Assert(~(given & mine) | ~waits[index]),
                Assert(core.work.valid == waits[index]),
                Assert(~waits[index] | (core.work.payload.as_value() == held)),
                # Those that have room do not wait for others than those the word is for.
                Assert(~part.bus.valid | part.bus.ready | word.all | mine_waits(word, waits)),
            ]

    def _hits(self, m: Module, part: CoreArray, inside: Opened, cores: list[AnyCore]) -> None:
        """Cores are served one after the other."""
        goes, current = part.hits.valid & part.hits.ready, inside["current"]
        for index, core in enumerate(cores):
            keep_offered(m, core.hits)
            hits, waited, quiet = core.hits, Signal(range(CORES + 1)), Signal(range(CORES + 1))
            mine = part.hits.payload.core == index
            came = hits.valid & hits.ready
            with m.If(came | ~hits.valid):
                m.d.sync += waited.eq(0)
            with m.Elif(goes):
                m.d.sync += waited.eq(waited + 1)
            # Cycles in which it could have been offered, and nothing was.
            m.d.sync += quiet.eq(Mux(hits.valid & ~part.hits.valid, quiet + 1, 0))
            ahead = (index - current)[: current.shape().width]
            m.d.comb += [
                Assert(came == (goes & mine)),
                Assert(~came | (part.hits.payload.hit.as_value() == hits.payload.as_value())),
                Assert(waited < CORES),
                Assert(~hits.valid | (waited + ahead < CORES)),
                Assert(~hits.valid | (quiet + ahead < CORES)),
            ]

    def _increments(self, m: Module, part: CoreArray, inside: Opened, cores: list[AnyCore]) -> None:
        """What came, and what has been told of it."""
        told = part.increments
        goes, kind, amount = told.valid & told.ready, told.payload.counter, told.payload.amount
        totals, steps = inside.all_named("total"), inside.all_named("step")
        hashing, lost = Signal(len(totals[0])), Signal(len(totals[1]))
        m.d.comb += hashing.eq(sum((core.hashing for core in cores[1:]), start=cores[0].hashing))
        for core, low in zip(cores, inside.all("_lost.before"), strict=True):
            before = Signal(32, name="before")
            m.d.sync += before.eq(core.hits_lost)
            new = (core.hits_lost - before)[:32]
            m.d.comb += [Assume(new <= 1), Assert(low == before[: len(low)])]
            lost = lost + new[0]
        for of, came, total, step in zip(
            (Counter.HASHES, Counter.LOST), (hashing, lost), totals, steps, strict=True
        ):
            due, width = Signal.like(total, name="due"), len(total)
            m.d.sync += due.eq(due + came - Mux(goes & (kind == of), amount, 0))
            offered = Mux(told.valid & (kind == of), amount, 0)
            m.d.comb += Assert((total + step + offered)[:width] == due)
        # One kind after the other; each stays until it is taken.
        cycles = inside.part("cycles")
        turn, waits, idle = Signal(2), Signal(), Signal()
        held = Signal(len(told.payload.as_value()))
        m.d.sync += [
            waits.eq(told.valid & ~told.ready),
            idle.eq(~told.valid),
            held.eq(told.payload.as_value()),
        ]
        with m.If(goes):
            m.d.sync += turn.eq(turn + 1)
            with m.If((turn == Counter.GAPS) & ~cycles.known):
                m.d.sync += turn.eq(Counter.HASHES)
        frequency = Signal(32)
        with m.If(~told.valid):
            m.d.sync += frequency.eq(cycles.cycles * UNIT)
        m.d.comb += [
            Assert(kind == turn),
            Assert(~waits | (told.valid & (held == told.payload.as_value()))),
            Assert(told.valid == (waits | idle)),
            Assert(~told.valid | (kind != Counter.CLOCK) | (amount == frequency)),
            Assert(part.turned == Cat(core.turned for core in cores)),
        ]

    def _clock(self, m: Module, part: CoreArray, inside: Opened) -> None:
        """Cycles with the window open, which are told once it has closed."""
        told, cycles = part.increments, inside.part("cycles")
        count, was_open, due = Signal(CYCLES), Signal(), Signal()
        m.d.sync += [was_open.eq(part.window), count.eq(count + part.window)]
        with m.If(was_open & ~part.window):
            m.d.sync += due.eq(1)
        with m.Elif(~told.valid & (told.payload.counter == Counter.CLOCK)):
            m.d.sync += due.eq(0)
        m.d.comb += [
            Assert(cycles.cycles == count),
            Assert(cycles.known == due),
            Assert(inside["elaborate.before"] == was_open),
        ]

    def _gaps(self, m: Module, inside: Opened, core: AnyCore, told: object) -> None:
        """Cycles without a nonce, up to the first one of another job."""
        most = 1 << 19
        gap, ended, turned, tell = Signal(20), Signal(), Signal(), Signal()
        m.d.comb += tell.eq(~told.valid & (told.payload.counter == Counter.GAPS))
        other = core.hashing & (turned != core.turned)
        ends = core.hashing & ~other & ~ended
        more = core.starved & (gap != most)
        rest = Mux(ends, 0, gap)
        amount = Signal(20)
        with m.If(tell):
            m.d.sync += amount.eq(Mux(ended, gap, 0))
        m.d.sync += [
            gap.eq(Mux(tell & ended, core.starved, Mux(more, gap + 1, rest))),
            ended.eq((ended | other) & ~(tell & ended)),
            turned.eq(Mux(core.hashing, core.turned, turned)),
        ]
        m.d.comb += [
            Assert(inside["gap"] == gap),
            Assert(gap <= most),
            Assert(inside["known"] == ended),
            Assert(inside["_count.turned"] == turned),
            Assert(
                ~told.valid
                | (told.payload.counter != Counter.GAPS)
                | (told.payload.amount == amount)
            ),
        ]


def mine_waits(word: object, waits: list[Signal]) -> object:
    """Whether the core that a word is for has one already."""
    busy = Signal()
    found = [(word.core == index) & of for index, of in enumerate(waits)]
    for of in found:
        busy = busy | of
    return busy


PROPERTIES = [Property(name="core_array", make=Array, depth=2, base=8)]
