"""What pools say of shares and of the user who hands them in."""

import pytest

from sluice.firmware.sources.base import MistakeError, RefusedError, UnknownStateError
from tests.firmware.sources.otherend import USER, Pool
from tests.firmware.sources.recorder import solve


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"result": False, "error": [22, "Duplicate", None]}, "duplicate"),
        ({"result": None, "error": [23, "Difficulty too low", ""]}, "low-difficulty"),
        ({"result": False, "error": [20, "Ntime out of range", None]}, "ntime out of range"),
        ({"result": None, "error": {"code": 24, "message": "who?"}}, "unauthorized"),
        ({"result": None, "error": "no\x1b[2J reason" + 100 * "x"}, None),
        ({"result": False}, "refused"),
        ({"result": True, "error": [20]}, "refused"),
        ({}, "refused"),
    ],
)
def test_refusals(answer, reason):
    pool = Pool()
    pool.begin()
    pool.miner.submit(solve(pool.template, lambda result: not result.is_block))
    assert pool.counts.unanswered == 1
    assert pool.say(id=pool.heard[-1]["id"], **answer)
    assert pool.counts.accepted == 0
    (said,) = pool.counts.rejected
    assert said.isprintable()
    assert len(said) <= 40
    assert reason in (None, said)


def test_stale_is_counted_apart():
    pool = Pool()
    pool.begin()
    pool.miner.submit(solve(pool.template, bool))
    pool.say(id=pool.heard[-1]["id"], result=None, error=[21, "Job not found", None])
    assert (pool.counts.stale, pool.counts.rejected.total()) == (1, 0)
    assert pool.counts.stale_difficulty == 1


def test_a_block_for_the_pool():
    pool = Pool()
    pool.begin()
    result = solve(pool.template, lambda result: result.is_block)
    pool.miner.submit(result)
    pool.say(id=pool.heard[-1]["id"], result=True, error=None)
    assert pool.listener.candidates == [(0, result.hash, None, ""), (0, result.hash, True, "")]
    assert pool.listener.blocks == []
    assert (pool.counts.candidates, pool.counts.blocks) == (1, 0)


def test_candidates_that_nobody_judged():
    pool = Pool()
    pool.begin()
    result = solve(pool.template, lambda result: result.is_block)
    pool.miner.submit(result)
    pool.miner.submit(result)
    pool.miner.close()
    text = f"no verdict on block candidate {result.hash} and 1 more: the connection ended"
    assert pool.listener.said == [("warning", text)]


def test_reasons_are_not_kept_without_end():
    pool = Pool()
    pool.begin()
    result = solve(pool.template, bool)
    for number in range(100):
        pool.miner.submit(result)
        pool.say(id=pool.heard[-1]["id"], result=False, error=[20, f"reason {number}", None])
    assert len(pool.counts.rejected) <= 33
    assert pool.counts.rejected.total() == 100


@pytest.mark.parametrize("answer", [{"result": False}, {"result": None, "error": [24, "no", None]}])
def test_refused_user(answer):
    pool = Pool()
    pool.miner.greet()
    with pytest.raises(MistakeError, match=rf"^user: {USER} is refused by the pool(: no)?$"):
        pool.say(id=3, **answer)


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 10])
def test_a_second_answer_is_counted_and_ignored(number):
    """Whatever it says: what was asked has been answered."""
    pool = Pool(suggest_difficulty=1)
    pool.begin()
    for request in (3, 4, 5):
        pool.say(id=request, result=True, error=None)
    pool.miner.submit(solve(pool.template, bool))
    pool.say(id=10, result=True, error=None)
    assert (pool.counts.accepted, pool.counts.unusable.total()) == (1, 0)
    templates = len(pool.listener.templates)
    answers = [
        {"result": False, "error": [24, "no", None]},
        {"result": [[], "aa", 2], "error": None},
        {"result": {"version-rolling": True, "version-rolling.mask": "00006000"}, "error": None},
    ]
    for answer in answers:
        assert not pool.say(id=number, **answer)
    assert pool.counts.unusable.total() == len(answers)
    assert (pool.counts.accepted, pool.counts.rejected.total()) == (1, 0)
    assert len(pool.listener.templates) == templates


@pytest.mark.parametrize("number", [0, 4, 5, 6, 9, 10, 999])
def test_an_answer_to_nothing_is_counted_and_ignored(number):
    pool = Pool(extranonce_subscribe=False)
    pool.begin()
    assert not pool.say(id=number, result=False, error=[24, "no", None])
    assert pool.counts.unusable.total() == 1


@pytest.mark.parametrize("result", [[], [[], "zz", 4], [[], "aa"], [[], "aa", 33], {}, True, "x"])
def test_a_subscription_that_makes_no_sense_ends_the_connection(result):
    """Nothing can be mined without its extranonce1."""
    pool = Pool()
    pool.miner.greet()
    with pytest.raises(UnknownStateError, match=r"^unusable mining\.subscribe: "):
        pool.say(id=2, result=result, error=None)
    assert pool.counts.unusable == {"mining.subscribe": 1}


@pytest.mark.parametrize("error", [[20, "no room", None], {"message": "no room"}, "no room"])
def test_refused_subscription(error):
    pool = Pool()
    pool.miner.greet()
    with pytest.raises(RefusedError, match=r"^refused mining\.subscribe: no room$"):
        pool.say(id=2, result=None, error=error)


@pytest.mark.parametrize("number", [1, 4, 5])
def test_refused_extensions_are_told_of_and_lived_without(number):
    pool = Pool(suggest_difficulty=1)
    pool.miner.greet()
    assert pool.say(id=number, result=None, error=[20, "Unknown method", None])
    method = pool.heard[number - 1]["method"]
    said = f"stratum+tcp://pool.example:3333: refused {method}: Unknown method"
    assert pool.listener.said == [("info", said)]
    assert not pool.counts.unusable


def test_refused_minimum_difficulty():
    pool = Pool(minimum_difficulty=64)
    pool.miner.greet()
    pool.say(id=1, result={"version-rolling": False, "minimum-difficulty": False}, error=None)
    assert pool.listener.said[-1][1].endswith("refused minimum-difficulty 64.0")
