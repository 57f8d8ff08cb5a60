"""Which sums are made, and of which terms: a text adds two words at a time, in an order of its own.

A sum that only one other sum uses dissolves in that. One that several use is formed in one of them
and recovered from it for the others, ``T1 = e' - d``, unless adders are dearer than time.
"""

from collections.abc import Set

from .ir import BindingTime, Node, users
from .ops import Op
from .terms import Dependencies, Terms

#: Words of a sum that is put together anew in each sum that uses it, at most: else they multiply.
_REPEATED = 8


class Sums:
    """The sums of a graph.

    Parameters
    ----------
    nodes
        Of the graph, arguments before users.
    kept
        Nodes whose words are asked for.
    share
        Whether a sum that several others use is formed once.
    carry_save
        Whether sums are put together by carry-save adders: they recover nothing, and without
        `share` they put together what several use in each of them.
    """

    def __init__(
        self, nodes: list[Node], kept: Set[Node], *, share: bool, carry_save: bool
    ) -> None:
        self._nodes, self._kept = nodes, kept
        self._repeat = carry_save and not share
        self.users = users(nodes)
        self._terms: dict[Node, Terms] = {}
        self._formed_in = {} if share or carry_save else self._find_differences()

    def once(self, node: Node) -> bool:
        """Whether a word has one use."""
        return len(self.users[node]) == 1 and node not in self._kept

    @staticmethod
    def is_sum(node: Node) -> bool:
        """Whether a word is one, and changes with the nonce."""
        return node.kind is Op.ADD and node.known is BindingTime.NONCE

    def only_in_sums(self, node: Node) -> bool:
        """Whether nothing else uses a word."""
        return node not in self._kept and all(self.is_sum(user) for user in self.users[node])

    def terms(self, node: Node) -> Terms:
        """Terms of a sum that is made; of a recovered one, what it is recovered from."""
        result: Terms = []
        for sign, term in self._all(node):
            user = self._formed_in.get(term)
            if user is node:
                result += self._all(term)
            elif user is not None:
                (other,) = [t for _, t in self._all(user) if t is not term]
                result += [(sign, user), (-sign, other)]
            else:
                result.append((sign, term))
        return result

    def _dissolves(self, node: Node) -> bool:
        """Whether a sum is taken apart in every sum that uses it."""
        if not self.is_sum(node) or not self.only_in_sums(node):
            return False
        if len(self.users[node]) == 1 or (self._repeat and len(self._all(node)) <= _REPEATED):
            return True
        return sum(term.known is BindingTime.NONCE for _, term in self._all(node)) == 1

    def _all(self, node: Node) -> Terms:
        """Terms of a sum, those of dissolved sums in their place."""
        if node not in self._terms:
            terms: Terms = []
            for arg in node.args:
                terms += self._all(arg) if self._dissolves(arg) else [(1, arg)]
            self._terms[node] = terms
        return self._terms[node]

    def _find_differences(self) -> dict[Node, Node]:
        """For each shared sum that is not made itself, the sum that it is recovered from."""
        depends = Dependencies(self._nodes)
        formed: dict[Node, Node] = {}
        for node in self._nodes:
            shared = self.is_sum(node) and self.only_in_sums(node)
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
        terms = [term for _, term in self._all(user)]
        return len(terms) == 2 and terms.count(node) == 1 and not self._dissolves(user)
