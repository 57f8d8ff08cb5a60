"""Decisions by the number of a slot: from logic for some slots, for all, and from a memory."""

import random

import pytest
from amaranth.hdl import Module, Signal
from amaranth.sim import Simulator

from sluice.rtl.hls.codegen.control import SlotLine

#: Slots of a period, and those of another kind that come in between.
NUMBERS = [*range(18), *range(32, 50)]
SLOTS = 50


@pytest.mark.parametrize("how", ["some", "all", "memory"])
def test_decisions(rng: random.Random, how: str) -> None:
    m = Module()
    slot, thread = Signal(6), Signal(1)
    given = NUMBERS if how == "some" else None
    line = SlotLine(m, slot, thread, in_ram=how == "memory", numbers=given)
    choices = [[rng.randrange(3) for _ in range(SLOTS)] for _ in range(4)]
    tables = [[rng.choice([1, -1]) * rng.randrange(1, 32) for _ in range(SLOTS)] for _ in range(4)]
    flags = [line.where(2, choice, 1) for choice in choices]
    found = [line.looked_up(1, table, 5) for table in tables]

    async def bench(ctx) -> None:
        asked: list[int] = []
        for number in rng.choices(NUMBERS, k=200):
            asked.append(number)
            ctx.set(slot, number)
            await ctx.tick()
            for table, word in zip(tables, found, strict=True):
                if (due := table[number]) >= 0:
                    assert ctx.get(word) == due
            for choice, flag in zip(choices, flags, strict=True):
                if len(asked) > 1:
                    assert ctx.get(flag) == (choice[asked[-2]] == 1)

    simulator = Simulator(m)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()
