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
from ..fabric.pll import Setting, nearest
from ..fabric.top import Top
from .cache import cached, digest
from .progress import Silent, Watcher

#: Near which frequency netlists are placed and routed, in hertz. The result does not depend on it:
#: nextpnr weighs paths by how they compare with the longest. The PLL is set afterwards.
PLACED = 100e6


@dataclass(frozen=True)
class Plan:
    """What the tools are given.

    Parameters
    ----------
    board
        The board.
    config
        The chip, with the number that tells it from others.
    netlist
        RTLIL.
    constraints
        Pins and clocks, for nextpnr.
    """

    board: Board
    config: ChipConfig
    netlist: str
    constraints: str


def settings(board: Board) -> tuple[Setting, ...]:
    """What the board's PLL can be set to, slowest first."""
    return board.family.settings(board.crystal)


def placing(board: Board) -> Setting:
    """The setting of the PLL while a netlist is placed and routed.

    It is far from the crystal's frequency, by which timing reports tell the clocks apart.
    """
    crystal = board.crystal
    return min(
        (one for one in settings(board) if abs(one.frequency - crystal) > 0.05 * crystal),
        key=lambda one: abs(one.frequency - PLACED),
    )


def with_pll(board: Board, config: ChipConfig) -> tuple[ChipConfig, Setting]:
    """The configuration with the nearest clock that the PLL makes, and how it makes it.

    Raises
    ------
    ~.fabric.pll.PllError
        The PLL makes none near it.
    """
    setting = nearest(settings(board), config.hash_clock)
    return dataclasses.replace(config, hash_clock=setting.frequency), setting


def top(board: Board, config: ChipConfig, chip: Any | None = None) -> Top:
    """The top level of a board, with its PLL as it is :func:`placing`.

    Parameters
    ----------
    board, config
        What to build.
    chip
        See :class:`~.fabric.top.Top`.
    """
    return board.family.top(board, config, placing(board), chip)


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
    hardware and on nothing else, least of all on the clock, which is set after place and route; a
    number that `config` gives stays.
    """
    watcher = watcher or Silent()
    watcher.stage("elaborate", "writing the netlist")
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

    placed = dataclasses.replace(config, hash_clock=placing(board).frequency)
    parts = [board.name, repr(placed), amaranth_version, *sources()]
    folder, _ = cached("plans", parts, make)
    number = int((folder / "build").read_text(encoding="utf-8"))
    netlist, constraints = ((folder / name).read_text(encoding="utf-8") for name in names)
    return Plan(board, dataclasses.replace(config, build=number), netlist, constraints)
