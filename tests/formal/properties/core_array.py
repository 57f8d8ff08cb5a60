"""Words to the cores, and hits from them: none is lost, torn, doubled or kept waiting.

Proved for all times by induction of :mod:`sluice.rtl.control.core_array` with four cores that take
words and offer hits whenever they like, and resets in any cycle. ``work_bus``: each word reaches
exactly those cores that it is for, as it was, once, and in its order. ``hits_of_cores``: each hit
comes out once, with the number of its core, and waits for one hit of each other core at the most.
"""

from amaranth.hdl import Assert, Elaboratable, Module, Signal
from amaranth.lib import wiring

from sluice.rtl.control.core_array import CoreArray
from sluice.rtl.core.interface import CoreSignature
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


def assemble(m: Module) -> tuple[CoreArray, Opened, list[AnyCore]]:
    """Cores, and what is between them and the controller."""
    cores = [AnyCore() for _ in range(CORES)]
    part = CoreArray(cores, lanes=1)
    m.submodules.part = inside = Opened(part)
    let_free(m, part.bus.valid, part.bus.payload, part.hits.ready, part.increments.ready)
    return part, inside, cores


class Bus(Elaboratable):
    """A word for one core, or for all."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        part, _, cores = assemble(m)
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
        return m


def mine_waits(word: object, waits: list[Signal]) -> object:
    """Whether the core that a word is for has one already."""
    busy = Signal()
    found = [(word.core == index) & of for index, of in enumerate(waits)]
    for of in found:
        busy = busy | of
    return busy


class Hits(Elaboratable):
    """Cores are served one after the other."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        part, inside, cores = assemble(m)
        goes, current = part.hits.valid & part.hits.ready, inside["current"]
        for index, core in enumerate(cores):
            keep_offered(m, core.hits)
            hits, waited = core.hits, Signal(range(CORES + 1))
            mine = part.hits.payload.core == index
            came = hits.valid & hits.ready
            with m.If(came | ~hits.valid):
                m.d.sync += waited.eq(0)
            with m.Elif(goes):
                m.d.sync += waited.eq(waited + 1)
            ahead = (index - current)[: current.shape().width]
            m.d.comb += [
                Assert(came == (goes & mine)),
                Assert(~came | (part.hits.payload.hit.as_value() == hits.payload.as_value())),
                Assert(waited < CORES),
                Assert(~hits.valid | (waited + ahead < CORES)),
            ]
        return m


PROPERTIES = [
    Property(name="work_bus", make=Bus, depth=2, base=4),
    Property(name="hits_of_cores", make=Hits, depth=2, base=6, mutable=False),
]
