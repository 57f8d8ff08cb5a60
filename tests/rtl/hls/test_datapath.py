"""Lowered hardware against the value of its graph: random graphs, jobs that change on the way."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from amaranth.hdl import Module
from amaranth.sim import Simulator
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from sluice.rtl.hls.codegen.datapath import Datapath, job_fields
from sluice.rtl.hls.codegen.delay_line import DelayLine
from sluice.rtl.hls.codegen.in_place import InPlace, Turns
from sluice.rtl.hls.ir import BindingTime, Graph, Node
from sluice.rtl.hls.ops import Op
from sluice.rtl.hls.reassociate import reassociate
from sluice.rtl.hls.schedule import schedule
from sluice.rtl.sha256.word import BIG_SIGMA0
from sluice.rtl.target import by_name

from .direct import value
from .graphs import JOB_INPUTS, graphs, looped_graphs
from .models import operators_per_cycle

#: The shortest waits in memory, and the shortest lives of words that stay in place.
WAITS = st.sampled_from([(None, None), (3, None), (5, None), (None, 2), (None, 3), (5, 2)])


def make(
    graph: Graph,
    operators: int,
    ram_from: int | None,
    in_place_from: int | None = None,
    *,
    gated: bool = False,
) -> Datapath:
    model = operators_per_cycle(operators, gated_operands=gated)
    made = schedule(reassociate(graph, model), model)
    generic = by_name("generic")
    return Datapath(made, technology=generic, ram_from=ram_from, in_place_from=in_place_from)


def nonce_outputs(graph: Graph) -> dict[str, Node]:
    return {n: node for n, node in graph.outputs.items() if node.known is BindingTime.NONCE}


def run(dut: Datapath, bench: Callable[[Any], Awaitable[None]]) -> None:
    simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()


@settings(max_examples=40)
@given(graphs(), st.integers(1, 3), WAITS, st.integers(0, 2**32))
def test_datapath(
    graph: Graph, operators: int, waits: tuple[int | None, int | None], seed: int
) -> None:
    """Every cycle has a nonce and a job of its own: a word from the wrong cycle shows."""
    rng = random.Random(seed)
    dut = make(graph, operators, *waits)
    fields = job_fields(dut.schedule)
    outputs = nonce_outputs(graph)
    cycles = 2 * dut.delay + 8
    inputs = [{name: rng.getrandbits(32) for name in (*JOB_INPUTS, "nonce")} for _ in range(cycles)]
    words: list[dict] = [{} for _ in inputs]

    async def bench(ctx) -> None:
        for now in range(cycles):
            ctx.set(dut.enter.nonce, inputs[now]["nonce"])
            for (node, cycle), field in fields.items():
                if now >= cycle:
                    entered = now - cycle
                    ctx.set(dut.job[field], value(node, inputs[entered], words[entered]))
            if now >= dut.delay:
                expected = inputs[now - dut.delay]
                known: dict = {}
                for name, node in outputs.items():
                    assert ctx.get(dut.out[name]) == value(node, expected, known), (name, now)
            await ctx.tick()

    run(dut, bench)


@settings(max_examples=60)
@given(
    looped_graphs(),
    st.integers(1, 3),
    WAITS,
    st.booleans(),
    st.integers(0, 2**32),
)
def test_datapath_of_slots(
    graph: Graph,
    operators: int,
    waits: tuple[int | None, int | None],
    gated: bool,
    seed: int,
) -> None:
    """Each nonce of a block has a job of its own, and none takes a word of another's slots."""
    rng = random.Random(seed)
    try:
        dut = make(graph, operators, *waits, gated=gated)
        fields = job_fields(dut.schedule)
    except ValueError:
        # A job word in a slot that nobody needs.
        reject()
    threads, slots = dut.schedule.threads, graph.slots
    # Without a cycle in it a loop needs no slot of its own.
    assume(threads > 0)
    period = threads * slots
    outputs = nonce_outputs(graph)
    cycles = 2 * period + dut.delay + 3
    inputs = [{name: rng.getrandbits(32) for name in (*JOB_INPUTS, "nonce")} for _ in range(cycles)]
    words: list[dict] = [{} for _ in inputs]
    tested = 0

    def entry(cycle: int) -> int:
        """The cycle in which the nonce entered whose slot enters in this one."""
        return cycle // period * period + cycle % threads

    async def bench(ctx) -> None:
        nonlocal tested
        for now in range(cycles):
            ctx.set(dut.slot, now % period // threads)
            ctx.set(dut.enter.nonce, inputs[entry(now)]["nonce"])
            for (node, cycle), field in fields.items():
                # What stands there while no nonce needs it means nothing.
                due = now - cycle >= 0 and entry(now - cycle) == now - cycle
                word = value(node, inputs[now - cycle], words[now - cycle]) if due else now
                ctx.set(dut.job[field], word)
            entered = now - dut.delay
            if entered >= 0 and entry(entered) == entered:
                known: dict = {}
                for name, node in outputs.items():
                    expected = value(node, inputs[entered], known, slots - 1, graph.carried)
                    assert ctx.get(dut.out[name]) == expected, (name, now)
                tested += 1
            await ctx.tick()

    run(dut, bench)
    assert tested >= 2 * threads


def test_inputs_come_when_they_are_used(rng: random.Random) -> None:
    """Each in the cycle of its arrival; a word that is used late can come late."""
    graph = Graph()
    first, second = (
        graph.input("nonce", BindingTime.NONCE),
        graph.input("second", BindingTime.NONCE),
    )
    word = first
    for i in range(6):
        word = graph.operation(Op.ADD, [word, graph.constant(i + 1)])
        word = graph.operation(Op.SIGMA, [word], BIG_SIGMA0)
    graph.outputs["o"] = graph.operation(Op.ADD, [word, second])
    dut = make(graph, 1, 5)
    late = dut.arrival("second")
    assert (dut.arrival("nonce"), late) == (0, 12)
    numbers = [{name: rng.getrandbits(32) for name in ("nonce", "second")} for _ in range(60)]

    async def bench(ctx) -> None:
        for now in range(60):
            ctx.set(dut.enter.nonce, numbers[now]["nonce"])
            ctx.set(dut.enter.second, numbers[now - late]["second"])
            if now >= dut.delay:
                expected = value(graph.outputs["o"], numbers[now - dut.delay], {})
                assert ctx.get(dut.out.o) == expected
            await ctx.tick()

    run(dut, bench)


@pytest.mark.parametrize("cycles", [3, 4, 5, 8, 17, 18, 19, 123])
@pytest.mark.parametrize("registered", [True, False])
@pytest.mark.parametrize("lut_words", [0, 16])
def test_delay_line(cycles: int, registered: bool, lut_words: int, rng: random.Random) -> None:
    dut = DelayLine(width=32, cycles=cycles, registered=registered, lut_words=lut_words)
    words = [rng.getrandbits(32) for _ in range(4 * cycles)]

    async def bench(ctx) -> None:
        for now, word in enumerate(words):
            ctx.set(dut.i, word)
            if now >= cycles:
                assert ctx.get(dut.o) == words[now - cycles]
            await ctx.tick()

    simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()


@pytest.mark.parametrize("ages", [(1, 2), (1, 2, 3, 4), (3,), (2, 5), (9,)])
def test_a_word_that_stays_in_place(ages: tuple[int, ...], rng: random.Random) -> None:
    """It is what it was so many cycles ago; and whatever its turns begin with, one is left."""
    count = max(ages)
    top = Module()
    top.submodules.dut = dut = InPlace(width=32, ages=ages)
    turn = Turns(top).of(count)
    top.d.comb += dut.turn.eq(turn)
    words = [rng.getrandbits(32) for _ in range(6 * count)]

    async def bench(ctx) -> None:
        ctx.set(turn, rng.getrandbits(count))
        for now, word in enumerate(words):
            ctx.set(dut.i, word)
            if now >= count:
                assert ctx.get(turn).bit_count() == 1
            if now >= 2 * count:
                for age in ages:
                    assert ctx.get(dut.o[f"age{age}"]) == words[now - age]
            await ctx.tick()

    simulator = Simulator(top)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()


def test_refusals() -> None:
    with pytest.raises(ValueError, match="ages must be at least 1, the greatest at least 2"):
        InPlace(width=32, ages=[1])
    with pytest.raises(ValueError, match="cycles must be at least 3, not 2"):
        DelayLine(width=32, cycles=2)
    graph = Graph()
    graph.outputs["o"] = graph.input("nonce", BindingTime.NONCE)
    with pytest.raises(ValueError, match="ram_from must be at least 3 cycles, not 2"):
        make(graph, 1, 2)
    with pytest.raises(ValueError, match="in_place_from must be at least 2 cycles, not 1"):
        make(graph, 1, None, 1)
    with pytest.raises(ValueError, match=r"technology must be one of generic, .*, not 'ttl'"):
        by_name("ttl")
