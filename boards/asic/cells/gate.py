"""Figures of a gate: what each way through it takes, in time and energy, in each state."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..function import truth_table
from .catalogue import Kind
from .spice import SUPPLY, Bench, ramp

#: Slews in ns, and loads in pF for each unit of strength. Where the output follows an input in more
#: than one state of the others, the other states have two of each. Delays grow less than in
#: proportion to slews, so what is between two of them that are far apart comes out too small.
SLEWS = (0.02, 0.05, 0.13, 0.4)
LOADS = (0.0005, 0.005, 0.04)
#: The slew with which an input switches that changes no output.
HIDDEN_SLEW = SLEWS[1]
#: When the input rises and when it falls, how long a run takes, and how long before and behind an
#: edge its energy is counted; in ns.
_RISE, _FALL, _END = 0.2, 2.9, 5.6
_BEFORE, _BEHIND = 0.1, 2.6

_MARK = {True: "r", False: "f"}

Grid = list[list[float]]
State = dict[str, int]


@dataclass(frozen=True)
class ArcFigures:
    """Of one arc in one state: delays and slews in ns, energies in pJ, over slews and loads.

    Members
    -------
    output, input
        Pins.
    state
        Of the other inputs.
    inverts
        Whether the output has the other edge.
    slews, loads
        In ns and pF.
    delay, slew, energy
        By whether the output rises. The energy is that besides what charges loads, and besides the
        hidden one of the input's edge.
    """

    output: str
    input: str
    state: State
    inverts: bool
    slews: tuple[float, ...]
    loads: tuple[float, ...]
    delay: dict[bool, Grid]
    slew: dict[bool, Grid]
    energy: dict[bool, Grid]


@dataclass(frozen=True)
class PinFigures:
    """Of one input.

    Members
    -------
    capacitance : pF
        By whether it rises: what it takes, over the supply.
    hidden : pJ
        By whether it rises: the energy where no output changes, the mean of those states.
    arcs
        In all states.
    """

    capacitance: dict[bool, float]
    hidden: dict[bool, float]
    arcs: list[ArcFigures]


def changes(kind: Kind, pin: str) -> Iterator[tuple[State, dict[str, bool]]]:
    """States of the other inputs, and which outputs change with the pin, inverted or not."""
    pins = kind.inputs
    number = pins.index(pin)
    others = [other for other in pins if other != pin]
    tables = {output: truth_table(text, pins) for output, text in kind.functions.items()}
    for bits in itertools.product((1, 0), repeat=len(others)):
        state = dict(zip(others, bits, strict=True))
        row = sum(state.get(name, 0) << i for i, name in enumerate(pins))
        values = {
            output: (rows >> row & 1, rows >> (row | 1 << number) & 1)
            for output, rows in tables.items()
        }
        yield state, {output: low > high for output, (low, high) in values.items() if low != high}


def measure_pin(
    models: Path, cell: str, netlist: str, kind: Kind, pin: str, size: int
) -> PinFigures:
    """Simulate an input in all states of the others, an instance for each, slew and load."""
    bench = Bench(models, cell, netlist)
    for slew in SLEWS:
        edge = ramp(slew)
        corners = [(0, 0), (_RISE, 0), (_RISE + edge, SUPPLY), (_FALL, SUPPLY), (_FALL + edge, 0)]
        bench.source(_source(slew), corners)
    plans = list(_plans(kind, pin, size))
    for plan in plans:
        plan.place(bench, pin)
    driven = [plan.slews[i] for plan in plans for i, _ in plan.points]
    for slew in sorted(set(driven)):
        for rises, begin in ((True, _RISE), (False, _FALL)):
            name = f"c{_MARK[rises]}{_source(slew)}"
            bench.charge(name, _source(slew), begin - _BEFORE, begin + _BEHIND)
    found = bench.transient(_END)
    capacitance = {
        rises: sum(abs(found[f"c{_MARK[rises]}{_source(slew)}"]) for slew in sorted(set(driven)))
        * 1e12
        / SUPPLY
        / len(driven)
        for rises in (True, False)
    }
    quiet = [plan for plan in plans if not plan.outputs]
    hidden = {
        rises: sum(plan.taken(found, "00", rises) for plan in quiet) / max(len(quiet), 1)
        for rises in (True, False)
    }
    arcs = [plan.arc(found, pin, output, hidden) for plan in plans for output in plan.outputs]
    return PinFigures(capacitance, hidden, arcs)


def _source(slew: float) -> str:
    return f"in{round(slew * 1000)}"


def _plans(kind: Kind, pin: str, size: int) -> "Iterator[_Plan]":
    all_loads = (*LOADS[:-1], round(LOADS[-1] * kind.drive, 6))
    seen: set[bool] = set()
    for number, (state, outputs) in enumerate(changes(kind, pin)):
        senses = set(outputs.values())
        slews: tuple[float, ...] = SLEWS
        loads: tuple[float, ...] = all_loads
        if not outputs:
            slews, loads = (HIDDEN_SLEW,), LOADS[:1]
        elif senses <= seen:
            slews, loads = SLEWS[::2], all_loads[::2]
        seen |= senses
        yield _Plan(f"s{number}", state, outputs, slews, tuple(load * size for load in loads))


@dataclass(frozen=True)
class _Plan:
    """A state of the other inputs: which outputs change, inverted or not, and what is simulated."""

    key: str
    state: State
    outputs: dict[str, bool]
    slews: tuple[float, ...]
    loads: tuple[float, ...]

    @property
    def points(self) -> list[tuple[int, int]]:
        """Slews and loads of the instances."""
        return list(itertools.product(range(len(self.slews)), range(len(self.loads))))

    def place(self, bench: Bench, pin: str) -> None:
        """Instances, and what is measured of each."""
        fixed = {name: "vdd" if high else "0" for name, high in self.state.items()}
        for i, j in self.points:
            key, source = f"{self.key}_{i}{j}", _source(self.slews[i])
            bench.instance(key, {pin: source, **fixed}, self.loads[j])
            for rises, begin in ((True, _RISE), (False, _FALL)):
                mark = _MARK[rises]
                bench.charge(f"q{mark}_{key}", f"p{key}", begin - _BEFORE, begin + _BEHIND)
            for output, inverts in self.outputs.items():
                name = output.lower()
                for rises in (True, False):
                    into = rises != inverts
                    begin = (_RISE if into else _FALL) - _BEFORE
                    edge, other = ("rise" if up else "fall" for up in (rises, into))
                    target = f"{name}_{key} {edge} 1"
                    mark = f"{name}{_MARK[rises]}_{key}"
                    bench.delay(f"d{mark}", f"{source} {other} 1", target, begin)
                    bench.slew(f"t{mark}", target, begin)

    def taken(self, found: dict[str, float], point: str, into: bool) -> float:
        """From the supply, in pJ, when the input rises or falls."""
        return -found[f"q{_MARK[into]}_{self.key}_{point}"] * SUPPLY * 1e12

    def arc(
        self, found: dict[str, float], pin: str, output: str, hidden: dict[bool, float]
    ) -> ArcFigures:
        """Of one output."""
        inverts = self.outputs[output]

        def grid(value: Callable[[int, int], float]) -> Grid:
            return [[value(i, j) for j in range(len(self.loads))] for i in range(len(self.slews))]

        def times(letter: str, rises: bool) -> Grid:
            name = f"{letter}{output.lower()}{_MARK[rises]}_{self.key}"
            return grid(lambda i, j: found[f"{name}_{i}{j}"] * 1e9)

        def energy(rises: bool) -> Grid:
            # Outputs that change together share what the cell takes; the charge of a load comes
            # from the supply when its output rises, and is the net's.
            into = rises != inverts
            rising = sum(into != other for other in self.outputs.values())
            return grid(
                lambda i, j: (
                    (
                        self.taken(found, f"{i}{j}", into)
                        - hidden[into]
                        - rising * self.loads[j] * SUPPLY**2
                    )
                    / len(self.outputs)
                )
            )

        both = (True, False)
        return ArcFigures(
            output,
            pin,
            self.state,
            inverts,
            self.slews,
            self.loads,
            {rises: times("d", rises) for rises in both},
            {rises: times("t", rises) for rises in both},
            {rises: energy(rises) for rises in both},
        )
