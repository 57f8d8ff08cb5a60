"""Runs of ngspice, and what they measure."""

import os
import re
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ...flow.cache import cached
from ..errors import AsicError, installed
from .catalogue import PREFIX

#: Volts, and the thresholds of edges in volts: a half, a fifth, four fifths.
SUPPLY, MIDDLE, LOW, HIGH = 1.8, 0.9, 0.36, 1.44
#: Degrees Celsius.
TEMPERATURE = 25
_KEPT = re.compile(r"^\w+\s*=|rror")
_RESULT = re.compile(r"^(\w+)\s*=\s*([-+\d.eE]+)", re.MULTILINE)


def ngspice() -> str:
    """The program; see :func:`~.errors.installed`."""
    return installed("ngspice", "ngspice")


@cache
def version() -> str:
    """Which ngspice it is."""
    run = subprocess.run([ngspice(), "-v"], capture_output=True, text=True, check=False)
    found = re.search(r"ngspice-\S+", run.stdout)
    return found[0] if found else "ngspice"


class Bench:
    """A deck: the cell, as many times as it is simulated at once, and what is measured.

    Parameters
    ----------
    models
        Subcircuits of transistors: a file in a folder whose name tells it from others.
    cell
        Its name, without the library's.
    netlist
        Its subcircuit.
    """

    def __init__(self, models: Path, cell: str, netlist: str) -> None:
        self.cell = cell
        self._made_of = models, cell, netlist
        self.ports = netlist.splitlines()[0].split()[2:]
        self._models = models
        self._head = [f"* {cell}", ".include models.spice", netlist, f"Vdd vdd 0 {SUPPLY}"]
        self._circuit: list[str] = []
        self._wanted: list[str] = []

    def another(self) -> "Bench":
        """An empty one for the same cell."""
        return Bench(*self._made_of)

    def source(self, name: str, points: Sequence[tuple[float, float]]) -> str:
        """A source with voltages at times in ns, which becomes node `name`."""
        corners = " ".join(f"{time:.6g}n {volts:.6g}" for time, volts in points)
        self._circuit.append(f"V{name} {name} 0 pwl({corners})")
        return name

    def instance(self, key: str, nodes: dict[str, str], load: float) -> None:
        """The cell, with its own supply ``vp<key>``; pins not in `nodes` are ``<pin>_<key>``.

        Each output has a load, in pF.
        """
        wired = {"VPWR": f"vp{key}", "VPB": f"vp{key}", "VGND": "0", "VNB": "0", **nodes}
        named = [wired.get(port, f"{port.lower()}_{key}") for port in self.ports]
        self._circuit += [
            f"Vp{key} vp{key} 0 {SUPPLY}",
            f"X{key} {' '.join(named)} {PREFIX}{self.cell}",
        ]
        self._circuit += [
            f"C{port}{key} {port.lower()}_{key} 0 {load:.6g}p"
            for port in self.ports
            if port not in wired
        ]

    def add(self, line: str) -> None:
        """Another line of the circuit."""
        self._circuit.append(line)

    def delay(self, name: str, trigger: str, target: str, begin: float = 0.0) -> None:
        """The time between middles; each of the two is a node, ``rise`` or ``fall``, a number."""
        first, second = (
            f"v({node}) val={MIDDLE} {edge}={count}"
            for node, edge, count in (trigger.split(), target.split())
        )
        self._wanted.append(f"meas tran {name} trig {first} td={begin}n targ {second} td={begin}n")

    def slew(self, name: str, target: str, begin: float = 0.0) -> None:
        """The time between a fifth and four fifths of an edge, named as for :meth:`delay`."""
        node, edge, count = target.split()
        first, last = (LOW, HIGH) if edge == "rise" else (HIGH, LOW)
        self._wanted.append(
            f"meas tran {name} trig v({node}) val={first} {edge}={count} td={begin}n "
            f"targ v({node}) val={last} {edge}={count} td={begin}n"
        )

    def charge(self, name: str, source: str, begin: float, end: float) -> None:
        """What a source takes within a time, in C: what it gives is negative."""
        self._wanted.append(f"meas tran {name} integ i(v{source}) from={begin:.6g}n to={end:.6g}n")

    def voltage(self, name: str, node: str, at: float) -> None:
        """At a time."""
        self._wanted.append(f"meas tran {name} find v({node}) at={at:.6g}n")

    def current(self, name: str, source: str, at: float) -> None:
        """Of a source, at a value of the swept source ``vs``."""
        self._wanted.append(f"meas dc {name} find i(v{source}) at={at:.6g}")

    def transient(self, end: float, step: int = 20, *, optional: bool = False) -> dict[str, float]:
        """Run it for so many ns in steps of at most so many ps, and return what was measured.

        Raises
        ------
        AsicError
            ngspice failed, or has not found what is not `optional`.
        """
        # The longest step is so short because times and charges are found between two of them.
        return self._run(f"tran {step}p {end:.6g}n", "reltol=1e-3 trtol=4", optional=optional)

    def sweep(self, last: int) -> dict[str, float]:
        """Sweep ``vs`` from 0 to `last`, each point from the one before, and return currents."""
        return self._run(
            f"dc vs 0 {last} 0.25", "gmin=1e-15 abstol=1e-16 reltol=1e-4", optional=False
        )

    def _deck(self, analysis: str, options: str) -> str:
        deck = [
            *self._head,
            f".options temp={TEMPERATURE} {options}",
            *self._circuit,
            ".control",
            analysis,
            *self._wanted,
            "quit",
            ".endc",
            ".end",
        ]
        return "\n".join(deck)

    def _run(self, analysis: str, options: str, *, optional: bool) -> dict[str, float]:
        deck = self._deck(analysis, options)
        program = ngspice()

        def make(folder: Path) -> None:
            (folder / "models.spice").symlink_to(self._models)
            (folder / "deck.sp").write_text(deck + "\n", encoding="utf-8")
            # Runs take turns on the processors; threads within one would only wait.
            run = subprocess.run(
                [program, "-b", "deck.sp"],
                cwd=folder,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
                capture_output=True,
                text=True,
                check=False,
            )
            said = "\n".join(line for line in run.stdout.splitlines() if _KEPT.search(line))
            (folder / "said").write_text(said + run.stderr, encoding="utf-8")

        # Kept by what goes in: a cell that is changed costs only its own runs.
        parts = [deck, self._models.parent.name, version()]
        folder, _ = cached("asic-ngspice", parts, make)
        said = (folder / "said").read_text(encoding="utf-8")
        found = {name: float(value) for name, value in _RESULT.findall(said)}
        names = [line.split()[2] for line in self._wanted]
        missing = [name for name in names if name not in found]
        if (missing and not optional) or not found:
            errors = [line for line in said.splitlines() if "rror" in line]
            raise AsicError(
                f"ngspice has not measured {len(missing)} of {len(names)} figures of "
                f"{self.cell}, {missing[0]} the first: {errors[0] if errors else 'it says no more'}"
            )
        return found


def ramp(slew: float) -> float:
    """The whole of an edge, in ns, of which `slew` is the part between the thresholds."""
    return slew * SUPPLY / (HIGH - LOW)
