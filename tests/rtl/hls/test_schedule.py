"""Schedules: they keep their rules, and no other has fewer registers."""

from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sluice.rtl.hls.delay_model import DelayModel, Delays
from sluice.rtl.hls.ir import BindingTime, Graph, Node, Source
from sluice.rtl.hls.lifetimes import waits
from sluice.rtl.hls.ops import Op
from sluice.rtl.hls.reassociate import reassociate
from sluice.rtl.hls.schedule import Schedule, schedule
from sluice.rtl.target import TECHNOLOGIES, by_name

from .graphs import graphs, looped_graphs
from .models import any_model, operators_per_cycle


def in_time(cycle: dict[Node, int], graph: Graph, model: DelayModel, threads: int) -> bool:
    """Whether no path inside a cycle is too long, and nothing is used before it is there."""
    time: dict[Node, int] = {}
    for node in sorted(cycle, key=lambda n: n.index):
        same = [arg for arg in node.args if arg in cycle and cycle[arg] == cycle[node]]
        if any(arg in cycle and cycle[arg] > cycle[node] for arg in node.args):
            return False
        time[node] = max((time[arg] for arg in same), default=0) + model.delays.of(node.kind)
        if time[node] > model.budget:
            return False
    # A word goes into its next slot through a register.
    back_edges = graph.carried.items()
    return all(
        cycle[back_edge] + back_edge.value * threads > cycle[node] for back_edge, node in back_edges
    )


def register_words(cycle: dict[Node, int], graph: Graph, threads: int) -> int:
    """Words held in registers: of each node until its last use."""
    outputs = [node for node in graph.outputs.values() if node in cycle]
    end = max(cycle[node] for node in outputs)
    last = {node: cycle[node] for node in cycle} | dict.fromkeys(outputs, end)
    for node in cycle:
        for arg in node.args:
            if arg in cycle:
                last[arg] = max(last[arg], cycle[node])
    for back_edge, node in graph.carried.items():
        last[node] = max(last[node], cycle[back_edge] + back_edge.value * threads)
    return sum(last[node] - cycle[node] for node in cycle)


def arrival(cycle: Mapping[Node, int]) -> int:
    """The cycle of the nonce."""
    return next(at for node, at in cycle.items() if node.kind is Source.INPUT)


@given(st.one_of(graphs(), looped_graphs()), any_model())
def test_rules(graph: Graph, model: DelayModel) -> None:
    made = schedule(reassociate(graph, model), model)
    assert in_time(dict(made.cycle), made.graph, model, made.threads)
    assert arrival(made.cycle) == min(made.cycle.values()) == 0
    assert set(made.cycle) == {
        node for node in made.graph.reached() if node.known is BindingTime.NONCE
    }


@settings(max_examples=40)
@given(graphs(max_size=6), st.integers(1, 2))
def test_no_schedule_has_fewer_registers(graph: Graph, operators: int) -> None:
    model = operators_per_cycle(operators)
    made = schedule(graph, model)
    nodes = made.nodes
    assume(len(nodes) <= 5)
    best = register_words(dict(made.cycle), graph, 0)
    for cycles in product(range(made.latency + 2), repeat=len(nodes)):
        cycle = dict(zip(nodes, cycles, strict=True))
        if in_time(cycle, graph, model, 0):
            assert register_words(cycle, graph, 0) >= best


@settings(max_examples=60)
@given(looped_graphs(max_size=3, max_slots=3), st.integers(1, 2))
def test_no_schedule_of_loops_has_fewer_registers(graph: Graph, operators: int) -> None:
    """None with slots of the same length, one cycle more or less."""
    model = operators_per_cycle(operators)
    made = schedule(graph, model)
    nodes = made.nodes
    assume(len(nodes) <= 6)
    best = register_words(dict(made.cycle), graph, made.threads)
    for threads in range(max(0, made.threads - 1), made.threads + 2):
        for cycles in product(range(made.end + 2), repeat=len(nodes)):
            cycle = dict(zip(nodes, cycles, strict=True))
            if arrival(cycle) == 0 and in_time(cycle, graph, model, threads):
                assert register_words(cycle, graph, threads) >= best, (threads, made.threads)


