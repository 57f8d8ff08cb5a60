"""What is said to pools, and what is made of what they say, whether it makes sense or not."""

import contextlib
import functools
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.firmware.sources.base import RefusedError
from sluice.firmware.sources.stratum_v1 import ReconnectError
from tests.firmware.sources.otherend import USER, Pool
from tests.firmware.sources.recorder import solve
from tests.firmware.work.templates import CAPTURE


def test_greeting():
    pool = Pool(suggest_difficulty=0.5, minimum_difficulty=0.25)
    pool.miner.greet()
    configure, subscribe, authorize, suggest, extranonce = pool.heard
    assert configure["method"] == "mining.configure"
    assert configure["params"][1]["version-rolling.mask"] == "1fffe000"
    assert configure["params"][1]["minimum-difficulty.value"] == 0.25
    assert subscribe["params"][0].startswith("sluice/")
    assert authorize["params"] == [USER, "x"]
    assert suggest == {"id": 4, "method": "mining.suggest_difficulty", "params": [0.5]}
    assert extranonce["method"] == "mining.extranonce.subscribe"


def test_nothing_is_asked_for_that_is_not_wanted():
    pool = Pool(rolling=False, extranonce_subscribe=False)
    pool.miner.greet()
    assert [said["method"] for said in pool.heard] == [
        "mining.configure",
        "mining.subscribe",
        "mining.authorize",
    ]
    assert "version-rolling" not in pool.heard[0]["params"][0]


def test_difficulty_belongs_to_the_next_job():
    pool = Pool()
    pool.begin()
    assert pool.template.difficulty == 1
    pool.tell("mining.set_difficulty", 0.125)
    assert pool.template.difficulty == 1
    first = pool.template
    pool.notify("2", clean=False)
    assert pool.template.difficulty == 0.125
    assert first.epoch is pool.template.epoch
    assert first.epoch.alive


def test_extranonce_belongs_to_the_next_job():
    pool = Pool()
    pool.begin()
    pool.tell("mining.set_extranonce", "aabbccddee", 7)
    assert pool.template.extranonce1.hex() == "4128064f"
    pool.notify("2")
    assert (pool.template.extranonce1.hex(), pool.template.extranonce2_size) == ("aabbccddee", 7)


@pytest.mark.parametrize("clean", [True, False])
def test_a_new_block_makes_old_work_stale(clean):
    pool = Pool()
    pool.begin()
    first = pool.template
    pool.notify("2", previous="00" * 32, clean=clean)
    assert not first.epoch.alive
    assert pool.template.epoch.alive


def test_mask_changes_at_once():
    pool = Pool()
    pool.begin()
    assert pool.template.version_mask == 0x1FFFE000
    pool.tell("mining.set_version_mask", "00ffe000")
    assert pool.template.version_mask == 0x00FFE000
    assert pool.template.job_id == "1"


def test_no_rolling_no_bits():
    pool = Pool()
    pool.miner.greet()
    pool.say(id=1, result={"version-rolling": False}, error=None)
    pool.say(id=2, result=[[], "4128064f", 4], error=None)
    pool.notify()
    assert pool.template.version_mask == 0
    pool.miner.submit(solve(pool.template, bool))
    assert len(pool.heard[-1]["params"]) == 5


def test_questions_are_answered():
    pool = Pool()
    pool.begin()
    pool.say(id=7, method="client.get_version", params=[])
    assert pool.heard[-1]["id"] == 7
    assert pool.heard[-1]["result"].startswith("sluice/")
    pool.say(id="x", method="mining.unheard_of", params=[])
    assert (pool.heard[-1]["id"], pool.heard[-1]["result"]) == ("x", None)
    pool.tell("client.show_message", "hello\x1b[31m\nthere")
    assert pool.listener.said[-1][1].endswith("hello [31m there")


