"""Random graphs and the numbers of their inputs, for Hypothesis."""

from hypothesis import strategies as st

from sluice.rtl.hls.ir import BindingTime, Graph
from sluice.rtl.hls.ops import Op
from sluice.rtl.sha256.word import BIG_SIGMA0, BIG_SIGMA1, SMALL_SIGMA0, SMALL_SIGMA1

WORDS = st.one_of(st.integers(0, 0xFFFFFFFF), st.sampled_from([0, 1, 0x7FFFFFFF, 0xFFFFFFFF]))
SIGMAS = (BIG_SIGMA0, BIG_SIGMA1, SMALL_SIGMA0, SMALL_SIGMA1)
JOB_INPUTS = ("j0", "j1", "j2")
ARITY = {Op.ADD: 2, Op.CHOOSE: 3, Op.MAJORITY: 3, Op.SIGMA: 1}


@st.composite
def graphs(draw: st.DrawFn, max_size: int = 25) -> Graph:
    """A graph of operations, its last words its outputs; one of them changes with the nonce."""
    graph = Graph()
    nonce = graph.input("nonce", BindingTime.NONCE)
    nodes = [graph.input(name, BindingTime.JOB) for name in JOB_INPUTS]
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
    if not any(node.known is BindingTime.NONCE for node in graph.outputs.values()):
        graph.outputs["nonce"] = nonce
    return graph


@st.composite
def looped_graphs(draw: st.DrawFn, max_size: int = 16, max_slots: int = 4) -> Graph:
    """A graph of several slots: back-edges, numbers and choices that depend on the slot.

    A back-edge is only used in slots that have it, else the nonce, a number, or a job word in one
    of them; in a later slot a job word may be added to it. Some graphs use a job word in a slot
    whose results nobody needs. The nonce is used in all slots.
    """
    graph = Graph(slots := draw(st.integers(2, max_slots)))
    nonce = graph.input("nonce", BindingTime.NONCE)
    back_edges = []
    nodes = [nonce]
    names = list(JOB_INPUTS)
    for number in range(draw(st.integers(1, 3))):
        distance = draw(st.sampled_from([1, 1, 1, 2])) if slots > 2 else 1
        back_edge = graph.back_edge(f"l{number}", distance)
        back_edges.append(back_edge)
        choices = [draw(st.sampled_from([nonce, graph.constant(draw(WORDS))]))] * distance
        choices += [back_edge] * (slots - distance)
        if names and draw(st.booleans()):
            slot = draw(st.integers(0, slots - 1))
            word = graph.input(names.pop(), BindingTime.JOB)
            choices[slot] = graph.operation(Op.ADD, [word, back_edge]) if slot >= distance else word
        nodes.append(graph.select(choices))
    for _ in range(draw(st.integers(1, max_size))):
        kinds = [Op.ADD] * 3 + [Op.CHOOSE, Op.MAJORITY, Op.SIGMA, Op.SELECT, Op.GATE, "table"]
        op = draw(st.sampled_from(kinds))
        recent = nodes[-8:]
        if op is Op.SELECT:
            made = graph.select([draw(st.sampled_from(recent)) for _ in range(slots)])
        elif op is Op.GATE:
            made = graph.gate(recent[-1], draw(st.sets(st.integers(0, slots - 1), min_size=1)))
        elif op == "table":
            table = graph.table([draw(WORDS) for _ in range(slots)])
            made = graph.operation(Op.ADD, [draw(st.sampled_from(recent)), table])
        else:
            args = [draw(st.sampled_from(recent)) for _ in range(ARITY[op])]
            which = draw(st.sampled_from(SIGMAS)) if op is Op.SIGMA else None
            made = graph.operation(op, args, which)
        nodes.append(made)
    for back_edge in back_edges:
        graph.carried[back_edge] = draw(st.sampled_from(nodes[len(back_edges) + 1 :]))
    graph.outputs = {f"o{i}": node for i, node in enumerate(nodes[-draw(st.integers(1, 2)) :])}
    if nonce not in graph.reached():
        graph.outputs["nonce"] = graph.operation(Op.ADD, [nodes[-1], nonce])
    # Only those that are used are there.
    used = set(graph.reached())
    graph.carried = {
        back_edge: node for back_edge, node in graph.carried.items() if back_edge in used
    }
    return graph


def jobs(draw: st.DrawFn) -> dict[str, int]:
    """Numbers of the inputs that are known with the job."""
    return {name: draw(WORDS) for name in JOB_INPUTS}


job_inputs = st.composite(jobs)
