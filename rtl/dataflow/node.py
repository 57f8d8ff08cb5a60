"""Nodes of a word graph, made unique and folded as they are made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum

from sluice.rtl.sha256.model import Word32
from sluice.rtl.sha256.word import Sigma

from .semantics import Op, apply


class Binding(IntEnum):
    """When a word is known, earliest first."""

    CONSTANT = 0
    JOB = 1
    NONCE = 2


class Source(Enum):
    """Nodes that are not the result of an operation."""

    CONSTANT = "constant"
    INPUT = "input"


@dataclass(eq=False, slots=True, repr=False)
class Node:
    """A 32-bit word.

    Members
    -------
    index
        Position in the graph; arguments have smaller ones.
    kind
        The operation, or where the word comes from.
    args
        Operands.
    binding
        The latest binding time of what the word depends on.
    value
        The number, of a constant.
    which
        The function, of a sigma.
    name
        Of an input, its name; else a hint for people who read waveforms.
    """

    index: int
    kind: Op | Source
    args: tuple["Node", ...]
    binding: Binding
    value: int = 0
    which: Sigma | None = None
    name: str = ""

    def __repr__(self) -> str:
        what = f"{self.value:#010x}" if self.kind is Source.CONSTANT else self.name
        args = " ".join(str(arg.index) for arg in self.args)
        return f"<{self.index}: {self.kind.value} {what} {args}>"


class Graph:
    """A builder of nodes in which equal nodes are one (common subexpressions) and constants fold.

    Members
    -------
    nodes
        All nodes, arguments before users.
    outputs
        Named words that are asked for.
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.outputs: dict[str, Node] = {}
        self._unique: dict[object, Node] = {}

    def __repr__(self) -> str:
        outputs = ", ".join(f"{name}={node.index}" for name, node in self.outputs.items())
        return f"Graph({self.nodes}, {outputs})"

    def constant(self, value: int) -> Node:
        """The word of a number, taken modulo 2^32."""
        value = Word32(value)
        return self._intern(Source.CONSTANT, (), Binding.CONSTANT, value=int(value))

    def input(self, name: str, binding: Binding) -> Node:
        """A word from outside, known with the job or with the nonce."""
        if binding is Binding.CONSTANT:
            raise ValueError(f"input {name!r} must be bound to the job or to the nonce")
        return self._intern(Source.INPUT, (), binding, name=name)

    def operation(self, op: Op, args: Sequence[Node], which: Sigma | None = None) -> Node:
        """The result of an operation; a constant where that is known already."""
        if all(arg.kind is Source.CONSTANT for arg in args):
            return self.constant(apply(op, [Word32(arg.value) for arg in args], which))
        if op is Op.ADD:
            left, right = sorted(args, key=lambda arg: arg.index)
            for one, other in ((left, right), (right, left)):
                if one.kind is Source.CONSTANT and one.value == 0:
                    return other
            args = (left, right)
        if op is Op.SUB and args[1].kind is Source.CONSTANT:
            return self.operation(Op.ADD, (args[0], self.constant(-args[1].value)))
        binding = max(arg.binding for arg in args)
        return self._intern(op, tuple(args), binding, which=which)

    def _intern(
        self,
        kind: Op | Source,
        args: tuple[Node, ...],
        binding: Binding,
        *,
        value: int = 0,
        which: Sigma | None = None,
        name: str = "",
    ) -> Node:
        key = (kind, args, value, which, name)
        if key not in self._unique:
            self._unique[key] = Node(len(self.nodes), kind, args, binding, value, which, name)
            self.nodes.append(self._unique[key])
        return self._unique[key]

    def reached(self) -> list[Node]:
        """The nodes that the outputs depend on, arguments before users: the rest is pruned."""
        return reached(self.outputs.values())


def reached(roots: Iterable[Node]) -> list[Node]:
    """Nodes that `roots` depend on, themselves included, arguments before users."""
    found: dict[int, Node] = {}
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node.index not in found:
            found[node.index] = node
            stack.extend(node.args)
    return [found[index] for index in sorted(found)]


def users(nodes: Iterable[Node]) -> dict[Node, list[Node]]:
    """For each node those among `nodes` that use it; one that uses it twice stands twice."""
    result: dict[Node, list[Node]] = {}
    for node in nodes:
        result.setdefault(node, [])
        for arg in node.args:
            result.setdefault(arg, []).append(node)
    return result
