"""Jobs in, results out: the processor in one clock domain, the cores in another."""

from collections.abc import Sequence

from amaranth.hdl import Cat, DomainRenamer, Module, Signal, Value
from amaranth.lib import stream, wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.fifo import SyncFIFOBuffered
from amaranth.lib.wiring import In, Out

from sluice.rtl.core.plan import Plan
from sluice.rtl.interface import ChipControl, Increment, JobWord, ParameterWrite, Result

from .cdc import Crossing
from .clock_meter import Window
from .core_array import BusWord, CoreArray, core_hit_layout
from .microcode.image import microcode
from .processor import Processor

#: Hits that can wait to be checked, besides those in the queues of the cores.
_UNCHECKED = 8

#: Batches whose hits can still be checked, powers of two.
_BATCHES, _FEW_BATCHES = 16, 2

#: Results that can wait for the link.
_WAITING = 16

#: Periods of ``sync`` in which a core's bit that it has turned must arrive. No word goes by it: it
#: would bear more.
_TURNED_ARRIVAL = 2


def rolled_bits(word: Value) -> Value:
    """Header version bits 28:13 from their places in ``W0``.

    The version stands in the header with its least significant byte first, and ``W0`` takes the
    first byte as its most significant.
    """
    return Cat(word[24:32], word[16:24], word[8:16], word[0:8])[13:29]


class Controller(wiring.Component):
    """Everything between the link and the hashes.

    Parameters
    ----------
    plan
        Of the cores.
    cores
        The cores, all of that plan; in domain ``sync``, which becomes ``hash``.
    compact
        No queue of hits besides those of the cores, none of results, a memory of fewer batches,
        less code, and counters no wider than the rate of the cores asks for: for cores that are
        slow enough.
    clock
        Frequency of ``sync`` in hertz, by which that of ``hash`` is measured.

    Members
    -------
    jobs : In(stream of JobWord)
        Jobs, whole ones only: the job id first, then header words, ``W0`` last.
    control : In(ChipControl), parameter : In(ParameterWrite)
        Registers. What a job needs of them is taken when it begins.
    results : Out(stream of Result)
        What is to be reported.
    increments : Out(stream of Increment)
        What the cores count, and how fast their clock is.
    error, batch, stale : Out(1)
        Up for a cycle: a hit that failed the check, a batch that is begun, and a hit whose job has
        been forgotten.
    counting : In(1)
        The last stale hit has not been counted yet.
    """

    #: Periods of the receiving clock in which whatever crosses, either way, must arrive.
    ARRIVAL = min(Crossing.ARRIVAL, Window.ARRIVAL, _TURNED_ARRIVAL)

    def __init__(
        self, plan: Plan, cores: Sequence[wiring.Component], *, clock: float, compact: bool = False
    ) -> None:
        self._plan = plan
        self._compact = compact
        self._clock = clock
        self._cores = list(cores)
        super().__init__(
            {
                "jobs": In(stream.Signature(JobWord)),
                "parameter": In(ParameterWrite),
                "control": In(ChipControl),
                "results": Out(stream.Signature(Result)),
                "increments": Out(stream.Signature(Increment)),
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
        batches = _FEW_BATCHES if self._compact else _BATCHES
        rounds = config.rounds
        program = self._plan.program
        preset = config.make_technology().preset_memories
        m.submodules.processor = processor = Processor(
            microcode(
                program,
                lanes=lanes,
                rounds=rounds,
                cores=cores,
                batches=batches,
                compact=self._compact,
                preset=preset,
            ),
            preset=preset,
        )
        array = CoreArray(self._cores, lanes=lanes, rate=config.rate if self._compact else 1)
        m.submodules.array = DomainRenamer("hash")(array)
        m.d.comb += [
            processor.jobs.payload.eq(self.jobs.payload.data),
            processor.jobs.valid.eq(self.jobs.valid),
            self.jobs.ready.eq(processor.jobs.ready),
            processor.parameter.eq(self.parameter),
            processor.first.eq(self.control.first),
            processor.last.eq(self.control.last),
            processor.running.eq(self.control.running),
            processor.counting.eq(self.counting),
            self.error.eq(processor.error),
            self.batch.eq(processor.batch),
            self.stale.eq(processor.stale),
        ]

        # Across the clocks: words there, hits and single bits back.
        m.submodules.bus = bus = Crossing(BusWord, source="sync", target="hash")
        hit = core_hit_layout(lanes)
        m.submodules.hits = hits = Crossing(hit, source="hash", target="sync")
        wiring.connect(m, processor.bus, bus.i)
        wiring.connect(m, bus.o, array.bus)
        wiring.connect(m, array.hits, hits.i)
        if self._compact:
            wiring.connect(m, hits.o, processor.hits)
        else:
            m.submodules.unchecked = unchecked = SyncFIFOBuffered(width=hit.size, depth=_UNCHECKED)
            m.d.comb += unchecked.w_data.eq(hits.o.payload)
            wiring.connect(m, hits.o, unchecked.w_stream)
            wiring.connect(m, unchecked.r_stream, processor.hits)
        m.submodules.turned = FFSynchronizer(array.turned, processor.turned)
        m.submodules.window = window = Window(self._clock)
        m.submodules.opened = FFSynchronizer(window.open, array.window, o_domain="hash")

        found, verdict = Signal(Result), processor.results.payload
        m.d.comb += [
            found.nonce.eq(verdict.nonce),
            found.job.eq(verdict.job),
            found.bits.eq(rolled_bits(verdict.rolled)),
            found.excess.eq(verdict.excess),
        ]
        if self._compact:
            m.d.comb += [
                self.results.payload.eq(found),
                self.results.valid.eq(processor.results.valid),
                processor.results.ready.eq(self.results.ready),
                processor.room.eq(1),
            ]
        else:
            m.submodules.results = results = SyncFIFOBuffered(
                width=Result.as_shape().size, depth=_WAITING
            )
            m.d.comb += [
                results.w_data.eq(found),
                results.w_en.eq(processor.results.valid),
                processor.results.ready.eq(1),
                processor.room.eq(results.level <= _WAITING - lanes),
                self.results.payload.eq(results.r_data),
                self.results.valid.eq(results.r_rdy),
                results.r_en.eq(self.results.ready),
            ]

        m.submodules.increments = increments = Crossing(Increment, source="hash", target="sync")
        wiring.connect(m, array.increments, increments.i)
        wiring.connect(m, increments.o, wiring.flipped(self.increments))
        return m
