"""The order in which sums of many words are added up.

A text says ``T1 = h + S1 + Ch + K + W``; any order gives the same sum. Here every sum is taken
apart into its terms (:mod:`.sums`) and put together again with the earliest known first, so that
the last to come goes through one adder only. What is known with the job becomes one job word.

With carry-save adders three terms become two words whose sum is theirs, without a carry that goes
from bit to bit, until two words are left; these are added.
"""

from collections.abc import Iterable, Sequence

from .delay_model import DelayModel
from .delays import separate_delays
from .ir import BindingTime, Graph, Node, Source
from .ops import GATED_SUMS, Op
from .sums import Sums
from .terms import ABSORBABLE, Term, Terms

#: When late back-edges are known: after any sum of other words.
_LATE = 1e6


def reassociate(
    graph: Graph, model: DelayModel, *, share: bool = False, carry_save: bool = False
) -> Graph:
    """A graph of the same outputs with sums in the order of arrival, and absorbed functions.

    Each use of a delayed word is a back-edge of its own in it, see :mod:`.delays`.

    Parameters
    ----------
    graph
        The graph.
    model
        The delays.
    share
        Whether a sum that is used in two further ones is formed as it is: an adder less for each,
        and a longer way to them.
    carry_save
        Whether sums are put together by carry-save adders, and what two of them share is two words.
    """
    return separate_delays(_Reassociation(graph, model, share, carry_save).result)


