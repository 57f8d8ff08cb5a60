"""The netlist and the constraints of a board: all that the tools are given."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amaranth import __version__ as amaranth_version
from amaranth.hdl import Elaboratable

import sluice.rtl.chip
from sluice.rtl.config import ChipConfig

from ..board import Board
from ..fabric.pll import Setting
from ..fabric.top import Top
from .cache import cached, digest
from .progress import Silent, Watcher


@dataclass(frozen=True)
class Plan:
    """What the tools are given.

    Parameters
    ----------
    board
        The board.
    config
        The chip, with the clock that the PLL makes, and the number that tells it from others.
    netlist
        RTLIL.
    constraints
        Pins and clocks, for nextpnr.
    """

    board: Board
    config: ChipConfig
    netlist: str
    constraints: str


def with_pll(board: Board, config: ChipConfig) -> tuple[ChipConfig, Setting]:
    """The configuration with the nearest clock that the PLL makes, and how it makes it.

    Raises
    ------
    ~.fabric.pll.PllError
        The PLL makes none near it.
    """
    setting = board.family.solve(board.crystal, config.hash_clock)
    return dataclasses.replace(config, hash_clock=setting.frequency), setting


def top(board: Board, config: ChipConfig, chip: Any | None = None) -> Top:
    """The top level of a board, with the nearest clock that the PLL makes.

    Parameters
    ----------
    board, config
        What to build.
    chip
        See :class:`~.fabric.top.Top`.

    Raises
    ------
    ~.fabric.pll.PllError
        The PLL makes none near it.
    """
    return board.family.top(board, *with_pll(board, config), chip)


def elaborate(board: Board, design: Elaboratable) -> tuple[str, str]:
    """Netlist and constraints of any top level on a board, without tools."""
    platform = board.platform()
    plan = platform.prepare(design, "top", emit_src=False, debug_verilog=False)
    texts = [plan.files[name] for name in ("top.il", board.family.constraints)]
    netlist, constraints = (text.decode() if isinstance(text, bytes) else text for text in texts)
    return netlist, constraints


def sources() -> list[str]:
    """All of our own Python that decides what hardware a configuration becomes."""
    rooms = [Path(sluice.rtl.chip.__file__).parent, Path(__file__).parents[1]]
    paths = [path for room in rooms for path in sorted(room.rglob("*.py"))]
    return [path.read_text(encoding="utf-8") for path in paths]


def plan(board: Board, config: ChipConfig, watcher: Watcher | None = None) -> Plan:
    """The plan of a chip on a board; kept until a source of ours changes.

    The chip's build number is the digest of its netlist with number zero, so it depends on the
    hardware and on nothing else; a number that `config` gives stays.

    Raises
    ------
    ~.fabric.pll.PllError
        The PLL makes no clock near the one asked for.
    """
    watcher = watcher or Silent()
    watcher.stage("elaborate", "writing the netlist")
    config, _ = with_pll(board, config)
    names = ("top.il", board.family.constraints)

    def make(folder: Path) -> None:
        final = config
        if not config.build:
            texts = elaborate(board, top(board, config))
            number = int(digest(list(texts))[:8], 16)
            final = dataclasses.replace(config, build=number)
        for name, text in zip(names, elaborate(board, top(board, final)), strict=True):
            (folder / name).write_text(text, encoding="utf-8")
        (folder / "build").write_text(str(final.build), encoding="utf-8")

    parts = [board.name, repr(config), amaranth_version, *sources()]
    folder, _ = cached("plans", parts, make)
    number = int((folder / "build").read_text(encoding="utf-8"))
    netlist, constraints = ((folder / name).read_text(encoding="utf-8") for name in names)
    return Plan(board, dataclasses.replace(config, build=number), netlist, constraints)
