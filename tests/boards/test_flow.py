"""Options, tools, logs, cache, figures: what needs no tool to be tested."""

import json
import os
from pathlib import Path

import matplotlib as mpl
import pytest
from click.testing import CliRunner

from sluice.boards.catalogue import BOARDS
from sluice.boards.cli.build import build
from sluice.boards.cli.report import report
from sluice.boards.floorplan.picture import colours_of, draw_floorplan, part_of
from sluice.boards.flow import cache, tools
from sluice.boards.flow.build import REPORT, Built, Figures, TimingError
from sluice.boards.flow.figures import Clock, Step, core_clock
from sluice.boards.flow.nextpnr_log import RouteLog
from sluice.boards.flow.options import OptionError, ToolOptions


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("route", "--seed 3", "route must not set --seed"),
        ("route", "--timing-allow-fail --router router1", "route must not set --timing-allow-fail"),
        ("route", "'", "route must be options as in a shell"),
        ("synth", "-abc9; shell", "synth must be options of one command"),
    ],
)
def test_options_refused(field: str, text: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        ToolOptions(**{field: text})


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Yosys 0.23 (git sha1 7ce5011c24b)", (0, 23, 0, 0)),
        ("Yosys 0.70+12 (git sha1)", (0, 70, 0, 12)),
        ("nextpnr-ecp5 -- Next Generation Place and Route (Version nextpnr-0.11.1)", (0, 11, 1, 0)),
        ("none", ()),
    ],
)
def test_versions(text: str, numbers: tuple[int, ...]) -> None:
    assert tools.version_numbers(text) == numbers


def native(folder: Path, said: str) -> None:
    program = folder / "yosys"
    program.write_text(f"#!/bin/sh\necho '{said}'\n")
    program.chmod(0o755)


@pytest.fixture
def fresh_tools():
    tools.tool.cache_clear()
    yield
    tools.tool.cache_clear()


