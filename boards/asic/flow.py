"""All stages for one core, and the figures that come out."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sluice.rtl.core import CoreConfig
from sluice.rtl.core.plan import plan as make_plan

from ..flow.progress import Watcher
from .blocks import Block, Blocks
from .energy import HashEnergy, measure
from .flat import read_flat
from .levers import title
from .library import Library
from .library_reader import load
from .mapping import map_cells, netlist
from .timing import Timing, time_paths


@dataclass(frozen=True)
class Area:
    """Of a block or a module: cells, flip-flops among them, µm²."""

    cells: int
    flip_flops: int
    area: float


@dataclass(frozen=True)
class Result:
    """What a core takes.

    Members
    -------
    core, config
        For people, and to the letter.
    library, voltage, wire
        Cells; volts; fF of wire for each input.
    gate
        Area of a gate equivalent, µm².
    rate
        Hashes a cycle.
    blocks
        By title.
    modules
        Own cells and area of each module, for all its instances.
    timing, energy
        See there; the energy is none if it was not asked for.
    """

    core: str
    config: str
    library: str
    voltage: float
    wire: float
    gate: float
    rate: float
    blocks: dict[str, Area]
    modules: dict[str, tuple[int, float, int]]
    timing: Timing
    energy: HashEnergy | None

    @property
    def area(self) -> float:
        """Of all cells, µm²."""
        return sum(block.area for block in self.blocks.values())

    @property
    def cells(self) -> int:
        """How many."""
        return sum(block.cells for block in self.blocks.values())

    @property
    def gates(self) -> float:
        """Gate equivalents."""
        return self.area / self.gate

    def to_json(self) -> str:
        """As one JSON object, with the figures that follow from others."""
        figures = {"area": self.area, "cells": self.cells, "gate_equivalents": self.gates}
        if self.energy is not None:
            figures |= {"energy_pj": self.energy.total, "glitches": self.energy.glitches}
        return json.dumps(asdict(self) | figures)


def build(
    config: CoreConfig,
    liberty: Path,
    wire: float,
    watcher: Watcher,
    *,
    hashes: int,
    seeds: int,
    clock_gates: bool = False,
    together: int | None = None,
) -> Result:
    """Map, time and, if `hashes` is not zero, simulate a core; with clock gates if they are wanted.

    So many headers as `together` says are simulated at a time, see :func:`~.energy.measure`.

    Raises
    ------
    AsicError
        The library lacks something, or the netlist does not hash.
    """
    library: Library = load(liberty, wire, clock_gates=clock_gates)
    plan = make_plan(config)
    mapped = map_cells(netlist(config, watcher), library, watcher)
    watcher.stage("read", "the netlist of cells")
    watcher.part(None)
    flat = read_flat(mapped, library, Blocks(plan.schedule))
    timing = time_paths(flat, library, mapped.key, watcher)
    energy = None
    if hashes:
        energy = measure(flat, library, plan, hashes, seeds, watcher, together=together)
    areas = flat.areas(library)
    return Result(
        title(config) + (" with clock gates" if clock_gates else ""),
        repr(config),
        library.name,
        library.voltage,
        wire,
        library.gate.area,
        float(config.rate * config.lanes),
        {block.title: Area(*areas[block]) for block in Block},
        {
            name: (cells * count, area * count, count)
            for name, (cells, area, count) in mapped.areas().items()
        },
        timing,
        energy,
    )
