"""Schedules: they keep their rules, and no other has fewer registers."""

from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sluice.rtl.hls.delay_model import DelayModel, Delays
from sluice.rtl.hls.ir import Binding, Graph, Node, Source
from sluice.rtl.hls.lifetimes import waits
from sluice.rtl.hls.ops import Op
from sluice.rtl.hls.reassociate import reassociate
from sluice.rtl.hls.schedule import Schedule, schedule
from sluice.rtl.target import TECHNOLOGIES, by_name

from .graphs import graphs, looped_graphs
from .models import any_model, operators_per_cycle


def in_time(clock: dict[Node, int], graph: Graph, model: DelayModel, turn: int) -> bool:
    """Whether no path inside a clock is too long, and nothing is used before it is there."""
    time: dict[Node, int] = {}
    for node in sorted(clock, key=lambda n: n.index):
        same = [arg for arg in node.args if arg in clock and clock[arg] == clock[node]]
        if any(arg in clock and clock[arg] > clock[node] for arg in node.args):
            return False
        time[node] = max((time[arg] for arg in same), default=0) + model.delays.of(node.kind)
        if time[node] > model.budget:
            return False
    # A word goes into its next pass through a register.
    loops = graph.loops.items()
    return all(clock[loop] + loop.value * turn > clock[node] for loop, node in loops)


def register_words(clock: dict[Node, int], graph: Graph, turn: int) -> int:
    """Words held in registers: of each node until its last use."""
    outputs = [node for node in graph.outputs.values() if node in clock]
    end = max(clock[node] for node in outputs)
    last = {node: clock[node] for node in clock} | dict.fromkeys(outputs, end)
    for node in clock:
        for arg in node.args:
            if arg in clock:
                last[arg] = max(last[arg], clock[node])
    for loop, node in graph.loops.items():
        last[node] = max(last[node], clock[loop] + loop.value * turn)
    return sum(last[node] - clock[node] for node in clock)


def arrival(clock: Mapping[Node, int]) -> int:
    """The clock of the nonce."""
    return next(at for node, at in clock.items() if node.kind is Source.INPUT)


@given(st.one_of(graphs(), looped_graphs()), any_model())
def test_rules(graph: Graph, model: DelayModel) -> None:
    made = schedule(reassociate(graph, model), model)
    assert in_time(dict(made.clock), made.graph, model, made.turn)
    assert arrival(made.clock) == min(made.clock.values()) == 0
    assert set(made.clock) == {
        node for node in made.graph.reached() if node.binding is Binding.NONCE
    }


@settings(max_examples=40)
@given(graphs(max_size=6), st.integers(1, 2))
def test_no_schedule_has_fewer_registers(graph: Graph, operators: int) -> None:
    model = operators_per_cycle(operators)
    made = schedule(graph, model)
    nodes = made.nodes
    assume(len(nodes) <= 5)
    best = register_words(dict(made.clock), graph, 0)
    for clocks in product(range(made.latency + 2), repeat=len(nodes)):
        clock = dict(zip(nodes, clocks, strict=True))
        if in_time(clock, graph, model, 0):
            assert register_words(clock, graph, 0) >= best


@settings(max_examples=60)
@given(looped_graphs(max_size=3, max_passes=3), st.integers(1, 2))
def test_no_schedule_of_loops_has_fewer_registers(graph: Graph, operators: int) -> None:
    """None with passes of the same length, one clock more or less."""
    model = operators_per_cycle(operators)
    made = schedule(graph, model)
    nodes = made.nodes
    assume(len(nodes) <= 6)
    best = register_words(dict(made.clock), graph, made.turn)
    for turn in range(max(0, made.turn - 1), made.turn + 2):
        for clocks in product(range(made.end + 2), repeat=len(nodes)):
            clock = dict(zip(nodes, clocks, strict=True))
            if arrival(clock) == 0 and in_time(clock, graph, model, turn):
                assert register_words(clock, graph, turn) >= best, (turn, made.turn)


@given(st.one_of(graphs(), looped_graphs()), st.integers(3, 9))
def test_waits_cover_every_use(graph: Graph, ram_from: int) -> None:
    model = operators_per_cycle(1)
    made = schedule(reassociate(graph, model), model)
    found = list(waits(made, ram_from))
    for node in made.nodes:
        own = [wait for wait in found if wait.node is node]
        ends = [wait.end for wait in own]
        assert ends == [use for use in made.uses[node] if use > made.clock[node]]
        assert [wait.start for wait in own] == [made.clock[node], *ends][: len(own)]
        assert all(wait.in_ram == (wait.clocks >= ram_from) for wait in own)
    words = sum(wait.clocks for wait in found)
    assert words == register_words(dict(made.clock), made.graph, made.turn)
    assert not any(wait.in_ram for wait in waits(made, None))


