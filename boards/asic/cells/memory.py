"""Figures of a flip-flop, a latch or a clock gate: ways to the output, energy, capacitance."""

from collections.abc import Callable
from pathlib import Path

from .catalogue import Kind
from .gate import LOADS, SLEWS, ArcFigures, Grid, PinFigures
from .spice import SUPPLY, Bench, ramp

#: The clock rises seven times, this many ns apart, and stays high in the end; data change so long
#: behind a falling edge, or behind the last rising one.
PERIOD, _FIRST, _BEHIND, _PULSES = 3.2, 0.6, 0.7, (0.9, 2.1)
_END = _FIRST + 6 * PERIOD + 3.3
_BEFORE = 0.1
_STEP = 40
#: Slews and loads of an instance: all slews with one load, all loads with one slew. What is between
#: follows from them, as an output stage does not see with which slew the clock came.
_MIDDLE = 1
_POINTS = [(i, _MIDDLE) for i in range(len(SLEWS))] + [
    (_MIDDLE, j) for j in range(len(LOADS)) if j != _MIDDLE
]
_Measured = Callable[[int, int], float]


def _rise(number: int) -> float:
    return _FIRST + number * PERIOD


def _fall(number: int) -> float:
    return _rise(number) + PERIOD / 2


def measure_memory(
    models: Path, cell: str, netlist: str, kind: Kind, size: int
) -> dict[str, PinFigures]:
    """Simulate some periods of its clock, in which the output rises, falls, and stays."""
    run = _Run(Bench(models, cell, netlist), kind, size)
    return {pin: run.pin(pin) for pin in kind.inputs}