@given(st.one_of(graphs(), looped_graphs()), st.integers(3, 9))
def test_waits_cover_every_use(graph: Graph, ram_from: int) -> None:
    model = operators_per_cycle(1)
    made = schedule(reassociate(graph, model), model)
    found = list(waits(made, ram_from))
    for node in made.nodes:
        own = [wait for wait in found if wait.node is node]
        ends = [wait.end for wait in own]
        assert ends == [use for use in made.uses[node] if use > made.cycle[node]]
        assert [wait.start for wait in own] == [made.cycle[node], *ends][: len(own)]
        assert all(wait.in_ram == (wait.cycles >= ram_from) for wait in own)
    words = sum(wait.cycles for wait in found)
    assert words == register_words(dict(made.cycle), made.graph, made.threads)
    assert not any(wait.in_ram for wait in waits(made, None))


def test_nothing_to_schedule() -> None:
    graph = Graph()
    graph.outputs["o"] = graph.input("j0", BindingTime.JOB)
    with pytest.raises(ValueError, match="no output depends on the nonce"):
        schedule(graph, operators_per_cycle(1))


def test_cycles_of_a_slot_are_not_always_rounded_up() -> None:
    """A word of two slots before, which half a cycle a slot would suit best: none costs less."""
    graph = Graph(slots=3)
    nonce, back_edge = graph.input("nonce", BindingTime.NONCE), graph.back_edge("l", 2)
    twice = graph.operation(Op.ADD, [nonce, nonce])
    zero = graph.constant(0)
    graph.carried = {back_edge: twice}
    graph.outputs = {"o": graph.select([zero, zero, back_edge]), "twice": twice}
    made = schedule(graph, operators_per_cycle(1))
    assert register_words(dict(made.cycle), graph, made.threads) == 1


def test_a_chosen_job_word_is_used_in_its_slot() -> None:
    """It is an operand of a sum in one slot, and the loop is in the others."""
    graph = Graph(slots := 3)
    nonce, word = graph.input("nonce", BindingTime.NONCE), graph.input("j0", BindingTime.JOB)
    back_edge = graph.back_edge("l")
    made = graph.operation(Op.ADD, [nonce, graph.select([back_edge, word, back_edge])])
    graph.carried = {back_edge: made}
    graph.outputs["o"] = made
    model = operators_per_cycle(1, gated_operands=True)
    found = schedule(reassociate(graph, model), model)
    (sum_,) = (node for node in found.nodes if node.kind is Op.ADD_SELECT)
    (cycles,) = found.job_uses.values()
    assert cycles == [found.cycle[sum_] + found.threads * 1]
    assert found.graph.slots == slots


def test_shorter_period_has_more_cycles() -> None:
    graph = Graph()
    word = graph.input("nonce", BindingTime.NONCE)
    for i in range(12):
        word = graph.operation(Op.ADD, [word, graph.input(f"j{i}", BindingTime.JOB)])
    graph.outputs["o"] = word
    cycles: list[int] = []
    for name in TECHNOLOGIES:
        delays = by_name(name).delays
        for adders in (4, 2, 1):
            model = DelayModel(delays=delays, period=delays.period(adders=adders))
            made: Schedule = schedule(graph, model)
            cycles.append(made.latency)
    for i in range(0, len(cycles), 3):
        assert cycles[i] < cycles[i + 1] < cycles[i + 2]
    assert schedule(graph, operators_per_cycle(1)).latency == 11


