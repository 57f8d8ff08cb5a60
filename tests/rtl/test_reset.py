"""A reset of one cycle, at any time: nothing of before comes through it."""

import pytest
from amaranth.hdl import (
    ClockDomain,
    ClockSignal,
    Elaboratable,
    Module,
    ResetInserter,
    ResetSignal,
    Signal,
)
from amaranth.lib.data import StructLayout
from amaranth.sim import Simulator

from sluice.rtl.control.cdc import Crossing
from sluice.rtl.reset import JointReset

WORD = StructLayout({"word": 16})

#: Cycles of the slower side from a reset until all is well again.
OVER = 30

PS = 1e-12


class Pair(Elaboratable):
    """A crossing each way, under one reset."""

    def __init__(self, asynchronous):
        self.asynchronous = asynchronous
        self.crossings = {
            "there": Crossing(WORD, source="sync", target="hash"),
            "back": Crossing(WORD, source="hash", target="sync"),
        }
        self.clock = Signal()
        #: Whether those who take words are in reset.
        self.resets = {"there": Signal(), "back": Signal()}

    def elaborate(self, platform):
        m = Module()
        m.domains.hash = ClockDomain()
        m.d.comb += ClockSignal("hash").eq(self.clock)
        m.submodules.reset = reset = JointReset(domain="hash", asynchronous=self.asynchronous)
        m.d.comb += [
            self.resets["there"].eq(ResetSignal("hash")),
            self.resets["back"].eq(ResetSignal("sync") | reset.both),
        ]
        ends = Module()
        # Counting words, offered all the time.
        for (name, crossing), domain in zip(self.crossings.items(), ("sync", "hash"), strict=True):
            ends.submodules[name] = crossing
            ends.d.comb += crossing.i.valid.eq(1)
            with ends.If(crossing.i.ready):
                ends.d[domain] += crossing.i.payload.word.eq(crossing.i.payload.word + 1)
        m.submodules.ends = ResetInserter({"sync": reset.both})(ends)
        return m


@pytest.mark.parametrize(
    ("ratio", "asynchronous"),
    [
        (0.21, True),
        (0.64, True),
        (0.98, True),
        (1.6, True),
        (4.7, True),
        (0.64, False),
        (4.7, False),
    ],
)
def test_nothing_crosses_a_reset(ratio, asynchronous, rng):
    top = Module()
    top.domains.sync = sync = ClockDomain()
    top.submodules.pair = pair = Pair(asynchronous)
    far_clock = Signal()
    top.d.comb += pair.clock.eq(far_clock)
    near, far = 10_000, round(10_000 * ratio * rng.uniform(0.95, 1.05))
    slower = max(near, far)
    got = {"there": [], "back": []}

    def wave(signal, period):
        async def toggle(ctx):
            await ctx.delay(PS * rng.randrange(period))
            while True:
                ctx.set(signal, ~ctx.get(signal) & 1)
                await ctx.delay(PS * (period // 2))

        return toggle

    def taker(name, clock, period):
        """Takes what comes, if it feels like it."""
        end = pair.crossings[name].o

        async def take(ctx):
            while True:
                await ctx.posedge(clock)
                await ctx.delay(PS * (period // 5))
                ctx.set(end.ready, rng.random() < 0.7)
                # Until just before the next edge, a reset may still come.
                await ctx.delay(PS * (period * 3 // 4))
                if ctx.get(pair.resets[name]):
                    # It forgets what it had taken.
                    got[name].clear()
                elif ctx.get(end.valid & end.ready):
                    got[name].append(ctx.get(end.payload.word))

        return take

    async def script(ctx):
        for _ in range(60):
            await ctx.delay(PS * (slower * OVER + rng.randrange(slower * 8)))
            for name, words in got.items():
                assert words == list(range(len(words))), name
                assert words, f"{name}: nothing comes"
            # One edge of the near clock, or two.
            await ctx.posedge(sync.clk)
            await ctx.delay(PS * rng.randrange(1, near))
            ctx.set(sync.rst, 1)
            await ctx.posedge(sync.clk)
            await ctx.delay(PS * rng.randrange(1, near))
            ctx.set(sync.rst, 0)
            for words in got.values():
                words.clear()

    simulator = Simulator(top)
    simulator.add_testbench(wave(sync.clk, near), background=True)
    simulator.add_testbench(wave(far_clock, far), background=True)
    simulator.add_testbench(taker("there", far_clock, far), background=True)
    simulator.add_testbench(taker("back", sync.clk, near), background=True)
    simulator.add_testbench(script)
    simulator.run()
