"""Keys, pressed in a pseudo-terminal; and no keys where there is nobody to press them."""

import sys
import termios

import pytest

from sluice.firmware.screen.keys import listening
from tests.terminal import Terminal

PROGRAM = """
import asyncio
from sluice.firmware import screen
from sluice.firmware.ways import PAGE, Way
from tests.firmware.api.daemon import Daemon

daemon = Daemon()
asyncio.run(screen.run(daemon, refresh=30, ways=[Way(PAGE, "http://127.0.0.1:8420/")]))
print("paused" if daemon.paused else "not paused")
"""


async def test_keys():
    async with Terminal(sys.executable, "-c", PROGRAM) as terminal:
        await terminal.until(lambda text: "q quit  p pause" in plain(text))
        assert "http://127.0.0.1:8420/" in terminal.text
        terminal.press("x?")
        await terminal.until(lambda text: "where else to look" in text)
        terminal.press("?p")
        await terminal.until(lambda text: "p go on" in plain(text))
        terminal.press("q")
        assert await terminal.end() == 0
        # The terminal shows what is typed again.
        assert termios.tcgetattr(terminal.descriptor)[3] & termios.ICANON
    assert terminal.text.rstrip().endswith("paused")
    assert "not paused" not in terminal.text
    assert "\x1b[?1049l" in terminal.text


def plain(text):
    """Without colours."""
    while "\x1b[" in text:
        start = text.index("\x1b[")
        end = next(at for at in range(start + 2, len(text)) if text[at].isalpha())
        text = text[:start] + text[end + 1 :]
    return text


@pytest.mark.parametrize("stdin", [None, "file"])
async def test_nobody_to_press_them(stdin, monkeypatch, tmp_path):
    with (tmp_path / "file").open("w+") as file:
        monkeypatch.setattr(sys, "stdin", file if stdin else None)
        with listening(lambda _key: None) as there:
            assert not there
