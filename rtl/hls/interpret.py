"""The value of nodes, from values of the inputs: the model of everything made from a graph."""

from collections.abc import Iterable, Mapping, Sequence

from sluice.rtl.sha256.model import Word32

from .ir import Graph, Node, Source, reached
from .ops import Op, apply


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
    graph: Graph,
    inputs: Sequence[Mapping[str, int]],
    kept: Mapping[int, int],
    *,
    passes: Sequence[int] | None = None,
) -> list[dict[str, int]]:
    """Numbers of outputs and taps of a graph with loops, in each of as many passes as `inputs` has.

    Numbers of loops and recalls from before the first pass are 0.

    Parameters
    ----------
    graph
        The graph.
    inputs
        Numbers of the inputs in each pass.
    kept
        The words of places of recalls that are above those of passes, as they are at first.
    passes
        The number of each pass, if they do not just follow each other.
    """
    history: list[dict[Node, int]] = []
    found: list[dict[str, int]] = []
    memories = {
        loop: _Places(loop, graph, kept) for loop in graph.loops if loop.kind is Source.RECALL
    }
    for number, given in enumerate(inputs):
        turn = passes[number] if passes else number % graph.passes
        loops = {loop: memory.read(number, turn) for loop, memory in memories.items()}
        for loop, node in graph.loops.items():
            if loop not in memories:
                before = number - loop.value
                loops[loop] = history[before][node] if before >= 0 else 0
        told = graph.outputs | graph.taps
        roots = [*told.values(), *graph.loops.values()]
        numbers = evaluate(roots, given, turn=turn, loops=loops)
        history.append(dict(zip(roots, numbers, strict=True)))
        for loop, memory in memories.items():
            memory.write(number, turn, history[-1][graph.loops[loop]])
        found.append({name: history[-1][node] for name, node in told.items()})
    return found


class _Places:
    """The memory of a recall."""

    def __init__(self, loop: Node, graph: Graph, kept: Mapping[int, int]) -> None:
        self._loop = loop
        written = {max(place, ~place) for place in loop.written}
        self._words = dict.fromkeys({*range(graph.passes), *written}, 0) | dict(kept)
        self._since = dict.fromkeys(self._words, -loop.value)

    def read(self, number: int, turn: int) -> int:
        """The word that a pass reads."""
        place = self._loop.passes[turn]
        assert number - self._since[place] >= self._loop.value, (self._loop, turn, place)
        return self._words[place]

    def write(self, number: int, turn: int, word: int) -> None:
        """What a pass writes."""
        place = self._loop.written[turn]
        if place >= 0:
            self._words[place], self._since[place] = word, number
