"""Which loop does not fit, and what would have to change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .constraints import Problem
from .delay_model import DelayModel
from .ir import Graph, Node, Source
from .reach import delay
from .sdc import Constraint

#: Steps of the period that is looked for, in picoseconds.
_STEP = 10
#: Cycles of a slot that are tried.
_MOST_THREADS = 16


@dataclass(frozen=True)
class Loop:
    """A way from a word through operations back to it, some slots later.

    Members
    -------
    nodes
        What lies on it, in order.
    delay
        What they take, in picoseconds.
    distance
        Slots from one round of it to the next.
    ram_latency
        Cycles of these that memories on it take.
    """

    nodes: tuple[Node, ...]
    delay: int
    distance: int
    ram_latency: int

    @property
    def names(self) -> list[str]:
        """The operations from one that has a name round to it; what carries words is none."""
        made = [node for node in self.nodes if not isinstance(node.kind, Source)] or self.nodes
        start = next((i for i, node in enumerate(made) if node.name), 0)
        names = [node.name.replace("'_", "' of ") or node.kind.value for node in made]
        return [*names[start:], *names[:start], names[start]]

    def __str__(self) -> str:
        text = f"{' -> '.join(self.names)}, {self.delay / 1000:g} ns of operations"
        if self.ram_latency:
            text += f" and {self.ram_latency} cycles of memory"
        return f"{text} in {_counted(self.distance, 'slot')}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


class NoScheduleError(ValueError):
    """No cycles fit: a loop takes longer than the cycles that it has.

    Members
    -------
    loop
        One such loop.
    threads
        Cycles of a slot.
    smallest_period
        The shortest period, in nanoseconds and to a hundredth, that leaves enough time; None if
        none does.
    smallest_threads
        The least cycles of a slot with which this period does; None if up to 16 do not.
    """

    def __init__(
        self,
        loop: Loop,
        model: DelayModel,
        threads: int,
        smallest_period: float | None,
        smallest_threads: int | None,
    ) -> None:
        self.loop = loop
        self.threads = threads
        self.smallest_period = smallest_period
        self.smallest_threads = smallest_threads
        enough = [f"{smallest_period:g} ns"] if smallest_period is not None else []
        enough += [f"{smallest_threads} cycles a slot"] if smallest_threads is not None else []
        super().__init__(
            f"{model.period:g} ns is too short for the loop {loop} of "
            f"{_counted(threads, 'cycle')}; {' or '.join(enough) or 'no period'} would be enough"
        )


def explain(graph: Graph, model: DelayModel, threads: int, ram_from: int | None) -> NoScheduleError:
    """What is wrong with a graph that has no schedule for `threads` cycles a slot."""
    problem = Problem(graph, model, ram_from)
    loop = _loop(problem, problem.system.conflict(threads))
    more = range(threads + 1, _MOST_THREADS + 1)
    enough = next((count for count in more if not problem.system.conflict(count)), None)
    return NoScheduleError(loop, model, threads, _period(problem, ram_from, threads), enough)


def _loop(problem: Problem, circle: Sequence[Constraint]) -> Loop:
    """The operations behind constraints in a circle."""
    nodes: list[Node] = []
    distance = latency = 0
    for each in circle:
        earlier, later = problem.nodes[each.earlier], problem.nodes[each.later]
        if problem.graph.carried.get(later) is earlier and each.slots:
            distance += each.slots
            if later.kind is Source.RAM:
                latency += each.distance
            nodes.append(later)
            continue
        found = problem.reach(earlier)
        nodes += found.path(earlier, later) if later in found.far and each.distance else [later]
    start = next((i for i, node in enumerate(nodes) if isinstance(node.kind, Source)), 0)
    ordered = tuple(nodes[start:] + nodes[:start])
    return Loop(ordered, sum(delay(node, problem.model) for node in ordered), distance, latency)


def _period(problem: Problem, ram_from: int | None, threads: int) -> float | None:
    """The shortest period with which there is a schedule."""

    def fits(steps: int) -> bool:
        model = replace(problem.model, period=steps * _STEP / 1000)
        return not Problem(problem.graph, model, ram_from).system.conflict(threads)

    low = int(problem.model.period * 1000 / _STEP)
    high = sum(delay(node, problem.model) for node in problem.nodes) // _STEP + low
    if not fits(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high * _STEP / 1000
