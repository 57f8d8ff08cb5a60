"""The value of nodes, from values of the inputs: the model of everything made from a graph."""

from collections.abc import Iterable, Mapping

from sluice.rtl.sha256.model import Word32

from .node import Node, Source, reached
from .semantics import apply


def evaluate(roots: Iterable[Node], inputs: Mapping[str, int]) -> list[int]:
    """Numbers of `roots` in their order.

    Raises
    ------
    KeyError
        An input that is needed is not given.
    """
    roots = list(roots)
    values: dict[Node, Word32] = {}
    for node in reached(roots):
        if isinstance(node.kind, Source):
            number = node.value if node.kind is Source.CONSTANT else inputs[node.name]
            values[node] = Word32(number)
        else:
            values[node] = apply(node.kind, [values[arg] for arg in node.args], node.which)
    return [int(values[root]) for root in roots]
