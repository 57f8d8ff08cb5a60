"""The cores' clock, measured by that of the link."""

import pytest
from amaranth.hdl import Cat, ClockDomain, DomainRenamer, Module
from amaranth.lib.cdc import FFSynchronizer
from amaranth.sim import Simulator

from sluice.rtl.control.clock_meter import UNIT, CycleCount, Window

#: Megahertz of the link's clock and of the cores': those of boards, and far apart.
CLOCKS = [(12, 32.625), (16, 54), (25, 25), (25, 103.0102), (48, 160), (100, 7.5), (2, 130)]


def between(link: float, cores: float, reset_at: int) -> list[tuple[int, int]]:
    """What is known, and when, in cycles of the cores' clock, if the link is reset after some."""
    m = Module()
    m.domains.sync = here = ClockDomain()
    m.domains.hash = there = ClockDomain()
    m.submodules.window = window = Window(link * 1e6)
    m.submodules.count = count = DomainRenamer("hash")(CycleCount())
    m.submodules.crossing = FFSynchronizer(window.open, count.open, o_domain="hash")
    found: list[tuple[int, int]] = []

    async def take(ctx) -> None:
        cycle = 0
        while not found or cycle < found[0][0] + 50:
            cycle += 1
            if ctx.get(count.known):
                found.append((cycle, ctx.get(count.cycles) * UNIT))
            ctx.set(count.told, cycle % 7 == 3)
            await ctx.tick("hash")

    async def again(ctx) -> None:
        if reset_at:
            for _ in range(reset_at):
                await ctx.posedge(here.clk)
            ctx.set(Cat(here.rst, there.rst), 3)
            for _ in range(5):
                await ctx.posedge(here.clk)
            ctx.set(Cat(here.rst, there.rst), 0)

    simulator = Simulator(m)
    simulator.add_clock(1e-6 / link)
    simulator.add_clock(1e-6 / cores, domain="hash", phase=0.3e-6 / cores)
    simulator.add_testbench(take)
    simulator.add_testbench(again, background=True)
    simulator.run()
    return found


@pytest.mark.parametrize(("link", "cores"), CLOCKS)
def test_clock(link: float, cores: float) -> None:
    """To one unit, once, and not before a window has passed."""
    found = between(link, cores, 0)
    assert {value for _, value in found} == {found[0][1]}
    assert len(found) <= 7
    assert abs(found[0][1] - cores * 1e3) <= UNIT
    assert found[0][0] >= cores * 1e3 / UNIT


def test_reset_within_the_window() -> None:
    """Measuring begins again."""
    found = between(12, 33, 700)
    assert abs(found[0][1] - 33e3) <= UNIT
    assert found[0][0] >= (700 + 12e3 / UNIT) * 33 / 12
