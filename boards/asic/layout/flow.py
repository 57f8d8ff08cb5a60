"""All stages of a layout, and the figures that come out."""

import json
import shutil
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ...flow.cache import cached
from ...flow.progress import Watcher
from ..crosscheck import MEASURED, check_states, round_in_cells
from ..errors import AsicError
from ..library_reader import load
from ..round import RoundJob
from ..simulate import simulate
from . import jobs, rules
from .flexcells import HEIGHT, OUTPUTS, STEP, liberty, make_cells
from .netlist import CLOCK, FILLERS, placeable, tree_of
from .rules import RULES
from .tools import CORIOLIS, VIEWER, fetch, job

NAME = "round"
#: The part of the rows that cells take; how far apart straps of a supply are, and how large a part
#: of the block is that has a buffer of the clock tree of its own (seven rows at least), in µm.
FILL, STRAPS, LEAF = 0.62, 75.0, 43.0
#: Modules that jobs share, or that one is made of.
SHARED = ("settings", "shapes", "straps")


@dataclass(frozen=True)
class Layout:
    """A layout and what was found of it.

    Members
    -------
    cells
        Those of the netlist, by kind.
    buffers, straps
        Of the clock tree; of the power grid.
    width, height : µm
        Of the block.
    area, other_area : µm²
        Of the cells of the netlist; and of the round in the cells whose energy is told.
    broken
        Rules that it breaks, see :mod:`.jobs.drc`.
    rules
        How many there are.
    match, transistors, nets, unlike
        What the comparison with the netlist says, see :mod:`.jobs.lvs`.
    wire, clock_wire : fF
        Of wires in the mean, for each input of a cell; and of the nets of the clock.
    wires, inputs
        Capacitance of all nets but those of the clock, in fF; and the inputs they lead to.
    lengths : µm
        Of all wires, by metal.
    energy
        Of a round in pJ, by the wire at each input in fF: what is assumed, and what was found.
    seconds
        By stage; of those that were in the cache, nothing.
    """

    cells: dict[str, int]
    buffers: int
    straps: int
    width: float
    height: float
    area: float
    other_area: float
    broken: dict[str, dict[str, Any]]
    rules: int
    match: bool
    transistors: int
    nets: int
    unlike: list[str]
    wire: float
    clock_wire: float
    wires: float
    inputs: int
    lengths: dict[str, float]
    energy: dict[float, float]
    seconds: dict[str, float]

    @property
    def clean(self) -> bool:
        """No rule is broken, and transistors and nets are those of the netlist."""
        return not self.broken and self.match

    def to_json(self) -> str:
        """As one JSON object."""
        return json.dumps(asdict(self))