@pytest.mark.usefixtures("fresh_tools")
@pytest.mark.parametrize(("said", "taken"), [("Yosys 99.0 (new)", True), ("Yosys 0.1", False)])
def test_the_newer_tool(tmp_path: Path, monkeypatch, said: str, taken: bool) -> None:
    native(tmp_path, said)
    monkeypatch.delenv("YOSYS", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert tools.tool("yosys").identity.startswith("native") == taken


@pytest.mark.usefixtures("fresh_tools")
def test_a_named_tool(tmp_path: Path, monkeypatch) -> None:
    native(tmp_path, "Yosys 0.1")
    monkeypatch.setenv("YOSYS", str(tmp_path / "yosys"))
    assert tools.tool("yosys").command == (str(tmp_path / "yosys"),)
    tools.tool.cache_clear()
    monkeypatch.setenv("YOSYS", "/nowhere/yosys")
    with pytest.raises(tools.MissingTool, match="YOSYS is '/nowhere/yosys', which is no program"):
        tools.tool("yosys")


def test_cache(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(cache, "user_cache_path", lambda *_, **__: tmp_path)
    made = []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "file").write_text("x")

    first, before = cache.cached("kind", ["a", "b"], make)
    assert not before
    assert cache.cached("kind", ["a", "b"], make) == (first, True)
    assert cache.cached("kind", ["ab", ""], make)[0] != first
    assert len(made) == 2

    def fail(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise RuntimeError("no")

    for _ in range(2):
        with pytest.raises(RuntimeError):
            cache.cached("kind", ["c"], fail)
    assert len([path for path in (tmp_path / "boards" / "kind").iterdir() if path.is_dir()]) == 2


class Heard:
    def __init__(self) -> None:
        self.stages: list[tuple[str, str]] = []
        self.parts: list[float | None] = []

    def stage(self, name: str, detail: str = "") -> None:
        self.stages.append((name, detail))

    def part(self, fraction: float | None) -> None:
        self.parts.append(fraction)


def test_the_log_of_nextpnr() -> None:
    heard = Heard()
    log = RouteLog(heard)
    for line in (
        "Info:   at iteration #7, type ALL: wirelen solved = 90, spread = 110, legal = 120; t = 1s",
        "Info: Routing 4000 arcs.",
        "Info:       1000 |      100        899 |  100   899 |      3000|       0.18       0.18|",
    ):
        log.listen(line)
    assert log.figures == {"wire_length": 120, "arcs": 4000, "router_iterations": 999}
    assert heard.parts == [None, 0.0, 0.25]
    assert [name for name, _ in heard.stages] == ["place", "route", "route"]


def figures(reached: float, **more: object) -> Figures:
    values: dict[str, object] = {
        "board": "hx8k",
        "device": "iCE40HX8K",
        "core": "serial",
        "cores": 2,
        "lanes": 1,
        "rate": "1/64",
        "build": 1,
        "seed": 1,
        "synth": "",
        "route": "",
        "regions": False,
        "tools": ["a", "b"],
        "seconds": 61.0,
        "mhs": 1.5,
        "lut4": 3000,
        "carry": 100,
        "ff": 200,
        "bram": 3,
        "lutram": 0,
        "dsp": 0,
        "wire_length": 1,
        "arcs": 2,
        "router_iterations": 3,
        "clocks": [Clock("pll_clk", 48.0, reached)],
        "crossings": [],
        "path": [Step("a", "logic", 1.0)],
        "used": {"LC": (1, 2)},
    }
    return Figures(**(values | more))


def test_figures_as_text() -> None:
    made = figures(50.0)
    assert Figures.from_json(made.to_json()) == made
    assert made.density == pytest.approx(0.5)
    with pytest.raises(ValueError, match="no report of a build"):
        Figures.from_json('{"board": 1}')


def test_late_clocks_fail() -> None:
    built = Built(figures(47.99), *[None] * 6)
    with pytest.raises(TimingError, match=r"pll_clk reaches 47\.99 of 48\.00 MHz"):
        built.check()
    Built(figures(48.0), *[None] * 6).check()


@pytest.mark.parametrize("name", ["hx8k", "orangecrab-25f"])
def test_nothing_old_is_left_to_program(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that is too slow takes away what one before it has left; other files stay."""
    board = BOARDS[name]
    late = Built(figures(47.99, board=name), *[None] * 6)
    monkeypatch.setattr("sluice.boards.cli.build.built", lambda *_, **__: late)
    for file in (board.file, board.family.bitstream, "mine.txt"):
        (tmp_path / file).write_text("old")
    for told in (True, False):
        result = CliRunner().invoke(build, ["--board", name, "--output", str(tmp_path)])
        assert result.exit_code == 1
        assert "pll_clk reaches 47.99 of 48.00 MHz" in result.output
        assert ("an earlier build" in result.output) == told
        assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_clock_of_the_cores() -> None:
    fast, slow = Clock("pll_clk", 100.0, 120.0), Clock("clk", 25.0, 80.0)
    assert core_clock([fast, slow], 100e6) == fast
    with pytest.raises(LookupError, match="hash_clock 90 MHz is no clock's constraint"):
        core_clock([fast, slow], 90e6)


@pytest.mark.parametrize(
    ("cell", "part", "alone"),
    [
        ("chip.controller.array.core12.stage3.n205_c8_FF", "core 12", "stage 3"),
        ("chip.controller.array.core0.sequencer.decoder.memory.0.0_RAM", "core 0", "core, rest"),
        ("chip.controller.processor.memory.0.0", "controller", "controller"),
        ("chip.link.uart_rx.pin", "link", "link"),
        ("power_on.passed", "board", "board"),
    ],
)
def test_parts(cell: str, part: str, alone: str) -> None:
    assert part_of(cell, single=False) == part
    assert part_of(cell, single=True) == alone


@pytest.mark.parametrize("count", [1, 2, 13, 24])
def test_colours_can_be_told_apart(count: int) -> None:
    parts = {f"stage {index}" for index in range(count)} | {"link", "controller", "board"}
    colours = colours_of(parts | {"core, rest"})
    assert list(colours)[:count] == [f"stage {index}" for index in range(count)]
    assert len(colours) == count + 4
    every = list(colours.values())
    for index, one in enumerate(every):
        for other in every[:index]:
            assert sum(abs(a - b) for a, b in zip(one, other, strict=True)) > 0.15


@pytest.mark.parametrize(
    ("more", "said"),
    [({}, []), ({"regions": True, "route": "-x"}, ["options of nextpnr", "regions"])],
)
def test_a_report_says_how_it_was_placed(
    tmp_path: Path, more: dict[str, object], said: list[str]
) -> None:
    (tmp_path / REPORT).write_text(figures(50.0, **more).to_json())
    result = CliRunner().invoke(report, [str(tmp_path)])
    assert result.exit_code == 0, result.output
    words = ("options of nextpnr", "regions")
    assert [word for word in words if word in result.output] == said


@pytest.mark.parametrize("folded", [True, False])
def test_a_floorplan(tmp_path: Path, folded: bool) -> None:
    names = ("core0.stage0.n1_c2", "core0.stage1.n1_c7", "core0.port", "chip.link.x", "light")
    cells = {
        name: {"attributes": {"NEXTPNR_BEL": f"X{index}/Y{index % 2}/lc0"}}
        for index, name in enumerate(names)
    }
    routed = tmp_path / "routed.json"
    routed.write_text(json.dumps({"modules": {"top": {"cells": cells}}}))
    with mpl.rc_context({"svg.fonttype": "none"}):
        draw_floorplan(routed, tmp_path / "plan.svg", "a chip", folded=folded)
    text = (tmp_path / "plan.svg").read_text()
    assert ("stage 1" in text, "cycle of the core" in text) == (folded, not folded)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--board", "nil"], "'nil' is no board: `sluice boards` lists them"),
        (["--board", "Ulx3s85f"], "'Ulx3s85f' is no board: did you mean ulx3s-85f or ulx3s-45f"),
        (["--board", "hx8k", "--freq", "1"], "16.125 to 270 MHz from 12 MHz, not 1 MHz"),
        (["--board", "hx8k", "--cores", "3"], "cores must be a power of two"),
        (["--board", "hx8k", "--core", "ring", "--engines", "2"], "engines is no parameter"),
        (["--board", "hx8k", "--route=--seed 2"], "route must not set --seed"),
        (["--board", "hx8k", "--regions"], "--regions: hx8k is no ECP5"),
    ],
)
def test_bad_input_is_named(words: list[str], message: str) -> None:
    result = CliRunner().invoke(build, words)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
