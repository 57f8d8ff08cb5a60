"""A design in cells: each module mapped on its own, then all in one."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from amaranth.back import rtlil

from sluice.rtl.chip import Chip
from sluice.rtl.config import ChipConfig
from sluice.rtl.core import CoreConfig, make_core
from sluice.rtl.target.asic import PREFIX, with_operations
from sluice.rtl.target.prefix import FULL_ADDER

from ..flow.cache import cached
from ..flow.plan import sources
from ..flow.progress import Watcher
from ..flow.run import ToolError, run
from ..flow.tools import tool
from .errors import AsicError
from .library import Cell, Library

#: The module of a core, and that of a chip.
CORE, CHIP = "core", "chip"
#: What ABC does to the module of an operation: reduce it, cover it with cells, size these for their
#: loads. In the others there is little to reduce but memories, with which it would take hours.
_SIZED = "map,-B,0.9;topo;buffer,-c,-N,16;upsize;dnsize;topo"
_OPERATION = f"strash;ifraig;scorr;dch,-f;{_SIZED}"
_OTHER = f"strash;{_SIZED}"
#: What it does to the parity of words: least area. For the least delay it may take NANDs for an
#: XOR, and larger and larger ones, until they have four times its area.
_PARITY = f"strash;{_SIZED.replace('-B,0.9', '-a')}"
#: Flip-flops with one enable that are worth a clock gate.
GATED_BITS = 4
_LIBRARY, _ADDERS = "cells.lib", "adders.v"


@dataclass(frozen=True)
class Mapped:
    """A netlist of cells.

    Members
    -------
    folder
        ``flat.json``: all in one module; ``stat.json``: cells of each module before that.
    top
        The module of all.
    """

    folder: Path
    top: str = CORE

    @property
    def key(self) -> str:
        """What tells it from other ones."""
        return self.folder.name

    def areas(self) -> dict[str, tuple[int, float, int]]:
        """For each module how many cells it has itself, their area, and its instances."""
        kinds, whole = self._stat()
        instances = self._instances(kinds)
        result: dict[str, tuple[int, float, int]] = {}
        for name, inside in kinds.items():
            own = {kind: count for kind, count in inside.items() if kind not in kinds}
            inner = sum(whole[kind] * count for kind, count in inside.items() if kind in kinds)
            result[name] = (sum(own.values()), whole[name] - inner, instances(name))
        return result

    def kinds(self) -> dict[str, dict[str, int]]:
        """For each module its own cells by their kind, in all its instances together."""
        kinds, _ = self._stat()
        instances = self._instances(kinds)
        return {
            name: {
                kind: count * instances(name) for kind, count in inside.items() if kind not in kinds
            }
            for name, inside in kinds.items()
        }

    def _stat(self) -> tuple[dict[str, dict[str, int]], dict[str, float]]:
        """For each module what is in it, modules and cells, and the area of all that."""
        found = json.loads((self.folder / "stat.json").read_text(encoding="utf-8"))["modules"]
        modules = {name.removeprefix("\\"): value for name, value in found.items()}
        kinds = {name: value["num_cells_by_type"] for name, value in modules.items()}
        return kinds, {name: value.get("area", 0.0) for name, value in modules.items()}

    def _instances(self, kinds: dict[str, dict[str, int]]) -> Callable[[str], int]:
        """How many instances a module has."""

        @cache
        def count(name: str) -> int:
            if name == self.top:
                return 1
            return sum(count(one) * kinds[one][name] for one in kinds if name in kinds[one])

        return count


def netlist(config: CoreConfig | ChipConfig, watcher: Watcher) -> str:
    """A core, or a chip, and the modules of its operations, as RTLIL.

    It is kept until a source of ours changes. The module of all is :data:`CORE` or :data:`CHIP`.
    """
    watcher.stage("netlist", "writing the hardware")
    watcher.part(None)

    def make(folder: Path) -> None:
        if isinstance(config, ChipConfig):
            text = rtlil.convert(Chip(config), name=CHIP, emit_src=False)
        else:
            text = rtlil.convert(make_core(config), name=CORE, emit_src=False)
        text = with_operations(text, rtlil.convert)
        (folder / "core.il").write_text(text, encoding="utf-8")

    folder, _ = cached("asic-netlist", [repr(config), *sources()], make)
    return (folder / "core.il").read_text(encoding="utf-8")


def full_adder(library: Library) -> str:
    """What a full adder becomes, in Verilog: a cell if the library has one, else gates."""
    found = library.full_adder()
    if found is None:
        body = "assign total = a ^ b ^ c, carry = a & b | c & (a | b);"
    else:
        cell, total, carry = found
        pins = zip([*cell.inputs, total, carry], ["a", "b", "c", "total", "carry"], strict=True)
        body = f"{cell.name} adder ({', '.join(f'.{pin.name}({wire})' for pin, wire in pins)});"
    ports = "input a, b, c, output total, carry"
    return f"module {FULL_ADDER} ({ports});\n  {body}\nendmodule\n"


def _gate_clocks(gate: Cell) -> list[str]:
    """What makes clock gates of the enables of flip-flops.

    A reset that is stronger than the enable becomes part of it first.
    """
    (output,) = gate.outputs
    ports = f"{gate.enable.name}:{gate.clock}:{output.name}"
    return ["dffunmap -srst-only", f"clockgate -pos {gate.name} {ports} -min_net_size {GATED_BITS}"]


def map_cells(text: str, library: Library, watcher: Watcher, top: str = CORE) -> Mapped:
    """Map a netlist, whose module `top` has all others in it.

    Raises
    ------
    AsicError
        A cell of it cannot be built of those of the library.
    ToolError
        Yosys failed otherwise.
    """
    yosys, adders = tool("yosys"), full_adder(library)
    flip_flop, gates = library.flip_flops[0], library.clock_gates[:1]
    operations, parities = f"{PREFIX}*", f"{PREFIX}parity__*"
    abc, has_parities = f"abc -liberty {_LIBRARY} -script", f"module \\{parities[:-1]}" in text
    script = "; ".join(
        (
            "read_rtlil core.il",
            f"read_liberty -lib {_LIBRARY}",
            f"techmap -map {_ADDERS}",
            f"synth -top {top} -noabc",
            *(line for gate in gates for line in _gate_clocks(gate)),
            f"dfflibmap -liberty {_LIBRARY}",
            "opt",
            *(f"{abc} +{_PARITY} {parities}" for _ in range(has_parities)),
            f"{abc} +{_OPERATION} {operations}" + f" {parities} %d" * has_parities,
            f"{abc} +{_OTHER} * {operations} %d",
            "setundef -zero",
            "opt_clean",
            f"tee -q -o stat.json stat -json -liberty {_LIBRARY}",
            "flatten -noscopeinfo",
            "opt_clean",
            "check -mapped",
            "write_json -noscopeinfo flat.json",
        )
    )
    watcher.stage("map", yosys.identity)
    modules = text.count("\nmodule ")
    done = 0

    def listen(line: str) -> None:
        nonlocal done
        if "Extracting gate netlist" in line:
            done += 1
            watcher.part(min(1.0, done / modules))
        elif "Executing" in line:
            watcher.stage("map", line.partition("Executing ")[2].rstrip("."))

    def make(folder: Path) -> None:
        (folder / "core.il").write_text(text, encoding="utf-8")
        (folder / _LIBRARY).write_text(library.text, encoding="utf-8")
        (folder / _ADDERS).write_text(adders, encoding="utf-8")
        try:
            run(yosys, ["-p", script], folder, listen)
        except ToolError as error:
            said = (folder / "yosys.log").read_text(encoding="utf-8", errors="replace")
            if "dfflegalize" in said[-3000:] or "unmapped" in said[-3000:].lower():
                raise AsicError(f"Liberty {library.name}: {error.message}") from error
            raise
        (folder / "core.il").unlink()

    parts = [text, library.text, adders, script, yosys.identity, flip_flop.name]
    folder, _ = cached("asic-map", parts, make)
    return Mapped(folder, top)
