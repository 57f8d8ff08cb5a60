"""A netlist simulated with the delays and energies of its library, by ``gates.cpp``."""

import json
import math
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sluice.rtl.core.plan import Plan

from ..flow.cache import cached
from ..flow.run import ToolError
from ..flow.run import run as start
from ..flow.tools import Tool
from .blocks import Block
from .errors import AsicError, installed
from .flat import Flat
from .library import Library
from .round import RoundJob
from .simulator_input import netlist_text, stimulus_text
from .stimulus import Job

#: Cycles from the last word of a job to its first nonce, besides those until it may enter.
ACTIVATION = 16


@dataclass(frozen=True)
class Window:
    """What is measured of a job: so many cycles, from so many behind its last word on."""

    cycles: int
    begin: int


def window(plan: Plan, hashes: int) -> Window:
    """Whole periods with at least so many hashes, once the core is full."""
    config = plan.config
    period = plan.binding.table.slots * plan.threads
    cycles = period * math.ceil(hashes / (config.rate * period * config.lanes))
    filled = plan.latency if plan.streams else plan.binding.periods * period
    return Window(cycles, filled + 3 * period + ACTIVATION)


def simulator() -> Path:
    """The compiled simulator.

    Raises
    ------
    AsicError
        There is no compiler, or it fails.
    """
    compiler = installed("g++", "g++")
    source = Path(__file__).with_name("gates.cpp")

    def make(folder: Path) -> None:
        command = [compiler, "-std=c++17", "-O2", "-o", str(folder / "gates"), str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AsicError(f"g++ failed: {done.stderr.strip().splitlines()[0]}")

    folder, _ = cached("asic-simulator", [source.read_text(encoding="utf-8")], make)
    return folder / "gates"


@dataclass(frozen=True)
class Run:
    """What the simulation of a job has measured.

    Members
    -------
    blocks
        Of each :class:`Block` ``net`` and ``internal`` energy in fJ, ``leakage`` in nW, and how
        many edges there were: ``toggles``, and ``needed`` ones.
    whole
        ``cycles``, ``flip_flops``, ``clock_internal`` in fJ, ``clock_pins`` in fF, ``settle`` in
        ps.
    watched
        Nets of :func:`~.simulator_input.watched` at the end of each cycle, as binary digits.
    """

    blocks: list[dict[str, float]]
    whole: dict[str, float]
    watched: list[str]


def simulate(flat: Flat, library: Library, job: Job | RoundJob, measured: Window) -> Run:
    """Simulate a job.

    Raises
    ------
    AsicError
        There is no compiler, or the netlist does not settle, or takes no job.
    """
    program = simulator()
    text = netlist_text(library, flat)

    def make(folder: Path) -> None:
        (folder / "netlist").write_text(text, encoding="utf-8")

    folder, _ = cached("asic-gates", [text], make)

    def run(made: Path) -> None:
        path = made / "stimulus"
        words = stimulus_text(flat, job, measured.cycles, measured.begin)
        path.write_text(words, encoding="utf-8")
        gates, files = Tool("gates", (str(program),), ""), [str(folder / "netlist"), str(path)]
        try:
            start(gates, files, made, lambda _: None)
        except ToolError as error:
            raise AsicError(f"simulation of the netlist: {error.message}") from error
        (made / "gates.log").replace(made / "result")

    window_text = f"{measured.cycles} {measured.begin}"
    made, _ = cached("asic-energy", [folder.name, program.parent.name, repr(job), window_text], run)
    lines = (made / "result").read_text(encoding="utf-8").splitlines()
    count = len(Block)
    return Run(
        [json.loads(line) for line in lines[:count]],
        json.loads(lines[count]),
        lines[count + 1 :],
    )
