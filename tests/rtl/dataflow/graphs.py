"""Random graphs and the numbers of their inputs, for Hypothesis."""

from hypothesis import strategies as st

from sluice.rtl.dataflow.node import Binding, Graph
from sluice.rtl.dataflow.semantics import Op
from sluice.rtl.sha256.word import BIG_SIGMA0, BIG_SIGMA1, SMALL_SIGMA0, SMALL_SIGMA1

WORDS = st.one_of(st.integers(0, 0xFFFFFFFF), st.sampled_from([0, 1, 0x7FFFFFFF, 0xFFFFFFFF]))
SIGMAS = (BIG_SIGMA0, BIG_SIGMA1, SMALL_SIGMA0, SMALL_SIGMA1)
JOB_INPUTS = ("j0", "j1", "j2")
ARITY = {Op.ADD: 2, Op.CHOOSE: 3, Op.MAJORITY: 3, Op.SIGMA: 1}


@st.composite
def graphs(draw: st.DrawFn, max_size: int = 25) -> Graph:
    """A graph of operations, its last words its outputs; one of them changes with the nonce."""
    graph = Graph()
    nonce = graph.input("nonce", Binding.NONCE)
    nodes = [graph.input(name, Binding.JOB) for name in JOB_INPUTS]
    nodes += [graph.constant(value) for value in draw(st.lists(WORDS, max_size=2))]
    nodes.append(nonce)
    for _ in range(draw(st.integers(1, max_size))):
        # Sums most of all, and young nodes first, so that there are long chains.
        op = draw(st.sampled_from([Op.ADD] * 4 + [Op.CHOOSE, Op.MAJORITY, Op.SIGMA]))
        last = len(nodes) - 1
        args = [nodes[last - draw(st.integers(0, min(last, 7)))] for _ in range(ARITY[op])]
        which = draw(st.sampled_from(SIGMAS)) if op is Op.SIGMA else None
        nodes.append(graph.operation(op, args, which))
    outputs = [*nodes[-draw(st.integers(1, 3)) :], graph.operation(Op.ADD, [nodes[-1], nonce])]
    graph.outputs = {f"o{i}": node for i, node in enumerate(outputs)}
    if not any(node.binding is Binding.NONCE for node in graph.outputs.values()):
        graph.outputs["nonce"] = nonce
    return graph


def jobs(draw: st.DrawFn) -> dict[str, int]:
    """Numbers of the inputs that are known with the job."""
    return {name: draw(WORDS) for name in JOB_INPUTS}


job_inputs = st.composite(jobs)