class _Run:
    def __init__(self, bench: Bench, kind: Kind, size: int) -> None:
        self._kind, self._bench, self._size = kind, bench, size
        (self._output,) = kind.functions
        self._data = "D" if kind.memory == "ff" else kind.data
        gate = kind.memory == "gate"
        last = _rise(6)
        # A gate's output is high in each period for which it is enabled.
        changes = [(_fall(0) + _BEHIND, 1), (_fall(3) + _BEHIND, 0)]
        if gate:
            changes = [(_fall(2) + _BEHIND, 0), (_fall(4) + _BEHIND, 1), (_fall(5) + _BEHIND, 0)]
        changes += [(last + _PULSES[0], 1), (last + _PULSES[1], 0)]
        self._changes = changes
        clock = [(_rise(k), 1) for k in range(7)] + [(_fall(k), 0) for k in range(6)]
        for i, slew in enumerate(SLEWS):
            bench.source(f"c{i}", edges(0, sorted(clock), slew))
            bench.source(f"d{i}", edges(int(gate), changes, slew))
        for i, j in _POINTS:
            nodes = dict.fromkeys(kind.inputs, "vdd") | {kind.clock: f"c{i}", self._data: f"d{i}"}
            bench.instance(f"{i}{j}", nodes, LOADS[j] * size)
        self._windows: dict[str, tuple[float, float]] = {}
        self._plan()
        for i, j in _POINTS:
            for name, (begin, end) in self._windows.items():
                bench.charge(f"q{name}_{i}{j}", f"p{i}{j}", begin, end)
        for name, (begin, end) in self._windows.items():
            for source in "cd":
                bench.charge(f"{source}{name}", f"{source}{_MIDDLE}", begin, end)
        self._found = bench.transient(_END, _STEP)

    def _plan(self) -> None:
        windows = self._windows
        for number in range(6):
            rise, fall, after = (
                time - _BEFORE for time in (_rise(number), _fall(number), _rise(number + 1))
            )
            windows |= {f"r{number}": (rise, fall), f"f{number}": (fall, after)}
            windows[f"p{number}"] = (rise, after)
        for number, (time, _) in enumerate(self._changes):
            windows[f"d{number}"] = (time - _BEFORE, time + PERIOD / 2 - _BEHIND - _BEFORE)
        first, second = (_rise(6) + time - _BEFORE for time in _PULSES)
        windows[f"d{len(self._changes) - 2}"] = (first, second)
        windows[f"d{len(self._changes) - 1}"] = (second, _END)
        up, down = self._edges()
        for i, j in _POINTS:
            for rises, time, edge in ((True, up, "rise"), (False, down[0], down[1])):
                self._edge(f"{'r' if rises else 'f'}_{i}{j}", f"c{i}", edge, i, j, rises, time)
            if self._kind.memory == "latch":
                for rises, time in zip((True, False), _PULSES, strict=True):
                    edge = "rise" if rises else "fall"
                    at = _rise(6) + time
                    self._edge(f"d{edge[0]}_{i}{j}", f"d{i}", edge, i, j, rises, at)

    def _edges(self) -> tuple[float, tuple[float, str]]:
        """When the clock makes the output rise, and when, and with which edge, fall."""
        gate = self._kind.memory == "gate"
        return _rise(1), (_fall(1), "fall") if gate else (_rise(4), "rise")

    def _edge(
        self, name: str, source: str, edge: str, i: int, j: int, rises: bool, time: float
    ) -> None:
        target = f"{self._output.lower()}_{i}{j} {'rise' if rises else 'fall'} 1"
        self._bench.delay(f"t{name}", f"{source} {edge} 1", target, time - _BEFORE)
        self._bench.slew(f"s{name}", target, time - _BEFORE)

    def _energy(self, window: str, i: int = _MIDDLE, j: int = _MIDDLE) -> float:
        return -self._found[f"q{window}_{i}{j}"] * SUPPLY * 1e12

    def _grid(self, value: _Measured) -> Grid:
        middle = value(_MIDDLE, _MIDDLE)
        return [
            [value(i, _MIDDLE) + value(_MIDDLE, j) - middle for j in range(len(LOADS))]
            for i in range(len(SLEWS))
        ]

    def _arc(self, pin: str, mark: str, energies: dict[bool, _Measured]) -> ArcFigures:
        size = self._size

        def times(letter: str, rises: bool) -> Grid:
            name = f"{letter}{mark}{'r' if rises else 'f'}"
            return self._grid(lambda i, j: self._found[f"{name}_{i}{j}"] * 1e9)

        def internal(rises: bool) -> Grid:
            given = energies[rises]
            load = size * SUPPLY**2 if rises else 0.0
            return self._grid(lambda i, j: given(i, j) - LOADS[j] * load)

        both = (True, False)
        return ArcFigures(
            self._output,
            pin,
            {},
            False,
            SLEWS,
            tuple(load * size for load in LOADS),
            {rises: times("t", rises) for rises in both},
            {rises: times("s", rises) for rises in both},
            {rises: internal(rises) for rises in both},
        )

    def pin(self, pin: str) -> PinFigures:
        """What is known of an input."""
        kind, number = self._kind, len(self._changes)
        if pin == kind.clock:
            idle_rise, idle_fall = (("r4",), ("f3",)) if kind.memory == "gate" else (
                ("r2", "r5"), ("f2", "f5")
            )  # fmt: skip
            hidden = {
                rises: sum(self._energy(name) for name in names) / len(names)
                for rises, names in ((True, idle_rise), (False, idle_fall))
            }
            sharing = sum(i == _MIDDLE for i, _ in _POINTS)
            capacitance = {
                rises: self._charge(f"c{name[0]}", sharing)
                for rises, name in ((True, idle_rise), (False, idle_fall))
            }
            if kind.memory == "gate":
                energies: dict[bool, _Measured] = {
                    True: lambda i, j: self._energy("r1", i, j) - self._energy("r4", i, j),
                    False: lambda i, j: self._energy("f1", i, j) - self._energy("f3", i, j),
                }
            else:
                energies = {
                    True: lambda i, j: self._energy("p1", i, j) - self._energy("p2", i, j),
                    False: lambda i, j: self._energy("p4", i, j) - self._energy("p5", i, j),
                }
            return PinFigures(capacitance, hidden, [self._arc(pin, "", energies)])
        if pin != self._data:
            return self._enable(pin)
        # While the clock is low, and while it is high.
        low = (1, 0) if kind.memory == "gate" else (0, 1)
        high = (number - 2, number - 1)
        sharing = sum(i == _MIDDLE for i, _ in _POINTS)
        capacitance = {
            rises: self._charge(f"dd{window}", sharing)
            for rises, window in zip((True, False), low, strict=True)
        }
        if kind.memory == "latch":
            hidden = {up: self._energy(f"d{n}") for up, n in zip((True, False), low, strict=True)}
            through: dict[bool, _Measured] = {
                up: lambda i, j, n=n, up=up: self._energy(f"d{n}", i, j) - hidden[up]  # type: ignore[misc]
                for up, n in zip((True, False), high, strict=True)
            }
            return PinFigures(capacitance, hidden, [self._arc(pin, "d", through)])
        hidden = {
            up: (self._energy(f"d{a}") + self._energy(f"d{b}")) / 2
            for up, a, b in zip((True, False), low, high, strict=True)
        }
        return PinFigures(capacitance, hidden, [])

    def _enable(self, pin: str) -> PinFigures:
        """Of an input that decides what a flip-flop takes, while the clock is low."""
        bench, slew = self._bench.another(), SLEWS[_MIDDLE]
        bench.source("e", edges(0, [(_PULSES[0], 1), (_PULSES[1], 0)], slew))
        for key, data in (("l", "0"), ("h", "vdd")):
            bench.instance(key, {self._kind.clock: "0", self._data: data, pin: "e"}, LOADS[0])
        windows = ((True, _PULSES[0]), (False, _PULSES[1]))
        for rises, begin in windows:
            for source in ("e", "pl", "ph"):
                name = f"{source}{'r' if rises else 'f'}"
                bench.charge(name, source, begin - _BEFORE, begin + 1.0)
        found = bench.transient(_PULSES[1] + 1.1)

        def taken(source: str, rises: bool) -> float:
            return found[f"{source}{'r' if rises else 'f'}"] * 1e12

        capacitance = {rises: abs(taken("e", rises)) / SUPPLY / 2 for rises, _ in windows}
        hidden = {
            rises: -(taken("pl", rises) + taken("ph", rises)) / 2 * SUPPLY for rises, _ in windows
        }
        return PinFigures(capacitance, hidden, [])

    def _charge(self, name: str, sharing: int) -> float:
        return abs(self._found[name]) * 1e12 / SUPPLY / sharing


def edges(
    value: int, changes: list[tuple[float, int]], slew: float, *, middle: bool = False
) -> list[tuple[float, float]]:
    """Corners of a source: a value, then changes, each with the time at which its edge begins.

    With `middle` it is the time of the edge's middle.
    """
    corners = [(0.0, value * SUPPLY)]
    edge = ramp(slew)
    for time, after in changes:
        begin = time - edge / 2 if middle else time
        corners += [(begin, value * SUPPLY), (begin + edge, after * SUPPLY)]
        value = after
    return corners
