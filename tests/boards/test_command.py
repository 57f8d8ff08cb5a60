"""The `sluice` command as a process: how it ends."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SLUICE = (sys.executable, "-c", "from sluice.rtl.cli import main; main()")


def test_a_period_that_is_too_short() -> None:
    """It is found to be when the loops of a unit are scheduled."""
    words = ("core", "--core", "serial", "--technology", "ecp5", "--period", "5")
    done = subprocess.run([*SLUICE, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "sluice: period must leave time for every loop: 5 ns is too short for the loop "
        "e' of round_0 -> add_choose -> add -> e' of round_0, 8.1 ns of operations "
        "in 1 slot of 1 cycle; "
        "8.85 ns or 3 cycles a slot would be enough"
    )


def runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def sleeper(tmp_path: Path) -> tuple[dict[str, str], Path]:
    """An environment in which Yosys sleeps, and where it writes its process number."""
    number = tmp_path / "number"
    tool = tmp_path / "yosys"
    tool.write_text(
        "#!/bin/sh\n"
        'if [ "$1" = --version ]; then echo Yosys 99.0; exit; fi\n'
        f"echo $$ > {number}.new; mv {number}.new {number}; exec sleep 1000\n"
    )
    tool.chmod(0o755)
    return {**os.environ, "YOSYS": str(tool), "XDG_CACHE_HOME": str(tmp_path)}, number


def wait_for(path: Path, process: subprocess.Popen) -> int:
    while not path.exists():
        assert process.poll() is None
        time.sleep(0.05)
    return int(path.read_text())


@pytest.mark.parametrize(
    ("number", "said"),
    [(signal.SIGTERM, []), (signal.SIGINT, ["sluice: interrupted"])],
)
def test_a_tool_ends_with_the_build(
    sleeper: tuple[dict[str, str], Path], number: signal.Signals, said: list[str]
) -> None:
    """A build that is told to end takes the tool with it that it waits for."""
    env, file = sleeper
    words = ("build", "--board", "hx8k")
    with subprocess.Popen(
        [*SLUICE, *words], env=env, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as build:
        started = wait_for(file, build)
        assert runs(started)
        build.send_signal(number)
        _, errors = build.communicate()
        assert build.returncode == 128 + number
    assert not runs(started)
    stages = [line for line in errors.splitlines() if re.match(r" *\d+\.\d s  ", line)]
    assert errors.splitlines() == [*stages, *said]


def test_tools_end_with_the_sweep(sleeper: tuple[dict[str, str], Path], tmp_path: Path) -> None:
    """An interrupt from a terminal, which all its processes get."""
    env, file = sleeper
    words = ("sweep", "--board", "hx8k", "--workers", "1", "--file", str(tmp_path / "x.sqlite"))
    with subprocess.Popen(
        [*SLUICE, *words], env=env, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as sweep:
        started = wait_for(file, sweep)
        os.killpg(sweep.pid, signal.SIGINT)
        _, errors = sweep.communicate()
        assert sweep.returncode == 128 + signal.SIGINT
    assert errors.splitlines() == ["sluice: interrupted"]
    assert not runs(started)


def test_half_made_hardware_goes_in_silence(tmp_path: Path) -> None:
    words = ("build", "--board", "ulx3s-85f")
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    with subprocess.Popen([*SLUICE, *words], env=env, stderr=subprocess.PIPE, text=True) as build:
        assert build.stderr is not None
        first = build.stderr.readline()
        # By now it schedules the core, or is about to.
        time.sleep(1)
        build.send_signal(signal.SIGINT)
        rest = build.stderr.read()
        assert build.wait() == 128 + signal.SIGINT
    assert "elaborate" in first
    assert rest == "sluice: interrupted\n"


@pytest.mark.parametrize("words", [("build", "--board", "hx8k"), ("sim", "--block", "0")])
def test_a_cache_that_cannot_be_written_is_one_line(words: tuple[str, ...]) -> None:
    env = {**os.environ, "XDG_CACHE_HOME": "/proc/nowhere"}
    done = subprocess.run([*SLUICE, *words], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    said = done.stderr.splitlines()[-1]
    assert re.fullmatch(
        r"sluice: the cache /proc/nowhere/sluice/\w+(/\w+)? cannot be written: .*; "
        r"XDG_CACHE_HOME names another",
        said,
    )
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("build", "--board", "hx8k", "--freq", "300"),
            "to 270 MHz from 12 MHz, not 300 MHz",
        ),
        (("build", "--board", "icebraker"), "'icebraker' is no board: did you mean icebreaker"),
        (("program", "--board", "hx8k", __file__), "iceprog not found: install the Debian package"),
    ],
)
def test_bad_input_is_one_line(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    env = {**os.environ, "PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run([*SLUICE, *words], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_report_builds_nothing(tmp_path: Path) -> None:
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run(
        [*SLUICE, "report", "--board", "hx8k"], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith(
        "sluice: this chip of hx8k has not been built: do so with `sluice build --board hx8k` and "
        "the same options, which takes about "
    )
    assert not list(tmp_path.rglob("*.il"))
