"""The value of a graph written down a second time, with plain integers and bit strings.

It shares nothing with the code under test, which has one text for all word types.
"""

from collections.abc import Mapping

from sluice.rtl.hls.ir import Graph, Node, Source


def _bits(value: int) -> str:
    return format(value % 2**32, "032b")


def _odd(a: str, b: str, c: str) -> str:
    return "01"[(a + b + c).count("1") % 2]


def _vote(a: str, b: str, c: str) -> str:
    return max("01", key=[a, b, c].count)


def _mixed(value: int, rotr: tuple[int, ...], shr: tuple[int, ...]) -> int:
    text = _bits(value)
    copies = [text[-n:] + text[:-n] for n in rotr] + ["0" * n + text[:-n] for n in shr]
    return int("".join(str(column.count("1") % 2) for column in zip(*copies, strict=True)), 2)


def value(
    node: Node,
    inputs: dict[str, int],
    known: dict[tuple[Node, int], int],
    slot: int = 0,
    back_edges: Mapping[Node, Node] | None = None,
) -> int:
    """The number of a node in a slot; `known` remembers.

    `back_edges` are those of the graph; what they are before the first slot is 0.
    """
    key = (node, slot)
    if key in known:
        return known[key]
    if node.kind is Source.CONSTANT:
        result = node.value
    elif node.kind is Source.INPUT:
        result = inputs[node.name]
    elif node.kind is Source.TABLE:
        result = node.by_slot[slot]
    elif node.kind is Source.BACK_EDGE:
        assert back_edges is not None
        made = slot - node.value
        result = value(back_edges[node], inputs, known, made, back_edges) if made >= 0 else 0
    elif node.kind.value == "select":
        result = value(node.args[node.by_slot[slot]], inputs, known, slot, back_edges)
    elif node.kind.value == "gate":
        result = value(node.args[0], inputs, known, slot, back_edges) * node.by_slot[slot]
    elif node.by_slot:
        first, second, *rest = (value(arg, inputs, known, slot, back_edges) for arg in node.args)
        operand = second if node.by_slot[slot] else sum(rest)
        result = first + {"add": 1, "sub": -1}[node.kind.value[:3]] * operand
    else:
        result = _operation(
            node, [value(arg, inputs, known, slot, back_edges) for arg in node.args]
        )
    known[key] = result % 2**32
    return known[key]


def outputs(graph: Graph, inputs: dict[str, int]) -> dict[str, int]:
    """The numbers of all outputs, in the last slot."""
    known: dict[tuple[Node, int], int] = {}
    slot = graph.slots - 1
    return {
        name: value(node, inputs, known, slot, graph.carried)
        for name, node in graph.outputs.items()
    }


def _operation(node: Node, args: list[int]) -> int:
    texts = [_bits(arg) for arg in args]
    result = 0
    match node.kind.value:
        case "add":
            result = args[0] + args[1]
        case "sub":
            result = args[0] - args[1]
        case "sigma":
            assert node.which is not None
            result = _mixed(args[0], node.which.rotr, node.which.shr)
        case "choose" | "add_choose":
            e, f, g = texts[-3:]
            chosen = (y if x == "1" else z for x, y, z in zip(e, f, g, strict=True))
            result = int("".join(chosen), 2)
        case "majority" | "add_majority":
            result = int("".join(map(_vote, *texts[-3:])), 2)
        case "parity":
            result = int("".join(map(_odd, *texts)), 2)
        case "carries":
            result = int("".join(map(_vote, *texts))[1:] + "0", 2)
        case other:
            raise AssertionError(other)
    return result + args[0] if node.kind.value.startswith("add_") else result
