"""Jobs in, results out: dispatcher, engine and judge in one clock domain, the cores in another."""

from collections.abc import Sequence

from amaranth.hdl import DomainRenamer, Module, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.fifo import SyncFIFOBuffered
from amaranth.lib.wiring import In, Out

from sluice.rtl.core.plan import Plan

from .array import BusWord, CoreArray, Tally, core_hit_layout
from .crossing import Crossing
from .dispatcher import Dispatcher, JobWord, Steering
from .engine import Engine
from .judge import Judge
from .microcode import microcode

#: A nonce to report: ``W19``, the job id byte, the rolled bits, and by how much it is better.
Found = data.StructLayout({"nonce": 32, "job": 8, "bits": 16, "excess": 8})

#: Hits that can wait to be checked, besides those in the queues of the cores.
_UNCHECKED = 8

#: Batches whose hits can still be checked, powers of two.
_BATCHES, _FEW_BATCHES = 16, 2

#: Results that can wait for the link.
_WAITING = 16


class Dispatch(wiring.Component):
    """Everything between the link and the hashes.

    Parameters
    ----------
    plan
        Of the cores.
    cores
        The cores, all of that plan; in domain ``sync``, which becomes ``hash``.
    compact
        No queue of hits besides those of the cores, room for the results of one nonce only, and a
        memory of fewer batches: for cores that are slow enough.

    Members
    -------
    jobs : In(stream of JobWord)
        See :class:`~.dispatcher.Dispatcher`.
    steering : In
        Registers.
    ticket_mask : In(32)
        Bits of ``H6`` that must be zero in what is reported.
    results : Out(stream of Found)
        What is to be reported.
    tallies : Out(stream of Tally)
        What the cores count.
    error, batch, stale : Out(1), counting : In(1)
        What the dispatcher counts, see :class:`~.dispatcher.Dispatcher`.
    """

    def __init__(
        self, plan: Plan, cores: Sequence[wiring.Component], *, compact: bool = False
    ) -> None:
        self._plan = plan
        self._compact = compact
        self._cores = list(cores)
        super().__init__(
            {
                "jobs": In(stream.Signature(JobWord)),
                "steering": In(Steering),
                "ticket_mask": In(32),
                "results": Out(stream.Signature(Found)),
                "tallies": Out(stream.Signature(Tally)),
                "error": Out(1),
                "batch": Out(1),
                "stale": Out(1),
                "counting": In(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        """Build it."""
        m = Module()
        config = self._plan.config
        lanes, cores = config.lanes, len(self._cores)
        programs = microcode(self._plan.program, lanes=lanes, rounds=config.compression_rounds)
        m.submodules.engine = engine = Engine(programs)
        m.submodules.judge = judge = Judge()
        batches = _FEW_BATCHES if self._compact else _BATCHES
        dispatcher = Dispatcher(programs, cores=cores, lanes=lanes, batches=batches)
        m.submodules.dispatcher = dispatcher
        array = CoreArray(self._cores, lanes=lanes)
        m.submodules.array = DomainRenamer("hash")(array)

        wiring.connect(m, wiring.flipped(self.jobs), dispatcher.jobs)
        wiring.connect(m, dispatcher.write, engine.write)
        wiring.connect(m, engine.send, dispatcher.send)
        wiring.connect(m, engine.tell, judge.tell)
        m.d.comb += [
            dispatcher.steering.eq(self.steering),
            engine.start.eq(dispatcher.start),
            engine.entry.eq(dispatcher.entry),
            engine.slot.eq(dispatcher.slot),
            engine.lane.eq(dispatcher.lane),
            engine.rolled.eq(dispatcher.rolled),
            engine.nonce.eq(dispatcher.nonce),
            dispatcher.done.eq(~engine.busy),
            judge.ticket_mask.eq(self.ticket_mask),
            dispatcher.judged.eq(judge.tell.ready),
            dispatcher.passed.eq(judge.passed),
            dispatcher.wrong.eq(judge.wrong),
        ]

        # Across the clocks: words there, hits and single bits back.
        m.submodules.bus = bus = Crossing(BusWord, source="sync", target="hash")
        hit = core_hit_layout(lanes)
        m.submodules.hits = hits = Crossing(hit, source="hash", target="sync")
        wiring.connect(m, dispatcher.bus, bus.i)
        wiring.connect(m, bus.o, array.bus)
        wiring.connect(m, array.hits, hits.i)
        if self._compact:
            wiring.connect(m, hits.o, dispatcher.hits)
        else:
            m.submodules.unchecked = unchecked = SyncFIFOBuffered(width=hit.size, depth=_UNCHECKED)
            m.d.comb += unchecked.w_data.eq(hits.o.payload)
            wiring.connect(m, hits.o, unchecked.w_stream)
            wiring.connect(m, unchecked.r_stream, dispatcher.hits)
        m.submodules.turned = FFSynchronizer(array.turned, dispatcher.turned)

        waiting = lanes if self._compact else _WAITING
        m.submodules.results = results = SyncFIFOBuffered(width=Found.size, depth=waiting)
        found = Signal(Found)
        m.d.comb += [
            found.nonce.eq(dispatcher.nonce),
            found.job.eq(judge.job),
            found.bits.eq(dispatcher.bits),
            found.excess.eq(judge.excess),
            results.w_data.eq(found),
            results.w_en.eq(dispatcher.report),
            dispatcher.room.eq(results.level <= waiting - lanes),
            self.results.payload.eq(results.r_data),
            self.results.valid.eq(results.r_rdy),
            results.r_en.eq(self.results.ready),
        ]

        m.submodules.tallies = tallies = Crossing(Tally, source="hash", target="sync")
        wiring.connect(m, array.tallies, tallies.i)
        wiring.connect(m, tallies.o, wiring.flipped(self.tallies))
        m.d.comb += [
            self.error.eq(dispatcher.error),
            self.batch.eq(dispatcher.batch),
            self.stale.eq(dispatcher.stale),
            dispatcher.counting.eq(self.counting),
        ]
        return m
