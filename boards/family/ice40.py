"""Lattice iCE40, by Project IceStorm."""

import json
from pathlib import Path
from typing import Any

from amaranth.vendor import LatticeICE40Platform

from sluice.rtl.target.cells import ICE40_CELLS

from ..board import Board
from ..fabric import pll_ice40
from ..fabric.ice40 import Ice40Top
from ..fabric.pll import Setting
from ..flow.run import run
from ..flow.tools import tool
from ..proof import ice40 as proof
from .base import Family

_CONSTRAINTS, _CONFIG, _BITSTREAM = "top.pcf", "top.asc", "top.bin"

#: What sums become.
_CHAINS = Path(__file__).parents[1] / "flow" / "chains_ice40.v"


def _synth(device: str) -> str:
    chains = f"opt_expr; wreduce; opt_clean; techmap -map {_CHAINS.name}"
    return f"{chains}; {ICE40_CELLS.synth}" + (" -device u" if "UP5K" in device else "")


def _device_options(platform: Any) -> list[str]:
    flags = LatticeICE40Platform._nextpnr_device_options
    more = LatticeICE40Platform._nextpnr_package_options.get(platform.device, "")
    return [flags[platform.device], "--package", platform.package.lower() + more]


def _pack_arguments(_board: Board) -> list[str]:
    return [_CONFIG, _BITSTREAM]


def _configure(options: list[str], routed: Path, setting: Setting, folder: Path) -> None:
    """By nextpnr, which takes the routed netlist as it is and writes it once more.

    A PLL's bits lie scattered over the pads around it, at places that differ by device.
    """
    design = json.loads((routed / "routed.json").read_text(encoding="utf-8"))
    cells = design["modules"]["top"]["cells"].values()
    (pll,) = (cell for cell in cells if cell["type"] == "ICESTORM_PLL")
    for name, value in setting.dividers.items():
        pll["parameters"][name] = f"{value:032b}"
    (folder / "routed.json").write_text(json.dumps(design), encoding="utf-8")
    done = ("--no-pack", "--no-place", "--no-route", "--force", "--quiet")
    arguments = [*options, "--json", "routed.json", *done, "--asc", _CONFIG]
    run(tool("nextpnr-ice40"), arguments, folder, lambda _: None)
    (folder / "routed.json").unlink()


def _verilog_of(
    board: Board, setting: Setting, routed: Path, _chosen: Path, bitstream: Path
) -> str:
    """Of the bitstream; the constraints have the names of its pins."""
    return proof.verilog_of(board, setting, bitstream, routed / _CONSTRAINTS)


ICE40 = Family(
    name="ice40",
    router="nextpnr-ice40",
    packer="icepack",
    constraints=_CONSTRAINTS,
    config=_CONFIG,
    bitstream=_BITSTREAM,
    config_option="--asc",
    cells=ICE40_CELLS,
    synth=_synth,
    maps=(_CHAINS,),
    device_options=_device_options,
    pack_arguments=_pack_arguments,
    limits=pll_ice40.limits,
    settings=pll_ice40.settings,
    configure=_configure,
    top=Ice40Top,
    verilog_of=_verilog_of,
)
