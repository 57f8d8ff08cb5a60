"""The terminal screen, rendered without a terminal."""

import asyncio
import io
import re

import pytest
from rich.console import Console

from sluice.firmware import screen, stats
from sluice.firmware.screen.lines import Lines
from sluice.firmware.screen.picture import picture
from sluice.firmware.screen.words import difficulty, duration, rate, scaled, spark
from tests.firmware.api.daemon import NOW, Daemon, empty, history, snapshot


def rendered(now, past=(), width=160, height=40):
    console = Console(file=io.StringIO(), width=width, height=height, force_terminal=False)
    console.print(picture(now, past, width, height))
    return console.file.getvalue()


def test_everything_is_there():
    text = rendered(snapshot(), history(2))
    for words in (
        "Sluice 0.1.0  mining  up 1 d 1 h",
        "300 MH/s   5 s 312 MH/s   5 min 297 MH/s   15 min 294 MH/s   average 291 MH/s",
        "expected 600 MH/s",
        "98 accepted, 1 stale, 3 rejected",
        "best 123 k (ever 9.87 G)",
        "dropped: 3 unknown-job, 2 duplicate, 1 bad-hash",
        "stratum+tcp://pool.example.com:3333 bc1qexample.rig1",
        "dead cannot connect",
        "/dev/ttyUSB0 2 x bm1370",
        "failed no answer from any chip",
        "899990",
        "20b44000",
        "refused inconclusive",
        "accepted",
        "<img src=x onerror=alert(1)>, says it",
    ):
        assert words in text, words
    assert re.search(r"active +512 +98 +1 +3 +42 ms +12 s ago", text)
    assert re.search(r"│ +1 +150 MH/s +135 MH/s +1,001 +1 +3 s ago", text)
    assert "█" in text


@pytest.mark.parametrize(("width", "height"), [(80, 24), (40, 10), (200, 60), (20, 5)])
@pytest.mark.parametrize("now", [snapshot(), empty()])
def test_any_size(now, width, height):
    lines = rendered(now, history(1), width, height).splitlines()
    assert len(lines) <= height
    assert all(len(line) <= width for line in lines)


def test_states():
    assert "paused" in rendered(snapshot(paused=True))
    assert "no work" in rendered(snapshot(active_pool=None))
    assert "no chips" in rendered(empty())


def test_words_of_others_are_no_markup():
    event = stats.Event(number=1, at=NOW, level="info", text="[bold]x[/bold] [/]")
    assert "[bold]x[/bold] [/]" in rendered(snapshot(events=(event,)))


def test_words():
    assert [scaled(value) for value in (0, 5, 12.34, 999.4, 999.6, 470_860)] == [
        "0 ",
        "5.00 ",
        "12.3 ",
        "999 ",
        "1.00 k",
        "471 k",
    ]
    assert (rate(None), rate(1.5e12)) == ("-", "1.50 TH/s")
    assert (difficulty(4.6e-10), difficulty(None), difficulty(0)) == ("4.60e-10", "-", "0")
    seconds = (5, 65, 3725, 90061, -1)
    assert [duration(value) for value in seconds] == [
        "5 s",
        "1 min 5 s",
        "1 h 2 min",
        "1 d 1 h",
        "0 s",
    ]
    assert spark([0, 1, 2, 4], 3) == "▃▅█"
    assert spark([], 5) == ""
    assert spark([0.0, 0.0], 5) == "▁▁"


def test_lines_say_what_is_new():
    lines = Lines(every=10)
    first = list(lines.new(snapshot()))
    assert len(first) == 3 + 2 + 1
    assert any("block 899990 0000" in line and line.endswith("accepted") for line in first)
    assert any(line.endswith("refused: inconclusive") for line in first)
    assert "300 MH/s, shares 98 accepted 1 stale 3 rejected, best 123 k, blocks 2" in first[-1]
    assert list(lines.new(snapshot())) == []
    event = stats.Event(number=4, at=NOW + 1, level="info", text="hello \x1b[2J")
    block = stats.Block(found_at=NOW, height=5, hash="ab", pool=0, version=0x20000000)
    now = snapshot(events=(*snapshot().events, event), blocks=(block,))
    new = list(lines.new(now))
    assert [line.split(" ", 1)[1] for line in new] == [
        "hello ?[2J",
        "block 5 ab version 20000000 found",
    ]
    # The verdict comes later.
    accepted = stats.Block(**{**vars(block), "accepted": True})
    (line,) = lines.new(snapshot(events=now.events, blocks=(accepted,)))
    assert line.endswith("version 20000000 accepted")
    assert len(list(lines.new(snapshot(at=NOW + 10, events=now.events, blocks=(accepted,))))) == 1


@pytest.mark.parametrize("terminal", [True, False])
async def test_runs_until_stopped(terminal):
    console = Console(
        file=io.StringIO(),
        force_terminal=terminal,
        width=120,
        height=40,
        _environ={"TERM": "xterm"},
    )
    seen = asyncio.Event()

    class Watched(Daemon):
        def __init__(self):
            super().__init__()
            self.asked = 0

        def snapshot(self):
            self.asked += 1
            if self.asked == 3:
                seen.set()
            return super().snapshot()

    daemon = Watched()
    task = asyncio.create_task(screen.run(daemon, refresh=0.001, console=console))
    await seen.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    text = console.file.getvalue()
    assert "300 MH/s" in text
    # The alternate screen is left again.
    assert ("\x1b[?1049h" in text) is terminal
    assert text.count("\x1b[?1049l") == int(terminal)
