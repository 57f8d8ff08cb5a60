"""The check of schedules: right ones slot, and each that is wrong is refused."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.rtl.hls.check import ScheduleCheckError, check, check_memory
from sluice.rtl.hls.delay_model import DelayModel
from sluice.rtl.hls.ir import BindingTime, Graph
from sluice.rtl.hls.ops import Op
from sluice.rtl.hls.ram_plan import ram_plan
from sluice.rtl.hls.reassociate import reassociate
from sluice.rtl.hls.schedule import Schedule, schedule
from tests.rtl.hls.graphs import graphs, looped_graphs
from tests.rtl.hls.models import any_model, operators_per_cycle
from tests.rtl.hls.test_schedule import in_time


@given(st.one_of(graphs(), looped_graphs()), any_model(), st.data())
def test_it_refuses_what_is_wrong_and_nothing_else(
    graph: Graph, model: DelayModel, data: st.DataObject
) -> None:
    made = schedule(reassociate(graph, model), model)
    check(made)
    node = data.draw(st.sampled_from(made.nodes))
    other = max(0, made.cycle[node] + data.draw(st.integers(-2, 2)))
    moved = Schedule(made.graph, model, {**made.cycle, node: other}, made.threads)
    if in_time(dict(moved.cycle), made.graph, model, made.threads):
        check(moved)
    else:
        with pytest.raises(ScheduleCheckError):
            check(moved)


def carried(threads: int) -> Schedule:
    """A word that a memory carries for five slots of eight, or for eight."""
    graph = Graph(8)
    value = graph.ram_value("u", [3, 4, 5, 6, 7, 0, 1, 3], 3)
    total = graph.operation(Op.ADD, [value, graph.input("x", BindingTime.NONCE)])
    graph.carried[value] = graph.outputs["y"] = total
    return schedule(graph, operators_per_cycle(2), threads)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_words_in_memories(threads: int) -> None:
    made = carried(threads)
    check(made)
    (value,) = made.graph.carried
    plan = ram_plan(made, value, {})
    check_memory(made, value, plan)
    fewer = plan.bits - 1
    small = replace(plan, bits=fewer, reads=tuple(at % (1 << fewer) for at in plan.reads))
    late = replace(plan, written=plan.written + 5 * threads)
    wrong = replace(plan, reads=(plan.reads[1], *plan.reads[1:]))
    silent = replace(plan, enabled=(*plan.enabled[:3], 0, *plan.enabled[4:]))
    for broken in (small, late, wrong, silent):
        with pytest.raises(ScheduleCheckError, match=r"reads (the word of|what is being)"):
            check_memory(made, value, broken)


def test_a_word_that_memory_gives_too_early() -> None:
    made = carried(1)
    early = Schedule(made.graph, replace(made.model, ram_latency=4), made.cycle, made.threads)
    with pytest.raises(ScheduleCheckError, match="comes in"):
        check(early)
