"""The cycle of each node, chosen so that the registers between them are fewest.

With ``s`` the cycle of a node and ``m`` the cycle of its last use, minimise the sum of ``m - s``
over all nodes that change with the nonce, subject to differences only: a use is not before the
node, and two nodes joined by a path that takes longer than one cycle leaves are not in the same
cycle. That is the retiming of least area (C. E. Leiserson and J. B. Saxe, Retiming synchronous
circuitry, Algorithmica 6, 1991) as a system of difference constraints, see :mod:`.sdc`.

A graph that is used in several slots is scheduled modulo the slot (Z. Zhang and B. Liu, SDC-based
modulo scheduling for pipeline synthesis, ICCAD 2013): the word of a back-edge is the one made so
many slots before, so its register lives from the cycle of the one to the cycle of the other so many
slots later. The initiation interval is the cycles of a slot, ``T``: as many threads are in the
hardware. Which operations share hardware has been settled before, by the binding, so resources, the
other half of a modulo schedule, need no constraints here. Without a given ``T`` the one with the
fewest registers is taken.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor

from .constraints import Problem
from .delay_model import DelayModel
from .infeasible import NoScheduleError, explain
from .ir import BindingTime, Graph, Node, Source
from .ops import GATED_SUMS, Op
from .sdc import InfeasibleError

__all__ = ["NoScheduleError", "Schedule", "schedule"]


@dataclass(frozen=True)
class Schedule:
    """A graph with a cycle for each node that changes with the nonce.

    Members
    -------
    graph
        The graph.
    model
        The delays it was scheduled for.
    cycle
        The cycle of a slot in which each node fires; the first ones fire in cycle 0. A
        back-edge fires when the word of the earlier slot is used first.
    threads
        Cycles of a slot, ``T``: as many threads are in the hardware; 0 if there is one slot.
    """

    graph: Graph
    model: DelayModel
    cycle: Mapping[Node, int]
    threads: int = 0

    @cached_property
    def nodes(self) -> list[Node]:
        """Scheduled nodes, arguments before users."""
        return list(self.cycle)

    @cached_property
    def end(self) -> int:
        """The cycle of a slot in which all outputs are there."""
        return max(self.cycle[node] for node in self.graph.outputs.values() if node in self.cycle)

    @property
    def latency(self) -> int:
        """Cycles from a nonce to its outputs, which all come in the same cycle."""
        return (self.graph.slots - 1) * self.threads + self.end

    @cached_property
    def uses(self) -> dict[Node, list[int]]:
        """For each scheduled node the cycles in which its word is used, without repetition.

        What a back-edge brings counts on into the later slot.
        """
        found: dict[Node, set[int]] = {node: set() for node in self.cycle}
        for node, cycle in self.cycle.items():
            for arg in node.args:
                if arg in found:
                    found[arg].add(cycle)
        for value, node in self.graph.carried.items():
            if value.kind is Source.BACK_EDGE:
                found[node].add(self.cycle[value] + value.value * self.threads)
        for node in self.graph.outputs.values():
            if node in found:
                found[node].add(self.end)
        return {node: sorted(cycles) for node, cycles in found.items()}

    @cached_property
    def _needed(self) -> dict[Node, int]:
        """For each node the slots in which its word matters, as bits."""
        needed = dict.fromkeys(self.cycle, 0)
        for node in self.graph.outputs.values():
            if node in needed:
                needed[node] = 1 << (self.graph.slots - 1)
        before: dict[Node, int] = {}
        while needed != before:
            before = dict(needed)
            for node in reversed(self.nodes):
                for position, arg in enumerate(node.args):
                    if arg in needed:
                        needed[arg] |= needed[node] & _chosen(node, position)
            for value, node in self.graph.carried.items():
                needed[node] |= needed[value] >> value.value
        return needed

    def when(self, node: Node, position: int) -> int:
        """Cycles from the nonce to the use of a job word, the argument `position` of `node`.

        Raises
        ------
        ValueError
            It is used in more than one slot, or in none.
        """
        slots = self._needed[node] & _chosen(node, position)
        if slots.bit_count() != 1:
            raise ValueError(f"a job word must be used in one slot only: {node!r}, {slots:#b}")
        return self.cycle[node] + self.threads * (slots.bit_length() - 1)

    @cached_property
    def job_uses(self) -> dict[Node, list[int]]:
        """For each job word the cycles after the nonce in which it is used, in graph order."""
        found: dict[Node, set[int]] = {}
        for node in self.cycle:
            for position, arg in enumerate(node.args):
                if arg.known is BindingTime.JOB:
                    found.setdefault(arg, set()).add(self.when(node, position))
        return {node: sorted(found[node]) for node in sorted(found, key=lambda n: n.index)}


def _chosen(node: Node, position: int) -> int:
    """The slots in which an argument counts, as bits."""
    if node.kind in GATED_SUMS:
        if position == 0:
            return -1
        position = 2 - position
    elif node.kind is Op.GATE:
        position = 1
    elif node.kind is not Op.SELECT:
        return -1
    return sum(1 << slot for slot, choice in enumerate(node.by_slot) if choice == position)


def schedule(
    graph: Graph, model: DelayModel, threads: int | None = None, ram_from: int | None = None
) -> Schedule:
    """Schedule what changes with the nonce.

    Parameters
    ----------
    graph
        The graph. If it has one input and no memories, that comes first.
    model
        The delays and the period.
    threads
        Cycles of a slot; as many as are best for ``None``.
    ram_from
        If it is given, what a back-edge brings over so many slots waits in a memory, at little
        cost.

    Raises
    ------
    ValueError
        No output depends on the nonce.
    NoScheduleError
        A loop takes longer than its slots have cycles. The message names it.
    """
    if all(node.known is not BindingTime.NONCE for node in graph.outputs.values()):
        raise ValueError("no output depends on the nonce: there is nothing to schedule")
    problem = Problem(graph, model, ram_from)
    if threads is None:
        threads = _best(problem) if graph.carried else 0
    try:
        cycles = problem.system.solve(problem.cost, threads)
    except InfeasibleError:
        raise explain(graph, model, threads, ram_from) from None
    position = problem.position
    memories = [cycles[position[node]] for node in position if node.kind is Source.RAM]
    # Addresses of memories are looked up, and their words read, before they are used.
    ahead = model.ram_latency // 2 + 1
    first = round(min([*cycles[: len(position)], *(cycle - ahead for cycle in memories)]))
    cycle = {node: round(cycles[own]) - first for node, own in position.items()}
    return Schedule(graph, model, cycle, threads)


def _best(problem: Problem) -> int:
    """The whole number of cycles of a slot that costs least."""
    try:
        best = problem.system.solve(problem.cost)[-1]
    except InfeasibleError:
        raise explain(problem.graph, problem.model, 1, None) from None
    costs: dict[int, float] = {}
    for threads in {ceil(best - 1e-6), floor(best + 1e-6)}:
        # With fewer cycles there may be no schedule.
        with suppress(InfeasibleError):
            values = problem.system.solve(problem.cost, threads)
            costs[threads] = sum(
                price * value for price, value in zip(problem.cost, values, strict=False)
            )
    return min(costs, key=lambda threads: costs[threads])
