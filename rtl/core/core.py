"""The core: nonces in, hits out.

::

    work ──► JobPort ──words──► JobStore ◄── activate ── NonceRange ◄── Sequencer
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

from .binding.binding import RangeWord
from .broadcast import broadcast
from .hit_path import HitPath
from .interface import CoreSignature
from .job_memory import BankedStore
from .job_port import JobPort
from .job_store import Feed, ShadowStore
from .midstate_store import MidstateStore
from .nonce_range import CycleRange, NonceRange
from .period_range import DatapathRange, PeriodRange
from .plan import Plan
from .sequencer import Sequencer


class Core(wiring.Component):
    """Hashes nonces. Its ports are :class:`~.interface.CoreSignature`.

    Parameters
    ----------
    plan
        What it is made of.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._hits = HitPath(plan.config)
        super().__init__(CoreSignature(plan.config.lanes))

    @property
    def plan(self) -> Plan:
        """Binding, schedule and job program."""
        return self._plan

    @property
    def activation(self) -> int:
        """The cycle of a period in which a job is activated; 0 if it may be any that takes one."""
        return 0 if self._plan.streams else self._plan.strobes.decide

    @property
    def latency(self) -> int:
        """Cycles from the activation of a job to the first hit it can bring on `hits`."""
        plan, strobes = self._plan, self._plan.strobes
        if plan.streams:
            return 1 + plan.latency + 1 + self._hits.latency
        test = strobes.summed(RangeWord.MINUS_ONE) if plan.binding.load_from else strobes.test
        return strobes.periods * strobes.period + test - strobes.decide + self._hits.latency

    def elaborate(self, platform: object) -> Module:
        """The parts, and what connects them."""
        m = Module()
        plan, hits = self._plan, self._hits
        binding = plan.binding
        m.submodules.port = port = JobPort(len(plan.program.results))
        m.submodules.hits = hits
        sequencer = Sequencer(m, binding.slots, plan.threads, load_from=binding.load_from)
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
        plan, hits = self._plan, self._hits
        nonces = CycleRange(plan.latency + 1)
        store = ShadowStore(m, port, nonces, uses=plan.uses(), delay=plan.latency)
        feed = store.feed()
        passed, datapath = broadcast(m, plan, sequencer, feed, 0, Const(1, 1))
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
        plan, hits, strobes, at = self._plan, self._hits, self._plan.strobes, sequencer.at
        config = plan.config
        gap = plan.binding.gap
        nonces: DatapathRange | PeriodRange
        store: MidstateStore | BankedStore
        if plan.binding.load_from:
            nonces = DatapathRange(periods=strobes.periods, gap=gap)
            store = MidstateStore(m, port, nonces, sequencer=sequencer, strobes=strobes)
            m.d.comb += sequencer.loading.eq(nonces.loading)
        else:
            nonces = PeriodRange(
                together=config.together,
                periods=strobes.periods,
                gap=gap,
                far=config.distance > 0,
            )
            preset = config.make_technology().preset_memories
            store = BankedStore(
                m, port, nonces, sequencer=sequencer, strobes=strobes, preset=preset
            )
            m.d.comb += nonces.settle.eq(at(strobes.enter + 2))
        feed = store.feed()
        telling = Cat(at(strobes.out + thread) for thread in range(plan.threads)).any()
        passed, datapath = broadcast(m, plan, sequencer, feed, strobes.entry, telling)
        test, first = at(strobes.test), nonces.first
        if isinstance(store, MidstateStore):
            store.write_back(datapath)
            # The datapath has its nonce some cycles later; what has passed stays until then.
            test, first = at(strobes.summed(RangeWord.MINUS_ONE)), datapath.out["sum"]
        m.d.comb += [
            nonces.decide.eq(at(strobes.decide)),
            nonces.enter.eq(at(strobes.enter)),
            nonces.change.eq(at(strobes.change)),
            hits.test.eq(test),
            hits.passed.eq(passed),
            hits.amount.eq(nonces.amount),
            hits.first.eq(first),
            hits.closing.eq(at(strobes.enter - config.looking)),
        ]
        return nonces, feed
