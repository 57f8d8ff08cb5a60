"""The `sluice` command as a process: how it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

SLUICE = (sys.executable, "-c", "from sluice.rtl.cli import main; main()")


def test_a_period_that_is_too_short() -> None:
    """It is found to be when the loops of a unit are scheduled."""
    words = ("core", "--core", "rolled", "--technology", "ecp5", "--period", "5")
    done = subprocess.run([*SLUICE, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "sluice: period must leave time for every loop: 5 ns is too short for the loop e_0 -> "
        "add_choose -> add -> e'_0 -> e_0, 8.1 ns of operations in 1 slot of 1 cycle; "
        "8.85 ns or 3 cycles a slot would be enough"
    )


def runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_tool_ends_with_the_build(tmp_path: Path) -> None:
    """A build that is told to end takes the tool with it that it waits for."""
    number = tmp_path / "number"
    tool = tmp_path / "yosys"
    tool.write_text(
        "#!/bin/sh\n"
        'if [ "$1" = --version ]; then echo Yosys 99.0; exit; fi\n'
        f"echo $$ > {number}.new; mv {number}.new {number}; exec sleep 1000\n"
    )
    tool.chmod(0o755)
    env = {**os.environ, "YOSYS": str(tool), "XDG_CACHE_HOME": str(tmp_path)}
    words = ("build", "--board", "hx8k")
    with subprocess.Popen([*SLUICE, *words], env=env, stderr=subprocess.DEVNULL) as build:
        while not number.exists():
            assert build.poll() is None
            time.sleep(0.05)
        started = int(number.read_text())
        assert runs(started)
        build.send_signal(signal.SIGTERM)
        assert build.wait() == 128 + signal.SIGTERM
    assert not runs(started)