class _Stages:
    """What is made in a folder of the cache, one program behind the other."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher
        self.seconds: dict[str, float] = {}

    def make(self, name: str, given: dict[str, Any], folders: list[Path]) -> Path:
        """The folder that a job has worked in."""
        self.watcher.stage(name)
        self.watcher.part(None)
        source = "\n".join(
            module.read_text(encoding="utf-8")
            for module in (
                *(Path(jobs.__file__).with_name(f"{part}.py") for part in (name, *SHARED)),
                Path(rules.__file__),
            )
        )
        began = time.monotonic()

        def listen(line: str) -> None:
            if line.startswith("stage: "):
                self.watcher.stage(name, line.removeprefix("stage: "))
            elif line.startswith("part: "):
                self.watcher.part(float(line.removeprefix("part: ")))

        folder, was_there = cached(
            f"asic-layout-{name}",
            [source, json.dumps(given), *map(str, folders)],
            lambda folder: job(name, folders, folder, given, listen),
        )
        if not was_there:
            self.seconds[name] = round(time.monotonic() - began, 1)
        return folder


def build(
    technology: str, output: Path, energy_liberty: Path, assumed: float, watcher: Watcher
) -> Layout:
    """Map, place, route, check, compare, draw; files go to a folder.

    Parameters
    ----------
    technology
        What operations of the round are built of.
    output
        Where ``round.gds`` and ``layout.png`` go.
    energy_liberty
        The cells whose energy is told.
    assumed
        The wire at each input that energies usually are told with, in fF.

    Raises
    ------
    AsicError
        Something that is needed is not there, or a program failed.
    """
    stages = _Stages(watcher)
    viewer = fetch(VIEWER, lambda text: watcher.stage("fetch", text))
    coriolis = fetch(CORIOLIS, lambda text: watcher.stage("fetch", text))
    began = time.monotonic()
    cells = make_cells(watcher)
    stages.seconds["cells"] = round(time.monotonic() - began, 1)
    text = liberty(cells)

    def write(folder: Path) -> None:
        (folder / "flexcells.lib").write_text(text, encoding="utf-8")

    library = load(cached("asic-liberty", [text], write)[0] / "flexcells.lib", 0.0)
    began = time.monotonic()
    flat = round_in_cells(technology, library, watcher)
    stages.seconds["map"] = round(time.monotonic() - began, 1)
    design = placeable(flat, library)
    placed = stages.make(
        "place",
        {
            "cells": str(cells.folder),
            "name": NAME,
            "height": HEIGHT,
            "step": STEP,
            "instances": design.instances,
            "ports": design.ports,
            "clock": CLOCK,
            "area": sum(cells.area(kind) for _, kind, _ in design.instances),
            "fill": FILL,
            "straps": STRAPS,
            "leaf": LEAF,
        },
        coriolis,
    )
    about = json.loads((placed / "netlist.json").read_text(encoding="utf-8"))
    if not about["routed"]:
        raise AsicError("Coriolis has not routed all nets")
    tree = tree_of(design.instances, about["instances"])
    finished = stages.make("finish", {"layout": str(placed / f"{NAME}.gds")}, viewer)
    layout = finished / "finished.gds"
    drc = stages.make("drc", {"layout": str(layout)}, viewer)
    lvs = stages.make(
        "lvs",
        {
            "layout": str(layout),
            "instances": [(kind, pins) for _, kind, pins in about["instances"]],
            "cells": str(cells.spice),
            "ports": [net for net, *_ in design.ports],
        },
        viewer,
    )
    output.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(layout, output / f"{NAME}.gds")
    for name, box in (("layout", []), ("detail", _middle(about))):
        drawn = stages.make("draw", {"layout": str(layout), "box": box, "width": 640}, viewer)
        shutil.copyfile(drawn / "picture.png", output / f"{name}.png")
    compared = json.loads((lvs / "result.json").read_text(encoding="utf-8"))
    clocks = {CLOCK, *(net for nets in tree.values() for net in nets)}
    wires = compared.get("wires", {})
    inputs = Counter(
        net
        for _, kind, pins in about["instances"]
        if kind not in FILLERS
        for pin, net in pins.items()
        if pin not in OUTPUTS
    )
    data = {net: wires[net]["fF"] for net in inputs if net in wires and net not in clocks}
    count = sum(inputs[net] for net in data)
    wire = sum(data.values()) / count if count else 0.0
    lengths = Counter[str]()
    for one in wires.values():
        lengths.update(one["length"])
    energy, other_area = _energies(technology, energy_liberty, [assumed, round(wire, 2)], watcher)
    return Layout(
        cells=dict(Counter(kind for _, kind, _ in design.instances)),
        buffers=sum(map(len, tree.values())),
        straps=about["straps"],
        width=about["width"],
        height=about["height"],
        area=sum(cells.area(kind) for _, kind, _ in design.instances),
        other_area=other_area,
        broken=json.loads((drc / "result.json").read_text(encoding="utf-8")),
        rules=len(RULES),
        match=compared["match"],
        transistors=compared.get("layout", {}).get("transistors", 0),
        nets=compared.get("layout", {}).get("nets", 0),
        unlike=compared["unlike"],
        wire=wire,
        clock_wire=sum(wires[net]["fF"] for net in clocks if net in wires),
        wires=sum(data.values()),
        inputs=count,
        lengths={name: round(length, 1) for name, length in sorted(lengths.items())},
        energy=energy,
        seconds=stages.seconds,
    )


def _middle(about: dict[str, Any]) -> list[float]:
    """A part of the block, in µm."""
    x, y = about["width"] / 2, about["height"] / 2
    return [x - 20, y - 12.5, x + 20, y + 12.5]


def _energies(
    technology: str, liberty_file: Path, wires: list[float], watcher: Watcher
) -> tuple[dict[float, float], float]:
    """Of a round in pJ, without a clock tree, by the wire at each input; all states are checked.

    And the area of its cells.
    """
    found, area = {}, 0.0
    for wire in wires:
        library = load(liberty_file, wire)
        flat, job = round_in_cells(technology, library, watcher), RoundJob.random(1)
        watcher.stage("energy", f"{wire:g} fF at each input")
        run = simulate(flat, library, job, MEASURED)
        check_states(job, run.watched)
        blocks = sum(one["net"] + one["internal"] for one in run.blocks) / MEASURED.cycles
        clock = run.whole["clock_internal"] + run.whole["clock_pins"] * library.voltage**2
        found[wire] = (blocks + clock) / 1e3
        area = sum(library.cells[instance.kind].area for instance in flat.instances)
    return found, area
