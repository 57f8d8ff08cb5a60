"""What fits in one cycle behind a node."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush

from .delay_model import DelayModel
from .ir import Node, Source
from .ops import ADDERS, Op


def resets(node: Node, model: DelayModel) -> bool:
    """Whether it is a sum or else zero, or another constant: the reset of a register behind it."""
    if not model.delays.free_register or node.kind not in {Op.GATE, Op.SELECT}:
        return False
    words = [arg for arg in node.args if arg.kind is not Source.CONSTANT]
    return len(words) == 1 and words[0].kind in ADDERS


def delay(node: Node, model: DelayModel) -> int:
    """Picoseconds that a node takes; none if it is the reset of a register."""
    return 0 if resets(node, model) else model.delays.of(node.kind)


@dataclass
class Reach:
    """The users of a node, and their users, as far as one cycle goes.

    Members
    -------
    far
        The nearest that do not fit in the cycle of the node, and the one before each on a way that
        takes too long.
    before
        For each that fits the one before it on the longest way.
    """

    far: dict[Node, Node] = field(default_factory=dict)
    before: dict[Node, Node] = field(default_factory=dict)

    def path(self, start: Node, far: Node) -> list[Node]:
        """The way from behind `start` to one that is far, itself included."""
        way, node = [far], self.far[far]
        while node is not start:
            way.append(node)
            node = self.before[node]
        return way[::-1]


def reach(
    node: Node, using: Mapping[Node, list[Node]], model: DelayModel, late: int = 0, slack: int = 0
) -> Reach:
    """What fits in the cycle of `node`, and what does not.

    Parameters
    ----------
    node
        Where to begin.
    using
        The users of each node.
    model
        The delays.
    late
        By how many picoseconds the word of `node` comes later than that of a register.
    """
    longest = {node: delay(node, model) + late}
    found = Reach()
    heap = [(node.index, node)]
    while heap:
        _, current = heappop(heap)
        for user in using[current]:
            time = longest[current] + delay(user, model)
            if time > model.budget - slack:
                found.far.setdefault(user, current)
            elif time > longest.get(user, -1):
                if user not in longest:
                    heappush(heap, (user.index, user))
                longest[user] = time
                found.before[user] = current
    return found
