"""The value of nodes, from values of the inputs: the model of everything made from a graph."""

from collections.abc import Iterable, Mapping, Sequence

from sluice.rtl.sha256.model import Word32

from .ir import Graph, Node, Source, reached
from .ops import Op, apply

#: What a memory gives to a slot that does not take it.
_UNTAKEN = 0xDEADBEEF


def interpret(
    roots: Iterable[Node],
    inputs: Mapping[str, int],
    *,
    slot: int = 0,
    carried: Mapping[Node, int] | None = None,
) -> list[int]:
    """Numbers of `roots` in their order.

    Parameters
    ----------
    roots
        What is asked for.
    inputs
        Numbers of the inputs, by name.
    slot
        Its number.
    carried
        Numbers of what earlier slots have made; 0 where none is given.

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
                values[node] = Word32(node.by_slot[slot])
            case Source.BACK_EDGE | Source.RAM:
                values[node] = Word32((carried or {}).get(node, 0))
            case Source.INPUT:
                values[node] = Word32(inputs[node.name])
            case Op.SELECT:
                values[node] = values[node.args[node.by_slot[slot]]]
            case Op.GATE:
                values[node] = values[node.args[0]] if node.by_slot[slot] else Word32(0)
            case Op.ADD_GATE | Op.SUB_GATE | Op.ADD_SELECT:
                values[node] = _gated_sum(node, [values[arg] for arg in node.args], slot)
            case _:
                values[node] = apply(node.kind, [values[arg] for arg in node.args], node.which)
    return [int(values[root]) for root in roots]


def _gated_sum(node: Node, args: Sequence[Word32], slot: int) -> Word32:
    """A sum whose second operand depends on the slot."""
    first, second, *rest = args
    third = rest[0] if rest else Word32(0)
    operand = second if node.by_slot[slot] else third
    return first - operand if node.kind is Op.SUB_GATE else first + operand


def interpret_slots(graph: Graph, inputs: Mapping[str, int]) -> dict[str, int]:
    """Numbers of the outputs of a graph of several slots, in the last one."""
    return interpret_each_slot(graph, [inputs] * graph.slots, {})[-1]


def interpret_each_slot(
    graph: Graph,
    inputs: Sequence[Mapping[str, int]],
    constants: Mapping[int, int],
    *,
    slots: Sequence[int] | None = None,
) -> list[dict[str, int]]:
    """Numbers of outputs and taps of a graph, in each of as many slots as `inputs` has.

    What slots before the first one have made is 0.

    Parameters
    ----------
    graph
        The graph.
    inputs
        Numbers of the inputs in each slot.
    constants
        The words of places of memories that are above those of slots, as they are at first.
    slots
        The number of each slot, if they do not just follow each other.
    """
    history: list[dict[Node, int]] = []
    found: list[dict[str, int]] = []
    memories = {
        node: _Memory(node, graph, constants) for node in graph.carried if node.kind is Source.RAM
    }
    for number, given in enumerate(inputs):
        slot = slots[number] if slots else number % graph.slots
        carried = {node: memory.read(number, slot) for node, memory in memories.items()}
        for edge, node in graph.carried.items():
            if edge not in memories:
                before = number - edge.value
                carried[edge] = history[before][node] if before >= 0 else 0
        told = graph.outputs | graph.taps
        roots = [*told.values(), *graph.carried.values()]
        numbers = interpret(roots, given, slot=slot, carried=carried)
        history.append(dict(zip(roots, numbers, strict=True)))
        for node, memory in memories.items():
            memory.write(number, slot, history[-1][graph.carried[node]])
        found.append({name: history[-1][node] for name, node in told.items()})
    return found


class _Memory:
    """The memory of a value."""

    def __init__(self, node: Node, graph: Graph, constants: Mapping[int, int]) -> None:
        self._node = node
        written = {max(place, ~place) for place in node.writes}
        self._words = dict.fromkeys({*range(graph.slots), *written}, 0) | dict(constants)
        self._since = dict.fromkeys(self._words, -node.value)

    def read(self, number: int, slot: int) -> int:
        """The word that a slot reads; if it takes none, one that shows where it is taken."""
        place = self._node.by_slot[slot]
        if place < 0:
            return _UNTAKEN
        assert number - self._since[place] >= self._node.value, (self._node, slot, place)
        return self._words[place]

    def write(self, number: int, slot: int, word: int) -> None:
        """What a slot writes."""
        place = self._node.writes[slot]
        if place >= 0:
            self._words[place], self._since[place] = word, number
