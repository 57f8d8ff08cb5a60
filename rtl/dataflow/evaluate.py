"""The value of nodes, from values of the inputs: the model of everything made from a graph."""

from collections.abc import Iterable, Mapping, Sequence

from sluice.rtl.sha256.model import Word32

from .node import Graph, Node, Source, reached
from .semantics import Op, apply


def evaluate(
    roots: Iterable[Node],
    inputs: Mapping[str, int],
    *,
    turn: int = 0,
    loops: Mapping[Node, int] | None = None,
) -> list[int]:
    """Numbers of `roots` in their order.

    Parameters
    ----------
    roots
        What is asked for.
    inputs
        Numbers of the inputs, by name.
    turn
        The number of the pass.
    loops
        Numbers of the loops; 0 where none is given.

    Raises
    ------
    KeyError
        An input that is needed is not given.
    """
    roots = list(roots)
    values: dict[Node, Word32] = {}
    for node in reached(roots):
        match node.kind:
            case Source.CONSTANT:
                values[node] = Word32(node.value)
            case Source.TABLE:
                values[node] = Word32(node.passes[turn])
            case Source.LOOP | Source.RECALL:
                values[node] = Word32((loops or {}).get(node, 0))
            case Source.INPUT:
                values[node] = Word32(inputs[node.name])
            case Op.SELECT:
                values[node] = values[node.args[node.passes[turn]]]
            case Op.GATE:
                values[node] = values[node.args[0]] if node.passes[turn] else Word32(0)
            case Op.ADD_GATE | Op.SUB_GATE | Op.ADD_SELECT:
                values[node] = _passing(node, [values[arg] for arg in node.args], turn)
            case _:
                values[node] = apply(node.kind, [values[arg] for arg in node.args], node.which)
    return [int(values[root]) for root in roots]


def _passing(node: Node, args: Sequence[Word32], turn: int) -> Word32:
    """A sum whose second operand depends on the pass."""
    first, second, *rest = args
    third = rest[0] if rest else Word32(0)
    operand = second if node.passes[turn] else third
    return first - operand if node.kind is Op.SUB_GATE else first + operand


def evaluate_passes(graph: Graph, inputs: Mapping[str, int]) -> dict[str, int]:
    """Numbers of the outputs of a graph with loops, in the last pass."""
    return evaluate_each_pass(graph, [inputs] * graph.passes, {})[-1]


def evaluate_each_pass(
    graph: Graph, inputs: Sequence[Mapping[str, int]], kept: Mapping[int, int]
) -> list[dict[str, int]]:
    """Numbers of the outputs of a graph with loops, in each of as many passes as `inputs` has.

    Numbers of loops and recalls from before the first pass are 0. `kept` has the words of the
    places that no pass writes to.
    """
    history: list[dict[Node, int]] = []
    found: list[dict[str, int]] = []
    for number, given in enumerate(inputs):
        turn = number % graph.passes
        loops = {
            loop: _earlier(loop, node, number, graph.passes, history, kept)
            for loop, node in graph.loops.items()
        }
        roots = [*graph.outputs.values(), *graph.loops.values()]
        numbers = evaluate(roots, given, turn=turn, loops=loops)
        history.append(dict(zip(roots, numbers, strict=True)))
        found.append({name: history[-1][node] for name, node in graph.outputs.items()})
    return found


def _earlier(
    loop: Node,
    node: Node,
    number: int,
    passes: int,
    history: Sequence[Mapping[Node, int]],
    kept: Mapping[int, int],
) -> int:
    distance = loop.value
    if loop.kind is Source.RECALL:
        place = loop.passes[number % passes]
        if place >= passes:
            return kept[place]
        distance = (number - place - 1) % passes + 1
        assert distance >= loop.value, (loop, number)
    return history[number - distance][node] if number >= distance else 0
