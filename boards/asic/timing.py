"""Static timing by OpenSTA, with paths in the names of the design."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ..flow.cache import cached
from ..flow.progress import Watcher
from ..flow.run import ToolError, run
from ..flow.tools import Tool
from .errors import AsicError, installed
from .flat import Flat
from .library import CLOCK_SLEW, OUTPUT_LOAD, Library

#: A period in ns that every path meets.
LONG = 1000.0
_STEP = re.compile(r"\s*(-?[\d.]+)\s+(-?[\d.]+) [\^v] (\S+)/(\S+) \((\w+)\)")
_SLACK = re.compile(r"\s*(-?[\d.]+)\s+slack")


@dataclass(frozen=True)
class Step:
    """A step of a path: a cell, what it drives, and its delay in ns."""

    name: str
    kind: str
    delay: float


@dataclass(frozen=True)
class Timing:
    """Times.

    Members
    -------
    period : ns
        Of the longest path between flip-flops, set-up included.
    paths
        The longest paths, each to another flip-flop.
    """

    period: float
    paths: list[list[Step]]


def opensta() -> Tool:
    """The tool.

    Raises
    ------
    AsicError
        It is not installed.
    """
    found = installed("sta", "opensta", "OpenSTA")
    said = subprocess.run([found, "-version"], capture_output=True, text=True, check=False)
    return Tool("sta", (found,), f"OpenSTA {said.stdout.strip()}")


def time_unit(library: Library) -> float:
    """In what OpenSTA reads and writes times of a library, in ps."""
    return 1e3 if 'time_unit : "1ns"' in library.text else 1.0


def time_paths(
    flat: Flat, library: Library, key: str, watcher: Watcher, paths: int = 3, clock: str = "clk"
) -> Timing:
    """The shortest period of a netlist.

    Parameters
    ----------
    flat, library
        The netlist.
    key
        What tells it from other ones.
    watcher
        Told how it goes on.
    paths
        How many paths are wanted.
    clock
        The port of the clock. Paths from and to flip-flops of another clock are none.

    Raises
    ------
    AsicError
        OpenSTA is not there, or has not understood the netlist.
    """
    sta = opensta()
    watcher.stage("timing", sta.identity)
    watcher.part(None)
    unit = time_unit(library)
    script = "\n".join(
        (
            "read_liberty cells.lib",
            "read_verilog flat.v",
            f"link_design {flat.top}",
            f"create_clock -name clk -period {LONG * 1e3 / unit} [get_ports {clock}__0]",
            f"set_input_transition {CLOCK_SLEW / unit} [all_inputs]",
            f"set_load {OUTPUT_LOAD / 1e3} [all_outputs]",
            f"report_checks -path_delay max -path_group clk -group_count {paths} -digits 5",
        )
    )

    def make(folder: Path) -> None:
        (folder / "cells.lib").write_text(library.text, encoding="utf-8")
        (folder / "flat.v").write_text("\n".join(flat.verilog(library)), encoding="utf-8")
        (folder / "timing.tcl").write_text(script, encoding="utf-8")
        try:
            run(sta, ["-no_splash", "-no_init", "-exit", "timing.tcl"], folder, lambda _: None)
        except ToolError as error:
            raise AsicError(error.message) from error
        said = (folder / "sta.log").read_text(encoding="utf-8")
        errors = [line for line in said.splitlines() if line.startswith("Error")]
        if errors or "slack" not in said:
            raise AsicError(f"OpenSTA: {errors[0] if errors else 'no path between flip-flops'}")
        (folder / "flat.v").unlink()

    folder, _ = cached("asic-timing", [key, library.text, script, sta.identity], make)
    return _read((folder / "sta.log").read_text(encoding="utf-8"), flat, library, unit / 1e3)


def _read(text: str, flat: Flat, library: Library, unit: float) -> Timing:
    """Paths of a report; `unit` is its unit of time in ns."""
    slacks: list[float] = []
    paths: list[list[Step]] = []
    for report in text.split("Startpoint:")[1:]:
        slack = next(
            float(found[1]) for line in report.splitlines() if (found := _SLACK.match(line))
        )
        slacks.append(slack * unit)
        steps: list[Step] = []
        for line in report.splitlines():
            if found := _STEP.match(line):
                delay, _, instance, pin, kind = found.groups()
                name = flat.instances[int(instance[1:])].name
                if float(delay):
                    steps.append(Step(name, kind, float(delay) * unit))
                elif pin != library.cells[kind].clock:
                    steps.append(Step(f"into {name}", kind, 0.0))
            if "data arrival time" in line:
                break
        paths.append(steps)
    return Timing(LONG - min(slacks), paths)
