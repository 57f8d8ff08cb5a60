"""The clock of each node, chosen so that the registers between them are fewest.

With ``s`` the clock of a node and ``m`` the clock of its last use, minimise the sum of ``m - s``
over all nodes that change with the nonce, subject to differences only: a use is not before the
node, and two nodes joined by a path that takes longer than one clock leaves are not in the same
clock. A program of differences is the dual of a network flow: its optimum has integers without
asking. HiGHS solves it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from .node import Binding, Graph, Node, users
from .timing import DelayModel


@dataclass(frozen=True)
class Schedule:
    """A graph with a clock for each node that changes with the nonce.

    Members
    -------
    graph
        The graph.
    model
        The delays it was scheduled for.
    clock
        The clock in which each node fires; the nonce is there in clock 0.
    """

    graph: Graph
    model: DelayModel
    clock: Mapping[Node, int]

    @cached_property
    def nodes(self) -> list[Node]:
        """Scheduled nodes, arguments before users."""
        return list(self.clock)

    @cached_property
    def latency(self) -> int:
        """Clocks from a nonce to its outputs, which all come in the same clock."""
        return max(self.clock[node] for node in self.graph.outputs.values() if node in self.clock)

    @cached_property
    def uses(self) -> dict[Node, list[int]]:
        """For each scheduled node the clocks in which its word is used, without repetition."""
        found: dict[Node, set[int]] = {node: set() for node in self.clock}
        for node, clock in self.clock.items():
            for arg in node.args:
                if arg in found:
                    found[arg].add(clock)
        for node in self.graph.outputs.values():
            if node in found:
                found[node].add(self.latency)
        return {node: sorted(clocks) for node, clocks in found.items()}

    @cached_property
    def job_uses(self) -> dict[Node, list[int]]:
        """For each job word the clocks in which it is used, in the order of the graph."""
        found: dict[Node, set[int]] = {}
        for node, clock in self.clock.items():
            for arg in node.args:
                if arg.binding is Binding.JOB:
                    found.setdefault(arg, set()).add(clock)
        return {node: sorted(found[node]) for node in sorted(found, key=lambda n: n.index)}


def schedule(graph: Graph, model: DelayModel) -> Schedule:
    """Schedule what changes with the nonce.

    Raises
    ------
    ValueError
        No output depends on the nonce.
    """
    nodes = [node for node in graph.reached() if node.binding is Binding.NONCE]
    outputs = [node for node in graph.outputs.values() if node.binding is Binding.NONCE]
    if not outputs:
        raise ValueError("no output depends on the nonce: there is nothing to schedule")
    position = {node: i for i, node in enumerate(nodes)}
    using = users(nodes)
    count = len(nodes)
    last, end = count, 2 * count  # columns of the last uses, and of the clock of the outputs
    at_least: list[tuple[int, int, int]] = []  # (later, earlier, clocks between)
    for node in nodes:
        own = position[node]
        at_least.append((last + own, own, 0))
        at_least += [(last + own, position[user], 0) for user in using[node]]
        at_least += [(position[user], own, 0) for user in using[node]]
        at_least += [(position[far], own, 1) for far in _out_of_reach(node, using, model)]
    for node in outputs:
        at_least += [(end, position[node], 0), (last + position[node], end, 0)]
    for node in nodes:
        if not any(arg.binding is Binding.NONCE for arg in node.args):
            at_least.append((position[node], position[nodes[0]], 0))
    clocks = _solve(at_least, count)
    clock = {node: clocks[position[node]] for node in nodes}
    return Schedule(graph, model, clock)


def _out_of_reach(node: Node, using: Mapping[Node, list[Node]], model: DelayModel) -> set[Node]:
    """The nearest users of users that cannot fire in the same clock as `node`."""
    longest = {node: model.delay(node.kind)}
    far: set[Node] = set()
    heap = {node}
    while heap:
        current = min(heap, key=lambda n: n.index)
        heap.remove(current)
        for user in using[current]:
            time = longest[current] + model.delay(user.kind)
            if time > model.budget + 1e-9:
                far.add(user)
            elif time > longest.get(user, -1.0):
                longest[user] = time
                heap.add(user)
    return far


def _solve(at_least: list[tuple[int, int, int]], count: int) -> list[int]:
    """The program: columns are clocks, last uses, and the clock of the outputs."""
    later, earlier, distance = (np.array(column) for column in zip(*at_least, strict=True))
    rows = np.arange(len(at_least))
    matrix = coo_array(
        (
            np.concatenate([np.ones(len(rows)), -np.ones(len(rows))]),
            (np.concatenate([rows, rows]), np.concatenate([earlier, later])),
        ),
        shape=(len(rows), 2 * count + 1),
    ).tocsr()
    cost = np.concatenate([-np.ones(count), np.ones(count), [0.0]])
    bounds = [(0, 0)] + [(0, None)] * (2 * count)
    result = linprog(cost, A_ub=matrix, b_ub=-distance, bounds=bounds, method="highs")
    assert result.status == 0, result.message
    return [round(clock) for clock in result.x[:count]]
