"""The clock of each node, chosen so that the registers between them are fewest.

With ``s`` the clock of a node and ``m`` the clock of its last use, minimise the sum of ``m - s``
over all nodes that change with the nonce, subject to differences only: a use is not before the
node, and two nodes joined by a path that takes longer than one clock leaves are not in the same
clock. A program of differences is the dual of a network flow: its optimum has integers without
asking. HiGHS solves it.

In a graph with loops a nonce goes through the same hardware again and again, in a block of as many
nonces as a pass has clocks. The word of a loop is the one made a pass before: its register lives
from the clock of the one to the clock of the other in the next pass. How many clocks a pass has is
one more unknown of the program.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from .delay_model import DelayModel
from .ir import Binding, Graph, Node, Source, users
from .ops import ADDERS, PASSING, Op


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
        The clock of a pass in which each node fires; the first ones fire in clock 0. A loop fires
        when the word of the earlier pass is used first.
    turn
        Clocks of a pass; 0 without loops.
    """

    graph: Graph
    model: DelayModel
    clock: Mapping[Node, int]
    turn: int = 0

    @cached_property
    def nodes(self) -> list[Node]:
        """Scheduled nodes, arguments before users."""
        return list(self.clock)

    @cached_property
    def end(self) -> int:
        """The clock of a pass in which all outputs are there."""
        return max(self.clock[node] for node in self.graph.outputs.values() if node in self.clock)

    @property
    def latency(self) -> int:
        """Clocks from a nonce to its outputs, which all come in the same clock."""
        return (self.graph.passes - 1) * self.turn + self.end

    @cached_property
    def uses(self) -> dict[Node, list[int]]:
        """For each scheduled node the clocks in which its word is used, without repetition.

        What a loop uses counts on into the next pass.
        """
        found: dict[Node, set[int]] = {node: set() for node in self.clock}
        for node, clock in self.clock.items():
            for arg in node.args:
                if arg in found:
                    found[arg].add(clock)
        for loop, node in self.graph.loops.items():
            if loop.kind is Source.LOOP:
                found[node].add(self.clock[loop] + loop.value * self.turn)
        for node in self.graph.outputs.values():
            if node in found:
                found[node].add(self.end)
        return {node: sorted(clocks) for node, clocks in found.items()}

    @cached_property
    def _needed(self) -> dict[Node, int]:
        """For each node the passes in which its word matters, as bits."""
        needed = dict.fromkeys(self.clock, 0)
        for node in self.graph.outputs.values():
            if node in needed:
                needed[node] = 1 << (self.graph.passes - 1)
        before: dict[Node, int] = {}
        while needed != before:
            before = dict(needed)
            for node in reversed(self.nodes):
                for position, arg in enumerate(node.args):
                    if arg in needed:
                        needed[arg] |= needed[node] & _chosen(node, position)
            for loop, node in self.graph.loops.items():
                needed[node] |= needed[loop] >> loop.value
        return needed

    def when(self, node: Node, position: int) -> int:
        """Clocks from the nonce to the use of a job word, the argument `position` of `node`.

        Raises
        ------
        ValueError
            It is used in more than one pass, or in none.
        """
        passes = self._needed[node] & _chosen(node, position)
        if passes.bit_count() != 1:
            raise ValueError(f"a job word must be used in one pass only: {node!r}, {passes:#b}")
        return self.clock[node] + self.turn * (passes.bit_length() - 1)

    @cached_property
    def job_uses(self) -> dict[Node, list[int]]:
        """For each job word the clocks after the nonce in which it is used, in graph order."""
        found: dict[Node, set[int]] = {}
        for node in self.clock:
            for position, arg in enumerate(node.args):
                if arg.binding is Binding.JOB:
                    found.setdefault(arg, set()).add(self.when(node, position))
        return {node: sorted(found[node]) for node in sorted(found, key=lambda n: n.index)}


def _chosen(node: Node, position: int) -> int:
    """The passes in which an argument counts, as bits."""
    if node.kind in PASSING:
        if position == 0:
            return -1
        position = 2 - position
    elif node.kind is Op.GATE:
        position = 1
    elif node.kind is not Op.SELECT:
        return -1
    return sum(1 << turn for turn, choice in enumerate(node.passes) if choice == position)


#: The cost of a clock in a memory, in those of a register.
_IN_RAM = 0.1


