"""The processor as hardware against its model, with back-pressure."""

import random

import pytest
from amaranth.sim import Simulator

from sluice.rtl.control.isa import (
    CONDITION_SHIFT,
    Base,
    Condition,
    Event,
    Flow,
    Instruction,
    Kind,
    Latch,
    Select,
)
from sluice.rtl.control.memory_map import Parameter
from sluice.rtl.control.microcode.assembler import NOTHING
from sluice.rtl.control.microcode.image import Microcode
from sluice.rtl.control.model import ProcessorModel
from sluice.rtl.control.processor import Processor
from sluice.rtl.core.interface import Control

from .world import ROLLING, give, job_words, programs, ready, some_header

PARAMETERS = {
    "version_rolling": ROLLING | 0xF0,
    "first_version": 2,
    "hit_mask": 0,
    "nonce_span": 77,
}


class World:
    """Plays everything around the hardware, and keeps what it says.

    Parameters
    ----------
    dut
        The processor.
    ctx
        Of the simulation.
    rng
        For the pauses.
    speed
        How often something is ready.
    """

    def __init__(self, dut: Processor, ctx, rng: random.Random, speed: float) -> None:
        self.dut, self.ctx, self.rng, self.speed = dut, ctx, rng, speed
        self.jobs: list[int] = []
        self.sent: list = []
        self.reported: list = []
        self.events: list = []
        self.done = self.offered = False

    async def clock(self) -> None:
        """One clock."""
        dut, ctx = self.dut, self.ctx
        ctx.set(dut.bus.ready, self.rng.random() < self.speed)
        ctx.set(dut.results.ready, self.rng.random() < self.speed)
        self.offered = bool(self.jobs) and (self.offered or self.rng.random() < self.speed)
        ctx.set(dut.jobs.valid, self.offered)
        ctx.set(dut.jobs.payload, self.jobs[0] if self.offered else self.rng.getrandbits(32))
        if self.offered and ctx.get(dut.jobs.ready):
            self.jobs.pop(0)
            self.offered = False
        if ctx.get(dut.bus.valid) and ctx.get(dut.bus.ready):
            word = ctx.get(dut.bus.payload)
            core = None if word["all"] else word.core
            self.sent.append((core, word.word.address, word.word.data))
        if ctx.get(dut.results.valid) and ctx.get(dut.results.ready):
            result = ctx.get(dut.results.payload)
            self.reported.append((result.nonce, result.job, result.rolled, result.excess))
            self.events.append(Event.REPORT)
        for event in ("error", "batch"):
            if ctx.get(getattr(dut, event)):
                self.events.append(Event[event.upper()])
        event = Event.STALE if ctx.get(dut.stale) else Event(0)
        if ctx.get(dut.hits.ready):
            self.events.append(event | Event.DONE)
            self.done = True
        elif event:
            self.events.append(event)
        await ctx.tick()
        if self.done:
            ctx.set(dut.hits.valid, 0)

    async def hit(self, nonce: int, tag: int, lanes: int) -> None:
        """Let a hit be checked."""
        hit = {"nonce": nonce, "tag": tag, "lanes": lanes}
        self.ctx.set(self.dut.hits.payload, {"hit": hit, "core": 0})
        self.ctx.set(self.dut.hits.valid, 1)
        self.done = False
        while not self.done:
            await self.clock()


def simulate(dut: Processor, bench) -> None:
    simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()


