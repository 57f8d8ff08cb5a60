"""The constraints of a schedule: what must be how many cycles behind what."""

from .delay_model import DelayModel
from .ir import BindingTime, Graph, Node, Source, users
from .ops import GATED_SUMS, Op
from .reach import Reach, reach, resets
from .sdc import DifferenceSystem

#: The cost of a cycle in a memory, in those of a register.
_IN_RAM = 0.1
#: The cost of a path that leaves less slack than it should, likewise, for each use of the word that
#: it begins with: what is used in many places has long wires.
_TIGHT = 1.1


class Problem:
    """A graph, as a system of differences and a cost.

    Parameters
    ----------
    graph, model, ram_from
        See :func:`~.schedule.schedule`.

    Members
    -------
    nodes
        What is scheduled: all that changes with the nonce. Their cycles are the first unknowns, in
        the same order; then come those of their last uses, and that of the outputs.
    system
        The constraints.
    cost
        Of a cycle of each unknown: a register for each from a node to its last use, and more for
        paths that leave less slack than they should.
    """

    def __init__(self, graph: Graph, model: DelayModel, ram_from: int | None) -> None:
        self.graph = graph
        self.model = model
        self.nodes = [node for node in graph.reached() if node.known is BindingTime.NONCE]
        self.position = {node: i for i, node in enumerate(self.nodes)}
        self._using = users(self.nodes)
        self._ram_from = ram_from
        count = len(self.nodes)
        tights = self._tight_paths()
        self.system = DifferenceSystem(2 * count + 1 + len(tights))
        inputs = [node for node in self.nodes if node.kind is Source.INPUT]
        memories = any(node.kind is Source.RAM for node in self.nodes)
        first = inputs[0] if len(inputs) == 1 and not memories else None
        for node in self.nodes:
            self._order(node, first)
        self._finish()
        weights = [1.0] * count
        for value, node in graph.carried.items():
            if self._waits_in_ram(value):
                weights[self.position[node]] = _IN_RAM
        self.cost = [-weight for weight in weights] + weights + [0.0]
        for tight in tights:
            self._avoid(*tight)

    def _tight_paths(self) -> list[tuple[Node, list[Node]]]:
        """Ends of paths that fit in a cycle and leave too little of it, with where these begin.

        Those that come to an end by the same way are together.
        """
        slack = round(self.model.slack * 1000)
        found: dict[tuple[Node, Node], list[Node]] = {}
        for node in self.nodes if slack else ():
            must = self.reach(node).far
            for end, by in reach(node, self._using, self.model, slack=slack).far.items():
                if end not in must:
                    found.setdefault((end, by), []).append(node)
        return [(end, starts) for (end, _), starts in found.items()]

    def _avoid(self, end: Node, starts: list[Node]) -> None:
        """Let it cost something if a node is in the same cycle as one of those before it.

        An unknown more is in the cycle of the node, or a cycle behind all the others if that is
        later, and costs what it is behind the node: a soft constraint, which leaves the matrix
        totally unimodular (J. Cong, B. Liu and Z. Zhang, Scheduling with soft constraints, ICCAD
        2009).
        """
        number = len(self.cost)
        words = [word for start in starts for word in start.args or [start]]
        price = _TIGHT * max(len(self._using.get(word, [end])) for word in words)
        self.system.at_least(number, self.position[end])
        for start in starts:
            self.system.at_least(number, self.position[start], 1)
        self.cost[self.position[end]] -= price
        self.cost.append(price)

    def _waits_in_ram(self, node: Node) -> bool:
        """Whether it is a back-edge so long that its word waits in a memory."""
        return bool(
            self._ram_from and node.kind is Source.BACK_EDGE and node.value >= self._ram_from
        )

    def reach(self, node: Node) -> Reach:
        """What fits in the cycle of a node."""
        late = self.model.delays.memory if self._waits_in_ram(node) else 0
        return reach(node, self._using, self.model, late)

    def _order(self, node: Node, first: Node | None) -> None:
        """What follows from the uses of one node."""
        at_least, position = self.system.at_least, self.position
        own, last = position[node], len(self.nodes) + position[node]
        behind = self.model.delays.free_register and isinstance(node.kind, Op)
        # A sum and the reset behind it have one register.
        behind = behind and not all(resets(user, self.model) for user in self._using[node])
        at_least(last, own, behind)
        reset = resets(node, self.model) or self._one_register(node)
        for user in self._using[node]:
            at_least(last, position[user])
            at_least(position[user], own, reset)
        for far in self.reach(node).far:
            at_least(position[far], own, 1)
        if first and not any(arg.known is BindingTime.NONCE for arg in node.args):
            at_least(own, position[first])

    def _one_register(self, node: Node) -> bool:
        """Whether all that take a gated sum take it from the register in its cell.

        A cell gives its word behind that register or before it, not both.
        """
        free = self.model.delays.free_register
        return free and node.kind in GATED_SUMS and len(self._using[node]) > 1

    def _finish(self) -> None:
        """What outputs, back-edges and memories ask for."""
        at_least, position, count = self.system.at_least, self.position, len(self.nodes)
        end = 2 * count
        for node in self.graph.outputs.values():
            if node in position:
                at_least(end, position[node])
                at_least(count + position[node], end)
        for value, node in self.graph.carried.items():
            late, made = position[value], position[node]
            if value.kind is Source.RAM:
                at_least(late, made, self.model.ram_latency, slots=value.value)
                continue
            at_least(late, made, 1, slots=value.value)
            at_least(count + made, late, slots=-value.value)