@pytest.mark.parametrize(("slack", "apart"), [(0.0, 0), (0.9, 0), (1.0, 0), (1.1, 1)])
def test_slack_is_left_where_a_register_does_it(slack: float, apart: int) -> None:
    graph = Graph()
    first = graph.operation(Op.ADD, [graph.input(name, BindingTime.NONCE) for name in "ab"])
    graph.outputs["o"] = last = graph.operation(Op.ADD, [first, graph.input("j", BindingTime.JOB)])
    made = schedule(graph, DelayModel(delays=operators_per_cycle(1).delays, period=3, slack=slack))
    assert made.cycle[last] - made.cycle[first] == apart


def test_a_loop_keeps_its_cycle_without_slack() -> None:
    graph = Graph(slots=3)
    word = back_edge = graph.back_edge("l")
    for _ in range(2):
        word = graph.operation(Op.ADD, [word, graph.input("nonce", BindingTime.NONCE)])
    graph.carried[back_edge] = graph.outputs["o"] = word
    model = DelayModel(delays=operators_per_cycle(1).delays, period=2, slack=1)
    made = schedule(graph, model, threads=1)
    assert len({made.cycle[node] for node in made.nodes if node.kind is Op.ADD}) == 1


@pytest.mark.parametrize(("memory", "apart"), [(0, 0), (1000, 0), (1500, 1)])
def test_words_out_of_a_memory_come_late(memory: int, apart: int) -> None:
    """So what takes the rest of a cycle waits for the next one."""
    graph = Graph(2)
    far = graph.back_edge("far", 5)
    total = graph.operation(Op.ADD, [graph.input("x", BindingTime.NONCE), far])
    graph.carried[far] = graph.outputs["total"] = total
    delays = Delays(adder=3000, function=1000, sigma=1000, register=0, memory=memory)
    model = DelayModel(delays=delays, period=4)
    made = schedule(graph, model, threads=1, ram_from=5)
    assert made.cycle[total] - made.cycle[far] == apart


def test_a_gate_behind_a_sum_is_the_reset_of_a_register() -> None:
    """Where a register costs nothing there, nothing uses the gated sum in the same cycle."""
    graph = Graph(2)
    word = graph.input("x", BindingTime.NONCE)
    gated = graph.gate(graph.operation(Op.ADD, [word, word]), [0])
    graph.outputs["y"] = graph.operation(Op.ADD, [gated, word])
    for free in (False, True):
        model = operators_per_cycle(9, free_register=free)
        made = schedule(graph, model, threads=1)
        assert made.cycle[graph.outputs["y"]] - made.cycle[gated] == free


@pytest.mark.parametrize(("users", "waits"), [(1, 0), (2, 1)])
def test_a_gated_sum_that_several_take_is_taken_from_its_register(users: int, waits: int) -> None:
    """Where a register behind a sum is free: its cell has only one way out."""
    graph = Graph(2)
    word = graph.input("x", BindingTime.NONCE)
    total = graph.gated_sum(Op.ADD_GATE, [word, word], [1, 0])
    made_of = [graph.operation(Op.ADD, [total, total if i else word]) for i in range(users)]
    graph.outputs = {f"y{i}": node for i, node in enumerate(made_of)}
    for free in (False, True):
        made = schedule(graph, operators_per_cycle(9, free_register=free), threads=1)
        assert {made.cycle[node] - made.cycle[total] for node in made_of} == {waits * free}


def test_a_sum_has_one_register_with_the_reset_behind_it() -> None:
    """Though there is time for one each: a word that waits two slots is gated at once."""
    graph = Graph(2)
    word, back_edge = graph.input("x", BindingTime.NONCE), graph.back_edge("l", 3)
    total = graph.operation(Op.ADD, [word, word])
    graph.carried[back_edge] = gated = graph.gate(total, [0])
    graph.outputs["y"] = graph.operation(Op.ADD, [word, back_edge])
    model = operators_per_cycle(9, free_register=True)
    made = schedule(graph, model, threads=1)
    assert made.cycle[gated] == made.cycle[total]
