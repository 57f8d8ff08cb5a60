"""A store whose words and range are in one memory: each nonce once, with its job's words and mask.

``midstate_memory`` is proved for all times by induction: :mod:`sluice.rtl.core.midstate_store` with
the range of :mod:`sluice.rtl.core.period_range`, the sequencer of
:mod:`sluice.rtl.hls.codegen.sequencer` and the port of :mod:`sluice.rtl.core.job_port`, whatever is
written and when, with resets in any cycle. A period has eight slots, the last four of which are, as
in the binding, those of the range, with as many cycles from slot to sum. What the datapath adds to
the words of the range is described here.

A nonce of a job enters in each period, from the first one to the last one, whatever they are; what
is told of a nonce that is tested is that nonce, with the mask and the tag of its job. One word of a
job, any of them, is followed: the period that loads a job brings what was written last. Words are
taken whenever they can be.
"""

from types import SimpleNamespace
from typing import Any, cast

from amaranth.asserts import AnyConst
from amaranth.hdl import Assert, Assume, Cat, Elaboratable, Module, Mux, Signal, Value
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.core.binding.binding import RangeWord
from sluice.rtl.core.interface import Control, WorkWord
from sluice.rtl.core.job_port import JobPort
from sluice.rtl.core.midstate_store import midstate_store
from sluice.rtl.core.period_range import DatapathRange
from sluice.rtl.hls.brought import JobWord
from sluice.rtl.hls.codegen.sequencer import Sequencer
from sluice.rtl.sha256.constants import ROUND_CONSTANTS as K
from tests.formal.property import Opened, Property, let_free

#: Slots of a period, and the number of the first one of the period in which a job comes in.
SLOTS = LOAD_FROM = 8
#: Words of a job, from slot 0 of that period on; the tag is in the slot of what makes hits of
#: nonces, which a job has no use for.
WORDS = 3
LAST, NONCE, MASK, HIT = range(SLOTS - 4, SLOTS)
TAG = HIT
#: Cycles from a slot to its word, its sum, and what is told of the nonces that began a period ago.
ARRIVAL, SUM, OUT, KNOWN = 2, 3, MASK + 2, HIT + 3
NAME = "k"
#: Words of the memory that are looked at.
PEEKS = 10
RANGE = {
    MASK: RangeWord.MASK,
    LAST: RangeWord.LAST,
    NONCE: RangeWord.NONCE,
    HIT: RangeWord.MINUS_ONE,
}
BROUGHT: list[Any] = [
    *(RANGE.get(slot, K[slot]) for slot in range(SLOTS)),
    *(JobWord(slot) if slot < WORDS else RANGE.get(slot) for slot in range(SLOTS - 1)),
    None,
]


