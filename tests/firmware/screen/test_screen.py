"""The terminal screen, rendered without a terminal."""

import asyncio
import io
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from sluice.firmware import screen, stats
from sluice.firmware.screen.lines import Lines
from sluice.firmware.screen.picture import View, picture
from sluice.firmware.screen.words import amount, difficulty, duration, rate, scaled, spark
from sluice.firmware.ways import PAGE, Way
from tests.firmware.api.daemon import NOW, Daemon, chip, empty, history, snapshot

WAYS = (Way(PAGE, "http://127.0.0.1:8420/"), Way("cgminer's API", "127.0.0.1:4028"))


def rendered(now, past=(), width=80, height=24, **view):
    console = Console(file=io.StringIO(), width=width, height=height, force_terminal=False)
    console.print(picture(now, past, width, height, View(**view)))
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def changed(holder, **changes):
    return type(holder)(**{**vars(holder), **changes})


def test_80_columns_and_24_rows():
    lines = rendered(snapshot(), history(2), ways=WAYS, keys=True)
    top = "Sluice 0.1.0  mining  up 1 d 1 h"
    assert lines[0] == top + " " * (80 - len(top) - 22) + "http://127.0.0.1:8420/"
    assert lines[1:5] == [
        "300 MH/s  5 s 312 MH/s  5 min 297 MH/s  15 min 294 MH/s  average 291 MH/s",
        "  expected 600 MH/s",
        "98 accepted  1 stale  3 rejected  best 123 k  ever 9.87 G  2 blocks",
        "  2,001 results  3 unknown-job dropped  2 duplicate dropped  1 bad-hash dropped",
    ]
    assert set(lines[5]) == {"█"}
    assert [line.strip(" ─") for line in lines[6:-1]] == [
        "pools",
        "stratum+tcp://pool.example.com:3333  bc1qexample.rig1  active  difficulty 512",
        "98 accepted  1 stale  3 rejected  answers in 42 ms  share 12 s ago",
        "2 unusable mining.set_difficulty",
        "stratum+ssl://backup.example.com:4444  bc1qexample.rig1  standby",
        "http://127.0.0.1:8332  bc1qexample  dead  9 failures  cannot connect",
        "chips",
        "/dev/ttyUSB0  running  2 x bm1370  by counter 300 MH/s  by results 270 MH/s",
        "2,001 results  1 error  last result 2 s ago",
        "chip 0  150 MH/s  135 MH/s  1,000 results  0 errors  2 s ago",
        "chip 1  150 MH/s  135 MH/s  1,001 results   1 error  3 s ago",
        "/dev/ttyUSB1  failed  7 failures  no answer from any chip",
        "events",
        lines[19],
        lines[20],
        lines[21],
        "",
    ]
    assert [line[10:] for line in lines[19:22]] == [
        "/dev/ttyUSB1: no answer from any chip",
        "<img src=x onerror=alert(1)>, says it",
        "started",
    ]
    assert lines[23] == "q quit  p pause  ? help"


#: Numbers of any size.
number = st.floats(0, 1e18)
count = st.integers(0, 10**12)


@given(
    rates=st.lists(number, min_size=5, max_size=5),
    counts=st.lists(count, min_size=6),
    data=st.data(),
)
def test_no_number_is_cut(rates, counts, data):
    """Whatever the numbers and the width, each is there whole or not at all."""
    width = data.draw(st.integers(40, 120))
    names = ("seconds_5", "minute_1", "minutes_5", "minutes_15", "average")
    measured = stats.Rates(**dict(zip(names, rates, strict=True)))
    pool = snapshot().pools[0]
    counted = stats.Counts(
        accepted=counts[0], stale=counts[1], rejected=Counter({"x": counts[2]}), connections=1
    )
    now = snapshot(
        rates=stats.HashRates(chips=measured, expected=rates[0]),
        accepted=counts[0],
        results=counts[3],
        blocks_found=counts[4],
        pools=(changed(pool, counts=counted, difficulty=rates[1], url="p", user="u"),),
    )
    text = "\n".join(rendered(now, (), width, 60))
    for whole in (
        *(rate(value) for value in rates),
        f"{counts[0]:,} accepted",
        f"{counts[1]:,} stale",
        f"{counts[2]:,} rejected",
        amount(counts[3], "result"),
        amount(counts[4], "block"),
    ):
        assert whole in text, whole
    assert "…" not in text


def test_reasons_are_wrapped():
    reason = "the pool has refused the user: " + " ".join(f"word{at}" for at in range(30))
    pools = (changed(snapshot().pools[2], error=reason),)
    chains = (changed(snapshot().chains[1], error=reason + " indeed"),)
    event = stats.Event(number=1, at=NOW, level="error", text=reason + " at last")
    lines = rendered(snapshot(pools=pools, chains=chains, events=(event,)))
    text = " ".join(line.strip() for line in lines)
    for end in ("", " indeed", " at last"):
        assert reason + end in text
    assert "…" not in text