@pytest.mark.parametrize(
    ("lanes", "cores", "compact", "preset"),
    [
        (1, 1, False, True),
        (2, 4, False, True),
        (1, 2, True, True),
        (4, 1, True, True),
        (1, 1, True, False),
    ],
)
@pytest.mark.parametrize("speed", [1.0, 0.3])
def test_programs(
    lanes: int, cores: int, compact: bool, preset: bool, speed: float, rng: random.Random
) -> None:
    """Jobs, batches that follow, hits that are good and one that is forgotten."""
    made = programs(lanes, 18, cores, batches=4, compact=compact)
    dut = Processor(made, preset=preset)
    model = ready(made, **PARAMETERS)
    jobs = [(number, some_header(rng).with_w19(number << 20)) for number in range(3)]
    hits = [(rng.getrandbits(32), tag, rng.randrange(1, 1 << lanes)) for tag in (2, 3, 4, 6)]

    # Two batches each.
    for number, header in jobs:
        give(model, number, header)
        model.conditions.add(Condition.SETTLED)
        model.run("rest")
        model.conditions.remove(Condition.SETTLED)
    for hit in hits:
        model.hits.append(hit)
        model.run("rest")

    async def bench(ctx) -> None:
        world = World(dut, ctx, rng, speed)
        ctx.set(dut.running, 1)
        ctx.set(dut.room, 1)
        ctx.set(dut.last, 0xFFFF)
        for _ in range(20):
            await world.clock()
        for name, value in PARAMETERS.items():
            word = {"valid": 1, "parameter": Parameter[name.upper()], "data": value}
            ctx.set(dut.parameter, word)
            await world.clock()
        ctx.set(dut.parameter, {"valid": 0})
        for number, header in jobs:
            world.jobs += job_words(number, header)
            while len(world.jobs) > 20:
                await world.clock()
            # It cancels what waits.
            ctx.set(dut.turned, ctx.get(dut.turned) ^ (((1 << cores) - 1) * (number > 0)))
            before = sum(word[1] == Control.NEXT for word in world.sent)
            while sum(word[1] == Control.NEXT for word in world.sent) < before + cores:
                await world.clock()
                if rng.random() < 0.01:
                    # Words that are written while a program writes.
                    word = {
                        "valid": 1,
                        "parameter": Parameter.NONCE_SPAN,
                        "data": PARAMETERS["nonce_span"],
                    }
                    ctx.set(dut.parameter, word)
                    await world.clock()
                    ctx.set(dut.parameter, {"valid": 0})
        for hit in hits:
            await world.hit(*hit)
        assert world.sent == model.sent
        assert world.reported == model.reported
        assert world.events == model.events
        assert any(event & Event.STALE for event in world.events)
        assert len(world.reported) >= 3

    simulate(dut, bench)


def random_step(rng: random.Random, at: int, length: int) -> Instruction:
    base = rng.choice([Base.ZERO, Base.ZERO, *Base, Base.COUNTER | Base.INDEX])
    place: dict = {"base": base, "address": rng.randrange(1024)}
    match rng.choice([Kind.ADD] * 4 + [Kind.STORE] * 2 + [Kind.LATCH, Kind.INDEX, Kind.FLOW]):
        case Kind.ADD:
            negate = rng.random() < 0.5
            return Instruction(kind=Kind.ADD, select=rng.choice([*Select]), negate=negate, **place)
        case Kind.STORE:
            return Instruction(kind=Kind.STORE, clear=rng.random() < 0.2, **place)
        case Kind.LATCH:
            return Instruction(kind=Kind.LATCH, select=rng.choice([Latch.X, Latch.Y]), **place)
        case Kind.INDEX:
            return Instruction(kind=Kind.INDEX, clear=rng.random() < 0.2)
        case _:
            if rng.random() < 0.3:
                # Also so that a loop ends soon.
                count = rng.choice([126, 127, rng.randrange(128)])
                return Instruction(kind=Kind.FLOW, select=Flow.COUNT, address=count)
            if rng.random() < 0.3:
                target = rng.randrange(at, length)
                return Instruction(kind=Kind.FLOW, select=Flow.LOOP, address=target)
            condition = rng.choice([Condition.CARRY, Condition.SIGN, Condition.ALWAYS])
            return Instruction(
                kind=Kind.FLOW,
                select=Flow.JUMP | condition << CONDITION_SHIFT,
                address=rng.randrange(at, length),
                negate=rng.random() < 0.5,
                clear=rng.random() < 0.1,
            )


@pytest.mark.parametrize("compact", [False, True])
def test_instructions(compact: bool, rng: random.Random) -> None:
    """Any instructions, the accumulator told behind each few; jumps go forward."""
    base = programs(batches=2, compact=compact)
    send = Instruction(kind=Kind.SEND, select=1)
    code: list[Instruction] = []
    length = 900
    filled = [address for address, word in enumerate(base.layout.contents()) if word]
    while len(code) < length - 10:
        steps = [random_step(rng, len(code) + 20, len(code) + 40) for _ in range(4)]
        # Between any two whose order could matter, a cycle; behind a jump what it passes over.
        behind = Instruction(kind=Kind.ADD, select=Select.WORD, address=rng.choice(filled))
        spread = [
            step
            for one in steps
            for step in (one, *([behind] if one.kind is Kind.FLOW else []), NOTHING)
        ]
        code += [*spread, send]
    code += [NOTHING] * (length + 40 - len(code))
    code.append(Instruction(kind=Kind.FLOW, select=Flow.JUMP, address=len(code)))
    made = Microcode(base.layout, 1, tuple(code), {"end": len(code) - 1})
    dut, model = Processor(made), ProcessorModel(made)
    model.run("end")

    async def bench(ctx) -> None:
        world = World(dut, ctx, rng, 0.5)
        for _ in range(4 * length):
            await world.clock()
        assert world.sent == model.sent
        assert len(world.sent) > 20

    simulate(dut, bench)
