"""A whole chip in cells: link, control and cores, and no memory but flip-flops.

No package has a compiled memory, and one that is only described would not be part of the netlist.
So all memories of a chip are flip-flops here, as those of a core are; what is only read is gates.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sluice.rtl.config import ChipConfig

from ..flow.cache import cached
from ..flow.progress import Watcher
from ..flow.run import run
from ..flow.tools import tool
from .flat import Flat, read_flat
from .library import Library
from .mapping import CHIP, Mapped, map_cells, netlist
from .timing import time_paths

#: Parts of a chip, and what the names of their modules begin with; the first one that fits.
PARTS = {
    "link": ("chip.link", "chip.recovery"),
    "cores": ("chip.controller.array", "op__", "full_adder"),
    "control": ("chip.controller",),
    "reset": ("chip",),
}
#: Whatever flip-flops hold when it is switched on: the seed of their random values.
POWER_UP = 1


@dataclass(frozen=True)
class Part:
    """Cells of a part of a chip: how many, flip-flops among them, µm²."""

    cells: int
    flip_flops: int
    area: float


@dataclass(frozen=True)
class ChipInCells:
    """A chip in cells.

    Members
    -------
    config, library, flat, mapped
        What it is, in which cells, its netlist, and what Yosys has made.
    """

    config: ChipConfig
    library: Library
    flat: Flat
    mapped: Mapped

    def parts(self) -> dict[str, Part]:
        """By name; ``buffers`` are those of nets that lead to many inputs."""
        found = dict.fromkeys([*PARTS, "buffers"], Part(0, 0, 0.0))
        for name, own in self.mapped.kinds().items():
            part = next(part for part, begins in PARTS.items() if name.startswith(begins))
            old = found[part]
            cells = [(self.library.cells[kind], count) for kind, count in own.items()]
            found[part] = Part(
                old.cells + sum(count for _, count in cells),
                old.flip_flops + sum(count for cell, count in cells if cell.clock),
                old.area + sum(cell.area * count for cell, count in cells),
            )
        areas = [self.library.cells[one.kind].area for one in self.flat.instances]
        more = len(areas) - sum(part.cells for part in found.values())
        area = sum(areas) - sum(part.area for part in found.values())
        return found | {"buffers": Part(more, 0, area)}

    def periods(self, watcher: Watcher) -> dict[str, float]:
        """The shortest period of each clock, in ns, by its port.

        Raises
        ------
        AsicError
            OpenSTA is not there.
        """
        flat, library, key = self.flat, self.library, self.mapped.key
        return {
            clock: time_paths(flat, library, key, watcher, 1, clock).period
            for clock in ("clk", "hash_clk")
        }

    def verilog(self, watcher: Watcher) -> str:
        """The netlist and the functions of its cells; the module ``top`` has the ports of a chip.

        Flip-flops begin with random values.

        Raises
        ------
        ~.flow.run.ToolError
            Yosys cannot read the library.
        """
        yosys = tool("yosys")
        text = "\n".join(self.flat.verilog(self.library))
        watcher.stage("models", "the cells' functions, of the library")
        watcher.part(None)
        script = "; ".join(
            (
                "read_liberty -ignore_miss_func cells.lib",
                "read_verilog flat.v",
                f"hierarchy -check -top {CHIP}",
                "flatten -noscopeinfo",
                f"setundef -init -random {POWER_UP}",
                "opt_clean -purge",
                "check -assert",
                "write_verilog -noattr chip.v",
            )
        )

        def make(folder: Path) -> None:
            (folder / "cells.lib").write_text(self.library.text, encoding="utf-8")
            (folder / "flat.v").write_text(text, encoding="utf-8")
            run(yosys, ["-p", script], folder, lambda _: None)
            (folder / "flat.v").unlink()

        parts = [text, self.library.text, script, yosys.identity]
        folder, _ = cached("asic-chip", parts, make)
        return "\n".join((*_wrapper(), (folder / "chip.v").read_text(encoding="utf-8")))


def _wrapper() -> Iterator[str]:
    """The module ``top``: ports of the netlist are bits."""
    inputs, outputs = ("clk", "hash_clk", "rst", "rx", "next_rx"), ("tx", "next_tx", "hit")
    ports = [f"input {name}" for name in inputs] + [f"output {name}" for name in outputs]
    yield f"module top({', '.join(ports)});"
    yield f"  {CHIP} chip ({', '.join(f'.{name}__0({name})' for name in (*inputs, *outputs))});"
    yield "endmodule"


def chip_in_cells(config: ChipConfig, library: Library, watcher: Watcher) -> ChipInCells:
    """Map a chip.

    Raises
    ------
    AsicError
        A cell of it cannot be built of those of the library.
    """
    mapped = map_cells(netlist(config, watcher), library, watcher, CHIP)
    watcher.stage("read", "the netlist of cells")
    watcher.part(None)
    return ChipInCells(config, library, read_flat(mapped, library), mapped)
