"""The stages of a build: synthesis, place and route, packing."""

import json
import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..board import Board
from ..fabric.pll import Setting
from ..floorplan import anchors, outlines
from ..floorplan.regions import RegionError
from .cache import cached
from .nextpnr_log import RouteLog
from .options import ToolOptions
from .plan import Plan
from .progress import Watcher
from .run import run
from .tools import tool

#: How long a stage took, in its folder.
_SECONDS = "seconds"


@dataclass(frozen=True)
class Made:
    """What a stage has left.

    Parameters
    ----------
    folder
        Its files. They belong to the cache: read them, copy them.
    cached
        Whether they were there before.
    """

    folder: Path
    cached: bool

    @property
    def seconds(self) -> float:
        """How long it took when it was made."""
        file = self.folder / _SECONDS
        return float(file.read_text(encoding="utf-8")) if file.exists() else 0.0


def _made(kind: str, parts: list[str], make: Callable[[Path], None]) -> Made:
    def timed(folder: Path) -> None:
        began = time.monotonic()
        make(folder)
        passed = time.monotonic() - began
        (folder / _SECONDS).write_text(f"{passed:.1f}", encoding="utf-8")

    return Made(*cached(kind, parts, timed))


def synthesise(plan: Plan, options: ToolOptions, watcher: Watcher) -> Made:
    """Cells: ``top.json``, and their counts in ``stat.json``."""
    yosys = tool("yosys")
    board = plan.board
    own = {path.name: path.read_text(encoding="utf-8") for path in board.family.maps}
    script = "; ".join(
        (
            "read_rtlil top.il",
            # Ports of memories without their registers: Yosys finds out by itself, when it puts
            # them together again, which never read what is being written, and adds no logic there.
            "hierarchy -top top; proc; memory_nordff",
            f"{board.family.synth(board.device)} {options.synth} -top top -json top.json",
            "tee -q -o stat.json stat -json",
        )
    )
    watcher.stage("synthesis", yosys.identity)
    watcher.part(None)

    def listen(line: str) -> None:
        if "Executing" in line:
            watcher.stage("synthesis", line.partition("Executing ")[2].rstrip("."))

    def make(folder: Path) -> None:
        for name, text in {"top.il": plan.netlist, **own}.items():
            (folder / name).write_text(text, encoding="utf-8")
        run(yosys, ["-p", script], folder, listen)
        if board.family.finish is not None:
            board.family.finish(folder / "top.json", folder / "stat.json")

    parts = [plan.netlist, script, board.family.rules, *own.values(), yosys.identity]
    return _made("synthesis", parts, make)


def route(plan: Plan, cells: Made, options: ToolOptions, watcher: Watcher) -> Made:
    """The packer's input, ``report.json``, ``routed.json``, and the log.

    What misses its timing is kept like everything else: whoever asks for it decides.
    """
    family = plan.board.family
    nextpnr = tool(family.router)
    constraints = family.constraints
    arguments = [
        *family.device_options(plan.board.make()),
        *("--json", "top.json", f"--{constraints.partition('.')[2]}", constraints),
        *(family.config_option, family.config),
        *("--report", "report.json", "--write", "routed.json", "--seed", str(options.seed)),
        *options.route_words(),
    ]
    threads = ["--threads", str(options.threads)] if options.threads else []
    watcher.stage("pack", nextpnr.identity)
    watcher.part(None)
    source = cells.folder / "top.json"

    def make(folder: Path) -> None:
        (folder / constraints).write_text(plan.constraints, encoding="utf-8")
        log = RouteLog(watcher)
        if options.regions:
            _give_regions(plan.board, source, folder)
        else:
            (folder / "top.json").hardlink_to(source)
        # It ends with code 1 when a clock is slower than asked, and has written everything.

        def good(code: int) -> bool:
            return code == 0 or (folder / "report.json").exists()

        run(nextpnr, [*arguments, *threads], folder, log.listen, good)
        (folder / "top.json").unlink()
        lines = "\n".join(f"{name}\t{value}" for name, value in log.figures.items())
        (folder / "figures.tsv").write_text(lines, encoding="utf-8")

    parts = [cells.folder.name, plan.constraints, shlex.join(arguments), nextpnr.identity]
    return _made("route", [*parts, anchors.RULES] if options.regions else parts, make)


def _give_regions(board: Board, source: Path, folder: Path) -> None:
    """Put a netlist into a folder, its block RAM fixed, and the regions beside it.

    Raises
    ------
    ~.floorplan.regions.RegionError
        The family knows no regions, or the netlist has nothing that they are for.
    """
    if board.family.regions is None:
        raise RegionError(f"{board.name} is no ECP5")
    netlist = json.loads(source.read_text(encoding="utf-8"))
    outlines.write(board.family.regions(board.device, netlist), folder)
    (folder / "top.json").write_text(json.dumps(netlist), encoding="utf-8")


def configure(plan: Plan, routed: Made, setting: Setting, watcher: Watcher) -> Made:
    """The packer's input with the PLL set, and nothing else changed: no place and route."""
    family = plan.board.family
    watcher.stage("clock", f"{setting.frequency / 1e6:.2f} MHz")
    watcher.part(None)
    options = family.device_options(plan.board.make())

    def make(folder: Path) -> None:
        family.configure(options, routed.folder, setting, folder)

    return _made("configured", [routed.folder.name, repr(setting)], make)


def pack(plan: Plan, configured: Made, watcher: Watcher) -> Made:
    """The bitstream."""
    family = plan.board.family
    packer = tool(family.packer)
    watcher.stage("bitstream", packer.identity)
    watcher.part(None)
    arguments = family.pack_arguments(plan.board)
    config = family.config

    def make(folder: Path) -> None:
        (folder / config).hardlink_to(configured.folder / config)
        run(packer, arguments, folder, lambda _: None)
        (folder / config).unlink()

    parts = [configured.folder.name, shlex.join(arguments), packer.identity]
    return _made("bitstream", parts, make)
