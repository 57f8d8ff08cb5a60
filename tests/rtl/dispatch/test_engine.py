"""The engine as hardware against its model, with back-pressure, and words written meanwhile."""

import random

import pytest
from amaranth.sim import Simulator

from sluice.rtl.core import CoreConfig
from sluice.rtl.core.plan import plan
from sluice.rtl.dispatch.engine import Engine
from sluice.rtl.dispatch.microcode import microcode
from sluice.rtl.dispatch.model import EngineModel


@pytest.mark.parametrize("lanes", [1, 2])
@pytest.mark.parametrize("speed", [1.0, 0.3])
def test_engine(lanes: int, speed: float, rng: random.Random) -> None:
    made = microcode(plan(CoreConfig(lanes=lanes)).program, lanes=lanes, rounds=64)
    dut, model = Engine(made), EngineModel(made)
    sent: list = []
    told: list = []

    async def bench(ctx) -> None:
        async def clock() -> None:
            for port, seen in ((dut.send, sent), (dut.tell, told)):
                ctx.set(port.ready, rng.random() < speed)
                if ctx.get(port.valid) and ctx.get(port.ready):
                    payload = ctx.get(port.payload)
                    seen.append((payload.address, payload.data))
            await ctx.tick()

        async def write(slot: int) -> None:
            """Fill a slot, also while a program runs that works on another one."""
            for index in range(22):
                word = rng.getrandbits(32)
                ctx.set(dut.write.payload, {"address": 32 * slot + index, "data": word})
                ctx.set(dut.write.valid, 1)
                while True:
                    taken = ctx.get(dut.write.ready)
                    await clock()
                    if taken:
                        break
                model.memory[32 * slot + index] = word
            ctx.set(dut.write.valid, 0)

        async def run(entry: int, **inputs: int) -> None:
            for name, number in inputs.items():
                ctx.set(getattr(dut, name), number)
            ctx.set(dut.entry, entry)
            ctx.set(dut.start, 1)
            await clock()
            ctx.set(dut.start, 0)
            if rng.random() < 0.7:
                await write((inputs["slot"] + 1) % 4)
            while ctx.get(dut.busy):
                await clock()
            model.run(entry, **inputs)
            assert sent == model.sent
            assert told == model.told

        slot = rng.randrange(4)
        await write(slot)
        for lane in range(lanes):
            await run(made.midstate, slot=slot, lane=lane, rolled=rng.getrandbits(32))
        await run(made.job, slot=slot)
        await run(made.midstate, slot=slot, lane=lanes, rolled=rng.getrandbits(32))
        await run(made.check, slot=slot, nonce=rng.getrandbits(32))
        assert len(sent) == len(plan(CoreConfig(lanes=lanes)).program.results) + 2
        assert len(told) == 10

    simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()
