"""The light and the reset, in Amaranth's simulator."""

import random

from amaranth.hdl import ClockDomain, ClockSignal, Module, Signal
from amaranth.sim import Simulator

from sluice.boards.fabric.light import Stretcher
from sluice.boards.fabric.reset import HELD, STEADY, PowerOn


def test_the_light_lasts() -> None:
    dut = Stretcher(clock=100, seconds=0.07)
    assert dut.cycles == 7

    async def bench(ctx) -> None:
        for pulses in (1, 3):
            lit = 0
            for clock in range(30):
                ctx.set(dut.pulse, clock < pulses)
                await ctx.tick()
                lit += ctx.get(dut.light)
            assert lit == 7 + pulses - 1

    simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()


class Reset:
    """A reset, and a counter in what it resets."""

    def __init__(self) -> None:
        self.clock, self.locked, self.pressed, self.pulled = (Signal() for _ in range(4))
        self.module = m = Module()
        m.submodules.power_on = PowerOn(self.clock, self.locked, self.pressed, self.pulled)
        m.domains.sync = ClockDomain()
        m.d.comb += ClockSignal("sync").eq(self.clock)
        self.running = Signal(16)
        m.d.sync += self.running.eq(self.running + 1)

    async def cycle(self, ctx, count: int) -> None:
        for _ in range(count):
            ctx.set(self.clock, 1)
            await ctx.delay(1e-8)
            ctx.set(self.clock, 0)
            await ctx.delay(1e-8)

    async def begins(self, ctx, after: int) -> None:
        """The reset is over after so many clocks, and a few."""
        await self.cycle(ctx, after - 1)
        assert ctx.get(self.running) == 0
        await self.cycle(ctx, 100)
        assert 80 < ctx.get(self.running) < 100

    def simulate(self, bench) -> None:
        simulator = Simulator(self.module)
        simulator.add_testbench(bench)
        simulator.run()


def test_reset_until_the_lock_has_been_there_for_long() -> None:
    dut = Reset()

    async def bench(ctx) -> None:
        await dut.cycle(ctx, 2 * HELD)
        assert ctx.get(dut.running) == 0
        for signal, reset, wait in ((dut.locked, 0, 10), (dut.pressed, 1, STEADY + 10)):
            ctx.set(signal, reset)
            await dut.cycle(ctx, wait)
            assert ctx.get(dut.running) == 0
            ctx.set(signal, not reset)
            ctx.set(dut.locked, 1)
            await dut.begins(ctx, HELD + (wait > STEADY) * STEADY)

    dut.simulate(bench)


def test_a_line_resets_when_it_is_pulled() -> None:
    """Not for as long as it is, and not when it is let go: hosts keep it pulled while they work."""
    dut = Reset()

    async def bench(ctx) -> None:
        ctx.set(dut.locked, 1)
        await dut.begins(ctx, HELD)
        for _ in range(2):
            ctx.set(dut.pulled, 1)
            await dut.cycle(ctx, STEADY + 10)
            assert ctx.get(dut.running) == 0
            await dut.begins(ctx, HELD - 10)
            await dut.cycle(ctx, 3 * HELD)
            ctx.set(dut.pulled, 0)
            await dut.cycle(ctx, 3 * HELD)
            assert ctx.get(dut.running) > 6 * HELD

    dut.simulate(bench)


def test_noise_does_not_reset(rng: random.Random) -> None:
    """Pulses that are shorter than a pin must be steady for, however many, on any level."""
    dut = Reset()

    async def bench(ctx) -> None:
        ctx.set(dut.locked, 1)
        ctx.set(dut.pulled, 1)
        await dut.begins(ctx, HELD + STEADY)
        clocks = 100
        for _ in range(60):
            signal, length = rng.choice([dut.pressed, dut.pulled]), rng.randrange(1, STEADY)
            quiet = signal is dut.pulled
            ctx.set(signal, not quiet)
            await dut.cycle(ctx, length)
            ctx.set(signal, quiet)
            pause = rng.randrange(1, 20)
            await dut.cycle(ctx, pause)
            clocks += length + pause
        assert ctx.get(dut.running) > clocks - 20

    dut.simulate(bench)
