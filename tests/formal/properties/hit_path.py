"""Hits: none is lost or doubled while there is room, and what has none is counted.

``hits_one_at_a_time``: :mod:`sluice.rtl.core.hit_path` with a queue of two, two lanes, and any
reader: what comes out is what passed, in its order, and a hit is dropped only if all places are
taken but that of the hit which is offered; then its lanes are counted. To a bound of nine cycles
from reset: in those a queue of two goes through all of its levels and places, full and empty.
``hits_lost``: the count goes on as it should from any number; ``hits_of_a_period_lost``: and that
of hits which are tested together.

``hits_of_a_period``: nonces that are tested together, also by :mod:`sluice.rtl.hls.codegen.scan`:
whatever of them passes, and however many there are, those that pass come out with their numbers,
in order, and all of them while there is time to wait for room; of those that come later, what finds
no room is counted. To the bound of one period, which is all that the hits of a period are about;
what is left of an earlier one is in the queue.
"""

from functools import partial
from typing import Any

from amaranth.asserts import AnyConst
from amaranth.hdl import (
    Array,
    Assert,
    Assume,
    Cover,
    Elaboratable,
    Module,
    Mux,
    ResetSignal,
    Signal,
    Value,
)

from sluice.rtl.core.config import CoreConfig, PipelineConfig
from sluice.rtl.core.hit_path import HitPath
from sluice.rtl.core.serial_config import SerialConfig
from tests.formal.property import Opened, Property, let_free

QUEUE = 2
STEPS = 9
#: Two lanes of nonces one at a time, and nonces that are tested together.
SINGLE = PipelineConfig(lanes=2, queue=QUEUE)
TOGETHER = SerialConfig(engines=4, stages=2, queue=QUEUE)


