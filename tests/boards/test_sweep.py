"""Points, their file, their front, and the kept results."""

import dataclasses
import random
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from sluice.boards.catalogue import BOARDS
from sluice.boards.cli.build import build
from sluice.boards.cli.chip_options import chip_config, make_tool_options
from sluice.boards.cli.sweep import sweep
from sluice.boards.cores import KINDS
from sluice.boards.flow.options import ToolOptions
from sluice.boards.sweep.page import page
from sluice.boards.sweep.plot import front, plot
from sluice.boards.sweep.point import Point, make_core
from sluice.boards.sweep.results import FILE, Line, best, read, write
from sluice.boards.sweep.store import Outcome, Store
from sluice.rtl.options import fields

from .test_flow import figures

ROOT = Path(__file__).resolve().parents[2]


def point(**more: object) -> Point:
    values: dict[str, object] = {"board": "hx8k", "kind": "serial", "core": (), "cores": 1}
    return Point(**(values | {"mhz": 48.0} | more))


def test_a_point_is_its_key() -> None:
    one = point(core=(("engines", 3),), chip=(("compact", True),), route="--router router2")
    assert Point.from_key(one.key) == one
    assert one.config().core.engines == 3
    assert one.config().compact
    assert point().config().compact is False


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_makes_the_same_point(kind: str) -> None:
    board = BOARDS["ulx3s-85f"]
    core = make_core(board.config.core, board.family.name, kind, {"queue": 9})
    config = dataclasses.replace(board.config, core=core, cores=2, hash_clock=77e6)
    tools = ToolOptions(seed=9, route="--router router2", regions=not board.regions)
    made = Point.of(board, config, tools)
    words = shlex.split(made.command())[2:]
    options = build.make_context("build", words).params
    for name in ("board", "output", "as_json"):
        del options[name]
    tools = ToolOptions(
        **{name: options.pop(name) for name in ("seed", "synth", "route", "regions", "threads")}
    )
    assert Point.of(board, chip_config(board.config, board.family.name, **options), tools) == made


@pytest.mark.parametrize(
    ("given", "seed", "route", "regions"),
    [
        ((), 7, "--placer static", True),
        (("--seed", "9", "--route", "", "--no-regions"), 9, "", False),
    ],
)
def test_tools_are_told_what_the_board_says_unless_it_is_given(
    given: tuple[str, ...], seed: int, route: str, regions: bool
) -> None:
    own = {"seed": 7, "route": "--placer static", "regions": True}
    board = dataclasses.replace(BOARDS["ulx3s-85f"], **own)
    options = build.make_context("build", ["--board", board.name, *given]).params
    words = [options[name] for name in ("seed", "synth", "route", "regions", "threads")]
    tools = make_tool_options(board, *words)
    assert (tools.seed, tools.route, tools.regions) == (seed, route, regions)


def test_fields_have_texts() -> None:
    for kind in KINDS.values():
        for field in fields(kind):
            assert field.text, f"{kind.__name__}.{field.name} has no text"


def test_the_store(tmp_path: Path) -> None:
    store = Store(tmp_path / "deep" / "sweep.sqlite")
    assert list(store.outcomes()) == []
    good = Outcome(point(), 1.5, figures(50.0))
    bad = Outcome(point(seed=2), 0.5, None, "nextpnr failed")
    store.add(bad)
    store.add(good)
    assert list(store.outcomes()) == [bad, good]
    again = Outcome(point(seed=2), 0.7, figures(40.0))
    store.add(again)
    assert [outcome.met for outcome in store.outcomes()] == [True, False]


