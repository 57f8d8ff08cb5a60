"""Graphs: folding, sharing, and that reordering sums changes no value."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sluice.rtl.hls.delay_model import DelayModel, Delays
from sluice.rtl.hls.interpret import interpret, interpret_slots
from sluice.rtl.hls.ir import BindingTime, Graph, Source, users
from sluice.rtl.hls.job_program import job_program
from sluice.rtl.hls.ops import ADDERS, GATED_SUMS, Op
from sluice.rtl.hls.reassociate import reassociate
from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.function import round_
from sluice.rtl.sha256.word import BIG_SIGMA1

from .direct import outputs, value
from .graphs import WORDS, graphs, job_inputs, looped_graphs
from .models import operators_per_cycle


def test_constants_fold_and_equal_nodes_are_one() -> None:
    graph = Graph()
    a, b = graph.input("a", BindingTime.JOB), graph.input("nonce", BindingTime.NONCE)
    assert graph.operation(Op.ADD, [graph.constant(2**32 - 1), graph.constant(3)]).value == 2
    assert graph.operation(Op.ADD, [a, b]) is graph.operation(Op.ADD, [b, a])
    assert graph.operation(Op.ADD, [graph.constant(0), a]) is a
    assert graph.operation(Op.SUB, [a, b]) is not graph.operation(Op.SUB, [b, a])
    assert graph.operation(Op.SUB, [a, graph.constant(0)]) is a
    sigma = graph.operation(Op.SIGMA, [graph.constant(1)], BIG_SIGMA1)
    assert sigma.value == 1 << 26 | 1 << 21 | 1 << 7


@pytest.mark.parametrize("formed", [False, True])
def test_a_sum_that_is_formed_does_not_dissolve(formed: bool) -> None:
    """The words that are known last go through one adder, unless a sum of two is formed first."""
    graph = Graph(slots=2)
    late = [graph.back_edge(name, 1) for name in ("a", "b")]
    nonce = graph.input("nonce", BindingTime.NONCE)
    pair = graph.operation(Op.ADD, late)
    graph.outputs["sum"] = total = graph.operation(Op.ADD, [pair, nonce])
    graph.carried = dict.fromkeys(late, total)
    graph.late |= {*late}
    if formed:
        graph.formed.add(pair)
    made = reassociate(graph, operators_per_cycle(2)).outputs["sum"]
    kinds = {arg.kind for arg in made.args}
    assert kinds == ({Op.ADD, Source.INPUT} if formed else {Op.ADD, Source.BACK_EDGE})


@given(
    st.sampled_from([Op.ADD, Op.SUB, Op.CHOOSE, Op.MAJORITY]),
    st.lists(st.tuples(WORDS, st.booleans()), min_size=3, max_size=3),
)
@example(Op.ADD, [(1, True), (5, False), (0, False)])
@example(Op.SUB, [(0, True), (5, False), (0, False)])
def test_folding_keeps_values(op: Op, words: list[tuple[int, bool]]) -> None:
    """An operation on numbers, some known when the graph is made, and on the same as inputs."""
    graph = Graph()
    words = words[:2] if op in ADDERS else words
    inputs = {f"i{i}": number for i, (number, _) in enumerate(words)}
    plain = [graph.input(name, BindingTime.JOB) for name in inputs]
    known = [
        graph.constant(number) if fixed else node
        for node, (number, fixed) in zip(plain, words, strict=True)
    ]
    folded, unfolded = graph.operation(op, known), graph.operation(op, plain)
    assert len(set(interpret([folded, unfolded], inputs))) == 1


def test_numbers_of_slots_fold() -> None:
    """A word that only depends on the slot is a table, whatever it is made of."""
    graph = Graph(slots=2)
    nonce = graph.input("nonce", BindingTime.NONCE)
    one, two = graph.table([1, 2]), graph.table([2**32 - 1, 7])
    assert graph.operation(Op.ADD, [one, two]) is graph.table([0, 9])
    assert graph.operation(Op.ADD, [one, graph.table([4, 3])]) is graph.constant(5)
    assert graph.operation(Op.SUB, [graph.constant(3), one]) is graph.table([2, 1])
    assert graph.operation(Op.SIGMA, [one], BIG_SIGMA1).by_slot[0] == 1 << 26 | 1 << 21 | 1 << 7
    assert graph.operation(Op.SUB, [nonce, one]).kind is Op.ADD
    assert graph.table([5, 5]) is graph.constant(5)
    assert graph.select([nonce, nonce]) is nonce
    with pytest.raises(ValueError, match="there must be a word for each of 2 slots"):
        graph.table([1, 2, 3])
    with pytest.raises(ValueError, match="there must be a word for each of 2 slots"):
        graph.select([nonce])


def test_binding_is_that_of_the_latest_argument() -> None:
    graph = Graph()
    a, b = graph.input("a", BindingTime.JOB), graph.input("nonce", BindingTime.NONCE)
    assert graph.operation(Op.ADD, [a, graph.constant(1)]).known is BindingTime.JOB
    assert graph.operation(Op.CHOOSE, [a, b, a]).known is BindingTime.NONCE
    with pytest.raises(ValueError, match="input 'x' must be bound to the job or to the nonce"):
        graph.input("x", BindingTime.CONSTANT)


@given(graphs(), job_inputs(), WORDS)
def test_evaluate(graph: Graph, job: dict[str, int], nonce: int) -> None:
    inputs = job | {"nonce": nonce}
    known: dict = {}
    expected = [value(node, inputs, known) for node in graph.outputs.values()]
    assert interpret(graph.outputs.values(), inputs) == expected


@given(graphs(), job_inputs(), WORDS, st.booleans(), st.booleans(), st.booleans())
def test_reassociate_keeps_values(
    graph: Graph, job: dict[str, int], nonce: int, absorbs: bool, share: bool, carry_save: bool
) -> None:
    inputs = job | {"nonce": nonce}
    known: dict = {}
    expected = [value(node, inputs, known) for node in graph.outputs.values()]
    model = operators_per_cycle(2, absorbs=absorbs)
    made = reassociate(graph, model, share=share, carry_save=carry_save)
    again: dict = {}
    assert [value(node, inputs, again) for node in made.outputs.values()] == expected
    kinds = {node.kind for node in made.reached()}
    assert absorbs or not kinds & {Op.ADD_CHOOSE, Op.ADD_MAJORITY}


@given(looped_graphs(), job_inputs(), WORDS, st.booleans(), st.booleans(), st.booleans())
def test_slots(
    graph: Graph, job: dict[str, int], nonce: int, absorbs: bool, gated: bool, carry_save: bool
) -> None:
    """Loops, numbers and choices of the slot, before the sums are reordered and after it."""
    inputs = job | {"nonce": nonce}
    expected = outputs(graph, inputs)
    assert interpret_slots(graph, inputs) == expected
    model = operators_per_cycle(2, absorbs=absorbs, gated_operands=gated)
    made = reassociate(graph, model, carry_save=carry_save)
    assert gated or not GATED_SUMS & {node.kind for node in made.reached()}
    assert interpret_slots(made, inputs) == expected
    assert outputs(made, inputs) == expected


@given(graphs())
def test_reassociate_adds_no_adder(graph: Graph) -> None:
    def adders(of: Graph) -> int:
        return sum(node.kind in ADDERS and node.known is BindingTime.NONCE for node in of.reached())

    made = reassociate(graph, operators_per_cycle(2))
    # A shared sum that is recovered by a subtraction costs one adder more, and one that has a job
    # word in it may cost one more in each sum that uses it.
    using = users(graph.reached())
    shared = sum(len(using[node]) for node in using if node.kind is Op.ADD and len(using[node]) > 1)
    assert adders(made) <= adders(graph) + shared


def test_a_sum_takes_a_gate_and_a_choice() -> None:
    """Those that one sum uses; one that is used elsewhere too stays."""
    graph = Graph(slots=3)
    a, b, c = (graph.input(name, BindingTime.NONCE) for name in "abc")
    once, twice = graph.gate(b, [0]), graph.gate(c, [1])
    choice = graph.select([b, c, c])
    graph.outputs = {
        "gate": graph.operation(Op.ADD, [a, once]),
        "difference": graph.operation(Op.SUB, [a, graph.gate(b, [1])]),
        "choice": graph.operation(Op.ADD, [a, choice]),
        "both": graph.operation(Op.ADD, [b, twice]),
        "again": graph.operation(Op.CHOOSE, [a, b, twice]),
    }
    made = reassociate(graph, operators_per_cycle(2, gated_operands=True))
    kinds = {name: node.kind for name, node in made.outputs.items()}
    assert kinds == {
        "gate": Op.ADD_GATE,
        "difference": Op.SUB_GATE,
        "choice": Op.ADD_SELECT,
        "both": Op.ADD,
        "again": Op.CHOOSE,
    }


def test_a_gated_sum_of_the_text_stays() -> None:
    """Whether or not sums take gates: what is added to it does not go into it."""
    graph = Graph(slots=2)
    a, b, c = (graph.input(name, BindingTime.NONCE) for name in "abc")
    gated = graph.gated_sum(Op.ADD_GATE, [a, b], [1, 0])
    graph.outputs["y"] = graph.operation(Op.ADD, [gated, c])
    for gates in (False, True):
        made = reassociate(graph, operators_per_cycle(2, gated_operands=gates))
        assert [node.kind for node in made.reached()].count(Op.ADD_GATE) == 1
        inputs = {"a": 5, "b": 7, "c": 11}
        assert (
            interpret_slots(made, inputs) == interpret_slots(graph, inputs) == outputs(made, inputs)
        )


def two_rounds() -> Graph:
    """Their ``a`` and ``e``, from a state, a constant and a schedule word."""
    graph = Graph()
    names = "abcdefgh"
    state = [GraphWord.input(graph, name, BindingTime.NONCE) for name in names]
    k, w = GraphWord.constant(graph, 99), GraphWord.input(graph, "w", BindingTime.NONCE)
    for _ in range(2):
        state = list(round_(state, k, w))
    graph.outputs = {"a": state[0].node, "e": state[4].node}
    return graph


def test_a_round_passes_two_adders() -> None:
    """``e'`` waits for ``e`` through two adders, and ``T1`` is recovered from it."""
    made = reassociate(two_rounds(), operators_per_cycle(2))
    e = made.outputs["e"]
    assert e.kind is Op.ADD
    assert {arg.kind for arg in e.args} == {Op.SIGMA, Op.ADD_CHOOSE}
    assert sum(node.kind is Op.SUB for node in made.reached()) == 2