class Core(wiring.Component):
    """All of a core but its datapath: that takes `k`, and gives the two operands' sum."""

    def __init__(self) -> None:
        super().__init__(
            {
                "work": In(stream.Signature(WorkWord)),
                "k": Out(32),
                "word": In(32),
                "sum": In(32),
                "place": Out(range(SLOTS)),
                "slot": Out(range(LOAD_FROM + SLOTS)),
                "mask": Out(32),
                "tag": Out(8),
                "tested": Out(1),
                "amount": Out(1),
                "refused": Out(1),
                "running": Out(1),
                "free": Out(1),
                "due": Out(1),
                "stop": Out(1),
                "taken": Out(1),
                "asked": Out(1),
                "loading": Out(1),
                "activate": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.port = port = JobPort(WORDS)
        m.submodules.nonces = nonces = DatapathRange(periods=1, gap=2)
        sequencer = Sequencer(m, SLOTS, 1, load_from=LOAD_FROM)
        wiring.connect(m, wiring.flipped(self.work), port.work)
        wiring.connect(m, port.jobs, nonces.jobs)
        slots = {word: slot for slot, word in RANGE.items()}
        binding = SimpleNamespace(
            inputs={NAME: BROUGHT},
            load_from=LOAD_FROM,
            tap=MASK - 1,
            slot_of=lambda _name, word: slots[word],
        )
        strobes = SimpleNamespace(
            binding=binding,
            out=OUT,
            sum=SUM,
            arrival=lambda _name: ARRIVAL,
            told=lambda _name: ARRIVAL,
            summed=lambda word: slots[word] + SUM,
        )
        feed, write_back = midstate_store(m, port, nonces, sequencer, cast("Any", strobes))
        write_back(cast("Any", SimpleNamespace(out={"sum": self.sum, "word": self.word})))
        at = sequencer.at
        m.d.comb += [
            port.closed.eq(feed.closed),
            sequencer.loading.eq(nonces.loading),
            nonces.decide.eq(at(-2)),
            nonces.enter.eq(at(KNOWN + 1)),
            nonces.change.eq(at(KNOWN + 1)),
            self.k.eq(feed.words[NAME]),
            self.place.eq(sequencer._slot),
            self.slot.eq(sequencer.slot),
            self.mask.eq(feed.mask),
            self.tag.eq(feed.tag),
            self.tested.eq(nonces.tested),
            self.amount.eq(nonces.amount),
            self.refused.eq(nonces.refused),
            self.running.eq(nonces.running),
            self.free.eq(port.jobs.free),
            self.due.eq(port.jobs.due),
            self.stop.eq(port.jobs.stop),
            self.taken.eq(port.jobs.taken),
            self.asked.eq(port.asked),
            self.loading.eq(nonces.loading),
            self.activate.eq(port.jobs.activate),
        ]
        return m


class Kept(Elaboratable):
    """What is to be in the memory, and what is to be told of it."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        part = Core()
        opened = (midstate_store, JobPort, DatapathRange, Sequencer)
        m.submodules.part = inside = Opened(part, *opened, words=PEEKS)
        let_free(m, part.work.valid, part.work.payload)
        phase, comes = Signal(range(SLOTS)), Signal()
        m.d.sync += phase.eq(phase + 1)
        held = self._datapath(m, part, phase, comes)

        # The next job: what was written last to each address.
        place = AnyConst(range(WORDS))
        word, mask, tag = (Signal(size, reset_less=True) for size in (32, 32, 8))
        first, last = Signal(32, reset_less=True), Signal(32, reset_less=True, init=0xFFFFFFFF)
        given = part.work.payload
        with m.If(part.taken), m.Switch(given.address):
            for control, kept in (
                (Control.FIRST, first),
                (Control.LAST, last),
                (Control.MASK, mask),
                (Control.NEXT, tag),
                (Control.TAG, tag),
            ):
                with m.Case(control):
                    m.d.sync += kept.eq(given.data)
            with m.Default(), m.If(given.address == place):
                m.d.sync += word.eq(given.data)
        m.d.comb += Assume(place < WORDS)

        # The running job, that of the nonce which is tested, and what takes over.
        live, pending, stop, tested = Signal(), Signal(), Signal(), Signal()
        now = {"mask": Signal(32), "tag": Signal(8), "last": Signal(32), "nonce": Signal(32)}
        before = {name: Signal.like(now[name]) for name in ("mask", "tag", "nonce")}
        ends, some = now["nonce"] >= now["last"], now["nonce"] <= now["last"]
        enter, decide = phase == (KNOWN + 1) % SLOTS, phase == SLOTS - 2
        with m.If(enter):
            m.d.sync += [stop.eq(part.stop), pending.eq(0), tested.eq(live & some)]
            m.d.sync += [value.eq(now[name]) for name, value in before.items()]
            m.d.sync += live.eq(pending | (live & ~ends & ~stop))
            m.d.sync += now["nonce"].eq(Mux(pending, first, now["nonce"] + 1))
            with m.If(pending):
                m.d.sync += [now["mask"].eq(mask), now["tag"].eq(tag), now["last"].eq(last)]
        with m.Elif(part.stop | (decide & part.due & live)):
            m.d.sync += stop.eq(1)
        with m.If(part.activate):
            m.d.sync += pending.eq(1)

        # A period in which a job comes in is between its nonces and those of the job before.
        loading = part.loading
        with m.If(phase == SLOTS - 1):
            m.d.sync += comes.eq(loading)
        known = phase == KNOWN % SLOTS
        # A word is taken in every other cycle in which none that is written is needed as it is.
        needed = comes | loading | pending | (decide & part.due & ~live)
        calm = Signal()
        m.d.sync += calm.eq(
            ~part.work.ready
            & ~(needed | (phase == (LAST + SUM) % SLOTS))
            & (~part.asked | inside["waits"])
        )
        m.d.comb += Assert(~calm | part.work.ready)
        begins = Signal()
        m.d.sync += begins.eq(part.due & ~live & ~comes)
        m.d.comb += [
            Assert((phase != SLOTS - 1) | (loading == begins)),
            Assert(part.activate == (decide & comes)),
            Assert(~part.activate | ~(live | tested)),
            Assert(~(comes | pending) | ~part.taken),
            Assert(part.refused == (enter & live & ~some)),
            Assert(part.running == (live | pending | tested)),
            Assert(part.stop == (part.taken & (given.address == Control.STOP))),
            # One that waits takes over only when no nonce is left to enter.
            Assert(~part.free | ~live | ends | stop),
            Assert(part.free | (live & ~stop)),
            Assert(part.tested == tested),
            Assert(part.amount == tested),
            Assert(~(tested & known) | (part.sum == before["nonce"])),
            Assert(~(tested & known) | (part.tag == before["tag"])),
            Assert(~(tested & (phase == OUT % SLOTS)) | (part.mask == before["mask"])),
            Assert(~(comes & (phase == place + ARRIVAL)) | (part.k == word)),
            # Inside.
            Assert(part.place == phase),
            Assert(part.slot == Cat(phase, comes)),
            Assert((phase == SLOTS - 1) | (loading == comes)),
            Assert((phase != SLOTS - 1) | ~(loading & comes)),
            Assert(~pending | Mux(phase == SLOTS - 1, comes, (phase <= 3) & ~comes)),
            Assert(~(loading | pending) | ~(part.work.ready | live)),
            Assert(~loading | part.asked),
            Assert(inside["taking"] == pending),
            Assert(inside["runs"] == live),
            Assert(inside["stopped"] == stop),
        ]
        for cycle in (-2, KNOWN + 1, MASK + SUM, LAST + SUM, NONCE + SUM, OUT + 1):
            strobe = inside.named(f"at_{cycle % SLOTS}")
            m.d.comb += Assert(strobe == (phase == cycle % SLOTS))
        early = phase <= KNOWN % SLOTS + 1
        written, settling = early & (phase >= 1), early & (phase >= 2)
        follows = now["nonce"] + 1
        m.d.comb += [
            Assert(~(pending & settling) | (part.tag == tag)),
            Assert(~live | (part.tag == now["tag"])),
            Assert(~tested | (part.tag == before["tag"])),
            # The nonce of the period that has begun is there before it enters.
            Assert(~live | (held == Mux(settling, follows[:32], now["nonce"]))),
            Assert(~tested | settling | (held == (before["nonce"] + 1)[:32])),
            Assert(~(pending & settling) | (held == first)),
        ]
        final, bad = inside["final"], inside["bad"]
        m.d.comb += [
            Assert(~(live & early) | ((final == ends) & (bad == ~some))),
            Assert(~(live & ~early & final) | ends),
            Assert(~(pending & early) | (final == (last == 0))),
        ]

        # What the memory has: one of the constants, the range, and what is to be loaded.
        where, constant = AnyConst(range(SLOTS)), Signal(32)
        numbers = {slot: n for slot, n in enumerate(BROUGHT) if isinstance(n, int)}
        with m.Switch(where):
            for slot, number in numbers.items():
                with m.Case(slot):
                    m.d.comb += constant.eq(number)
            with m.Default():
                m.d.comb += Assume(0)
        brings = ~comes & (phase == where + ARRIVAL)
        m.d.comb += Assert(~brings | (part.k == constant))
        peeks = iter(range(PEEKS))

        def at(place: object) -> Value:
            address, found = inside.peek("memory", 0, next(peeks))
            m.d.comb += address.eq(place)
            return found

        comes_in = {TAG: tag, MASK: mask, LAST: ~last, NONCE: first}
        for slot, kept in comes_in.items():
            m.d.comb += Assert(at(LOAD_FROM + slot)[: len(kept)] == kept)
        there = {slot: at(slot) for slot in (MASK, LAST, NONCE)}
        m.d.comb += [
            Assert(at(LOAD_FROM | place) == word),
            Assert(at(where) == constant),
            Assert(at(HIT).all()),
            Assert(~live | (there[MASK] == now["mask"])),
            Assert(~tested | (there[MASK] == before["mask"])),
            Assert(~(pending & settling) | (there[MASK] == mask)),
            Assert(~live | (there[LAST] == ~now["last"])),
            Assert(~(pending & early) | (there[LAST] == ~last)),
            Assert(~live | (there[NONCE] == (follows + written)[:32])),
            Assert(~(pending & written) | (there[NONCE] == (first + 1)[:32])),
        ]
        # Memories differ in what comes of a word that is written while it is read. In the cycle
        # after a reset the address is still one of before, whose word nobody takes.
        read, write = cast("Any", inside.part("read")), cast("Any", inside.part("write"))
        begun = Signal()
        m.d.sync += begun.eq(1)
        m.d.comb += Assert(~(begun & write.en) | (read.addr != write.addr))
        return m

    def _datapath(self, m: Module, part: Core, phase: Signal, comes: Signal) -> Signal:
        """What is added to a word of the range: also of a job that comes in, but to its last nonce.

        The nonce that is added is the one which was brought the period before.
        """
        brought, held = Signal(32), Signal(32)
        with m.Switch(phase):
            with m.Case((LAST + ARRIVAL) % SLOTS):
                m.d.comb += part.word.eq(Mux(comes, 0, held))
            with m.Case((NONCE + ARRIVAL) % SLOTS):
                m.d.comb += part.word.eq(1)
                m.d.sync += brought.eq(part.k)
            with m.Case((HIT + ARRIVAL) % SLOTS):
                m.d.comb += part.word.eq(held)
                m.d.sync += held.eq(brought)
        m.d.sync += part.sum.eq(part.k + part.word)
        return held


PROPERTIES = [Property(name="midstate_memory", make=Kept, depth=6, base=12)]
