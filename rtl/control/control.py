"""Jobs in, results out: the engine in one clock domain, the cores in another."""

from collections.abc import Sequence

from amaranth.hdl import Cat, DomainRenamer, Module, Signal, Value
from amaranth.lib import data, stream, wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.fifo import SyncFIFOBuffered
from amaranth.lib.wiring import In, Out

from sluice.rtl.core.plan import Plan

from .cdc import Crossing
from .core_array import BusWord, CoreArray, Tally, core_hit_layout
from .microcode.image import microcode
from .processor import Engine, SettingWord

#: A word of a job: a header word by its number, or the job id.
JobWord = data.StructLayout({"index": 5, "data": 32, "last": 1})

#: A nonce to report: ``W19``, the job id byte, the rolled bits, and by how much it is better.
Found = data.StructLayout({"nonce": 32, "job": 8, "bits": 16, "excess": 8})

#: Hits that can wait to be checked, besides those in the queues of the cores.
_UNCHECKED = 8

#: Batches whose hits can still be checked, powers of two.
_BATCHES, _FEW_BATCHES = 16, 2

#: Results that can wait for the link.
_WAITING = 16


def rolled_bits(word: Value) -> Value:
    """Header version bits 28:13 from their places in ``W0``.

    The version stands in the header with its least significant byte first, and ``W0`` takes the
    first byte as its most significant.
    """
    return Cat(word[24:32], word[16:24], word[8:16], word[0:8])[13:29]


class Dispatch(wiring.Component):
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

    Members
    -------
    jobs : In(stream of JobWord)
        Jobs, whole ones only: the job id first, then header words, ``W0`` last.
    setting, first_chip, last_chip, running : In
        Registers, see :class:`~.engine.Engine`. What a job needs of them is taken when it begins.
    results : Out(stream of Found)
        What is to be reported.
    tallies : Out(stream of Tally)
        What the cores count.
    error, batch, stale : Out(1)
        Up for a clock: a hit that failed the check, a batch that is begun, and a hit whose job has
        been forgotten.
    counting : In(1)
        The last stale hit has not been counted yet.
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
                "setting": In(SettingWord),
                "first_chip": In(8),
                "last_chip": In(8),
                "running": In(1),
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
        batches = _FEW_BATCHES if self._compact else _BATCHES
        rounds = config.compression_rounds
        program = self._plan.program
        m.submodules.engine = engine = Engine(
            microcode(
                program,
                lanes=lanes,
                rounds=rounds,
                cores=cores,
                batches=batches,
                compact=self._compact,
            )
        )
        array = CoreArray(self._cores, lanes=lanes, rate=config.rate if self._compact else 1)
        m.submodules.array = DomainRenamer("hash")(array)
        m.d.comb += [
            engine.jobs.payload.eq(self.jobs.payload.data),
            engine.jobs.valid.eq(self.jobs.valid),
            self.jobs.ready.eq(engine.jobs.ready),
            engine.setting.eq(self.setting),
            engine.first_chip.eq(self.first_chip),
            engine.last_chip.eq(self.last_chip),
            engine.running.eq(self.running),
            engine.counting.eq(self.counting),
            self.error.eq(engine.error),
            self.batch.eq(engine.batch),
            self.stale.eq(engine.stale),
        ]

        # Across the clocks: words there, hits and single bits back.
        m.submodules.bus = bus = Crossing(BusWord, source="sync", target="hash")
        hit = core_hit_layout(lanes)
        m.submodules.hits = hits = Crossing(hit, source="hash", target="sync")
        wiring.connect(m, engine.bus, bus.i)
        wiring.connect(m, bus.o, array.bus)
        wiring.connect(m, array.hits, hits.i)
        if self._compact:
            wiring.connect(m, hits.o, engine.hits)
        else:
            m.submodules.unchecked = unchecked = SyncFIFOBuffered(width=hit.size, depth=_UNCHECKED)
            m.d.comb += unchecked.w_data.eq(hits.o.payload)
            wiring.connect(m, hits.o, unchecked.w_stream)
            wiring.connect(m, unchecked.r_stream, engine.hits)
        m.submodules.turned = FFSynchronizer(array.turned, engine.turned)

        found, verdict = Signal(Found), engine.results.payload
        m.d.comb += [
            found.nonce.eq(verdict.nonce),
            found.job.eq(verdict.job),
            found.bits.eq(rolled_bits(verdict.rolled)),
            found.excess.eq(verdict.excess),
        ]
        if self._compact:
            m.d.comb += [
                self.results.payload.eq(found),
                self.results.valid.eq(engine.results.valid),
                engine.results.ready.eq(self.results.ready),
                engine.room.eq(1),
            ]
        else:
            m.submodules.results = results = SyncFIFOBuffered(width=Found.size, depth=_WAITING)
            m.d.comb += [
                results.w_data.eq(found),
                results.w_en.eq(engine.results.valid),
                engine.results.ready.eq(1),
                engine.room.eq(results.level <= _WAITING - lanes),
                self.results.payload.eq(results.r_data),
                self.results.valid.eq(results.r_rdy),
                results.r_en.eq(self.results.ready),
            ]

        m.submodules.tallies = tallies = Crossing(Tally, source="hash", target="sync")
        wiring.connect(m, array.tallies, tallies.i)
        wiring.connect(m, tallies.o, wiring.flipped(self.tallies))
        return m