class _Reassociation:
    def __init__(self, graph: Graph, model: DelayModel, share: bool, carry_save: bool) -> None:
        self.model, self.carry_save, self.late = model, carry_save, graph.late
        nodes = graph.reached()
        kept = {*graph.outputs.values(), *graph.carried.values(), *graph.formed}
        self.sums = Sums(nodes, kept, share=share, carry_save=carry_save)
        self.result = Graph(graph.slots, load_slots=graph.load_slots)
        self.time: dict[Node, float] = {}
        self.made: dict[Node, Node] = {}
        #: The two words of shared sums that are made by carry-save adders.
        self.halves: dict[Node, list[Node]] = {}
        #: Nodes of the result that stand for one which is used once.
        self.single: set[Node] = set()
        for name, node in graph.outputs.items():
            self.result.outputs[name] = self._make(node)
        for value in [node for node in nodes if node in graph.carried]:
            self.result.carried[self._make(value)] = self._make(graph.carried[value])
        for name, value in graph.taps.items():
            self.result.taps[name] = self._make(value)

    def _make(self, root: Node) -> Node:
        stack = [root]
        while stack:
            node = stack[-1]
            needed = self._needs(node)
            missing = [other for other in needed if other not in self.made]
            if missing:
                stack += missing
                continue
            stack.pop()
            if node not in self.made:
                self.made[node] = self._build(node)
        return self.made[root]

    def _needs(self, node: Node) -> Iterable[Node]:
        if not self.sums.is_sum(node):
            return node.args
        return [term for _, term in self.sums.terms(node)]

    def _build(self, node: Node) -> Node:
        if node.kind is Source.CONSTANT:
            made = self.result.constant(node.value)
        elif node.kind is Source.INPUT:
            made = self.result.input(node.name, node.known)
        elif node.kind is Source.TABLE:
            made = self.result.table(node.by_slot)
        elif node.kind is Source.BACK_EDGE:
            made = self.result.back_edge(node.name, node.value)
            if node in self.late:
                self.time[made] = _LATE
        elif node.kind is Source.RAM:
            made = self.result.ram_value(node.name, node.by_slot, node.value, node.writes)
        elif node.kind is Op.SELECT:
            made = self._select(node)
        elif node.kind is Op.GATE:
            open_ = [slot for slot, bit in enumerate(node.by_slot) if bit]
            made = self._timed(self.result.gate(self.made[node.args[0]], open_))
        elif node.kind in GATED_SUMS:
            made = self._gated_sum(node.kind, [self.made[arg] for arg in node.args], node.by_slot)
        elif self.sums.is_sum(node):
            made = self._make_sum(node)
        elif node.kind is Op.SUB:
            left, right = (self.made[arg] for arg in node.args)
            made = self._add(self._term(1, left), self._term(-1, right))
        else:
            assert isinstance(node.kind, Op)
            made = self._operation(node.kind, [self.made[arg] for arg in node.args], node)
        made.name = made.name or node.name
        if self.sums.once(node):
            self.single.add(made)
        return made

    def _operation(self, op: Op, args: list[Node], old: Node | None = None) -> Node:
        return self._timed(self.result.operation(op, args, old.which if old else None))

    def _gated_sum(self, op: Op, args: list[Node], bits: Sequence[int]) -> Node:
        return self._timed(self.result.gated_sum(op, args, bits))

    def _select(self, node: Node) -> Node:
        choices = [self.made[node.args[choice]] for choice in node.by_slot]
        return self._timed(self.result.select(choices))

    def _timed(self, made: Node) -> Node:
        if made not in self.time:
            start = max((self.time.get(arg, 0.0) for arg in made.args), default=0.0)
            nonce = made.known is BindingTime.NONCE
            self.time[made] = start + self.model.delays.of(made.kind) if nonce else 0.0
        return made

    def _make_sum(self, node: Node) -> Node:
        terms = [
            (sign, made)
            for sign, term in self.sums.terms(node)
            for made in self.halves.get(term, [self.made[term]])
        ]
        if not (self.carry_save and self.sums.only_in_sums(node)):
            return self._sum(terms)[0]
        # It stands for the sum, which nothing has.
        self.halves[node] = self._sum(terms, words=2)
        return self.halves[node][0]

    def _sum(self, terms: Terms, words: int = 1) -> list[Node]:
        """One word, or two at most, that give the sum of some terms."""
        early = [term for term in terms if term[1].known is not BindingTime.NONCE]
        pending = [self._term(sign, node) for sign, node in terms if (sign, node) not in early]
        if early:
            word = self.result.constant(0)
            for sign, node in sorted(early, key=lambda term: (-term[0], term[1].index)):
                word = self._operation(Op.ADD if sign > 0 else Op.SUB, [word, node])
            if word.kind is not Source.CONSTANT or word.value:
                pending.append(Term(0.0, 1, word, absorbable=False))
        while len(pending) > words:
            pending.sort(key=lambda term: (term.time, term.node.index))
            if self.carry_save and len(pending) > 2 and all(one.takes_any for one in pending):
                pending = [*self._saved(pending[:3]), *pending[3:]]
                continue
            left, right = self._pair(pending)
            pending = [term for term in pending if term is not left and term is not right]
            pending.append(self._term(1, self._add(left, right)))
        return [term.node for term in pending]

    def _saved(self, terms: list[Term]) -> list[Term]:
        """The two words that stand for three. The number of a slot is part of an adder instead."""
        args = [term.node for term in terms]
        return [self._term(1, self._operation(op, args)) for op in (Op.PARITY, Op.CARRIES)]

    def _term(self, sign: int, node: Node) -> Term:
        absorbable = self._absorbable(sign, node)
        time = self.time.get(node, 0.0)
        if absorbable:
            time -= self.model.delays.of(node.kind)
        return Term(time, sign, node, absorbable)

    def _absorbable(self, sign: int, node: Node) -> bool:
        """Whether a sum takes the operands of `node` in its place."""
        if node.kind in ABSORBABLE:
            return self.model.delays.absorbs and sign > 0
        if not self.model.delays.gated_operands or node not in self.single:
            return False
        if any(arg.known is BindingTime.SLOT for arg in node.args):
            return False
        return node.kind is Op.GATE or (node.kind is Op.SELECT and len(node.args) == 2 and sign > 0)

    @staticmethod
    def _pair(pending: list[Term]) -> tuple[Term, Term]:
        """The earliest two that one adder can take, the plain one first."""
        for last, right in enumerate(pending):
            for left in pending[:last]:
                if left.plain:
                    return left, right
                if right.plain:
                    return right, left
        left = next(term for term in pending if term.sign > 0)
        return left, next(term for term in pending if term is not left)

    def _add(self, left: Term, right: Term) -> Node:
        node = right.node
        if right.absorbable and left.takes_any:
            if node.kind is Op.GATE:
                op = Op.ADD_GATE if right.sign > 0 else Op.SUB_GATE
                return self._gated_sum(op, [left.node, *node.args], node.by_slot)
            if node.kind is Op.SELECT:
                one, other = node.args
                bits = [1 - choice for choice in node.by_slot]
                return self._gated_sum(Op.ADD_SELECT, [left.node, one, other], bits)
            op = Op.ADD_CHOOSE if node.kind is Op.CHOOSE else Op.ADD_MAJORITY
            return self._operation(op, [left.node, *node.args])
        return self._operation(Op.ADD if right.sign > 0 else Op.SUB, [left.node, right.node])
