"""Lattice iCE40, by Project IceStorm."""

from pathlib import Path
from typing import Any

from amaranth.vendor import LatticeICE40Platform

from ..board import Board
from ..fabric import pll_ice40
from ..fabric.ice40 import Ice40Top
from ..fabric.pll import Setting
from ..proof import ice40 as proof
from .base import Family

_CONSTRAINTS, _CONFIG, _BITSTREAM = "top.pcf", "top.asc", "top.bin"

#: What sums become.
_CHAINS = Path(__file__).parents[1] / "flow" / "chains_ice40.v"


def _synth(device: str) -> str:
    chains = f"opt_expr; wreduce; opt_clean; techmap -map {_CHAINS.name}"
    return f"{chains}; synth_ice40" + (" -device u" if "UP5K" in device else "")


def _device_options(platform: Any) -> list[str]:
    flags = LatticeICE40Platform._nextpnr_device_options
    more = LatticeICE40Platform._nextpnr_package_options.get(platform.device, "")
    return [flags[platform.device], "--package", platform.package.lower() + more]


def _pack_arguments(_board: Board) -> list[str]:
    return [_CONFIG, _BITSTREAM]


def _verilog_of(board: Board, setting: Setting, routed: Path, bitstream: Path) -> str:
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
    luts={"SB_LUT4": 1},
    carries={"SB_CARRY": 1},
    rams={"SB_RAM40_4K": 1},
    registers="SB_DFF",
    synth=_synth,
    maps=(_CHAINS,),
    device_options=_device_options,
    pack_arguments=_pack_arguments,
    solve=pll_ice40.solve,
    top=Ice40Top,
    verilog_of=_verilog_of,
)
