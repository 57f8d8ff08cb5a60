"""Each use of a delayed word is a loop of its own."""

from collections import Counter

from hypothesis import given

from sluice.rtl.hls.delays import separate_delays
from sluice.rtl.hls.interpret import interpret_each_slot, interpret_slots
from sluice.rtl.hls.ir import BindingTime, Graph, Source
from sluice.rtl.hls.ops import Op

from .graphs import JOB_INPUTS, WORDS, looped_graphs


@given(looped_graphs(), WORDS)
def test_the_same_words(graph: Graph, nonce: int) -> None:
    inputs = dict.fromkeys(JOB_INPUTS, 0x5A5A5A5A) | {"nonce": nonce}
    separated = separate_delays(graph)
    assert interpret_slots(separated, inputs) == interpret_slots(graph, inputs)
    nodes = separated.reached()
    uses = Counter(arg for node in nodes for arg in node.args if arg.kind is Source.BACK_EDGE)
    assert set(uses.values()) <= {1}
    for back_edge in uses:
        assert separated.carried[back_edge].kind is not Source.BACK_EDGE
    assert all(arg.index < node.index for node in nodes for arg in node.args)


def test_a_back_edge_of_a_back_edge_comes_as_late() -> None:
    """What is asked for is one that a node has, if it has one."""
    graph = Graph(2)
    word = graph.input("word", BindingTime.NONCE)
    first, second = graph.back_edge("first"), graph.back_edge("second", 2)
    total = graph.operation(Op.ADD, [first, second])
    graph.outputs = {"sum": total, "second": second}
    graph.carried = {first: word, second: first}
    given = [{"word": number} for number in (1, 10, 100, 1000, 10000)]
    separated = separate_delays(graph)
    found = interpret_each_slot(separated, given, {})
    assert found == interpret_each_slot(graph, given, {})
    assert found[4] == {"sum": 1010, "second": 10}
    assert sorted(back_edge.value for back_edge in separated.carried) == [1, 3]
    assert separated.outputs["second"] in separated.outputs["sum"].args
