"""Systems of difference constraints: the form of scheduling in which an optimum is cheap.

Every constraint says ``later - earlier >= distance - slots * T``: by how many cycles one unknown is
behind another, where ``T``, the cycles of a slot, may be one more unknown. The matrix of such a
system is totally unimodular for a given ``T``, so a linear program over it has an optimum of whole
numbers (J. Cong and Z. Zhang, An efficient and versatile scheduling algorithm based on SDC
formulation, DAC 2006). HiGHS solves it.

A system without a solution has a cycle of constraints that ask for more than they give: the loop
that is to blame.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array


@dataclass(frozen=True)
class Constraint:
    """``later - earlier >= distance - slots * T``.

    Members
    -------
    later, earlier
        Numbers of the unknowns.
    distance
        Cycles.
    slots
        Slots by which the later one is later than it says.
    """

    later: int
    earlier: int
    distance: int = 0
    slots: int = 0

    def at_least(self, threads: int) -> int:
        """The difference, in cycles, with so many cycles a slot."""
        return self.distance - self.slots * threads


class InfeasibleError(Exception):
    """No values satisfy all constraints."""


class DifferenceSystem:
    """Constraints, and what satisfies them best.

    Parameters
    ----------
    unknowns
        How many there are, not counting ``T``. They are not negative.
    """

    def __init__(self, unknowns: int) -> None:
        self._unknowns = unknowns
        self.constraints: list[Constraint] = []

    def at_least(self, later: int, earlier: int, distance: int = 0, *, slots: int = 0) -> None:
        """Add a :class:`Constraint`."""
        self.constraints.append(Constraint(later, earlier, distance, slots))

    def solve(
        self, cost: Sequence[float], threads: int | None = None, *, cost_of_threads: float = 0.0
    ) -> list[float]:
        """The cheapest values of all unknowns, ``T`` last.

        Parameters
        ----------
        cost
            Of a cycle of each unknown.
        threads
            ``T``, if it is given. If not, all but ``T`` are whole only by chance.
        cost_of_threads
            That of ``T``.

        Raises
        ------
        InfeasibleError
            There are none.
        """
        rows = range(len(self.constraints))
        last = self._unknowns
        entries = [
            entry
            for row, each in zip(rows, self.constraints, strict=True)
            for entry in (
                (row, each.earlier, 1.0),
                (row, each.later, -1.0),
                (row, last, -float(each.slots)),
            )
        ]
        row_of, column, value = (np.array(part) for part in zip(*entries, strict=True))
        matrix = coo_array((value, (row_of, column)), shape=(len(rows), last + 1)).tocsr()
        distance = np.array([each.distance for each in self.constraints])
        result = linprog(
            [*cost, cost_of_threads],
            A_ub=matrix,
            b_ub=-distance,
            bounds=[*[(0, None)] * last, (threads or 0, threads)],
            method="highs",
        )
        if result.status != 0:
            raise InfeasibleError(result.message)
        return [float(value) for value in result.x]

    def conflict(self, threads: int) -> list[Constraint]:
        """Constraints in a circle that ask for more than nothing, in order; empty if none do.

        Bellman and Ford's longest paths: where they still grow after as many rounds as there are
        unknowns, the predecessors of what grows lead into such a circle.
        """
        earlier = np.array([each.earlier for each in self.constraints])
        later = np.array([each.later for each in self.constraints])
        weight = np.array([each.at_least(threads) for each in self.constraints])
        longest = np.zeros(self._unknowns, dtype=np.int64)
        by = np.full(self._unknowns, -1, dtype=np.int64)
        grown = np.empty(0, dtype=np.int64)
        for _ in range(self._unknowns + 1):
            reached = longest[earlier] + weight
            best = longest.copy()
            np.maximum.at(best, later, reached)
            grown = np.flatnonzero(best > longest)
            if not len(grown):
                return []
            tight = np.flatnonzero((reached == best[later]) & (best[later] > longest[later]))
            by[later[tight]] = tight
            longest = best
        here = int(grown[0])
        for _ in range(self._unknowns):
            here = self.constraints[by[here]].earlier
        circle: list[Constraint] = []
        start = here
        while not circle or here != start:
            circle.append(self.constraints[by[here]])
            here = circle[-1].earlier
        return circle[::-1]
