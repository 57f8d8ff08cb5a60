"""What is said to pools, and what is made of what they say, whether it makes sense or not."""

import contextlib
import functools
import json
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.firmware.sources.base import MistakeError, UnknownStateError
from sluice.firmware.sources.greeting import Ask
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
    assert [said["method"] for said in pool.heard] == ["mining.subscribe", "mining.authorize"]


def test_no_extension_alone():
    """Extranonces are asked for by themselves: nothing is left for mining.configure."""
    pool = Pool(rolling=False)
    pool.miner.greet()
    assert [said["method"] for said in pool.heard] == [
        "mining.subscribe",
        "mining.authorize",
        "mining.extranonce.subscribe",
    ]


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
        ([None, None, 0], ("pool.example", 3333)),
        (["", 4444.0], ("pool.example", 4444)),
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
    assert not pool.tell("client.reconnect", "evil.example", 3333, 0)
    said = 'another host, and allow_redirect is false: "evil.example:3333"'
    assert pool.listener.said[-1][1].endswith(f"unusable client.reconnect: {said}")
    assert pool.counts.unusable == {"client.reconnect": 1}
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


def survive(pool, act):
    """What is not used is counted, once; what shares depend on ends the connection besides."""
    used, fault = False, "unusable"
    try:
        used = act()
    except UnknownStateError as error:
        fault = str(error)
    assert fault.startswith("unusable")
    assert fault.isprintable()
    assert pool.counts.unusable.total() == (not used)


@given(method=st.sampled_from(METHODS), params=JSON, number=JSON)
def test_any_parameters_are_survived(method, params, number):
    pool = Pool()
    pool.begin()
    with contextlib.suppress(ReconnectError):
        survive(pool, lambda: pool.say(id=number, method=method, params=params))
    assert pool.template.coinbase(b"1234")


@given(method=st.sampled_from(METHODS[:4]), place=st.integers(0, 8), value=JSON)
def test_any_one_parameter_is_survived(method, place, value):
    pool = Pool()
    pool.begin()
    params = list(CAPTURE["notify"]["params"])
    params[place] = value
    survive(pool, lambda: pool.tell(method, *params))
    assert pool.template.coinbase(b"1234")


@given(number=st.integers(-1, 12), result=JSON, error=JSON)
def test_any_reply_is_survived(number, result, error):
    pool = Pool()
    pool.begin()
    pool.miner.submit(solve(pool.template, bool))
    try:
        pool.say(id=number, result=result, error=error)
    except MistakeError:
        assert number == 3


@given(st.binary(max_size=200))
def test_any_bytes_are_survived(line):
    pool = Pool()
    pool.begin()
    survive(pool, lambda: pool.miner.take(line))


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


STATE = {
    "mining.set_difficulty": [["x"], [0], [-1], [True], [None], [[]], [1e31], ["1e999"], [], {}],
    "mining.set_extranonce": [["zz", 4], ["aa", 33], ["aa", -1], ["aa", 1.5], ["00" * 33, 4], []],
    "mining.set_version_mask": [["zz"], [""], ["123456789"], [-1], [1 << 32], [None], [], None],
    "mining.notify": [[], None, "x", {}, ["1", "00"]],
}


@pytest.mark.parametrize(
    ("method", "params"), [(method, params) for method in STATE for params in STATE[method]]
)
def test_state_that_is_not_understood_is_unknown(method, params):
    """Nothing of the old state is mined on: shares would be refused, or be for somebody else."""
    pool = Pool()
    pool.begin()
    with pytest.raises(UnknownStateError) as caught:
        pool.say(id=None, method=method, params=params)
    values = [params, *params] if isinstance(params, list) else [params]
    assert str(caught.value).startswith(f"unusable {method}: ")
    assert any(str(caught.value).endswith(f": {json.dumps(value)[:80]}") for value in values)
    assert pool.counts.unusable == {method: 1}


