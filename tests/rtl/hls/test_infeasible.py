"""What cannot be scheduled: which loop is to blame, and what would do."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sluice.rtl.hls.delay_model import DelayModel
from sluice.rtl.hls.infeasible import Loop
from sluice.rtl.hls.ir import BindingTime, Graph, Node, Source
from sluice.rtl.hls.ops import Op
from sluice.rtl.hls.schedule import NoScheduleError, schedule
from tests.rtl.hls.graphs import looped_graphs
from tests.rtl.hls.models import any_model, operators_per_cycle


def ring(operations: int, distance: int = 1) -> Graph:
    """A word to which others are added, one after the other, and which comes back."""
    graph = Graph(2)
    word = back = graph.back_edge("e", distance)
    for number in range(operations):
        other = graph.input(f"x{number}", BindingTime.NONCE)
        word = graph.operation(Op.ADD, [word, other])
        word.name = f"sum{number}"
    graph.carried[back] = graph.outputs["e"] = word
    return graph


def test_the_message() -> None:
    with pytest.raises(NoScheduleError) as caught:
        schedule(ring(3), operators_per_cycle(2), 1)
    assert str(caught.value) == (
        "2 ns is too short for the loop sum0 -> sum1 -> sum2 -> sum0, 3 ns of operations in "
        "1 slot of 1 cycle; 3 ns or 2 cycles a slot would be enough"
    )


def test_memories_take_cycles_whatever_the_period() -> None:
    graph = Graph(8)
    value = graph.ram_value("u", range(8), 1)
    total = graph.operation(Op.ADD, [value, graph.input("x", BindingTime.NONCE)])
    graph.carried[value] = graph.outputs["y"] = total
    model = replace(operators_per_cycle(4), ram_latency=4)
    with pytest.raises(NoScheduleError) as caught:
        schedule(graph, model, 2)
    assert "and 4 cycles of memory in 1 slot of 2 cycles; 4 cycles a slot" in str(caught.value)
    assert (caught.value.smallest_period, caught.value.smallest_threads) == (None, 4)


def is_loop(graph: Graph, loop: Loop) -> bool:
    """Whether each node uses the one before it, in this slot or in a later one."""

    def follows(node: Node, before: Node) -> bool:
        return before in node.args or graph.carried.get(node) is before

    pairs = zip(loop.nodes, [loop.nodes[-1], *loop.nodes], strict=False)
    return all(follows(node, before) for node, before in pairs)


def fits(graph: Graph, model: DelayModel, threads: int) -> bool:
    try:
        schedule(graph, model, threads)
    except NoScheduleError:
        return False
    return True


@settings(max_examples=60)
@given(looped_graphs(), any_model(), st.integers(1, 2))
def test_what_works_does_and_less_does_not(graph: Graph, model: DelayModel, threads: int) -> None:
    try:
        schedule(graph, model, threads)
    except NoScheduleError as error:
        found = error
    else:
        assume(False)
    loop = found.loop
    assert is_loop(graph, loop)
    assert loop.delay == sum(model.delays.of(node.kind) for node in loop.nodes)
    edges = [node for node in loop.nodes if node.kind is Source.BACK_EDGE]
    assert loop.distance == sum(node.value for node in edges) > 0
    # More than one cycle's time for each of its registers, but for what cannot be cut.
    assert loop.delay > model.budget
    assert found.smallest_period is not None
    assert fits(graph, replace(model, period=found.smallest_period), threads)
    shorter = found.smallest_period - 0.01
    assert shorter < model.period or not fits(graph, replace(model, period=shorter), threads)
    assert found.smallest_threads is not None
    assert fits(graph, model, found.smallest_threads)
    assert not fits(graph, model, found.smallest_threads - 1)
