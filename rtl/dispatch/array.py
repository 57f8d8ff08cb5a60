"""The cores, and what is shared between them: everything in the domain of the hash clock."""

from collections.abc import Sequence

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.core.hits import hit_layout
from sluice.rtl.core.work import WorkWord

#: A word for one core, or for all.
BusWord = data.StructLayout({"core": 8, "all": 1, "word": WorkWord})


def core_hit_layout(lanes: int) -> data.StructLayout:
    """A hit, and the core that it comes from."""
    return data.StructLayout({"hit": hit_layout(lanes), "core": 8})


class CoreArray(wiring.Component):
    """Cores behind a work bus, their hits in turn.

    Parameters
    ----------
    cores
        The cores, all alike.
    lanes
        Their lanes.

    Members
    -------
    bus : In(stream of BusWord)
        Words; one for all waits until all are ready.
    hits : Out(stream of hits with their core)
        In turns: no core waits for more than one hit of each other.
    turned : Out(bit for each core)
        See :class:`~sluice.rtl.core.work.JobRegisters`.
    hashes : Out(64)
        Hashes begun since reset, those of all lanes counted.
    hits_lost : Out(32)
        Hits that found a core's queue full.
    gaps : Out(32)
        Clocks in which the first core had no nonce because its next batch was not there in time.
    """

    def __init__(self, cores: Sequence[wiring.Component], *, lanes: int) -> None:
        self._cores = list(cores)
        self._lanes = lanes
        super().__init__(
            {
                "bus": In(stream.Signature(BusWord)),
                "hits": Out(stream.Signature(core_hit_layout(lanes))),
                "turned": Out(len(self._cores)),
                "hashes": Out(64),
                "hits_lost": Out(32),
                "gaps": Out(32),
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
        word = self.bus.payload
        chosen = Signal(len(self._cores))
        ready = Signal(len(self._cores))
        m.d.comb += [
            ready.eq(Cat(core.work.ready for core in self._cores)),
            chosen.eq(Cat(word.all | (word.core == i) for i in range(len(self._cores)))),
            self.bus.ready.eq((ready | ~chosen).all()),
            self.turned.eq(Cat(core.turned for core in self._cores)),
        ]
        for index, core in enumerate(self._cores):
            # A core's readiness does not depend on there being a word, so this is no loop.
            m.d.comb += [
                core.work.payload.eq(word.word),
                core.work.valid.eq(self.bus.valid & self.bus.ready & chosen[index]),
            ]

    def _collect(self, m: Module) -> None:
        """A turn that goes round, and stays with a core for one hit at the most."""
        last = len(self._cores) - 1
        turn = Signal(range(last + 1))
        m.d.comb += self.hits.payload.core.eq(turn)
        with m.Switch(turn):
            for index, core in enumerate(self._cores):
                with m.Case(index):
                    m.d.comb += [
                        self.hits.payload.hit.eq(core.hits.payload),
                        self.hits.valid.eq(core.hits.valid),
                        core.hits.ready.eq(self.hits.ready),
                    ]
        with m.If(~self.hits.valid | self.hits.ready):
            m.d.sync += turn.eq(Mux(turn == last, 0, turn + 1))

    def _count(self, m: Module) -> None:
        hashing = [core.hashing for core in self._cores]
        count = Signal(range(len(hashing) + 1))
        m.d.sync += [
            count.eq(sum(hashing[1:], start=hashing[0])),
            self.hashes.eq(self.hashes + count * self._lanes),
            self.hits_lost.eq(
                sum((core.hits_lost for core in self._cores[1:]), self._cores[0].hits_lost)
            ),
        ]
        first = self._cores[0]
        # A batch may be activated some clocks before its first nonce.
        gap, turned = Signal(32), Signal()
        m.d.sync += gap.eq(gap + first.starved)
        with m.If(first.hashing):
            m.d.sync += [gap.eq(0), turned.eq(first.turned)]
            with m.If(turned != first.turned):
                m.d.sync += self.gaps.eq(self.gaps + gap)
