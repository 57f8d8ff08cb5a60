"""A word of SHA-256 that records what is done with it as nodes of a graph."""

from collections.abc import Callable
from dataclasses import dataclass

from sluice.rtl.sha256.word import Sigma

from .ir import BindingTime, Graph, Node
from .ops import Op


@dataclass(frozen=True)
class GraphWord:
    """A node, as a :class:`sluice.rtl.sha256.word.Word`."""

    graph: Graph
    node: Node

    @classmethod
    def constant(cls, graph: Graph, value: int) -> "GraphWord":
        """A number as a word of `graph`."""
        return cls(graph, graph.constant(value))

    @classmethod
    def input(cls, graph: Graph, name: str, known: BindingTime) -> "GraphWord":
        """A word from outside."""
        return cls(graph, graph.input(name, known))

    def _make(self, op: Op, *others: "GraphWord", which: Sigma | None = None) -> "GraphWord":
        nodes = (self.node, *(other.node for other in others))
        return GraphWord(self.graph, self.graph.operation(op, nodes, which))

    def __add__(self, other: "GraphWord", /) -> "GraphWord":
        return self._make(Op.ADD, other)

    def choose(self, f: "GraphWord", g: "GraphWord", /) -> "GraphWord":
        """``Ch``."""
        return self._make(Op.CHOOSE, f, g)

    def majority(self, b: "GraphWord", c: "GraphWord", /) -> "GraphWord":
        """``Maj``."""
        return self._make(Op.MAJORITY, b, c)

    def sigma(self, which: Sigma, /) -> "GraphWord":
        """One of the sigmas."""
        return self._make(Op.SIGMA, which=which)

    def minus(self, other: "GraphWord", /) -> "GraphWord":
        """A difference; SHA-256 has none, so words have no operator for it."""
        return self._make(Op.SUB, other)

    def named(self, name: str) -> "GraphWord":
        """The same word with a name for people, unless it has one."""
        self.node.name = self.node.name or name
        return self


@dataclass(frozen=True)
class GatedWord(GraphWord):
    """A word whose functions are zero in some slots; its sums are not."""

    gate: Callable[[GraphWord], GraphWord]

    def choose(self, f: GraphWord, g: GraphWord, /) -> GraphWord:
        """``Ch``, gated."""
        return self.gate(super().choose(f, g))

    def majority(self, b: GraphWord, c: GraphWord, /) -> GraphWord:
        """``Maj``, gated."""
        return self.gate(super().majority(b, c))

    def sigma(self, which: Sigma, /) -> GraphWord:
        """A sigma, gated."""
        return self.gate(super().sigma(which))
