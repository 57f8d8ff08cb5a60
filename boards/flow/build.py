"""A build: all stages, one after the other, and the figures of what came out."""

import json
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import click

from sluice.rtl.config import ChipConfig

from ..board import Board
from ..cores import describe, rate
from ..fabric.pll import Setting
from . import stages
from .clocking import chosen, jitter, wanted_setting
from .crossings import crossings
from .dfu import with_suffix
from .figures import Clock, Step, area, clocks, core_clock, critical_path, megahashes, utilisation
from .options import ToolOptions
from .plan import Plan, placing
from .plan import plan as make_plan
from .progress import Watcher

#: The figures of a build in its output folder.
REPORT = "sluice.json"


class TimingError(click.ClickException):
    """A clock or a path between clocks is too slow. The message says which; the exit code is 1."""


@dataclass(frozen=True)
class Figures:
    """What came out of a build.

    Parameters
    ----------
    board, device, core, cores, lanes, rate, build
        What was built; `rate` are nonces a cycle of one core, as a fraction.
    seed, synth, route, regions
        Options of the tools.
    tools
        Their identities.
    seconds
        How long the stages took when they were made.
    mhs
        Millions of hashes a second, at the clock asked for.
    lut4, carry, ff, bram, lutram, dsp
        Cells after synthesis; a CCU2C is two look-up tables, which `lut4` includes.
    wire_length, arcs, router_iterations
        How hard it was to route: see :class:`~.nextpnr_log.RouteLog`.
    clocks
        All clocks after routing.
    crossings
        What is wrong with paths between clocks.
    path
        The critical path of the cores' clock.
    used
        Sites of the device, used and available.
    """

    board: str
    device: str
    core: str
    cores: int
    lanes: int
    rate: str
    build: int
    seed: int
    synth: str
    route: str
    regions: bool
    tools: list[str]
    seconds: float
    mhs: float
    lut4: int
    carry: int
    ff: int
    bram: int
    lutram: int
    dsp: int
    wire_length: int
    arcs: int
    router_iterations: int
    clocks: list[Clock]
    crossings: list[str]
    path: list[Step]
    used: dict[str, tuple[int, int]]

    @property
    def clock(self) -> Clock:
        """The clock of the cores; it is the first."""
        return self.clocks[0]

    @property
    def met(self) -> bool:
        """Whether every clock is as fast as asked, and every path between clocks short enough."""
        return all(clock.met for clock in self.clocks) and not self.crossings

    @property
    def density(self) -> float:
        """MH/s for each thousand LUT4."""
        return self.mhs / self.lut4 * 1000

    def to_json(self) -> str:
        """As text."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Figures":
        """From text.

        Raises
        ------
        ValueError
            It is no such text.
        """
        try:
            values: dict[str, Any] = json.loads(text)
            values.setdefault("crossings", [])
            values.setdefault("regions", False)
            values["clocks"] = [Clock(**clock) for clock in values["clocks"]]
            values["path"] = [Step(**step) for step in values["path"]]
            values["used"] = {name: tuple(pair) for name, pair in values["used"].items()}
            return cls(**values)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no report of a build: {error}") from error


def withdraw(board: Board, folder: Path) -> bool:
    """Take what an earlier build has left for the programmer out of a folder; whether it had."""
    names = {board.file, board.family.bitstream, REPORT}
    found = [folder / name for name in names if (folder / name).exists()]
    for path in found:
        path.unlink()
    return bool(found)


@dataclass(frozen=True)
class Built:
    """A build, its timing met or not.

    Parameters
    ----------
    figures
        What came out.
    plan
        Netlist and constraints, and the chip with its clock.
    setting
        Of the PLL.
    cells, routed, configured, packed
        The stages' folders, in the cache.
    """

    figures: Figures
    plan: Plan
    setting: Setting
    cells: stages.Made
    routed: stages.Made
    configured: stages.Made
    packed: stages.Made

    @property
    def bitstream(self) -> Path:
        """The file for the FPGA."""
        return self.packed.folder / self.plan.board.family.bitstream

    def check(self) -> None:
        """Make sure that the timing is met.

        Raises
        ------
        TimingError
            It is not.
        """
        late = [clock.complaint for clock in self.figures.clocks if not clock.met]
        late += self.figures.crossings
        if late:
            raise TimingError(f"timing is not met: {'; '.join(late)}")

    def export(self, folder: Path) -> None:
        """Copy what a person wants into a folder: bitstream, figures, constraints, logs."""
        folder.mkdir(parents=True, exist_ok=True)
        board = self.plan.board
        family = board.family
        shutil.copy(self.bitstream, folder)
        if board.dfu is not None:
            made = with_suffix(self.bitstream.read_bytes(), *board.dfu)
            (folder / board.file).write_bytes(made)
        shutil.copy(self.configured.folder / family.config, folder)
        for name in ("report.json", family.constraints):
            shutil.copy(self.routed.folder / name, folder)
        for stage in (self.cells, self.routed):
            for log in stage.folder.glob("*.log"):
                shutil.copy(log, folder)
        (folder / REPORT).write_text(self.figures.to_json(), encoding="utf-8")


def build(
    board: Board,
    config: ChipConfig,
    options: ToolOptions,
    watcher: Watcher,
    wanted: float | None = None,
) -> Built:
    """Build a chip for a board, or find what an earlier build has left.

    Parameters
    ----------
    board, config, options, watcher
        What to build, how, and who is told.
    wanted
        Frequency of the cores' clock in hertz; the PLL makes the nearest one. Without it the clock
        is the fastest one that holds. It is set after place and route, which do not depend on it.

    Raises
    ------
    ~.fabric.pll.PllError
        The PLL makes no clock near the one wanted.
    ~.tools.MissingTool, ~.run.ToolError
        A tool is not there, or did not accept what it was given.
    """
    setting = wanted_setting(board, wanted)
    plan = make_plan(board, config, watcher)
    cells = stages.synthesise(plan, options, watcher)
    routed = stages.route(plan, cells, options, watcher)
    report = json.loads((routed.folder / "report.json").read_text(encoding="utf-8"))
    found = clocks(report)
    main = core_clock(found, placing(board).frequency)
    across = crossings(report, main.net)
    setting = setting or chosen(board, main.reached, across)
    hertz, period = setting.frequency, 1e9 / setting.frequency
    plan = replace(plan, config=replace(plan.config, hash_clock=hertz))
    configured = stages.configure(plan, routed, setting, watcher)
    packed = stages.pack(plan, configured, watcher)
    core = replace(main, asked=hertz / 1e6, jitter=jitter(board, setting))
    others = [clock for clock in found if clock != main]
    lines = (routed.folder / "figures.tsv").read_text(encoding="utf-8").splitlines()
    effort = {name: int(value) for name, value in (line.split("\t") for line in lines)}
    hasher = plan.config.core
    figures = Figures(
        board=board.name,
        device=board.device,
        core=describe(hasher),
        cores=plan.config.cores,
        lanes=hasher.lanes,
        rate=str(rate(hasher)),
        build=plan.config.build,
        seed=options.seed,
        synth=options.synth,
        route=options.route,
        regions=options.regions,
        tools=[tool.identity for tool in board.family.tools],
        seconds=sum(made.seconds for made in (cells, routed, configured, packed)),
        mhs=megahashes(plan.config),
        **area(board.family, cells.folder),
        wire_length=effort.get("wire_length", 0),
        arcs=effort.get("arcs", 0),
        router_iterations=effort.get("router_iterations", 0),
        clocks=[core, *others],
        crossings=[one.complaint(period) for one in across if not one.holds(period)],
        path=critical_path(report, main),
        used=utilisation(report),
    )
    return Built(figures, plan, setting, cells, routed, configured, packed)
