"""Ctrl-C in a terminal: a line that says so, exit code 130, and nothing else."""

import re
import sys
from pathlib import Path

import pytest

from tests.terminal import Terminal

SLUICE = Path(sys.executable).with_name("sluice")

#: Commands that take long, and what each says when it has begun.
COMMANDS = {
    "sim --block 0 --window 4294967296": "",
    "sim --pty": "on /dev/pts",
    "bench-sim": "",
    "verilog --board ulx3s-85f --output chip.v": "writing Verilog",
    "build --board hx8k": "elaborate",
    "asic --core ring --ring 8": "",
}


@pytest.mark.parametrize("command", COMMANDS)
async def test_ctrl_c(command, tmp_path):
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")} if "build" in command else {}
    async with Terminal(SLUICE, *command.split(), cwd=tmp_path, **cache) as terminal:
        await terminal.until(lambda text: text and COMMANDS[command] in text)
        terminal.interrupt()
        assert await terminal.end() == 130
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.text)
    assert plain.rstrip().endswith("sluice: interrupted")
    assert "Traceback" not in plain
    assert "Unused" not in plain
