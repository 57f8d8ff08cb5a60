"""The light and the reset, in Amaranth's simulator."""

from amaranth.hdl import ClockDomain, ClockSignal, Module, Signal
from amaranth.sim import Simulator

from sluice.boards.fabric.light import Stretcher
from sluice.boards.fabric.reset import HELD, PowerOn


def test_the_light_lasts() -> None:
    dut = Stretcher(clock=100, seconds=0.07)
    assert dut.clocks == 7

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


def test_reset_until_the_lock_has_been_there_for_long() -> None:
    clock, locked, button = Signal(), Signal(), Signal()
    m = Module()
    m.submodules.power_on = PowerOn(clock, locked, button)
    m.domains.sync = ClockDomain()
    m.d.comb += ClockSignal("sync").eq(clock)
    running = Signal(16)
    m.d.sync += running.eq(running + 1)

    async def cycle(ctx, count: int) -> None:
        for _ in range(count):
            ctx.set(clock, 1)
            await ctx.delay(1e-8)
            ctx.set(clock, 0)
            await ctx.delay(1e-8)

    async def bench(ctx) -> None:
        await cycle(ctx, 2 * HELD)
        assert ctx.get(running) == 0
        for signal, reset, release in ((locked, 0, 1), (button, 1, 0)):
            ctx.set(signal, reset)
            await cycle(ctx, 10)
            assert ctx.get(running) == 0
            ctx.set(signal, release)
            ctx.set(locked, 1)
            await cycle(ctx, HELD - 1)
            assert ctx.get(running) == 0
            await cycle(ctx, 100)
            assert 80 < ctx.get(running) < 100

    simulator = Simulator(m)
    simulator.add_testbench(bench)
    simulator.run()
