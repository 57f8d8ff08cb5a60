"""What `sluice boards` prints, and what `sluice bench --renew` keeps."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sluice.boards.catalogue import BOARDS
from sluice.boards.cli import bench as bench_module
from sluice.boards.cli.bench import bench
from sluice.boards.cli.boards import boards
from sluice.boards.flow.figures import Clock
from sluice.boards.sweep.results import Line, best, read, write
from sluice.boards.sweep.store import Outcome

from .test_flow import figures
from .test_sweep import point


def test_a_line_a_board_in_80_columns() -> None:
    """Into a pipe, which has no width: nothing is cut, and the note is not part of the list."""
    result = CliRunner().invoke(boards)
    head, *lines = result.stdout.splitlines()
    assert head.split() == ["board", "device", "MHz", "MH/s", "what", "it", "is"]
    assert [line.split()[0] for line in lines] == list(BOARDS)
    assert max(map(len, lines)) <= 80
    for line, board in zip(lines, BOARDS.values(), strict=True):
        assert board.device in line
        assert line.endswith(board.title)
    assert "no board has been at hand" in result.stderr


def test_all_about_each() -> None:
    result = CliRunner().invoke(boards, ["--long"])
    parts = result.stdout.strip().split("\n\n")
    assert [part.partition(":")[0] for part in parts] == list(BOARDS)
    known = best(read())
    for name, part in zip(BOARDS, parts, strict=True):
        words = (
            "detector",
            "oscillator",
            "jitter",
            "limits",
            *(["margin"] if name in known else []),
        )
        for word in words:
            assert f"\n  {word} " in part
        assert "all kept" in part


def test_as_json() -> None:
    rows = json.loads(CliRunner().invoke(boards, ["--json"]).stdout)
    assert [row["board"] for row in rows] == list(BOARDS)
    for row in rows:
        clock = row["clock"]
        assert clock["beyond"] == []
        for name in ("source", "detector", "oscillator"):
            low, high = clock["limits"][name]
            assert low <= clock[name] <= high
        result = row["result"]
        if result:
            margin = 1e3 / result["mhz"] - 1e3 / result["reached_mhz"]
            assert result["margin_ns"] == pytest.approx(margin)
            assert result["holds"] == (margin >= result["jitter_ns"] / 2)


def line(**more: object) -> Line:
    return Line.of(Outcome(point(**more), 61.0, figures(50.0)))


def test_lines_are_renewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each at the clock that holds, and none but those asked for."""
    file = tmp_path / "results.tsv"
    write([line(mhz=48.0), line(board="icebreaker", mhz=33.0)], file)
    wanted = []

    def build(*given: object) -> object:
        wanted.append(given[-1])
        made = figures(50.0, clocks=[Clock("pll_clk", 49.0, 50.0, 0.4)], mhs=1.7, seconds=9.0)
        return type("Built", (), {"figures": made})

    monkeypatch.setattr(bench_module, "build_chip", build)
    monkeypatch.setattr(bench_module, "read", lambda: read(file))
    monkeypatch.setattr(bench_module, "write", lambda lines: write(lines, file))
    result = CliRunner().invoke(bench, ["--board", "hx8k", "--renew"])
    assert result.exit_code == 0, result.output
    assert wanted == [None]
    kept = {one.point.board: one for one in read(file)}
    assert kept["icebreaker"].point.mhz == 33.0
    assert (kept["hx8k"].point.mhz, kept["hx8k"].asked, kept["hx8k"].mhs) == (None, 49.0, 1.7)
    assert "--freq" not in kept["hx8k"].point.command()


def test_what_does_not_hold_is_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    late = figures(50.0, clocks=[Clock("pll_clk", 49.9, 50.0, 0.4)])
    monkeypatch.setattr(bench_module, "build_chip", lambda *_: type("Built", (), {"figures": late}))
    monkeypatch.setattr(bench_module, "read", lambda: [line()])
    monkeypatch.setattr(bench_module, "write", lambda _: pytest.fail("it is kept"))
    result = CliRunner().invoke(bench, ["--board", "hx8k", "--renew"])
    assert result.exit_code == 1
    assert "has not met its timing" in result.output
