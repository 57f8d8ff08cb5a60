"""Delays of a word that all come out of one chain of registers.

A word that several nodes take, each so many passes later, waits in one chain of registers, as long
as the longest wait: registers are shared at a fan-out (Leiserson & Saxe, "Retiming synchronous
circuitry", Algorithmica 6, 1991, section 8). The scheduler counts that by the last use of the word.
So each use is to be a loop of its own, from the word itself: then each may be in a cycle of its
own, and none has a second chain of registers behind the first.
"""

from .ir import Graph, Node, Source


def separate_delays(graph: Graph) -> Graph:
    """The same graph, in which each use of a loop is one of its own, with no loop of a loop."""
    return _Separation(graph).result


class _Separation:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.result = Graph(graph.passes, aside=graph.aside)
        self._made: dict[Node, Node] = {}
        self._uses: dict[Node, list[Node]] = {}
        for node in graph.reached():
            if node.kind is not Source.LOOP:
                self._made[node] = self.result.copied(node, [self._used(arg) for arg in node.args])
        for name, word in graph.outputs.items():
            self.result.outputs[name] = self._told(word)
        for name, word in graph.taps.items():
            self.result.taps[name] = self._told(word)
        for loop, uses in self._uses.items():
            word, _ = self._origin(loop)
            self.result.loops |= dict.fromkeys(uses, self._made[word])
        for loop, word in graph.loops.items():
            if loop.kind is Source.RECALL and loop in self._made:
                self.result.loops[self._made[loop]] = self._told(word)

    def _origin(self, loop: Node) -> tuple[Node, int]:
        """The word that comes as a loop, and how many passes later it does."""
        word, distance = self._graph.loops[loop], loop.value
        while word.kind is Source.LOOP:
            word, distance = self._graph.loops[word], distance + word.value
        return word, distance

    def _used(self, word: Node) -> Node:
        """A word for one more node."""
        if word.kind is not Source.LOOP:
            return self._made[word]
        uses = self._uses.setdefault(word, [])
        _, distance = self._origin(word)
        uses.append(self.result.loop(f"{word.name}_{len(uses)}", distance))
        return uses[-1]

    def _told(self, word: Node) -> Node:
        """A word that is asked for: as a node has it, if one does."""
        uses = self._uses.get(word)
        return uses[0] if uses else self._used(word)