@pytest.mark.parametrize("place", range(1, 9))
@pytest.mark.parametrize("wrong", [None, "zz", {}, -1, "00" * 100_001])
def test_a_job_with_any_part_wrong(place, wrong):
    pool = Pool()
    pool.begin()
    params = list(CAPTURE["notify"]["params"])
    params[place] = wrong
    with pytest.raises(UnknownStateError) as caught:
        pool.tell("mining.notify", *params)
    assert len(str(caught.value)) < 200


def test_zeros_that_hashes_lack_are_put_back():
    pool = Pool()
    pool.begin()
    params = list(CAPTURE["notify"]["params"])
    params[1], params[4], params[6] = "1", ["2", "0x" + "00" * 31], "207fffff"
    assert pool.tell("mining.notify", *params)
    assert pool.template.previous == bytes(28) + b"\x01" + bytes(3)
    assert pool.template.branch == (bytes(31) + b"\x02", bytes(32))


def test_half_a_job_is_a_job_that_is_not_understood():
    pool = Pool()
    pool.begin()
    with pytest.raises(UnknownStateError, match=r"^unusable line: no JSON: \{.*mining\.notify"):
        pool.miner.take(b'{"id":null,"method":"mining.notify","params":["1","00')


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        (b"{ id: null, result: [] }", "line", "no JSON: { id: null, result: [] }"),
        (b"[1]", "line", "no object: [1]"),
        (b"", "line", "no JSON: (empty)"),
        (None, "line", "too long: null"),
        (b'{"id":99,"result":true}', "reply", 'no request waits for it: {"id": 99, "result": '),
        (b'{"id":null,"result":true}', "reply", 'no request waits for it: {"id": null, "resul'),
        (b'{"id":7,"method":"mining.new","params":[]}', "method", 'it is not known: "mining.new"'),
        (b'{"method":"client.reconnect","params":["",0]}', "client.reconnect", "port must be a w"),
        (b'{"method":"client.reconnect","params":[5]}', "client.reconnect", "host must be a name"),
        (
            b'{"method":"client.reconnect","params":["a\\u0000"]}',
            "client.reconnect",
            "host must be a name",
        ),
        (b'{"method":"client.show_message","params":[]}', "client.show_message", "no text: []"),
    ],
)
def test_other_messages_are_told_of_once_and_counted(said, kind, text):
    pool = Pool()
    pool.begin()
    before = len(pool.listener.said)
    for _ in range(3):
        assert not pool.miner.take(said)
    assert pool.counts.unusable == {kind: 3}
    ((level, words),) = pool.listener.said[before:]
    assert level == "warning"
    assert words.startswith(f"stratum+tcp://pool.example:3333: unusable {kind}: {text}")


def test_an_offending_value_is_cut():
    pool = Pool()
    pool.begin()
    pool.tell("mining." + "x" * 1000)
    assert pool.listener.said[-1][1].endswith(': "mining.' + "x" * 72)


def test_a_mask_that_was_not_asked_for_changes_nothing():
    pool = Pool(rolling=False)
    pool.begin()
    assert not pool.tell("mining.set_version_mask", "zz")
    assert pool.counts.unusable == {"mining.set_version_mask": 1}
    assert pool.template.version_mask == 0


@pytest.mark.parametrize("result", [True, None, [], "ok", 1])
def test_no_answer_about_extensions_is_an_answer(result):
    """There are none then, and shares are handed in without version bits."""
    pool = Pool()
    pool.miner.greet()
    assert not pool.say(id=1, result=result, error=None)
    assert pool.counts.unusable == {"mining.configure": 1}
    pool.say(id=2, result=[[], "4128064f", 4], error=None)
    pool.notify()
    assert pool.template.version_mask == 0
    pool.miner.submit(solve(pool.template, bool))
    assert len(pool.heard[-1]["params"]) == 5


def test_an_unusable_mask_for_extensions_ends_the_connection():
    pool = Pool()
    pool.miner.greet()
    with pytest.raises(UnknownStateError, match=r'^unusable mining\.configure: .*: "zz"$'):
        pool.say(id=1, result={"version-rolling": True, "version-rolling.mask": "zz"})
    assert pool.miner.unusable == {Ask.CONFIGURE}
