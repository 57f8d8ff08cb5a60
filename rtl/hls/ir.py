"""Graphs of words: nodes are made unique and folded as they are made."""

from collections.abc import Sequence

from sluice.rtl.sha256.model import Word32
from sluice.rtl.sha256.word import Sigma

from .node import BindingTime, Node, Source, reached, users
from .ops import Op, apply

__all__ = ["BindingTime", "Graph", "Node", "Source", "reached", "users"]


class Graph:
    """A builder of nodes in which equal nodes are one (common subexpressions) and constants fold.

    Parameters
    ----------
    slots
        The folding factor: how often the hardware of the graph is used for a nonce.
    load_slots
        So many of them, the last ones, are not among those that follow each other again and again:
        now and then they are done in between, when a job is loaded.

    Members
    -------
    nodes
        All nodes, arguments before users.
    outputs
        Named words that are asked for.
    taps
        Named back-edges that are told in whatever cycle they are there.
    carried
        For each back-edge, and for what a memory carries, the word that it is in a later slot.
    late
        Back-edges that are known later than everything else: what is added to them waits for them.
    formed
        Sums that are formed as they are, though only another one uses them.
    """

    def __init__(self, slots: int = 1, *, load_slots: int = 0) -> None:
        self.slots = slots
        self.load_slots = load_slots
        self.late: set[Node] = set()
        self.formed: set[Node] = set()
        self.nodes: list[Node] = []
        self.outputs: dict[str, Node] = {}
        self.taps: dict[str, Node] = {}
        self.carried: dict[Node, Node] = {}
        self._unique: dict[object, Node] = {}

    def __repr__(self) -> str:
        outputs = ", ".join(f"{name}={node.index}" for name, node in self.outputs.items())
        return f"Graph({self.nodes}, {outputs})"

    def constant(self, value: int) -> Node:
        """The word of a number, taken modulo 2^32."""
        value = Word32(value)
        return self._intern(Source.CONSTANT, (), BindingTime.CONSTANT, value=int(value))

    def input(self, name: str, known: BindingTime) -> Node:
        """A word from outside, known with the job or with the nonce."""
        if known is BindingTime.CONSTANT:
            raise ValueError(f"input {name!r} must be bound to the job or to the nonce")
        return self._intern(Source.INPUT, (), known, name=name)

    def table(self, numbers: Sequence[int]) -> Node:
        """A word that only depends on the slot; a constant if it is the same in each."""
        self._check_slots(numbers)
        words = tuple(int(Word32(number)) for number in numbers)
        if len(set(words)) == 1:
            return self.constant(words[0])
        return self._intern(Source.TABLE, (), BindingTime.SLOT, by_slot=words)

    def back_edge(self, name: str, distance: int = 1) -> Node:
        """A word that an earlier slot has made; :attr:`carried` says which."""
        return self._intern(Source.BACK_EDGE, (), BindingTime.NONCE, name=name, value=distance)

    def ram_value(
        self, name: str, places: Sequence[int], distance: int, writes: Sequence[int] | None = None
    ) -> Node:
        """A word that a memory carries, in the place numbered by the slot that has made it.

        Parameters
        ----------
        name
            Of the memory.
        places
            Where each slot reads: below the number of slots what was written `distance` slots
            before, at least. A slot that does not take it has a place with all bits inverted, which
            may be any.
        distance
            That number.
        writes
            Where each slot writes, if not in the place of its own number: in a place above all
            those it is kept. A slot that writes nothing has a place with all bits inverted, which
            may be any.
        """
        writes = range(self.slots) if writes is None else writes
        self._check_slots(places)
        self._check_slots(writes)
        return self._intern(
            Source.RAM,
            (),
            BindingTime.NONCE,
            name=name,
            by_slot=tuple(places),
            value=distance,
            writes=tuple(writes),
        )

    def gate(self, word: Node, slots: Sequence[int]) -> Node:
        """The word in `slots`, zero in all others."""
        bits = tuple(int(slot in slots) for slot in range(self.slots))
        return self._intern(Op.GATE, (word,), BindingTime.NONCE, by_slot=bits)

    def select(self, choices: Sequence[Node]) -> Node:
        """The word of `choices` that belongs to the slot."""
        self._check_slots(choices)
        args = tuple(dict.fromkeys(choices))
        if len(args) == 1:
            return args[0]
        by_slot = tuple(args.index(choice) for choice in choices)
        return self._intern(Op.SELECT, args, BindingTime.NONCE, by_slot=by_slot)

    def gated_sum(self, op: Op, args: Sequence[Node], bits: Sequence[int]) -> Node:
        """A sum of the first word: where a bit is set with the second, elsewhere with the third.

        The third is zero for a gate.
        """
        self._check_slots(bits)
        return self._intern(op, tuple(args), BindingTime.NONCE, by_slot=tuple(bits))

    def operation(self, op: Op, args: Sequence[Node], which: Sigma | None = None) -> Node:
        """The result of an operation; a constant or a table where that is known already."""
        if all(arg.kind in {Source.CONSTANT, Source.TABLE} for arg in args):
            numbers = zip(*(self._numbers(arg) for arg in args), strict=True)
            return self.table([int(apply(op, words, which)) for words in numbers])
        if op is Op.ADD:
            left, right = sorted(args, key=lambda arg: arg.index)
            for one, other in ((left, right), (right, left)):
                if one.kind is Source.CONSTANT and one.value == 0:
                    return other
            args = (left, right)
        if op is Op.SUB and args[1].kind in {Source.CONSTANT, Source.TABLE}:
            negative = self.table([-int(number) for number in self._numbers(args[1])])
            return self.operation(Op.ADD, (args[0], negative))
        known = max(arg.known for arg in args)
        return self._intern(op, tuple(args), known, which=which)

    def copied(self, node: Node, args: Sequence[Node]) -> Node:
        """A node of another graph, with other operands."""
        named = node.kind in {Source.INPUT, Source.BACK_EDGE, Source.RAM}
        made = self._intern(
            node.kind,
            tuple(args),
            node.known,
            value=node.value,
            which=node.which,
            name=node.name if named else "",
            by_slot=node.by_slot,
            writes=node.writes,
        )
        made.name = made.name or node.name
        return made

    def _numbers(self, node: Node) -> list[Word32]:
        """The numbers of a constant or a table in each slot."""
        return [Word32(number) for number in node.by_slot or [node.value] * self.slots]

    def _check_slots(self, words: Sequence[object]) -> None:
        if len(words) != self.slots:
            raise ValueError(f"there must be a word for each of {self.slots} slots: {words}")

    def _intern(
        self,
        kind: Op | Source,
        args: tuple[Node, ...],
        known: BindingTime,
        *,
        value: int = 0,
        which: Sigma | None = None,
        name: str = "",
        by_slot: tuple[int, ...] = (),
        writes: tuple[int, ...] = (),
    ) -> Node:
        key = (kind, args, value, which, name, by_slot, writes)
        if key not in self._unique:
            node = Node(len(self.nodes), kind, args, known, value, which, name, by_slot, writes)
            self._unique[key] = node
            self.nodes.append(node)
        return self._unique[key]

    def reached(self) -> list[Node]:
        """The nodes that the outputs depend on, arguments before users: the rest is pruned.

        What a back-edge is in a later slot comes with it.
        """
        return reached(self.outputs.values(), self.carried)
