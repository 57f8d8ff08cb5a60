"""The stages of a build: synthesis, place and route, packing."""

import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from amaranth.vendor import LatticeECP5Platform, LatticeICE40Platform

from .cache import cached
from .netlist import RULES, change
from .nextpnr_log import RouteLog
from .options import ToolOptions
from .plan import CONSTRAINTS, Plan
from .progress import Watcher
from .run import run
from .tools import Tool, tool

#: Tools of each family: place and route, packing.
TOOLS = {"ecp5": ("nextpnr-ecp5", "ecppack"), "ice40": ("nextpnr-ice40", "icepack")}

#: What nextpnr writes for the packer, and what that writes.
CONFIG = {"ecp5": "top.config", "ice40": "top.asc"}
BITSTREAM = {"ecp5": "top.bit", "ice40": "top.bin"}

#: What sums become on iCE40.
_CHAINS = "chains_ice40.v"

#: How long a stage took, in its folder.
_SECONDS = "seconds"


def tools_of(family: str) -> tuple[Tool, Tool, Tool]:
    """Synthesis, place and route, packing."""
    route, pack = TOOLS[family]
    return tool("yosys"), tool(route), tool(pack)


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
    command = f"synth_{plan.board.family}"
    own: dict[str, str] = {}
    if plan.board.family == "ice40":
        own[_CHAINS] = Path(__file__).with_name(_CHAINS).read_text(encoding="utf-8")
        command = f"opt_expr; wreduce; opt_clean; techmap -map {_CHAINS}; {command}"
        if "UP5K" in plan.board.device:
            command += " -device u"
    script = "; ".join(
        (
            "read_rtlil top.il",
            # Ports of memories without their registers: Yosys finds out by itself, when it puts
            # them together again, which never read what is being written, and adds no logic there.
            "hierarchy -top top; proc; memory_nordff",
            f"{command} {options.synth} -top top -json top.json",
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
        if plan.board.family == "ecp5":
            watcher.stage("synthesis", "block RAM and carry chains")
            change(folder / "top.json", folder / "stat.json")

    parts = [plan.netlist, script, RULES, *own.values(), yosys.identity]
    return _made("synthesis", parts, make)


def _device(plan: Plan) -> list[str]:
    platform = plan.board.make()
    if plan.board.family == "ecp5":
        flags = LatticeECP5Platform._nextpnr_device_options
        package = LatticeECP5Platform._nextpnr_package_options[platform.package].upper()
        speed = ["--speed", str(platform.speed)]
        return [flags[platform.device], "--package", package, *speed]
    flags = LatticeICE40Platform._nextpnr_device_options
    more = LatticeICE40Platform._nextpnr_package_options.get(platform.device, "")
    return [flags[platform.device], "--package", platform.package.lower() + more]


def route(plan: Plan, cells: Made, options: ToolOptions, watcher: Watcher) -> Made:
    """The packer's input, ``report.json``, ``routed.json``, and the log.

    What misses its timing is kept like everything else: whoever asks for it decides.
    """
    family = plan.board.family
    nextpnr = tool(TOOLS[family][0])
    constraints = CONSTRAINTS[family]
    arguments = [
        *_device(plan),
        *("--json", "top.json", f"--{constraints.partition('.')[2]}", constraints),
        "--asc" if family == "ice40" else "--textcfg",
        CONFIG[family],
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
        (folder / "top.json").hardlink_to(source)
        # It ends with code 1 when a clock is slower than asked, and has written everything.

        def good(code: int) -> bool:
            return code == 0 or (folder / "report.json").exists()

        run(nextpnr, [*arguments, *threads], folder, log.listen, good)
        (folder / "top.json").unlink()
        lines = "\n".join(f"{name}\t{value}" for name, value in log.figures.items())
        (folder / "figures.tsv").write_text(lines, encoding="utf-8")

    parts = [cells.folder.name, plan.constraints, shlex.join(arguments), nextpnr.identity]
    return _made("route", parts, make)


def pack(plan: Plan, routed: Made, watcher: Watcher) -> Made:
    """The bitstream."""
    family = plan.board.family
    packer = tool(TOOLS[family][1])
    watcher.stage("bitstream", packer.identity)
    watcher.part(None)
    config, bitstream = CONFIG[family], BITSTREAM[family]
    arguments = [config, bitstream]
    if family == "ecp5":
        arguments = [*plan.board.pack, "--input", config, "--bit", bitstream]

    def make(folder: Path) -> None:
        (folder / config).hardlink_to(routed.folder / config)
        run(packer, arguments, folder, lambda _: None)
        (folder / config).unlink()

    parts = [routed.folder.name, shlex.join(arguments), packer.identity]
    return _made("bitstream", parts, make)
