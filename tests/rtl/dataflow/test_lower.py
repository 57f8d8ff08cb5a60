"""Lowered hardware against the value of its graph: random graphs, jobs that change on the way."""

import random

import pytest
from amaranth.sim import Simulator
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.rtl.dataflow.delayline import DelayLine
from sluice.rtl.dataflow.lower import Datapath, job_fields
from sluice.rtl.dataflow.node import Binding, Graph
from sluice.rtl.dataflow.schedule import schedule
from sluice.rtl.dataflow.sums import reassociate
from sluice.rtl.dataflow.technology import by_name
from sluice.rtl.dataflow.timing import operators_per_clock

from .direct import value
from .graphs import JOB_INPUTS, graphs


@settings(max_examples=40)
@given(graphs(), st.integers(1, 3), st.sampled_from([None, 3, 5]), st.integers(0, 2**32))
def test_datapath(graph: Graph, operators: int, ram_from: int | None, seed: int) -> None:
    """Every clock has a nonce and a job of its own: a word from the wrong clock shows."""
    rng = random.Random(seed)
    made = schedule(
        reassociate(graph, operators_per_clock(operators)), operators_per_clock(operators)
    )
    dut = Datapath(made, technology=by_name("generic"), ram_from=ram_from)
    fields = job_fields(made)
    outputs = {n: node for n, node in graph.outputs.items() if node.binding is Binding.NONCE}
    clocks = 2 * dut.delay + 8
    inputs = [{name: rng.getrandbits(32) for name in (*JOB_INPUTS, "nonce")} for _ in range(clocks)]
    words: list[dict] = [{} for _ in inputs]

    async def bench(ctx) -> None:
        for now in range(clocks):
            ctx.set(dut.nonce, inputs[now]["nonce"])
            for (node, clock), field in fields.items():
                if now >= clock:
                    entered = now - clock
                    ctx.set(dut.job[field], value(node, inputs[entered], words[entered]))
            if now >= dut.delay:
                expected = inputs[now - dut.delay]
                known: dict = {}
                for name, node in outputs.items():
                    assert ctx.get(dut.out[name]) == value(node, expected, known), (name, now)
            await ctx.tick()

    simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()


@pytest.mark.parametrize("clocks", [3, 4, 5, 8, 17, 123])
def test_delay_line(clocks: int, rng: random.Random) -> None:
    dut = DelayLine(width=32, clocks=clocks)
    words = [rng.getrandbits(32) for _ in range(4 * clocks)]

    async def bench(ctx) -> None:
        for now, word in enumerate(words):
            ctx.set(dut.i, word)
            if now >= clocks:
                assert ctx.get(dut.o) == words[now - clocks]
            await ctx.tick()

    simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()


def test_refusals() -> None:
    with pytest.raises(ValueError, match="clocks must be at least 3, not 2"):
        DelayLine(width=32, clocks=2)
    graph = Graph()
    graph.outputs["o"] = graph.input("nonce", Binding.NONCE)
    model = operators_per_clock(1)
    with pytest.raises(ValueError, match="ram_from must be at least 3 clocks, not 2"):
        Datapath(schedule(graph, model), technology=by_name("generic"), ram_from=2)
    graph.outputs["p"] = graph.input("second", Binding.NONCE)
    with pytest.raises(ValueError, match="must have one input known with the nonce, not: nonce, s"):
        Datapath(schedule(graph, model), technology=by_name("generic"))
    with pytest.raises(ValueError, match="technology must be one of generic, ecp5, not 'ttl'"):
        by_name("ttl")