def test_nothing_to_schedule() -> None:
    graph = Graph()
    graph.outputs["o"] = graph.input("j0", Binding.JOB)
    with pytest.raises(ValueError, match="no output depends on the nonce"):
        schedule(graph, operators_per_cycle(1))


def test_clocks_of_a_pass_are_not_always_rounded_up() -> None:
    """A word of two passes before, which half a clock a pass would suit best: none costs less."""
    graph = Graph(passes=3)
    nonce, loop = graph.input("nonce", Binding.NONCE), graph.loop("l", 2)
    twice = graph.operation(Op.ADD, [nonce, nonce])
    zero = graph.constant(0)
    graph.loops = {loop: twice}
    graph.outputs = {"o": graph.select([zero, zero, loop]), "twice": twice}
    made = schedule(graph, operators_per_cycle(1))
    assert register_words(dict(made.clock), graph, made.turn) == 1


def test_a_chosen_job_word_is_used_in_its_pass() -> None:
    """It is an operand of a sum in one pass, and the loop is in the others."""
    graph = Graph(passes := 3)
    nonce, word = graph.input("nonce", Binding.NONCE), graph.input("j0", Binding.JOB)
    loop = graph.loop("l")
    made = graph.operation(Op.ADD, [nonce, graph.select([loop, word, loop])])
    graph.loops = {loop: made}
    graph.outputs["o"] = made
    model = operators_per_cycle(1, gated_operands=True)
    found = schedule(reassociate(graph, model), model)
    (sum_,) = (node for node in found.nodes if node.kind is Op.ADD_SELECT)
    (clocks,) = found.job_uses.values()
    assert clocks == [found.clock[sum_] + found.turn * 1]
    assert found.graph.passes == passes


def test_shorter_period_has_more_clocks() -> None:
    graph = Graph()
    word = graph.input("nonce", Binding.NONCE)
    for i in range(12):
        word = graph.operation(Op.ADD, [word, graph.input(f"j{i}", Binding.JOB)])
    graph.outputs["o"] = word
    clocks: list[int] = []
    for name in TECHNOLOGIES:
        for period in (20.0, 10.0, 5.0):
            made: Schedule = schedule(graph, DelayModel(delays=by_name(name).delays, period=period))
            clocks.append(made.latency)
    for i in range(0, len(clocks), 3):
        assert clocks[i] < clocks[i + 1] < clocks[i + 2]
    assert schedule(graph, operators_per_cycle(1)).latency == 11


@pytest.mark.parametrize(("memory", "apart"), [(0, 0), (1000, 0), (1500, 1)])
def test_words_out_of_a_memory_come_late(memory: int, apart: int) -> None:
    """So what takes the rest of a clock waits for the next one."""
    graph = Graph(2)
    far = graph.loop("far", 5)
    total = graph.operation(Op.ADD, [graph.input("x", Binding.NONCE), far])
    graph.loops[far] = graph.outputs["total"] = total
    delays = Delays(adder=3000, function=1000, sigma=1000, register=0, memory=memory)
    model = DelayModel(delays=delays, period=4)
    made = schedule(graph, model, turn=1, ram_from=5)
    assert made.clock[total] - made.clock[far] == apart


def test_a_gate_behind_a_sum_is_the_reset_of_a_register() -> None:
    """Where a register costs nothing there, nothing uses the gated sum in the same clock."""
    graph = Graph(2)
    word = graph.input("x", Binding.NONCE)
    gated = graph.gate(graph.operation(Op.ADD, [word, word]), [0])
    graph.outputs["y"] = graph.operation(Op.ADD, [gated, word])
    for free in (False, True):
        model = operators_per_cycle(9, free_register=free)
        made = schedule(graph, model, turn=1)
        assert made.clock[graph.outputs["y"]] - made.clock[gated] == free


def test_a_sum_has_one_register_with_the_reset_behind_it() -> None:
    """Though there is time for one each: a word that waits two passes is gated at once."""
    graph = Graph(2)
    word, loop = graph.input("x", Binding.NONCE), graph.loop("l", 3)
    total = graph.operation(Op.ADD, [word, word])
    graph.loops[loop] = gated = graph.gate(total, [0])
    graph.outputs["y"] = graph.operation(Op.ADD, [word, loop])
    model = operators_per_cycle(9, free_register=True)
    made = schedule(graph, model, turn=1)
    assert made.clock[gated] == made.clock[total]