@pytest.mark.parametrize(
    ("params", "endpoint"),
    [
        ([], ("pool.example", 3333)),
        (None, ("pool.example", 3333)),
        (["", 4444, 0], ("pool.example", 4444)),
        (["POOL.example", "4444", "1"], ("POOL.example", 4444)),
    ],
)
def test_reconnect_within_the_host(params, endpoint):
    pool = Pool()
    pool.begin()
    with pytest.raises(ReconnectError) as caught:
        pool.say(id=None, method="client.reconnect", params=params)
    assert caught.value.endpoint == endpoint
    assert caught.value.wait <= 60


def test_reconnect_elsewhere():
    pool = Pool()
    pool.begin()
    assert pool.tell("client.reconnect", "evil.example", 3333, 0)
    assert "refused to go over to evil.example:3333" in pool.listener.said[-1][1]
    pool = Pool(allow_redirect=True)
    with pytest.raises(ReconnectError) as caught:
        pool.tell("client.reconnect", "other.example", 3333, 10_000)
    assert caught.value.endpoint == ("other.example", 3333)
    assert caught.value.wait == 60


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=9) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=30,
)
METHODS = [
    "mining.notify",
    "mining.set_difficulty",
    "mining.set_extranonce",
    "mining.set_version_mask",
    "client.show_message",
    "client.get_version",
    "client.reconnect",
]


@given(method=st.sampled_from(METHODS), params=JSON, number=JSON)
def test_any_parameters_are_survived(method, params, number):
    pool = Pool()
    pool.begin()
    with contextlib.suppress(ReconnectError):
        pool.say(id=number, method=method, params=params)
    assert pool.template.coinbase(b"1234")


@given(method=st.sampled_from(METHODS[:4]), place=st.integers(0, 8), value=JSON)
def test_any_one_parameter_is_survived(method, place, value):
    pool = Pool()
    pool.begin()
    params = list(CAPTURE["notify"]["params"])
    params[place] = value
    pool.tell(method, *params)
    assert pool.template.coinbase(b"1234")


@given(number=st.integers(-1, 12), result=JSON, error=JSON)
def test_any_reply_is_survived(number, result, error):
    pool = Pool()
    pool.begin()
    pool.miner.submit(solve(pool.template, bool))
    try:
        pool.say(id=number, result=result, error=error)
    except RefusedError:
        assert number == 3


@given(st.binary(max_size=200))
def test_any_bytes_are_survived(line):
    pool = Pool()
    pool.begin()
    pool.miner.take(line)


@given(
    said=st.lists(
        st.sampled_from(
            [
                ("mining.set_difficulty", 0.125),
                ("mining.set_difficulty", 64),
                ("mining.set_extranonce", "aabbccddee", 7),
                ("mining.set_extranonce", "00", 2),
                ("mining.set_version_mask", "00000000"),
                ("mining.set_version_mask", "00006000"),
                ("mining.set_version_mask", "1fffe000"),
            ]
        ),
        max_size=8,
    )
)
def test_a_share_is_of_its_job_whatever_is_said_afterwards(said):
    """Pools judge a share by what held when they gave the job, a mask perhaps by the newest."""
    pool = Pool()
    pool.begin(mask="00ffe000")
    given, masks = pool.template, [0x00FFE000]
    for method, *params in said:
        pool.tell(method, *params)
        if method == "mining.set_version_mask":
            masks.append(int(params[0], 16))
        now = pool.template
        assert (now.job_id, now.extranonce1, now.extranonce2_size, now.difficulty) == (
            given.job_id,
            given.extranonce1,
            given.extranonce2_size,
            given.difficulty,
        )
        assert now.version_mask == functools.reduce(operator.and_, masks)
    pool.miner.submit(solve(pool.template, bool))
    _, job_id, extranonce2, ntime, nonce, bits = pool.heard[-1]["params"]
    assert [job_id, len(extranonce2), len(ntime), len(nonce), len(bits)] == ["1", 8, 8, 8, 8]
    # All of it holds from the next job on.
    pool.notify("2")
    last = {method: params for method, *params in said}
    assert pool.template.version_mask == masks[-1]
    first, size = last.get("mining.set_extranonce", ["4128064f", 4])
    assert (pool.template.extranonce1.hex(), pool.template.extranonce2_size) == (first, size)
    assert [pool.template.difficulty] == last.get("mining.set_difficulty", [1])
