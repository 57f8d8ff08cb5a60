"""The cores, and what is shared between them: everything in the domain of the hash clock."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

from sluice.rtl.core.interface import WorkWord, hit_layout
from sluice.rtl.interface import Counter, Increment

from .clock_meter import UNIT, CycleCount

#: A word for one core, or for all.
BusWord = data.StructLayout({"core": 8, "all": 1, "word": WorkWord})


#: Cycles, as a power of two, in which an increment must be taken.
_PATIENCE = 16
#: Cycles of a gap that are counted, as a power of two.
_GAP = 19


def core_hit_layout(lanes: int) -> data.StructLayout:
    """A hit, and the core that it comes from."""
    return data.StructLayout({"hit": hit_layout(lanes), "core": 8})


class CoreArray(wiring.Component):
    """Cores behind a work bus, their hits one after the other.

    Parameters
    ----------
    cores
        The cores, all alike.
    lanes
        Their lanes.
    rate
        Nonces that a core begins in a cycle, at the most; it decides how wide the counters are.

    Members
    -------
    bus : In(stream of BusWord)
        Words; one for all waits until all can take it.
    hits : Out(stream of hits with their core)
        One core after the other: none waits for more than one hit of each other.
    turned : Out(bit for each core)
        See :class:`~sluice.rtl.core.job_port.JobPort`.
    window : In(1)
        Of :class:`~.clock_meter.Window`, in step with this clock.
    increments : Out(stream of Increment)
        What has come since the last one of its kind: hashes begun, those of all lanes counted; hits
        that found a core's queue full, those of all lanes counted; cycles in which the first core
        had no nonce because its next batch was not there in time. They go out one by one, and each
        must be taken within 2^14 cycles. A gap counts up to 2^19 cycles; with a lower rate, up to
        the power of two that is not below as many nonces as that takes. Once after reset there is
        the clock's frequency besides.
    """

    def __init__(
        self, cores: Sequence[wiring.Component], *, lanes: int, rate: Fraction | int = 1
    ) -> None:
        self._cores = list(cores)
        self._lanes = lanes
        self._rate = rate
        super().__init__(
            {
                "bus": In(stream.Signature(BusWord)),
                "hits": Out(stream.Signature(core_hit_layout(lanes))),
                "turned": Out(len(self._cores)),
                "window": In(1),
                "increments": Out(stream.Signature(Increment)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        """Build it."""
        m = Module()
        cores = self._cores
        for index, core in enumerate(cores):
            m.submodules[f"core{index}"] = core
        self._distribute(m)
        self._collect(m)
        self._count(m)
        return m

    def _distribute(self, m: Module) -> None:
        """A register in front of each core, if there are several: the ways to them are long."""
        word = self.bus.payload
        chosen = Signal(len(self._cores))
        ready = Signal(len(self._cores))
        m.d.comb += [
            chosen.eq(Cat(word.all | (word.core == i) for i in range(len(self._cores)))),
            self.bus.ready.eq((ready | ~chosen).all()),
            self.turned.eq(Cat(core.turned for core in self._cores)),
        ]
        for index, core in enumerate(self._cores):
            work = core.work
            given = Signal()
            m.d.comb += given.eq(self.bus.valid & self.bus.ready & chosen[index])
            if len(self._cores) == 1:
                # A core's readiness does not depend on there being a word, so this is no loop.
                m.d.comb += [
                    ready[index].eq(work.ready),
                    work.payload.eq(word.word),
                    work.valid.eq(given),
                ]
                continue
            held = Signal(WorkWord, name=f"held{index}", reset_less=True)
            waits = Signal(name=f"waits{index}")
            m.d.comb += [
                ready[index].eq(~waits),
                work.payload.eq(held),
                work.valid.eq(waits),
            ]
            with m.If(given):
                m.d.sync += [held.eq(word.word), waits.eq(1)]
            with m.Elif(work.ready):
                m.d.sync += waits.eq(0)

    def _collect(self, m: Module) -> None:
        """The choice goes round, and stays with a core for one hit at the most."""
        last = len(self._cores) - 1
        current = Signal(range(last + 1))
        m.d.comb += self.hits.payload.core.eq(current)
        with m.Switch(current):
            for index, core in enumerate(self._cores):
                with m.Case(index):
                    m.d.comb += [
                        self.hits.payload.hit.eq(core.hits.payload),
                        self.hits.valid.eq(core.hits.valid),
                        core.hits.ready.eq(self.hits.ready),
                    ]
        with m.If(~self.hits.valid | self.hits.ready):
            m.d.sync += current.eq(Mux(current == last, 0, current + 1))

    def _count(self, m: Module) -> None:
        """Small counters, that begin again when they are told; the sums are kept elsewhere."""
        cores, increments = self._cores, self.increments
        what, told = increments.payload.counter, Signal(2)
        m.submodules.cycles = cycles = CycleCount()
        m.d.comb += what.eq(told)
        with m.If(~increments.valid):
            m.d.sync += increments.valid.eq(1)
        with m.Elif(increments.ready):
            m.d.sync += increments.valid.eq(0)
            m.d.sync += told.eq(Mux((told == Counter.GAPS) & ~cycles.known, 0, told + 1))

        def take(kind: Counter) -> Value:
            return ~increments.valid & (told == kind)

        most = len(cores) * self._lanes
        for kind, amounts, weight in (
            (Counter.HASHES, [core.hashing for core in cores], self._lanes),
            (Counter.LOST, [self._lost(m, core) for core in cores], 1),
        ):
            step = Signal(range(most // weight + 1))
            total = Signal(ceil_log2(ceil((most << _PATIENCE) * self._rate)))
            m.d.sync += [
                step.eq(sum(amounts[1:], start=amounts[0])),
                total.eq(total + step * weight),
            ]
            with m.If(take(kind)):
                m.d.sync += [increments.payload.amount.eq(total), total.eq(step * weight)]

        m.d.comb += [cycles.open.eq(self.window), cycles.told.eq(take(Counter.CLOCK))]
        with m.If(cycles.told):
            m.d.sync += increments.payload.amount.eq(cycles.cycles * UNIT)

        # A batch may be activated some cycles before its first nonce, so it is known late whether
        # cycles without one were a gap.
        first = cores[0]
        width = 1 + ceil_log2(ceil((1 << _GAP) * self._rate))
        gap, known, turned = Signal(width), Signal(), Signal()
        with m.If(first.hashing):
            m.d.sync += turned.eq(first.turned)
            with m.If(turned != first.turned):
                m.d.sync += known.eq(1)
            with m.Elif(~known):
                m.d.sync += gap.eq(0)
        with m.If(first.starved & ~gap[-1]):
            m.d.sync += gap.eq(gap + 1)
        with m.If(take(Counter.GAPS)):
            m.d.sync += increments.payload.amount.eq(0)
            with m.If(known):
                m.d.sync += [increments.payload.amount.eq(gap), gap.eq(first.starved), known.eq(0)]

    def _lost(self, m: Module, core: wiring.Component) -> Value:
        """Hits that a core has lost in the cycle before: one of each lane at the most."""
        low = core.hits_lost[: self._lanes.bit_length()]
        before = Signal.like(low)
        m.d.sync += before.eq(low)
        return (low - before)[: len(low)]