def test_long_names_are_whole():
    """An address of 62 characters with a worker, and a port with the name of its maker."""
    user = "bc1p" + "0123456789" * 6 + ".worker-of-a-long-name"
    path = "/dev/serial/by-id/usb-" + "Some_Maker_" * 6 + "0123456789ABCDEF-if00-port0"
    pool = changed(snapshot().pools[0], user=user)
    chain = changed(snapshot().chains[0], path=path)
    for width in (40, 80, 120):
        text = "".join(
            line.strip()
            for line in rendered(snapshot(pools=(pool,), chains=(chain,)), (), width, 60)
        )
        assert user in text
        assert path in text
        assert "…" not in text


def test_a_block_has_one_event():
    name = "0" * 20 + "ab" * 22
    event = stats.Event(number=7, at=NOW, level="info", text=f"block {name} at 900000 accepted")
    lines = rendered(snapshot(events=(event,)))
    assert sum(name in line for line in lines) == 1
    assert any(line.strip() == "accepted" or line.endswith("accepted") for line in lines)


def test_kinds_of_unusable_messages():
    pool = snapshot().pools[0]
    kinds = Counter({"mining.notify": 12_345, "line": 7, "reply": 3, "x": 2, "y": 1})
    pool = changed(pool, counts=changed(pool.counts, unusable=kinds))
    text = " ".join(line.strip() for line in rendered(snapshot(pools=(pool,))))
    for words in ("12,345 unusable mining.notify", "7 unusable line", "3 unusable reply"):
        assert words in text
    assert "3 unusable others" in text


def test_many_chips_and_pools():
    """What there is no room for is counted."""
    chain = changed(snapshot().chains[0], chips=tuple(chip(at) for at in range(60)))
    pools = tuple(changed(snapshot().pools[1], index=at) for at in range(30))
    lines = rendered(snapshot(chains=(chain,), pools=pools))
    assert len(lines) == 24
    more = [int(found[1]) for line in lines if (found := re.fullmatch(r"  and (\d+) more", line))]
    shown = sum("backup.example.com" in line for line in lines)
    assert more == [30 - shown, 60 - sum(line.startswith("  chip") for line in lines)]
    assert any(line.endswith("started") for line in lines)


@pytest.mark.parametrize(("width", "height"), [(80, 24), (40, 10), (200, 60), (20, 5), (1, 1)])
@pytest.mark.parametrize("now", [snapshot(), empty()])
@pytest.mark.parametrize("asked", [False, True])
def test_any_size(now, width, height, asked):
    lines = rendered(now, history(1), width, height, ways=WAYS, keys=True, asked=asked)
    assert len(lines) <= height
    assert all(len(line) <= width for line in lines)


def test_states():
    assert "paused" in rendered(snapshot(paused=True))[0]
    assert "no work" in rendered(snapshot(active_pool=None))[0]
    assert "no chips" in rendered(empty())[0]
    assert rendered(snapshot(paused=True), keys=True)[-1] == "q quit  p go on  ? help"


def test_help():
    lines = rendered(snapshot(), keys=True, ways=WAYS, asked=True)
    text = "\n".join(lines)
    assert "  web page       http://127.0.0.1:8420/" in lines
    assert "  cgminer's API  127.0.0.1:4028" in lines
    assert "  q quit" in text
    assert lines[-1] == "q quit  p pause  ? back"
    # Nobody listens: no keys are promised.
    assert "quit" not in "".join(rendered(snapshot(), ways=WAYS))


def test_words_of_others_are_no_markup():
    event = stats.Event(number=1, at=NOW, level="info", text="[bold]x[/bold] [/] \x1b[2J")
    assert "[bold]x[/bold] [/] ?[2J" in "\n".join(rendered(snapshot(events=(event,))))


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
    assert [amount(value, "error") for value in (0, 1, 1000)] == [
        "0 errors",
        "1 error",
        "1,000 errors",
    ]
    assert spark([0, 1, 2, 4], 3) == "▃▅█"
    assert spark([], 5) == ""
    assert spark([0.0, 0.0], 5) == "▁▁"


def test_lines_say_what_is_new():
    lines = Lines(every=10)
    first = list(lines.new(snapshot()))
    assert len(first) == 3 + 1
    assert "300 MH/s, shares 98 accepted 1 stale 3 rejected, best 123 k, blocks 2" in first[-1]
    assert "2 unusable messages" in first[-1]
    assert list(lines.new(snapshot())) == []
    found = stats.Event(number=4, at=NOW, level="info", text="block ab found \x1b[2J")
    (line,) = lines.new(snapshot(events=(*snapshot().events, found)))
    assert line.split(" ", 1)[1] == "block ab found ?[2J"
    # The verdict comes later, in the place of what was said.
    accepted = stats.Event(number=5, at=NOW, level="info", text="block ab accepted")
    now = snapshot(events=(*snapshot().events, accepted))
    (line,) = lines.new(now)
    assert line.endswith("block ab accepted")
    assert len(list(lines.new(changed(now, at=NOW + 10)))) == 1


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