@given(graphs(), job_inputs())
def test_job_program(graph: Graph, job: dict[str, int]) -> None:
    words = [node for node in graph.nodes if node.known is BindingTime.JOB]
    known: dict = {}
    expected = [value(node, job, known) for node in words]
    assert job_program(words).run(job) == expected


def test_job_program_refuses() -> None:
    graph = Graph()
    a, nonce = graph.input("a", BindingTime.JOB), graph.input("nonce", BindingTime.NONCE)
    with pytest.raises(ValueError, match="job word must not depend on the nonce"):
        job_program([graph.operation(Op.ADD, [a, nonce])])
    program = job_program([a])
    with pytest.raises(ValueError, match="a must be a number of 32 bits, not None"):
        program.run({})
    with pytest.raises(ValueError, match="a must be a number of 32 bits, not 4294967296"):
        program.run({"a": 1 << 32})


def test_delay_model_refuses() -> None:
    delays = Delays(adder=600, function=100, sigma=100, register=500)
    assert DelayModel(delays=delays, period=1.1).budget == delays.adder
    with pytest.raises(ValueError, match=r"period must be at least 1.1 ns, .* not 1"):
        DelayModel(delays=delays, period=1)
    with pytest.raises(ValueError, match="ram_latency must be 2 or 4 cycles, not 3"):
        DelayModel(delays=delays, period=2, ram_latency=3)
    assert delays.period(adders=2, functions=1) == 1.8
    assert Source.INPUT not in ADDERS


def test_a_shared_sum_is_formed_once() -> None:
    """No difference, and an adder less for each round: ``T1``, to which ``d`` is added."""
    model = operators_per_cycle(2)
    counts = []
    for share in (False, True):
        kinds = [node.kind for node in reassociate(two_rounds(), model, share=share).reached()]
        assert (Op.SUB in kinds) is not share
        counts.append(sum(kind in ADDERS for kind in kinds))
    assert counts[0] - counts[1] == 2


def test_carry_save_rounds_have_two_adders() -> None:
    """``a'`` and ``e'`` alone are added; ``T1``, if it is formed once, is two words for both."""
    savers = []
    for share in (False, True):
        made = reassociate(two_rounds(), operators_per_cycle(2), share=share, carry_save=True)
        kinds = [node.kind for node in made.reached()]
        assert sum(kind in ADDERS for kind in kinds) == 4
        assert kinds.count(Op.PARITY) == kinds.count(Op.CARRIES)
        savers.append(kinds.count(Op.PARITY))
    # h, Ch, the sigma, K and w, and then d, or the other sigma and Maj: 4 and 5 in a round.
    assert savers == [2 * (4 + 5), 2 * (3 + 1 + 2)]
