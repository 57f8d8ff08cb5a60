"""Words of a sum that is being put together, and which node waits for which."""

from collections.abc import Iterable
from dataclasses import dataclass

from .ir import BindingTime, Node
from .ops import Op

#: Words of a sum with their signs.
Terms = list[tuple[int, Node]]

#: Functions that an adder may take in.
ABSORBABLE = frozenset({Op.CHOOSE, Op.MAJORITY})


@dataclass(frozen=True)
class Term:
    """A word of a sum under construction: it, its sign, when it is known."""

    time: float
    sign: int
    node: Node
    absorbable: bool

    @property
    def takes_any(self) -> bool:
        """Whether an adder takes it beside any other term."""
        return self.sign > 0 and self.node.known is not BindingTime.SLOT

    @property
    def plain(self) -> bool:
        """Whether it is best taken so."""
        return self.takes_any and not self.absorbable


class Dependencies:
    """Which node depends on which, with dependencies added later."""

    def __init__(self, nodes: list[Node]) -> None:
        self._before: dict[Node, int] = {}
        self._added: list[tuple[Node, Node]] = []
        for node in nodes:
            bits = 1 << node.index
            for arg in node.args:
                bits |= self._before[arg]
            self._before[node] = bits

    def add(self, nodes: Iterable[Node], on: Node) -> None:
        """Let `nodes` depend on `on`."""
        self._added += [(node, on) for node in nodes]

    def any(self, node: Node, others: Iterable[Node]) -> bool:
        """Whether `node` depends on any of `others`."""
        bits, known = self._before[node], 0
        while bits != known:
            known = bits
            for late, on in self._added:
                if bits >> late.index & 1:
                    bits |= self._before[on]
        return any(bits >> other.index & 1 for other in others)
