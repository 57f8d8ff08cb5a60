"""The order in which sums of many words are added up.

A text says ``T1 = h + S1 + Ch + K + W``; any order gives the same sum. Here every sum is taken
apart into its terms and put together again with the earliest known first, so that the last to come
goes through one adder only. What is known with the job becomes one job word. Where a sum is used
in two further ones (`T1` in `a` and `e`), one of them is formed directly and the other gets the
shared part back by a subtraction: ``T1 = e' - d``, so that nothing waits for it, unless adders are
dearer than time.
"""

from collections.abc import Iterable, Sequence

from .delay_model import DelayModel
from .delays import separate_delays
from .ir import BindingTime, Graph, Node, Source, users
from .ops import Op
from .terms import ABSORBABLE, Dependencies, Term, Terms

#: When late back-edges are known: after any sum of other words.
_LATE = 1e6


def reassociate(graph: Graph, model: DelayModel, *, share: bool = False) -> Graph:
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
    """
    return separate_delays(_Reassociation(graph, model, share).result)


class _Reassociation:
    def __init__(self, graph: Graph, model: DelayModel, share: bool) -> None:
        self.model = model
        self.nodes = graph.reached()
        self.users = users(self.nodes)
        self.late = graph.late
        self.kept = {*graph.outputs.values(), *graph.carried.values()}
        self.result = Graph(graph.slots, load_slots=graph.load_slots)
        self.time: dict[Node, float] = {}
        self.made: dict[Node, Node] = {}
        #: Nodes of the result that stand for one which is used once.
        self.single: set[Node] = set()
        self.terms_of: dict[Node, Terms] = {}
        self.formed_in = {} if share else self._find_differences()
        for name, node in graph.outputs.items():
            self.result.outputs[name] = self._make(node)
        for value in [node for node in self.nodes if node in graph.carried]:
            self.result.carried[self._make(value)] = self._make(graph.carried[value])
        for name, value in graph.taps.items():
            self.result.taps[name] = self._make(value)

    # Which sums dissolve in the ones that use them.

    def _is_sum(self, node: Node) -> bool:
        return node.kind is Op.ADD and node.known is BindingTime.NONCE

    def _only_in_sums(self, node: Node) -> bool:
        return node not in self.kept and all(self._is_sum(user) for user in self.users[node])

    def _dissolves(self, node: Node) -> bool:
        """Whether a sum is taken apart in every sum that uses it."""
        if not self._is_sum(node) or not self._only_in_sums(node):
            return False
        if len(self.users[node]) == 1:
            return True
        return sum(term.known is BindingTime.NONCE for _, term in self._terms(node)) == 1

    def _terms(self, node: Node) -> Terms:
        """Terms of a sum, those of dissolved sums in their place."""
        if node not in self.terms_of:
            terms: Terms = []
            for arg in node.args:
                terms += self._terms(arg) if self._dissolves(arg) else [(1, arg)]
            self.terms_of[node] = terms
        return self.terms_of[node]

    def _find_differences(self) -> dict[Node, Node]:
        """For each shared sum that is not made itself, the sum that it is recovered from."""
        depends = Dependencies(self.nodes)
        formed: dict[Node, Node] = {}
        for node in self.nodes:
            shared = self._is_sum(node) and self._only_in_sums(node)
            if not shared or len(self.users[node]) < 2 or self._dissolves(node):
                continue
            for user in self.users[node]:
                rest = [other for other in self.users[node] if other is not user]
                if self._is_one_more_term(user, node) and not depends.any(user, rest):
                    formed[node] = user
                    depends.add(rest, user)
                    break
        return formed

    def _is_one_more_term(self, user: Node, node: Node) -> bool:
        """Whether `user` is made, and is `node`, once, and one other term."""
        terms = [term for _, term in self._terms(user)]
        return len(terms) == 2 and terms.count(node) == 1 and not self._dissolves(user)

    # Making the new graph.

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
        if not self._is_sum(node):
            return node.args
        return [term for _, term in self._signed_terms(node)]

    def _signed_terms(self, node: Node) -> Terms:
        """Terms of a sum that is made, shared sums replaced."""
        result: Terms = []
        for sign, term in self._terms(node):
            user = self.formed_in.get(term)
            if user is node:
                result += self._terms(term)
            elif user is not None:
                (other,) = [t for _, t in self._terms(user) if t is not term]
                result += [(sign, user), (-sign, other)]
            else:
                result.append((sign, term))
        return result

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
        elif self._is_sum(node):
            made = self._sum([(sign, self.made[term]) for sign, term in self._signed_terms(node)])
        elif node.kind is Op.SUB:
            left, right = (self.made[arg] for arg in node.args)
            made = self._add(self._term(1, left), self._term(-1, right))
        else:
            assert isinstance(node.kind, Op)
            made = self._operation(node.kind, [self.made[arg] for arg in node.args], node)
        made.name = made.name or node.name
        if len(self.users[node]) == 1 and node not in self.kept:
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

    def _sum(self, terms: Terms) -> Node:
        early = [term for term in terms if term[1].known is not BindingTime.NONCE]
        pending = [self._term(sign, node) for sign, node in terms if (sign, node) not in early]
        if early:
            word = self.result.constant(0)
            for sign, node in sorted(early, key=lambda term: (-term[0], term[1].index)):
                word = self._operation(Op.ADD if sign > 0 else Op.SUB, [word, node])
            if word.kind is not Source.CONSTANT or word.value:
                pending.append(Term(0.0, 1, word, absorbable=False))
        while len(pending) > 1:
            pending.sort(key=lambda term: (term.time, term.node.index))
            left, right = self._pair(pending)
            pending = [term for term in pending if term is not left and term is not right]
            pending.append(self._term(1, self._add(left, right)))
        return pending[0].node

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
