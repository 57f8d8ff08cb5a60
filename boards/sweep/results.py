"""The measured results that are kept with the sources: `results.tsv`, one line a build."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..catalogue import BOARDS
from ..flow.build import Figures
from ..flow.figures import Clock
from .point import Point
from .store import Outcome
from .table import read_rows, write_rows

FILE = Path(__file__).parents[1] / "results.tsv"

_POINT = ("board", "kind", "core", "chip", "cores", "mhz", "seed", "synth", "route", "regions")
_YES = "yes"
_COUNTS = ("lut4", "carry", "ff", "bram", "lutram", "dsp", "wire_length", "arcs")
_COLUMNS = (
    *_POINT,
    *("device", "lanes", "rate", "mhs", "asked", "reached"),
    *_COUNTS,
    *("seconds", "tools"),
)


@dataclass(frozen=True)
class Line:
    """A build, and what came of it.

    Parameters
    ----------
    point
        What was built.
    device
        The FPGA and its speed grade.
    lanes, rate
        Of a core; `rate` is a fraction of nonces a cycle.
    mhs
        Millions of hashes a second.
    asked, reached
        Clock of the cores in MHz, and what one over its longest path is.
    counts
        Cells and routing, by the names of :class:`~sluice.boards.flow.build.Figures`.
    seconds
        How long the build took where it was measured.
    tools
        Identities of synthesis, place and route, packing.
    """

    point: Point
    device: str
    lanes: int
    rate: str
    mhs: float
    asked: float
    reached: float
    counts: dict[str, int]
    seconds: float
    tools: tuple[str, ...]

    @classmethod
    def of(cls, outcome: Outcome) -> "Line":
        """The line of an outcome.

        Raises
        ------
        ValueError
            Nothing was built, or its timing is not met: there is nothing to boast of.
        """
        figures, point = outcome.figures, outcome.point
        built = isinstance(point, Point) and isinstance(figures, Figures) and figures.met
        if not built:
            raise ValueError(f"{point.command()} has not met its timing")
        assert isinstance(point, Point)
        assert isinstance(figures, Figures)
        return cls(
            point=point,
            device=figures.device,
            lanes=figures.lanes,
            rate=figures.rate,
            mhs=figures.mhs,
            asked=figures.clock.asked,
            reached=figures.clock.reached,
            counts={name: getattr(figures, name) for name in _COUNTS},
            seconds=figures.seconds,
            tools=tuple(figures.tools),
        )

    @property
    def density(self) -> float:
        """MH/s for each thousand LUT4."""
        return self.mhs / self.counts["lut4"] * 1000

    @property
    def clock(self) -> Clock:
        """The clock of the cores, with the jitter that the data sheet gives it."""
        limits = BOARDS[self.point.board].family.limits(self.device)
        seconds = limits.jitter.seconds(self.asked * 1e6)
        return Clock("hash", self.asked, self.reached, seconds * 1e9)

    @property
    def floorplan(self) -> str:
        """Name of the picture."""
        point = self.point
        clock = "" if point.mhz is None else f"-{point.mhz:g}"
        return f"{point.board}-{point.kind}-{point.cores}x{clock}-{point.seed}.png"

    def differences(self, figures: Figures) -> list[str]:
        """In what another build of the same point differs."""
        found = [
            f"{name} {getattr(figures, name):,} instead of {value:,}"
            for name, value in self.counts.items()
            if getattr(figures, name) != value
        ]
        if abs(figures.clock.reached - self.reached) > 0.005:
            found.append(f"{figures.clock.reached:.2f} MHz instead of {self.reached:.2f}")
        return found


def _row(line: Line) -> list[str]:
    point = line.point
    core, chip = (json.dumps(dict(values), sort_keys=True) for values in (point.core, point.chip))
    texts = [point.board, point.kind, core, chip, str(point.cores)]
    texts += ["" if point.mhz is None else f"{point.mhz:g}"]
    texts += [str(point.seed), point.synth, point.route, _YES if point.regions else ""]
    texts += [line.device, str(line.lanes), line.rate]
    texts += [f"{line.mhs:.3f}", f"{line.asked:.2f}", f"{line.reached:.2f}"]
    texts += [str(line.counts[name]) for name in _COUNTS]
    return [*texts, f"{line.seconds:.0f}", "; ".join(line.tools)]


def _line(values: dict[str, str]) -> Line:
    point = Point(
        board=values["board"],
        kind=values["kind"],
        core=tuple(sorted(json.loads(values["core"]).items())),
        chip=tuple(sorted(json.loads(values["chip"]).items())),
        cores=int(values["cores"]),
        mhz=float(values["mhz"]) if values["mhz"] else None,
        seed=int(values["seed"]),
        synth=values["synth"],
        route=values["route"],
        regions=values["regions"] == _YES,
    )
    return Line(
        point=point,
        device=values["device"],
        lanes=int(values["lanes"]),
        rate=values["rate"],
        mhs=float(values["mhs"]),
        asked=float(values["asked"]),
        reached=float(values["reached"]),
        counts={name: int(values[name]) for name in _COUNTS},
        seconds=float(values["seconds"]),
        tools=tuple(values["tools"].split("; ")),
    )


def read(path: Path = FILE) -> list[Line]:
    """All lines.

    Raises
    ------
    ValueError
        A line is not as :func:`write` writes it.
    """
    return [_line(values) for values in read_rows(path, _COLUMNS)]


def write(lines: Iterable[Line], path: Path = FILE) -> None:
    """Write lines in the order of boards and rates."""
    ordered = sorted(lines, key=lambda line: (line.point.board, line.mhs, line.point.key))
    write_rows(path, _COLUMNS, [_row(line) for line in ordered])


def of_devices(lines: Iterable[Line]) -> dict[str, Line]:
    """The line with most hashes a second of each device and speed grade."""
    found: dict[str, Line] = {}
    for line in sorted(lines, key=lambda line: line.mhs):
        found[line.device] = line
    return found


def best(lines: Iterable[Line]) -> dict[str, Line]:
    """The line with most hashes a second of each board."""
    found: dict[str, Line] = {}
    for line in lines:
        other = found.get(line.point.board)
        if other is None or line.mhs > other.mhs:
            found[line.point.board] = line
    return found
