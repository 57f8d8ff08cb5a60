"""Set-up and hold: how close to the clock's edge data may change."""

from dataclasses import dataclass
from pathlib import Path

from ..errors import AsicError
from .catalogue import Kind
from .gate import LOADS
from .memory import edges
from .spice import MIDDLE, Bench

#: Slews of clock and data, in ns.
SLEW = 0.1
#: Times in ns: the clock loads a value, and falls; the other inputs change; the edge in question;
#: when the output is looked at. Of a latch the edge is the one that closes it.
_LOAD, _BACK, _OTHERS, _EDGE, _LOOK = 0.5, 1.2, 1.5, 2.6, 3.6
_END = 3.7
#: Margins that are tried first, in ns; the largest must do. Then so many between, so often.
_LOWEST, _HIGHEST, _BETWEEN, _ROUNDS = -0.4, 0.6, 4, 3
#: How much longer the way to the output may take.
PUSH_OUT = 1.1
_STEP = 40

#: In ns, by ``setup`` or ``hold`` and whether the data rise.
Limits = dict[tuple[str, bool], float]


@dataclass(frozen=True)
class _Trial:
    """A value that is to be taken.

    Members
    -------
    pin, rises
        The input, and the edge before or behind the clock's.
    hold
        Whether the value ends behind the clock's edge, instead of beginning before it.
    begin
        Of all inputs, and how those but the clock and the pin change.
    final
        Of the output.
    timed
        The source whose edge makes the output change; empty if it does not.
    """

    pin: str
    rises: bool
    hold: bool
    begin: dict[str, int]
    others: dict[str, list[tuple[float, int]]]
    final: int
    timed: str

    @property
    def value(self) -> bool:
        """What is to be taken: there from the edge on, or until it."""
        return self.rises != self.hold


def measure_limits(
    models: Path, cell: str, netlist: str, kind: Kind, size: int
) -> dict[str, Limits]:
    """Set-up and hold of each data input, at one slew, by a search among margins.

    A margin is enough if the value is taken, and the output comes not later than
    :data:`PUSH_OUT` times what it takes with the largest one.

    Raises
    ------
    AsicError
        Even the largest is not enough.
    """
    trials = [
        trial
        for pin in kind.inputs
        if pin != kind.clock
        for hold in (False, True)
        for trial in _trials(kind, pin, hold=hold)
    ]
    (output,) = kind.functions
    low = dict.fromkeys(range(len(trials)), _LOWEST)
    high = dict.fromkeys(range(len(trials)), _HIGHEST)
    reference: dict[tuple[str, bool], float] = {}
    for turn in range(_ROUNDS):
        bench = Bench(models, cell, netlist)
        _clock(bench, kind)
        tried: dict[tuple[int, int], float] = {}
        for number, trial in enumerate(trials):
            step = (high[number] - low[number]) / (_BETWEEN + 1)
            tried |= {(number, n): low[number] + n * step for n in range(1, _BETWEEN + 1)}
            if not turn and not trial.hold:
                tried[number, 0] = _HIGHEST
        for (number, n), margin in tried.items():
            _instance(bench, kind, output, trials[number], f"{number}_{n}", margin, size)
        found = bench.transient(_END, _STEP, optional=True)
        if not turn:
            for number, trial in enumerate(trials):
                if trial.timed and not trial.hold:
                    if f"t{number}_0" not in found:
                        raise AsicError(f"{cell} does not take {trial.pin} {_HIGHEST} ns early")
                    reference[trial.pin, trial.value] = found[f"t{number}_0"]
        for number, trial in enumerate(trials):
            for n in range(_BETWEEN, 0, -1):
                key = f"{number}_{n}"
                good = (found[f"v{key}"] > MIDDLE) == bool(trial.final)
                if good and trial.timed:
                    most = PUSH_OUT * reference[trial.pin, trial.value]
                    good = found.get(f"t{key}", most + 1) <= most
                if not good:
                    low[number] = tried[number, n]
                    break
                high[number] = tried[number, n]
    result: dict[str, Limits] = {}
    for number, trial in enumerate(trials):
        name = "hold" if trial.hold else "setup"
        result.setdefault(trial.pin, {})[name, trial.rises] = high[number]
    return result


def _clock(bench: Bench, kind: Kind) -> None:
    if kind.memory == "latch":
        changes = [(_LOAD, 1), (_EDGE, 0)]
    else:
        changes = [(_LOAD, 1), (_BACK, 0), (_EDGE, 1)]
    bench.source("clk", edges(0, changes, SLEW, middle=True))


def _trials(kind: Kind, pin: str, *, hold: bool) -> list[_Trial]:
    """Both edges of an input; the value behind the edge, or until it, is the one to be taken."""
    made = []
    for rises in (True, False):
        # Before a set-up edge there is the other value. What is held ends with the other edge.
        value = int(rises) if not hold else int(not rises)
        if kind.memory == "gate":
            timed = "clk" if value else ""
            made.append(_Trial(pin, rises, hold, {pin: int(not value)}, {}, value, timed))
        elif kind.memory == "latch":
            timed = "" if hold else "pin"
            made.append(_Trial(pin, rises, hold, {pin: int(not value)}, {}, value, timed))
        elif pin == "D":
            begin = dict.fromkeys(kind.inputs, 1) | {pin: int(not value)}
            made.append(_Trial(pin, rises, hold, begin, {}, value, "clk"))
        else:
            # The enable: a 0 was loaded, and D is 1 now.
            others = {"D": [(_OTHERS, 1)]}
            timed = "clk" if value else ""
            made.append(_Trial(pin, rises, hold, {pin: 1, "D": 0}, others, value, timed))
    return made


def _instance(
    bench: Bench, kind: Kind, output: str, trial: _Trial, key: str, margin: float, size: int
) -> None:
    pin, begin = trial.pin, trial.begin[trial.pin]
    value = int(trial.value)
    changes: list[tuple[float, int]] = []
    if begin == value:
        # It had this value for loading: then the other one, and this one again.
        changes += [(_OTHERS, int(not value))]
        begin = value
    if trial.hold:
        changes = [*changes, (_OTHERS + 0.3, value), (_EDGE + margin, int(not value))]
    else:
        changes = [*changes, (_EDGE - margin, value)]
    nodes = {
        kind.clock: "clk",
        pin: bench.source(f"d{key}", edges(begin, changes, SLEW, middle=True)),
    }
    for other, steps in trial.others.items():
        nodes[other] = bench.source(f"o{key}", edges(trial.begin[other], steps, SLEW, middle=True))
    for name, level in trial.begin.items():
        nodes.setdefault(name, "vdd" if level else "0")
    bench.instance(key, nodes, LOADS[1] * size)
    bench.voltage(f"v{key}", f"{output.lower()}_{key}", _LOOK)
    if trial.timed:
        edge = "rise" if trial.final else "fall"
        source, into = ("clk", "rise") if trial.timed == "clk" else (
            f"d{key}", "rise" if trial.rises else "fall"
        )  # fmt: skip
        start = _EDGE - 0.3 if trial.timed == "clk" else _EDGE - margin - 0.2
        bench.delay(f"t{key}", f"{source} {into} 1", f"{output.lower()}_{key} {edge} 1", start)
