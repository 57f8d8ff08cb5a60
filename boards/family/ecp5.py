"""Lattice ECP5, by Project Trellis."""

from pathlib import Path
from typing import Any

from amaranth.vendor import LatticeECP5Platform

from sluice.rtl.target.cells import ECP5_CELLS

from ..board import Board
from ..fabric import pll_ecp5
from ..fabric.ecp5 import Ecp5Top
from ..fabric.pll import Setting
from ..floorplan.anchors import Block, anchor
from ..floorplan.grid import grid_of
from ..floorplan.regions import Region
from ..flow import netlist
from ..proof import ecp5 as proof
from ..proof.wrap import ProofError
from .base import Family
from .ecp5_config import configured, pll_words, wanted_words

_CONFIG, _BITSTREAM = "top.config", "top.bit"


def _regions(device: str, netlist: dict[str, Any]) -> dict[Block, Region]:
    return anchor(netlist["modules"]["top"], grid_of(device))


def _device_options(platform: Any) -> list[str]:
    flags = LatticeECP5Platform._nextpnr_device_options
    package = LatticeECP5Platform._nextpnr_package_options[platform.package].upper()
    return [flags[platform.device], "--package", package, "--speed", str(platform.speed)]


def _pack_arguments(board: Board) -> list[str]:
    return [*board.pack, "--input", _CONFIG, "--bit", _BITSTREAM]


def _configure(_options: list[str], routed: Path, setting: Setting, folder: Path) -> None:
    text = (routed / _CONFIG).read_text(encoding="utf-8")
    (folder / _CONFIG).write_text(configured(text, setting), encoding="utf-8")


def _verilog_of(
    board: Board, setting: Setting, routed: Path, chosen: Path, _bitstream: Path
) -> str:
    """Of the routed netlist, and of its PLL's words: nothing reads a bitstream back."""
    found = pll_words((chosen / _CONFIG).read_text(encoding="utf-8"))
    wanted = wanted_words(setting)
    if found != wanted:
        raise ProofError(f"the configuration's PLL has {found}, not {wanted}")
    return proof.verilog_of(board, routed / "routed.json")


ECP5 = Family(
    name="ecp5",
    router="nextpnr-ecp5",
    packer="ecppack",
    constraints="top.lpf",
    config=_CONFIG,
    bitstream=_BITSTREAM,
    config_option="--textcfg",
    cells=ECP5_CELLS,
    synth=lambda _device: ECP5_CELLS.synth,
    finish=netlist.change,
    rules=netlist.RULES,
    regions=_regions,
    device_options=_device_options,
    pack_arguments=_pack_arguments,
    limits=lambda _device: pll_ecp5.LIMITS,
    settings=pll_ecp5.settings,
    configure=_configure,
    top=Ecp5Top,
    verilog_of=_verilog_of,
)
