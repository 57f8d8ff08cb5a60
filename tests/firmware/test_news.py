"""Events, and the best results."""

import random
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from sluice.firmware.news import News
from sluice.firmware.scoreboard import MOST, Scoreboard


def result(name="ab", height=5):
    template = SimpleNamespace(height=height, source=0, job_id="7", version=0x20000000)
    job = SimpleNamespace(extranonce2=b"\x01\x02", time=1_700_000_000)
    return SimpleNamespace(template=template, job=job, hash=name, version=0x20006000, nonce=0x1234)


def told(news):
    return [(event.number, event.text) for event in news.events]


def test_one_event_a_block():
    """What was said before of the same block gives way; the log has all of it."""
    news = News()
    with capture_logs() as logs:
        news.block(0, result(), accepted=None, reason="")
        news.say("info", "something else")
        news.block(0, result(), accepted=True, reason="")
    assert told(news) == [(3, "block ab at 5 accepted"), (2, "something else")]
    assert [entry["event"] for entry in logs] == [
        "block ab at 5 found",
        "something else",
        "block ab at 5 accepted",
    ]
    (block,) = news.blocks
    assert (block.accepted, news.blocks_found) == (True, 1)


@pytest.mark.parametrize(("accepted", "level"), [(True, "info"), (False, "error")])
def test_one_event_a_candidate(accepted, level):
    news = News()
    news.candidate(0, result(height=None), share_accepted=None, reason="")
    found = news.events[0]
    assert found.text == "block candidate ab found"
    news.candidate(0, result(height=None), share_accepted=accepted, reason="stale")
    (event,) = news.events
    assert (event.number, event.at, event.level) == (2, found.at, level)
    verdict = "share accepted" if accepted else "share refused: stale"
    assert event.text == f"{verdict}, block candidate ab"
    (block,) = news.blocks
    # What became of the block nobody has said.
    assert (block.accepted, block.share_accepted, news.blocks_found) == (None, accepted, 1)


def test_different_blocks():
    news = News()
    for name in ("ab", "cd"):
        news.block(0, result(name), accepted=None, reason="")
    news.block(0, result("ab"), accepted=False, reason="high-hash")
    assert told(news) == [(3, "block ab at 5 refused: high-hash"), (2, "block cd at 5 found")]


def test_scoreboard(seed):
    board, rng = Scoreboard(), random.Random(seed)
    difficulties = [rng.expovariate(1e-3) for _ in range(100)]
    for difficulty in difficulties:
        board.note(result(), difficulty)
    assert [score.difficulty for score in board.scores] == sorted(difficulties)[: -MOST - 1 : -1]
    best = board.scores[0]
    assert (best.job_id, best.extranonce2, best.time) == ("7", "0102", 1_700_000_000)
    assert (best.nonce, best.bits) == (0x1234, 0x6000)
