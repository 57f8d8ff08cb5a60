"""What a family of FPGAs is to the rest of this room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sluice.rtl.target.cells import Cells

from ..flow.tools import Tool, tool

if TYPE_CHECKING:
    from ..board import Board
    from ..fabric.pll import Limits, Setting
    from ..fabric.top import Top
    from ..floorplan.anchors import Block
    from ..floorplan.regions import Region


@dataclass(frozen=True, kw_only=True, eq=False)
class Family:
    """A family: everything that depends on it is here or is reached from here.

    Parameters
    ----------
    name
        As Yosys's ``synth_…`` and the technologies of cores call it.
    router, packer
        Tools for place and route, and for packing.
    constraints, config, bitstream
        Files: what the router is given besides the netlist, what it writes for the packer, and what
        that writes.
    config_option
        The router's option that names `config`.
    cells
        Its cells, as technologies of cores know them.
    synth
        Commands of Yosys that synthesise for a device; options of the last one may follow.
    maps
        Verilog of cells that these commands read.
    finish
        Changes a netlist after synthesis in its file, and what Yosys' ``stat`` has counted.
    rules
        Says how `finish` does so: another text where it does so in another way.
    regions
        Fixes block RAM of a netlist of Yosys in a region for each block, on a device, and returns
        the regions; see :func:`~.floorplan.anchors.anchor`.
    device_options
        Options of the router that name the device of Amaranth's platform.
    pack_arguments
        Arguments of the packer for a board.
    limits
        What the data sheet says about the PLL of a device.
    settings
        All settings of the PLL within these, slowest first, from a crystal of so many hertz.
    configure
        Writes the router's `config` once more with another setting of the PLL and nothing else
        changed: from the options of the device, the folder of place and route, and the setting,
        into a folder.
    top
        The top level; see :class:`~.fabric.top.Top`.
    verilog_of
        Verilog, with the ports of a chip, of what was built: from the board, the setting that its
        PLL must have, the folder of place and route, that of `configure`, and the bitstream. It
        raises
        :class:`~.proof.wrap.ProofError` where something else was built.
    """

    name: str
    router: str
    packer: str
    constraints: str
    config: str
    bitstream: str
    config_option: str
    cells: Cells
    synth: Callable[[str], str]
    maps: tuple[Path, ...] = ()
    finish: Callable[[Path, Path], None] | None = None
    rules: str = ""
    regions: Callable[[str, dict[str, Any]], dict[Block, Region]] | None = None
    device_options: Callable[[Any], list[str]]
    pack_arguments: Callable[[Board], list[str]]
    limits: Callable[[str], Limits]
    settings: Callable[[float], tuple[Setting, ...]]
    configure: Callable[[list[str], Path, Setting, Path], None]
    top: Callable[..., Top]
    verilog_of: Callable[[Board, Setting, Path, Path, Path], str]

    @property
    def tools(self) -> tuple[Tool, Tool, Tool]:
        """Synthesis, place and route, packing."""
        return tool("yosys"), tool(self.router), tool(self.packer)
