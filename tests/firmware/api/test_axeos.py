"""What AxeOS's clients read."""

import json
from pathlib import Path

import httpx
import pytest

from sluice.firmware import stats
from sluice.firmware.api import axeos
from tests.firmware.api.daemon import NOW, Daemon, chip, empty, history, snapshot
from tests.firmware.api.served import served

FACTS = Path(__file__).with_name("axeos_fields.tsv")
TOKEN = {"Authorization": "Bearer correct horse"}


def facts():
    """Type, whether it is required, and why it is left out, by name."""
    found = {}
    for line in FACTS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name, kind, needed, why = (*line.split("\t"), "")[:4]
            found[name] = kind, needed == "required", why
    return found


def is_of(kind, value):
    match kind:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, {"string": str, "array": list, "object": dict}[kind])


async def asked(path, daemon=None, method="GET", headers=None, **rest):
    async with (
        served(daemon or Daemon(), only=("rest",), **rest) as chosen,
        httpx.AsyncClient(trust_env=False) as session,
    ):
        url = f"http://127.0.0.1:{chosen.rest.port}{path}"
        return await session.request(method, url, headers=headers)


@pytest.mark.parametrize("now", [snapshot(), empty(), snapshot(active_pool=None)])
async def test_types(now):
    """Each field is of the type that the schema says; null is of none."""
    table = facts()
    body = (await asked("/api/system/info", Daemon(now))).json()
    for name, value in body.items():
        assert is_of(table[name][0], value), (name, value)


async def test_all_that_is_known_is_said():
    table = facts()
    assert sum(needed for _, needed, _ in table.values()) == 100
    body = (await asked("/api/system/info")).json()
    left_out = {name for name, (_, _, why) in table.items() if why}
    # The address is one of the two.
    assert table.keys() - body.keys() == left_out | {"ipv6"}
    assert body["ipv4"] == "127.0.0.1"


def test_names_and_units():
    body = axeos.info(snapshot(), history()).said()
    expected = {
        "ASICModel": "BM1370",
        "asicCount": 2,
        "smallCoreCount": 2,
        "frequency": 150.0,
        "hashRate": 0.312,
        "hashRate_1m": 0.3,
        "expectedHashrate": 0.6,
        "bestDiff": 9.87e9,
        "bestSessionDiff": 123456.7,
        "uptimeSeconds": 90061,
        "sharesAccepted": 98,
        "sharesRejected": 4,
        "poolDifficulty": 512.0,
        "poolConnectionInfo": "IPv4",
        "responseTime": 42.1,
        "stratumURL": "pool.example.com",
        "stratumPort": 3333,
        "stratumUser": "bc1qexample.rig1",
        "stratumTLS": False,
        "stratumSuggestedDifficulty": 1024.0,
        "stratumExtranonceSubscribe": True,
        "stratumProtocol": "SV1",
        "fallbackStratumURL": "backup.example.com",
        "fallbackStratumPort": 4444,
        "fallbackStratumTLS": True,
        "isUsingFallbackStratum": 0,
        "blockFound": 2,
        "blockHeight": 900_000,
        "scriptsig": "/example pool/",
        "coinbaseValueTotalSatoshis": 312_500_000,
        "coinbaseValueUserSatoshis": 310_000_000,
        "version": "0.1.0",
    }
    assert {name: body[name] for name in expected} == expected
    reasons = {reason["message"]: reason["count"] for reason in body["sharesRejectedReasons"]}
    assert reasons == {"Above target": 2, "Job|not=found, <b>x</b>\\": 1, "stale": 1}
    samples = [sample.chips for sample in history()]
    assert body["hashRate_10m"] == pytest.approx(sum(samples[-60:]) / 60 / 1e9)
    assert body["hashRate_1h"] == pytest.approx(sum(samples[-360:]) / 360 / 1e9)
    assert [pool["id"] for pool in body["pools"]] == [0, 1, 2]
    assert "stratumProtocol" not in body["pools"][2]


def test_what_the_user_is_paid():
    pool = snapshot().pools[0]
    (first, *_) = snapshot(pools=(type(pool)(**{**vars(pool), "user": "bc1qpool.rig"}),)).pools
    assert axeos.info(snapshot(pools=(first,))).coinbase_value_user_satoshis == 2_500_000


def test_expected_rate_of_real_chips():
    """Tools multiply cores, chips and clock."""
    chips = tuple(
        chip(at, sluice=False, cores=0, lanes=0, rates=stats.HashRates(expected=2040 * 525e6))
        for at in range(2)
    )
    chain = snapshot().chains[0]
    chain = type(chain)(**{**vars(chain), "frequency": 525e6, "chips": chips})
    body = axeos.asic(snapshot(chains=(chain,))).said()
    assert body["smallCoreCount"] * body["asicCount"] * body["defaultFrequency"] == 2040 * 2 * 525
    assert body["frequencyOptions"] == [525.0]


