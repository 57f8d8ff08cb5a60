"""The core: nonces in, hits out.

::

    work ──► JobRegisters ──start──► NonceIterator ◄── TurnCounter (of a ring)
                 │ job words              │ nonce           │ pass
                 ▼                        ▼                 ▼
               Datapath: the whole double hash, or the rounds of a ring
                 │ mask, tag              │ H7 of each lane, nonce
                 ▼                        ▼
               HitDetector ──► hits

A pipeline takes a nonce in every clock. Through a ring a nonce goes several times: it takes as many
nonces in a row as a pass has clocks, and no more until they have gone through all passes.
"""

from amaranth.hdl import Cat, Const, Module, Signal, Value
from amaranth.lib import wiring

from sluice.rtl.hls.codegen.datapath import Datapath
from sluice.rtl.hls.codegen.delay_line import DelayLine

from .config import ScheduledConfig
from .coreports import CorePorts
from .hits import HitDetector
from .iterator import NonceIterator
from .turns import TurnCounter
from .work import JobRegisters


class HashCore(CorePorts[ScheduledConfig]):
    """Hashes nonces, a pipeline one in every clock. Nothing stalls it.

    Its configuration is that of a pipeline or of a ring.
    """

    @property
    def latency(self) -> int:
        """Clocks from the activation of a job to the first hit it can bring on `hits`.

        One to the iterator, all passes with the register at their end, one for the test, and the
        queue.
        """
        return 1 + self._delay + 1 + 2

    @property
    def _delay(self) -> int:
        return self._plan.schedule.latency + 1

    def elaborate(self, platform: object) -> Module:
        """The parts, and a bit that travels with each nonce."""
        m = Module()
        config, delay = self.config, self._delay
        schedule = self._plan.schedule
        m.submodules.jobs = jobs = JobRegisters(self._plan.uses(), delay=delay)
        m.submodules.iterator = iterator = NonceIterator()
        m.submodules.datapath = datapath = Datapath(
            schedule,
            technology=config.make_technology(),
            ram_from=config.ram_from or None,
        )
        m.submodules.detector = detector = HitDetector(lanes=config.lanes, depth=config.queue)
        here: Value = Const(1, 1)
        if schedule.turn:
            passes = schedule.graph.passes
            m.submodules.turns = turns = TurnCounter(passes=passes, clocks=schedule.turn)
            here = turns.here
            m.d.comb += [
                datapath.turn.eq(turns.turn),
                iterator.here.eq(here),
                jobs.open.eq(turns.open),
            ]
        wiring.connect(m, wiring.flipped(self.work), jobs.work)
        wiring.connect(m, detector.hits, wiring.flipped(self.hits))
        travelling = Signal(delay)
        m.d.sync += travelling.eq(Cat(iterator.valid, travelling))
        m.d.comb += [
            jobs.free.eq(iterator.free),
            iterator.start.eq(jobs.start),
            iterator.stop.eq(jobs.stop),
            self.turned.eq(jobs.turned),
            self.hashing.eq(iterator.valid),
            self.starved.eq(here & ~iterator.valid),
            iterator.first.eq(jobs.first),
            iterator.last.eq(jobs.last),
            datapath.enter.nonce.eq(iterator.nonce),
            datapath.job.eq(jobs.job),
            detector.valid.eq(travelling[-1]),
            detector.nonce.eq(self._delayed_nonce(m, iterator.nonce, datapath)),
            detector.tag.eq(jobs.tag),
            detector.mask.eq(jobs.mask),
            self.hits_lost.eq(detector.lost),
            self.idle.eq(
                iterator.free & ~iterator.valid & ~travelling.any() & ~jobs.busy & detector.empty
            ),
        ]
        for lane in range(config.lanes):
            m.d.comb += detector.h7[lane].eq(datapath.out[f"h7_{lane}"])
        with m.If(jobs.refused):
            m.d.sync += self.refused.eq(self.refused + 1)
        return m

    def _delayed_nonce(self, m: Module, nonce: Value, datapath: Datapath) -> Value:
        """The nonce whose outcome is tested; a pipeline brings it along."""
        if "nonce" in datapath.schedule.graph.outputs:
            return datapath.out.nonce
        m.submodules.nonces = nonces = DelayLine(width=32, clocks=self._delay)
        m.d.comb += nonces.i.eq(nonce)
        return nonces.o
