"""Nodes of a word graph, made unique and folded as they are made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum

from sluice.rtl.sha256.model import Word32
from sluice.rtl.sha256.word import Sigma

from .ops import Op, apply


class Binding(IntEnum):
    """When a word is known, earliest first."""

    CONSTANT = 0
    PASS = 1
    JOB = 2
    NONCE = 3


class Source(Enum):
    """Nodes that are not the result of an operation."""

    CONSTANT = "constant"
    TABLE = "table"
    INPUT = "input"
    LOOP = "loop"
    RECALL = "recall"


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
        The number, of a constant; of a loop and a recall, the passes until it comes, at least.
    which
        The function, of a sigma.
    name
        Of an input or a loop, its name; else a hint for people who read waveforms.
    passes
        For each pass: of a table its number, of a selection which argument it is, of a gate whether
        it is open, of a recall the place it is read from.
    written
        For each pass the place that the memory of a recall is written in; with all bits inverted
        if it is not written.
    """

    index: int
    kind: Op | Source
    args: tuple["Node", ...]
    binding: Binding
    value: int = 0
    which: Sigma | None = None
    name: str = ""
    passes: tuple[int, ...] = ()
    written: tuple[int, ...] = ()

    def __repr__(self) -> str:
        what = f"{self.value:#010x}" if self.kind is Source.CONSTANT else self.name
        args = " ".join(str(arg.index) for arg in self.args)
        return f"<{self.index}: {self.kind.value} {what} {args}>"


class Graph:
    """A builder of nodes in which equal nodes are one (common subexpressions) and constants fold.

    Parameters
    ----------
    passes
        How often a nonce goes through the hardware of the graph.
    aside
        So many of them, the last ones, are not among those that follow each other again and again:
        now and then they are done in between.

    Members
    -------
    nodes
        All nodes, arguments before users.
    outputs
        Named words that are asked for.
    taps
        Named loops that are told in whatever clock they are there.
    loops
        For each loop and each recall the word that it is in a later pass.
    late
        Loops that are known later than everything else: what is added to them waits for them.
    """

    def __init__(self, passes: int = 1, *, aside: int = 0) -> None:
        self.passes = passes
        self.aside = aside
        self.late: set[Node] = set()
        self.nodes: list[Node] = []
        self.outputs: dict[str, Node] = {}
        self.taps: dict[str, Node] = {}
        self.loops: dict[Node, Node] = {}
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

    def table(self, numbers: Sequence[int]) -> Node:
        """A word that only depends on the pass; a constant if it is the same in each."""
        self._check_passes(numbers)
        words = tuple(int(Word32(number)) for number in numbers)
        if len(set(words)) == 1:
            return self.constant(words[0])
        return self._intern(Source.TABLE, (), Binding.PASS, passes=words)

    def loop(self, name: str, distance: int = 1) -> Node:
        """A word that an earlier pass has made; :attr:`loops` says which."""
        return self._intern(Source.LOOP, (), Binding.NONCE, name=name, value=distance)

    def recall(
        self, name: str, places: Sequence[int], distance: int, written: Sequence[int] | None = None
    ) -> Node:
        """A word that is kept in a memory, in the place numbered by the pass that has made it.

        Parameters
        ----------
        name
            Of the memory.
        places
            Where each pass reads: below the number of passes what was written `distance` passes
            before, at least.
        distance
            That number.
        written
            Where each pass writes, if not in the place of its own number: in a place above all
            those it is kept. A pass that writes nothing has a place with all bits inverted, which
            may be any.
        """
        written = range(self.passes) if written is None else written
        self._check_passes(places)
        self._check_passes(written)
        return self._intern(
            Source.RECALL,
            (),
            Binding.NONCE,
            name=name,
            passes=tuple(places),
            value=distance,
            written=tuple(written),
        )

    def gate(self, word: Node, passes: Sequence[int]) -> Node:
        """The word in `passes`, zero in all others."""
        bits = tuple(int(turn in passes) for turn in range(self.passes))
        return self._intern(Op.GATE, (word,), Binding.NONCE, passes=bits)

    def select(self, choices: Sequence[Node]) -> Node:
        """The word of `choices` that belongs to the pass."""
        self._check_passes(choices)
        args = tuple(dict.fromkeys(choices))
        if len(args) == 1:
            return args[0]
        passes = tuple(args.index(choice) for choice in choices)
        return self._intern(Op.SELECT, args, Binding.NONCE, passes=passes)

    def passing(self, op: Op, args: Sequence[Node], bits: Sequence[int]) -> Node:
        """A sum of the first word: where a bit is set with the second, elsewhere with the third.

        The third is zero for a gate.
        """
        self._check_passes(bits)
        return self._intern(op, tuple(args), Binding.NONCE, passes=tuple(bits))

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
        binding = max(arg.binding for arg in args)
        return self._intern(op, tuple(args), binding, which=which)

    def copied(self, node: Node, args: Sequence[Node]) -> Node:
        """A node of another graph, with other operands."""
        named = node.kind in {Source.INPUT, Source.LOOP, Source.RECALL}
        made = self._intern(
            node.kind,
            tuple(args),
            node.binding,
            value=node.value,
            which=node.which,
            name=node.name if named else "",
            passes=node.passes,
            written=node.written,
        )
        made.name = made.name or node.name
        return made

    def _numbers(self, node: Node) -> list[Word32]:
        """The numbers of a constant or a table in each pass."""
        return [Word32(number) for number in node.passes or [node.value] * self.passes]

    def _check_passes(self, words: Sequence[object]) -> None:
        if len(words) != self.passes:
            raise ValueError(f"there must be a word for each of {self.passes} passes: {words}")

    def _intern(
        self,
        kind: Op | Source,
        args: tuple[Node, ...],
        binding: Binding,
        *,
        value: int = 0,
        which: Sigma | None = None,
        name: str = "",
        passes: tuple[int, ...] = (),
        written: tuple[int, ...] = (),
    ) -> Node:
        key = (kind, args, value, which, name, passes, written)
        if key not in self._unique:
            node = Node(len(self.nodes), kind, args, binding, value, which, name, passes, written)
            self._unique[key] = node
            self.nodes.append(node)
        return self._unique[key]

    def reached(self) -> list[Node]:
        """The nodes that the outputs depend on, arguments before users: the rest is pruned.

        What a loop is in the next pass comes with it.
        """
        return reached(self.outputs.values(), self.loops)


def reached(roots: Iterable[Node], loops: Mapping[Node, Node] | None = None) -> list[Node]:
    """Nodes that `roots` depend on, themselves included, arguments before users."""
    found: dict[int, Node] = {}
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node.index not in found:
            found[node.index] = node
            stack.extend(node.args)
            if loops and node in loops:
                stack.append(loops[node])
    return [found[index] for index in sorted(found)]


def users(nodes: Iterable[Node]) -> dict[Node, list[Node]]:
    """For each node those among `nodes` that use it; one that uses it twice stands twice."""
    result: dict[Node, list[Node]] = {}
    for node in nodes:
        result.setdefault(node, [])
        for arg in node.args:
            result.setdefault(arg, []).append(node)
    return result
