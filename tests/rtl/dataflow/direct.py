"""The value of a graph written down a second time, with plain integers and bit strings.

It shares nothing with the code under test, which has one text for all word types.
"""

from sluice.rtl.dataflow.node import Node, Source


def _bits(value: int) -> str:
    return format(value % 2**32, "032b")


def _vote(a: str, b: str, c: str) -> str:
    return max("01", key=[a, b, c].count)


def _mixed(value: int, rotr: tuple[int, ...], shr: tuple[int, ...]) -> int:
    text = _bits(value)
    copies = [text[-n:] + text[:-n] for n in rotr] + ["0" * n + text[:-n] for n in shr]
    return int("".join(str(column.count("1") % 2) for column in zip(*copies, strict=True)), 2)


def value(node: Node, inputs: dict[str, int], known: dict[Node, int]) -> int:
    """The number of a node; `known` remembers."""
    if node not in known:
        args = [value(arg, inputs, known) for arg in node.args]
        texts = [_bits(arg) for arg in args]
        if node.kind is Source.CONSTANT:
            known[node] = node.value
        elif node.kind is Source.INPUT:
            known[node] = inputs[node.name]
        else:
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
            if node.kind.value.startswith("add_"):
                result += args[0]
            known[node] = result % 2**32
    return known[node]