def schedule(
    graph: Graph, model: DelayModel, turn: int | None = None, ram_from: int | None = None
) -> Schedule:
    """Schedule what changes with the nonce.

    Parameters
    ----------
    graph
        The graph. If it has one input and no recalls, that comes first.
    model
        The delays.
    turn
        Clocks of a pass; as many as are best for ``None``.
    ram_from
        If it is given, what a loop brings over so many passes waits in a memory, at little cost.

    Raises
    ------
    ValueError
        No output depends on the nonce.
    NoScheduleError
        A loop takes longer than its passes have clocks.
    """
    nodes = [node for node in graph.reached() if node.binding is Binding.NONCE]
    outputs = [node for node in graph.outputs.values() if node.binding is Binding.NONCE]
    if not outputs:
        raise ValueError("no output depends on the nonce: there is nothing to schedule")
    position = {node: i for i, node in enumerate(nodes)}
    using = users(nodes)
    count = len(nodes)
    last, end = count, 2 * count  # columns of the last uses, and of the clock of the outputs
    program = _Program(columns=2 * count + 1)
    inputs = [node for node in nodes if node.kind is Source.INPUT]
    comes_first = len(inputs) == 1 and all(node.kind is not Source.RECALL for node in nodes)
    for node in nodes:
        own = position[node]
        behind = model.free_register and isinstance(node.kind, Op)
        # A sum and the reset behind it have one register.
        behind = behind and not all(_resets(user, model) for user in using[node])
        program.at_least(last + own, own, behind)
        resets = _resets(node, model)
        for user in using[node]:
            program.at_least(last + own, position[user])
            program.at_least(position[user], own, resets)
        in_ram = ram_from and node.kind is Source.LOOP and node.value >= ram_from
        for far in _out_of_reach(node, using, model, model.memory if in_ram else 0.0):
            program.at_least(position[far], own, 1)
        if comes_first and not any(arg.binding is Binding.NONCE for arg in node.args):
            program.at_least(own, position[inputs[0]])
    for node in outputs:
        program.at_least(end, position[node])
        program.at_least(last + position[node], end)
    for loop, node in graph.loops.items():
        distance = loop.value
        if loop.kind is Source.RECALL:
            program.at_least(position[loop], position[node], model.recall, turns=distance)
            continue
        program.at_least(position[loop], position[node], 1, turns=distance)
        program.at_least(last + position[node], position[loop], turns=-distance)
    weights = [1.0] * count
    for loop, node in graph.loops.items():
        if ram_from and loop.kind is Source.LOOP and loop.value >= ram_from:
            weights[position[node]] = _IN_RAM
    cost = [-weight for weight in weights] + weights + [0.0]
    if turn is None:
        turn = _best_turn(program, cost) if graph.loops else 0
    clocks = program.solve(cost, turn=turn)[:count]
    recalls = [clocks[position[node]] for node in nodes if node.kind is Source.RECALL]
    # Places of recalls are looked up and read before they are used.
    first = round(min([*clocks, *(clock - model.recall // 2 - 1 for clock in recalls)]))
    clock = {node: round(clocks[position[node]]) - first for node in nodes}
    return Schedule(graph, model, clock, turn)


def _best_turn(program: "_Program", cost: Sequence[float]) -> int:
    """The whole number of clocks of a pass that costs least."""
    best = program.solve(cost)[-1]
    costs: dict[int, float] = {}
    for turn in {ceil(best - 1e-6), floor(best + 1e-6)}:
        # With fewer clocks there may be no schedule.
        with suppress(ValueError):
            values = program.solve(cost, turn=turn)
            costs[turn] = sum(price * value for price, value in zip(cost, values, strict=False))
    return min(costs, key=lambda turn: costs[turn])


def _resets(node: Node, model: DelayModel) -> bool:
    """Whether it is a sum or else zero, or another constant: the reset of a register behind it."""
    if not model.free_register or node.kind not in {Op.GATE, Op.SELECT}:
        return False
    words = [arg for arg in node.args if arg.kind is not Source.CONSTANT]
    return len(words) == 1 and words[0].kind in ADDERS


def _delay(node: Node, model: DelayModel) -> float:
    return 0.0 if _resets(node, model) else model.delay(node.kind)


def _out_of_reach(
    node: Node, using: Mapping[Node, list[Node]], model: DelayModel, late: float
) -> set[Node]:
    """The nearest users of users that cannot fire in the same clock as `node`, which is `late`."""
    longest = {node: _delay(node, model) + late}
    far: set[Node] = set()
    heap = {node}
    while heap:
        current = min(heap, key=lambda n: n.index)
        heap.remove(current)
        for user in using[current]:
            time = longest[current] + _delay(user, model)
            if time > model.budget + 1e-9:
                far.add(user)
            elif time > longest.get(user, -1.0):
                longest[user] = time
                heap.add(user)
    return far


class NoScheduleError(ValueError):
    """No clocks fit: a loop takes longer than the length of a pass."""


class _Program:
    """Differences of clocks that are to be kept; the last column is the length of a pass."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._rows: list[tuple[int, int, int, int]] = []

    def at_least(self, later: int, earlier: int, distance: int = 0, *, turns: int = 0) -> None:
        """Between two columns are `distance` clocks, `turns` passes added to the later one."""
        self._rows.append((later, earlier, distance, turns))

    def solve(self, cost: Sequence[float], turn: int | None = None) -> list[float]:
        """The cheapest values of all columns; `turn`, if given, is the length of a pass."""
        later, earlier, distance, turns = (np.array(part) for part in zip(*self._rows, strict=True))
        rows = np.arange(len(self._rows))
        ones = np.ones(len(rows))
        matrix = coo_array(
            (
                np.concatenate([ones, -ones, -turns]),
                (
                    np.concatenate([rows, rows, rows]),
                    np.concatenate([earlier, later, np.full(len(rows), self._columns)]),
                ),
            ),
            shape=(len(rows), self._columns + 1),
        ).tocsr()
        bounds = [*[(0, None)] * self._columns, (turn or 0, turn)]
        costs = [*cost, 0.0]
        result = linprog(costs, A_ub=matrix, b_ub=-distance, bounds=bounds, method="highs")
        if result.status != 0:
            raise NoScheduleError(f"the graph has no schedule: {result.message}")
        return [float(value) for value in result.x]
