"""The core: nonces in, hits out.

::

    work ──► JobPort ──words──► job store ◄─ activate ── NonceRange ◄── Sequencer
                │                  │ words of jobs           │ nonce       │ slot, thread
                │                  ▼                         ▼             ▼
                │               broadcast stages: datapaths, each a cycle behind the one before
                │                  │ mask: what has passed, of each lane of each engine
                │                  ▼
                └─ tag ────────► HitPath ──► hits

The plan decides what each part is. Where nonces enter one at a time, in every cycle that takes one,
job words are in registers and change with the first nonce of a job that meets them. Where as many
nonces enter together as there are engines and threads, once a period, a job takes over with the
period, and its words are read from memories in the slots that need them.
"""

from amaranth.hdl import Cat, Const, Module
from amaranth.lib import wiring

from sluice.rtl.hls.codegen.delay_line import DelayLine
from sluice.rtl.hls.codegen.pipe import next_
from sluice.rtl.hls.codegen.sequencer import Sequencer

from .broadcast import broadcast
from .config import CoreConfig, PipelineConfig, RingConfig
from .hit_path import HitPath
from .interface import CoreSignature
from .job_memory import banked_store
from .job_port import JobPort
from .job_store import Feed, shadow_store
from .midstate_store import midstate_store
from .nonce_range import CycleRange, NonceRange
from .period_range import DatapathRange, PeriodRange
from .plan import Plan, plan
from .serial_config import SerialConfig


class Core(wiring.Component):
    """Hashes nonces. Its ports are :class:`~.interface.CoreSignature`.

    Parameters
    ----------
    plan
        What it is made of.
    """

    def __init__(self, plan: Plan) -> None:
        #: Binding, schedule and job program.
        self.plan = plan
        self._hits = HitPath(plan.config)
        super().__init__(CoreSignature(plan.config.lanes))

    @property
    def activation(self) -> int:
        """The cycle of a period in which a job is activated; 0 if it may be any that takes one."""
        return 0 if self.plan.streams else self.plan.strobes.decide

    @property
    def latency(self) -> int:
        """Cycles from the activation of a job to the first hit it can bring on `hits`."""
        plan, binding, strobes = self.plan, self.plan.binding, self.plan.strobes
        if plan.streams:
            return 1 + plan.latency + 1 + self._hits.latency
        periods = binding.periods * strobes.period
        return periods + strobes.known - strobes.decide + self._hits.latency

    def elaborate(self, platform: object) -> Module:
        """The parts, and what connects them."""
        m = Module()
        plan, hits, binding = self.plan, self._hits, self.plan.binding
        m.submodules.port = port = JobPort(len(plan.program.results))
        m.submodules.hits = hits
        sequencer = Sequencer(m, binding.table.slots, plan.threads, load_from=binding.load_from)
        build = self._one_at_a_time if plan.streams else self._together
        nonces, feed = build(m, sequencer, port)
        m.submodules.nonces = nonces
        wiring.connect(m, wiring.flipped(self.work), port.work)
        wiring.connect(m, port.jobs, nonces.jobs)
        wiring.connect(m, hits.hits, wiring.flipped(self.hits))
        m.d.comb += [
            port.closed.eq(feed.closed),
            hits.tag.eq(feed.tag),
            self.hashing.eq(nonces.hashing),
            self.starved.eq(nonces.starved),
            self.turned.eq(port.turned),
            self.hits_lost.eq(hits.lost),
            self.idle.eq(~(nonces.running | port.asked | hits.busy)),
        ]
        with m.If(port.refused | nonces.refused):
            m.d.sync += self.refused.eq(self.refused + 1)
        return m

    def _one_at_a_time(
        self, m: Module, sequencer: Sequencer, port: JobPort
    ) -> tuple[NonceRange, Feed]:
        """A nonce in each cycle of slot 0; it is tested some cycles later."""
        plan, hits = self.plan, self._hits
        nonces = CycleRange(plan.latency + 1)
        feed = shadow_store(m, port, nonces, plan.uses(), plan.latency)
        passed, datapath = broadcast(m, plan, sequencer, feed, Const(1, 1))
        if "nonce" in plan.schedule.graph.outputs:
            nonce = next_(m, datapath.out.nonce)
        else:
            m.submodules.tested = line = DelayLine(width=32, cycles=plan.latency + 1)
            m.d.comb += line.i.eq(nonces.nonce)
            nonce = line.o
        m.d.comb += [
            nonces.decide.eq(sequencer.opens),
            nonces.enter.eq(sequencer.entry),
            hits.test.eq(nonces.tested),
            hits.passed.eq(passed),
            hits.amount.eq(1),
            hits.first.eq(nonce),
        ]
        return nonces, feed

    def _together(self, m: Module, sequencer: Sequencer, port: JobPort) -> tuple[NonceRange, Feed]:
        """Nonces that enter once a period, in the cycles that the strobes say."""
        plan, hits, strobes, at = self.plan, self._hits, self.plan.strobes, sequencer.at
        config, binding = plan.config, plan.binding
        nonces: DatapathRange | PeriodRange
        write_back = None
        if binding.load_from:
            nonces = DatapathRange(periods=binding.periods, gap=binding.gap)
            m.d.comb += sequencer.loading.eq(nonces.loading)
            feed, write_back = midstate_store(m, port, nonces, sequencer, strobes)
        else:
            nonces = PeriodRange(
                together=config.together,
                periods=binding.periods,
                gap=binding.gap,
                far=config.distance > 0,
            )
            m.d.comb += nonces.settle.eq(at(strobes.enter + 2))
            preset = config.make_technology().preset_memories
            feed = banked_store(m, port, nonces, (sequencer, strobes), preset)
        telling = Cat(at(strobes.out + thread) for thread in range(plan.threads)).any()
        passed, datapath = broadcast(m, plan, sequencer, feed, telling)
        first = nonces.first
        if write_back:
            # The datapath has its nonce some cycles later; what has passed stays until then.
            write_back(datapath)
            first = datapath.out["sum"]
        test = at(strobes.known)
        m.d.comb += [
            nonces.decide.eq(at(strobes.decide)),
            nonces.enter.eq(at(strobes.enter)),
            nonces.change.eq(at(strobes.change)),
            hits.test.eq(test),
            hits.passed.eq(passed),
            hits.amount.eq(nonces.amount),
            hits.first.eq(first),
            hits.closing.eq(at(strobes.enter - config.results.looking)),
        ]
        return nonces, feed


#: Kinds of cores by the names that people use.
CORES: dict[str, type[CoreConfig]] = {
    "pipeline": PipelineConfig,
    "ring": RingConfig,
    "serial": SerialConfig,
}


def make_core(config: CoreConfig) -> Core:
    """The core of a configuration."""
    return Core(plan(config))
