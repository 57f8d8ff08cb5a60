"""What goes to the cores, and what they count."""

import random
from fractions import Fraction

import pytest
from amaranth.hdl import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.sim import Simulator

from sluice.rtl.control.clock_meter import UNIT
from sluice.rtl.control.core_array import CoreArray, Counter
from sluice.rtl.core.interface import WorkWord, hit_layout


def simulate(dut, bench) -> None:
    simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()


class Idle(wiring.Component):
    """What an array sees of a core that a bench plays."""

    work: In(stream.Signature(WorkWord))
    hits: Out(stream.Signature(hit_layout(1)))
    hashing: Out(1)
    starved: Out(1)
    turned: Out(1)
    hits_lost: Out(32)

    def elaborate(self, platform: object) -> Module:
        return Module()


@pytest.mark.parametrize(("cores", "lanes", "rate"), [(1, 1, 1), (3, 4, 1), (1, 4, Fraction(1, 2))])
@pytest.mark.parametrize("stall", [0, 40])
def test_increments(
    cores: int, lanes: int, rate: Fraction | int, stall: int, rng: random.Random
) -> None:
    """Nothing is left out and nothing told twice, whenever it is taken."""
    played = [Idle() for _ in range(cores)]
    dut = CoreArray(played, lanes=lanes, rate=rate)
    due, told = dict.fromkeys(Counter, 0), dict.fromkeys(Counter, 0)

    async def bench(ctx) -> None:
        wait = stall
        for clock in range(4000):
            for core in played if clock < 3000 else []:
                hashing = rng.randrange(3) == 0
                ctx.set(core.hashing, hashing)
                due[Counter.HASHES] += hashing * lanes
                if rng.randrange(4) == 0:
                    lost = rng.randrange(1, lanes + 1)
                    ctx.set(core.hits_lost, ctx.get(core.hits_lost) + lost)
                    due[Counter.LOST] += lost
            opened = 700 <= clock < 1725
            ctx.set(dut.window, opened)
            due[Counter.CLOCK] += opened * UNIT
            first = played[0]
            # Only a gap at whose end the flag turns counts; the others are long, so that it shows.
            phase = clock % 600
            starved = 100 <= phase < 120 or 400 <= phase < 460
            ctx.set(first.starved, starved)
            if 100 <= phase < 130 or 400 <= phase < 461:
                due[Counter.HASHES] -= ctx.get(first.hashing) * lanes
                ctx.set(first.hashing, 0)
            if phase == 100 and clock < 3000:
                ctx.set(first.turned, not ctx.get(first.turned))
                due[Counter.GAPS] += 20
            if clock >= 3000:
                for core in played:
                    ctx.set(core.hashing, 0)
                ctx.set(first.starved, 0)
            wait = max(0, wait - 1)
            ready = wait == 0
            ctx.set(dut.increments.ready, ready)
            if ready and ctx.get(dut.increments.valid):
                what = ctx.get(dut.increments.payload.counter)
                told[what] += ctx.get(dut.increments.payload.amount)
                wait = rng.randrange(stall + 1)
            await ctx.tick()

    simulate(dut, bench)
    assert told == due
    assert all(due.values())


@pytest.mark.parametrize(("lanes", "units", "slots"), [(1, 1, 1), (4, 1, 72), (3, 4, 65)])
def test_patience(lanes: int, units: int, slots: int) -> None:
    """Nothing is left out when all is hashed and lost that can be, and is taken late."""
    core = Idle()
    dut = CoreArray([core], lanes=lanes, rate=Fraction(units, slots))
    told = dict.fromkeys(Counter, 0)
    hashed = 0

    async def take(ctx) -> None:
        assert ctx.get(dut.increments.valid)
        told[ctx.get(dut.increments.payload.counter)] += ctx.get(dut.increments.payload.amount)
        ctx.set(dut.increments.ready, 1)
        await ctx.tick()
        ctx.set(dut.increments.ready, 0)
        await ctx.tick().repeat(2)

    async def bench(ctx) -> None:
        nonlocal hashed
        await ctx.tick().repeat(3)
        for _ in range(6):
            for clock in range(1 << 14):
                hashes = clock % slots < units
                if clock % slots in {0, units}:
                    ctx.set(core.hashing, hashes)
                if hashes:
                    hashed += 1
                    ctx.set(core.hits_lost, hashed * lanes)
                await ctx.tick()
            ctx.set(core.hashing, 0)
            await take(ctx)
        await ctx.tick().repeat(3)
        for _ in Counter:
            await take(ctx)

    simulate(dut, bench)
    lost = hashed * lanes
    assert told == {Counter.HASHES: lost, Counter.LOST: lost, Counter.GAPS: 0, Counter.CLOCK: 0}
    if slots == 1:
        assert hashed == 6 << 14


@pytest.mark.parametrize("cores", [1, 2, 5])
def test_each_core_gets_its_words(cores: int, rng: random.Random) -> None:
    """Once and in order, also words for all, whenever which core is ready."""
    played = [Idle() for _ in range(cores)]
    dut = CoreArray(played, lanes=1)
    sent: list[list[int]] = [[] for _ in range(cores)]
    got: list[list[int]] = [[] for _ in range(cores)]

    async def bench(ctx) -> None:
        offered: dict | None = None
        for clock in range(3000):
            if offered is None and clock < 2900 and rng.randrange(3) == 0:
                data = rng.getrandbits(32)
                offered = {"core": rng.randrange(cores), "all": rng.randrange(3) == 0}
                ctx.set(dut.bus.payload, {**offered, "word": {"address": 1, "data": data}})
                for index in range(cores) if offered["all"] else [offered["core"]]:
                    sent[index].append(data)
            ctx.set(dut.bus.valid, offered is not None)
            for core in played:
                ctx.set(core.work.ready, clock >= 2900 or rng.random() < 0.4)
            for index, core in enumerate(played):
                if ctx.get(core.work.valid) and ctx.get(core.work.ready):
                    got[index].append(ctx.get(core.work.payload.data))
            if ctx.get(dut.bus.valid) and ctx.get(dut.bus.ready):
                offered = None
            await ctx.tick()

    simulate(dut, bench)
    assert got == sent
    assert all(len(words) > 20 for words in got)


@pytest.mark.parametrize(("rate", "bound"), [(1, 1 << 19), (Fraction(1, 72), 1 << 13)])
def test_a_gap_has_a_bound(rate: Fraction | int, bound: int) -> None:
    """Clocks without a job do not make the counter wrap."""
    core = Idle()
    dut = CoreArray([core], lanes=1, rate=rate)
    told = 0

    async def bench(ctx) -> None:
        nonlocal told
        ctx.set(core.starved, 1)
        await ctx.tick().repeat(bound + 1000)
        ctx.set(core.starved, 0)
        ctx.set(core.turned, 1)
        ctx.set(core.hashing, 1)
        ctx.set(dut.increments.ready, 1)
        for _ in range(20):
            await ctx.tick()
            if (
                ctx.get(dut.increments.valid)
                and ctx.get(dut.increments.payload.counter) == Counter.GAPS
            ):
                told += ctx.get(dut.increments.payload.amount)

    simulate(dut, bench)
    assert told == bound