def test_certificates_of_ones_own_are_not_told():
    first, *others = snapshot().pools
    first = type(first)(**{**vars(first), "ca_file": "/home/me/pool.pem"})
    body = axeos.info(snapshot(pools=(first, *others))).said()
    assert "stratumCert" not in body
    assert "pem" not in str(body)
    assert body["fallbackStratumCert"] == ""


@pytest.mark.parametrize(
    ("url", "peer", "info"),
    [
        ("stratum+ssl://pool.example:1", "2001:db8::7", "IPv6 (TLS)"),
        ("stratum+tcp://pool.example:1", "2001:db8::7", "IPv6"),
        ("stratum+ssl://pool.example:1", "203.0.113.7", "IPv4 (TLS)"),
        ("stratum+tcp://pool.example:1", "", None),
    ],
)
def test_connection(url, peer, info):
    pool = snapshot().pools[0]
    pool = type(pool)(**{**vars(pool), "url": url, "peer": peer})
    assert axeos.info(snapshot(pools=(pool,))).pool_connection_info == info


def test_fallback():
    assert axeos.info(snapshot(active_pool=1)).is_using_fallback_stratum == 1
    nowhere = axeos.info(snapshot(active_pool=None))
    assert (nowhere.is_using_fallback_stratum, nowhere.pool_difficulty) == (0, 0)


def test_nothing_known_yet():
    body = axeos.info(empty()).said()
    assert (body["asicCount"], body["stratumURL"], body["hashRate_1h"]) == (0, "", 0)
    assert not {"ASICModel", "expectedHashrate", "frequency", "responseTime"} & set(body)
    assert axeos.asic(empty()).said()["smallCoreCount"] == 0


async def test_statistics():
    body = (await asked("/api/system/statistics")).json()
    assert body["labels"] == [
        "hashrate",
        "hashrate_1m",
        "hashrate_10m",
        "hashrate_1h",
        "timestamp",
    ]
    assert len(body["statistics"]) == 720
    last = body["statistics"][-1]
    samples = [sample.chips for sample in history()]
    means = [sum(samples[-size:]) / size / 1e9 for size in (1, 6, 60, 360)]
    assert last[:4] == pytest.approx(means)
    assert last[4] == body["currentTimestamp"] == 90_061_500
    assert body["statistics"][-2][4] == last[4] - 10_000


@pytest.mark.parametrize(
    ("columns", "labels"),
    [
        ("hashrate_1m,power,hashrate", ["hashrate", "hashrate_1m", "timestamp"]),
        ("power", ["hashrate", "hashrate_1m", "hashrate_10m", "hashrate_1h", "timestamp"]),
    ],
)
async def test_columns(columns, labels):
    answer = await asked(f"/api/system/statistics?columns={columns}", Daemon(past=history(0.02)))
    body = answer.json()
    assert body["labels"] == labels
    assert [len(point) for point in body["statistics"]] == [len(labels)] * 7


async def test_no_past():
    body = (await asked("/api/system/statistics", Daemon(empty(), []))).json()
    assert (body["currentTimestamp"], body["statistics"]) == (0, [])


async def test_scoreboard():
    body = (await asked("/api/system/scoreboard")).json()
    assert body == [
        {
            "rank": 1,
            "since": 600,
            "difficulty": 123456.7,
            "job_id": "6a1",
            "extranonce2": "0000002a",
            "ntime": 1_759_999_390,
            "nonce": "0000BEEF",
            "version_bits": "00B44000",
        }
    ]


async def test_logs():
    event = stats.Event(number=4, at=NOW - 1.5, level="info", text="x\x1b[2J\ny")
    answer = await asked("/api/system/logs", Daemon(snapshot(events=(event,))))
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text == "2025-10-09T08:53:18.500+00:00 [info] x?[2J?y\n"


async def test_actions():
    daemon = Daemon()
    for headers, token, code in (({}, None, 403), ({}, "correct horse", 401)):
        rest = {} if token is None else {"token": token}
        answer = await asked("/api/system/pause", daemon, "POST", headers, **rest)
        assert answer.status_code == code
    assert not daemon.paused
    for path, paused in (("pause", True), ("resume", False)):
        answer = await asked(f"/api/system/{path}", daemon, "POST", TOKEN, token="correct horse")
        assert answer.status_code == 200
        assert list(answer.json()) == ["message"]
        assert daemon.paused is paused


def test_json_has_no_null():
    assert "null" not in json.dumps(axeos.info(empty()).said())
