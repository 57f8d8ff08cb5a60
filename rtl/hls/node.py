"""Nodes of a word graph."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum

from sluice.rtl.sha256.word import Sigma

from .ops import Op


class BindingTime(IntEnum):
    """When a word is known, earliest first."""

    CONSTANT = 0
    SLOT = 1
    JOB = 2
    NONCE = 3


class Source(Enum):
    """Nodes that are not the result of an operation."""

    CONSTANT = "constant"
    TABLE = "table"
    INPUT = "input"
    BACK_EDGE = "back-edge"
    RAM = "ram"


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
    known
        The latest binding time of what the word depends on.
    value
        The number, of a constant; of a back-edge and of what a memory carries, its distance: the
        slots until it comes, at least.
    which
        The function, of a sigma.
    name
        Of an input or a back-edge, its name; else a hint for people who read waveforms.
    by_slot
        For each slot: of a table its number, of a selection which argument it is, of a gate whether
        it is open, of what a memory carries the place it is read from; with all bits inverted if
        nobody takes it there.
    writes
        For each slot the place that the memory is written in; with all bits inverted if it is not
        written.
    """

    index: int
    kind: Op | Source
    args: tuple["Node", ...]
    known: BindingTime
    value: int = 0
    which: Sigma | None = None
    name: str = ""
    by_slot: tuple[int, ...] = ()
    writes: tuple[int, ...] = ()

    def __repr__(self) -> str:
        what = f"{self.value:#010x}" if self.kind is Source.CONSTANT else self.name
        args = " ".join(str(arg.index) for arg in self.args)
        return f"<{self.index}: {self.kind.value} {what} {args}>"


def reached(roots: Iterable[Node], carried: Mapping[Node, Node] | None = None) -> list[Node]:
    """Nodes that `roots` depend on, themselves included, arguments before users."""
    found: dict[int, Node] = {}
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node.index not in found:
            found[node.index] = node
            stack.extend(node.args)
            if carried and node in carried:
                stack.append(carried[node])
    return [found[index] for index in sorted(found)]


def users(nodes: Iterable[Node]) -> dict[Node, list[Node]]:
    """For each node those among `nodes` that use it; one that uses it twice stands twice."""
    result: dict[Node, list[Node]] = {}
    for node in nodes:
        result.setdefault(node, [])
        for arg in node.args:
            result.setdefault(arg, []).append(node)
    return result