def test_a_sweep_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through Dask, with points that fail before any tool is called."""
    monkeypatch.setenv("YOSYS", "/nowhere/yosys")
    file = tmp_path / "sweep.sqlite"
    words = ["--board", "hx8k", "--workers", "1", "--file", str(file)]
    result = CliRunner().invoke(sweep, [*words, "--seed", "1,2"])
    assert result.exit_code == 0, result.output
    first = list(Store(file).outcomes())
    assert {outcome.point.seed for outcome in first} == {1, 2}
    assert all("which is no program" in outcome.message for outcome in first)
    result = CliRunner().invoke(sweep, [*words, "--seed", "1-3"])
    assert result.exit_code == 0, result.output
    then = list(Store(file).outcomes())
    assert then[:2] == first
    assert [outcome.point.seed for outcome in then[2:]] == [3]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--seed", "5-1"], "'5-1' is an empty range"),
        (["--seed", "x"], "'x' is no number"),
        (["--with", "lanes"], "'lanes' is not like lanes=1,2"),
        (["--with", "nil=1"], "nil is no parameter of a chip or of the core"),
        (["--with", "queue=x"], "queue must be int, not 'x'"),
        (["--cores", "3"], "cores must be a power of two"),
    ],
)
def test_bad_input_is_named(tmp_path: Path, words: list[str], message: str) -> None:
    file = ["--file", str(tmp_path / "x.sqlite")]
    result = CliRunner().invoke(sweep, ["--board", "hx8k", *file, *words])
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())


def test_the_front(rng: random.Random) -> None:
    dots = [
        figures(50.0, lut4=rng.randrange(1, 50), mhs=float(rng.randrange(1, 50)))
        for _ in range(100)
    ]
    edge = front(dots)
    assert edge == sorted(edge, key=lambda dot: dot.lut4)
    for dot in dots:
        assert any(other.lut4 <= dot.lut4 and other.mhs >= dot.mhs for other in edge)
    for dot in edge:
        better = [
            o
            for o in dots
            if o.lut4 <= dot.lut4 and o.mhs >= dot.mhs and (o.lut4, o.mhs) != (dot.lut4, dot.mhs)
        ]
        assert not better


def test_the_picture(tmp_path: Path) -> None:
    plot([figures(50.0), figures(40.0)], tmp_path / "front.png")
    assert (tmp_path / "front.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="no point has been built"):
        plot([], tmp_path / "none.png")


def line(**more: object) -> Line:
    return Line.of(Outcome(point(**more), 61.0, figures(50.0)))


def test_results_as_text(tmp_path: Path) -> None:
    lines = [
        line(core=(("engines", 2),), chip=(("compact", True),), route="--router router2"),
        line(board="icebreaker", seed=4),
    ]
    write(lines, tmp_path / "results.tsv")
    assert read(tmp_path / "results.tsv") == lines
    assert set(best(lines)) == {"hx8k", "icebreaker"}
    assert lines[0].differences(figures(50.0)) == []
    assert lines[0].differences(figures(51.0, ff=201)) == [
        "ff 201 instead of 200",
        "51.00 MHz instead of 50.00",
    ]
    (tmp_path / "bad.tsv").write_text("a\tb\n")
    with pytest.raises(ValueError, match="other columns than board"):
        read(tmp_path / "bad.tsv")


def test_only_what_meets_its_timing_is_a_result() -> None:
    with pytest.raises(ValueError, match="has not met its timing"):
        Line.of(Outcome(point(), 1.0, figures(47.0)))


def test_the_page() -> None:
    made = line(core=(("engines", 2),))
    text = page([made], {made.floorplan})
    # 450 ps peak to peak (FPGA-DS-02029), and 1 / 48 MHz - 1 / 50 MHz.
    assert (
        "| hx8k | iCE40HX8K | 1 | serial engines=2; the board has another core by now | "
        "48.00, 50.00 MHz | 0.45, 0.83 ns | 3,000 |" in text
    )
    assert made.point.command() in text
    assert f"floorplans/{made.floorplan}" in text
    assert "Placed in [regions]" not in text
    assert "Placed in [regions]" in page([line(regions=True)], set())


def test_the_page_is_that_of_the_results() -> None:
    pictures = {path.name for path in (ROOT / "docs" / "floorplans").glob("*.png")}
    assert (ROOT / "docs" / "results.md").read_text(encoding="utf-8") == page(read(FILE), pictures)