class OneAtATime(Elaboratable):
    """A queue beside a list that is long enough."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.part = part = HitPath(SINGLE)
        let_free(m, part.test, part.passed, part.amount, part.first, part.tag, part.hits.ready)
        listed = Array(Signal(42, name=f"hit{place}") for place in range(STEPS + 2))
        came, gone, lost = Signal(range(STEPS + 2)), Signal(range(STEPS + 2)), Signal(32)
        hit = part.test & (part.amount == 1) & part.passed.any()
        taken = part.hits.valid & part.hits.ready
        level = came - gone
        lanes = part.passed[0] + part.passed[1]
        # One place is that of the hit which is offered, whether there is one or not.
        full = level - part.hits.valid == QUEUE - 1
        oldest = Signal(2)
        m.d.sync += [gone.eq(gone + taken), oldest.eq(oldest + (level != 0) - (oldest == 3))]
        with m.If(taken | (level == 0)):
            m.d.sync += oldest.eq(0)
        with m.If(hit & full):
            m.d.sync += lost.eq(lost + lanes)
        with m.Elif(hit):
            m.d.sync += came.eq(came + 1)
        value = Signal(part.hits.payload.shape())
        m.d.comb += [
            value.nonce.eq(part.first),
            value.tag.eq(part.tag),
            value.lanes.eq(part.passed),
        ]
        with m.If(hit & ~full):
            m.d.sync += listed[came].eq(value.as_value())
        m.d.comb += [
            Assert(part.lost == lost),
            Assert(~part.hits.valid | (level != 0)),
            Assert(~part.hits.valid | (part.hits.payload.as_value() == listed[gone])),
            Assert(level <= QUEUE),
            # The oldest one is offered after two cycles.
            Assert((oldest < 2) | part.hits.valid),
            Assert(part.busy == ((part.test & (part.amount == 1)) | (level != 0))),
        ]
        return m


class Lost(Elaboratable):
    """What is counted, from any state."""

    def __init__(self, config: CoreConfig) -> None:
        self._config = config

    def elaborate(self, platform: object) -> Module:
        m = Module()
        config = self._config
        m.submodules.part = inside = Opened(part := HitPath(config))
        let_free(m, part.test, part.passed, part.amount, part.first, part.tag, part.hits.ready)
        let_free(m, part.closing)
        queue: Any = inside.part("queue")
        lanes = part.passed[0] + part.passed[1] if config.lanes == 2 else 1
        due = Signal(32, reset_less=True)
        m.d.sync += due.eq(part.lost + Mux(queue.w_en & ~queue.w_rdy, lanes, 0))
        m.d.comb += [Assume(~ResetSignal("sync")), Assert(part.lost == due)]
        return m


class Period(Elaboratable):
    """Four engines in two stages, a queue of two, and a reader that is free at first."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        config = TOGETHER
        m.submodules.part = part = HitPath(config)
        together = config.together
        passes, amount, first = AnyConst(together), AnyConst(3), AnyConst(32)
        now, tag, closing = Signal(6, reset_less=True), AnyConst(8), AnyConst(6)
        m.d.sync += now.eq(now + 1)
        let_free(m, part.hits.ready, part.tag)
        m.d.comb += [
            Assume(amount <= together),
            Assume(part.hits.ready | (now < STEADY)),
            Assume((part.tag == tag) | (now != 1)),
            # Never, if it is behind the end.
            Assume(closing > 1),
            part.closing.eq(now == closing),
            part.test.eq(now == 1),
            part.amount.eq(amount),
            part.first.eq(first),
        ]
        for stage in range(config.stages):
            with m.If(now == 1 + stage * config.results.spacing):
                m.d.comb += part.passed.eq(passes.word_select(stage, config.results.members))
        # The nonces that pass and have not come yet; and how many have been left out.
        left, without = Signal(together, reset_less=True), Signal(3)
        there = [passes[place] & (place < amount) for place in range(together)]
        with m.If(now == 0):
            m.d.sync += [of.eq(value) for of, value in zip(left, there, strict=True)]
        place = (part.hits.payload.nonce - first)[:32]
        skipped, rest = Signal(together), Signal(together)
        with m.Switch(place):
            for index in range(together):
                with m.Case(index):
                    m.d.comb += [
                        skipped.eq(left & (1 << index) - 1),
                        rest.eq(left & -(2 << index)),
                    ]
        with m.If(part.hits.valid & part.hits.ready):
            m.d.sync += [left.eq(rest), without.eq(without + _ones(skipped))]
        come = Signal(together)
        m.d.comb += come.eq(left >> place[:2])
        m.d.comb += [
            Assume(~ResetSignal("sync")),
            # Those that come are in order, and of this period.
            Assert(~part.hits.valid | ((place < together) & come[0])),
            Assert(~part.hits.valid | (part.hits.payload.tag == tag)),
            Assert(~part.hits.valid | (part.hits.payload.lanes == 1)),
            # What is left out had no room, and there was no time to wait.
            Assert(~part.hits.valid | (without + _ones(skipped) <= part.lost)),
            Assert((part.lost == 0) | (now > closing)),
            Assert(~((now == PERIOD) & (_ones(left) + without != part.lost))),
            # Busy until all have come or are lost, and then no more.
            Assert(part.busy | (now < GATHERED) | (_ones(left) + without == part.lost)),
            Assert(~(part.busy & ((now < GATHERED) | (now == PERIOD)))),
            Cover((part.lost == 1) & (now == PERIOD)),
            Cover((now == PERIOD) & (closing < PERIOD) & (amount == together) & (part.lost == 0)),
        ]
        return m


def _ones(bits: Signal) -> Value:
    """How many bits are set."""
    return sum(bits[1:], start=bits[0])


#: Steps after which all that passed is known; after which hits are taken as they come; and in
#: which all of them have come.
GATHERED, STEADY, PERIOD = 4, 12, 20

PROPERTIES = [
    Property(
        name="hits_one_at_a_time",
        make=OneAtATime,
        depth=STEPS,
        bounded="a queue of two has gone through all of its states",
        quick=True,
    ),
    Property(
        name="hits_of_a_period",
        make=Period,
        depth=PERIOD + 1,
        bounded="a period has an end",
    ),
    *(
        Property(
            name=name,
            make=partial(Lost, shape),
            depth=2,
            skip=1,
            any_state=True,
            mutable=False,
        )
        for name, shape in (("hits_lost", SINGLE), ("hits_of_a_period_lost", TOGETHER))
    ),
]
