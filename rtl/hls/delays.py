"""Delays of a word that all come out of one chain of registers.

A word that several nodes take, each so many slots later, waits in one chain of registers, as long
as the longest wait: registers are shared at a fan-out (Leiserson & Saxe, "Retiming synchronous
circuitry", Algorithmica 6, 1991, section 8). The scheduler counts that by the last use of the word.
So each use is to be a back-edge of its own, from the word itself: then each may be in a cycle of
its own, and none has a second chain of registers behind the first.
"""

from .ir import Graph, Node, Source


def separate_delays(graph: Graph) -> Graph:
    """The same graph: each use of a back-edge is one of its own, and none is of another."""
    return _Separation(graph).result


class _Separation:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.result = Graph(graph.slots, load_slots=graph.load_slots)
        self._made: dict[Node, Node] = {}
        self._uses: dict[Node, list[Node]] = {}
        for node in graph.reached():
            if node.kind is not Source.BACK_EDGE:
                self._made[node] = self.result.copied(node, [self._used(arg) for arg in node.args])
        for name, word in graph.outputs.items():
            self.result.outputs[name] = self._told(word)
        for name, word in graph.taps.items():
            self.result.taps[name] = self._told(word)
        for edge, uses in self._uses.items():
            word, _ = self._origin(edge)
            self.result.carried |= dict.fromkeys(uses, self._made[word])
        for value, word in graph.carried.items():
            if value.kind is Source.RAM and value in self._made:
                self.result.carried[self._made[value]] = self._told(word)

    def _origin(self, edge: Node) -> tuple[Node, int]:
        """The word that comes over a back-edge, and how many slots later it does."""
        word, distance = self._graph.carried[edge], edge.value
        while word.kind is Source.BACK_EDGE:
            word, distance = self._graph.carried[word], distance + word.value
        return word, distance

    def _used(self, word: Node) -> Node:
        """A word for one more node."""
        if word.kind is not Source.BACK_EDGE:
            return self._made[word]
        uses = self._uses.setdefault(word, [])
        _, distance = self._origin(word)
        uses.append(self.result.back_edge(f"{word.name}_{len(uses)}", distance))
        return uses[-1]

    def _told(self, word: Node) -> Node:
        """A word that is asked for: as a node has it, if one does."""
        uses = self._uses.get(word)
        return uses[0] if uses else self._used(word)
