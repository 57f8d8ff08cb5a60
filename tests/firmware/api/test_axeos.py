"""What AxeOS's clients read."""

from sluice.firmware.api import axeos
from tests.firmware.api.daemon import empty, snapshot


def test_names_and_units():
    body = axeos.info(snapshot()).model_dump()
    expected = {
        "ASICModel": "BM1370",
        "asicCount": 2,
        "smallCoreCount": 2,
        "frequency": 150.0,
        "hashRate": 0.3,
        "expectedHashrate": 0.6,
        "bestDiff": 9.87e9,
        "bestSessionDiff": 123456.7,
        "uptimeSeconds": 90061,
        "sharesAccepted": 98,
        "sharesRejected": 4,
        "poolDifficulty": 512.0,
        "stratumURL": "pool.example.com",
        "stratumPort": 3333,
        "stratumUser": "bc1qexample.rig1",
        "fallbackStratumURL": "backup.example.com",
        "fallbackStratumPort": 4444,
        "isUsingFallbackStratum": 0,
        "blockFound": 2,
        "version": "0.1.0",
    }
    assert {name: body[name] for name in expected} == expected
    reasons = {reason["message"]: reason["count"] for reason in body["sharesRejectedReasons"]}
    assert reasons == {"Above target": 2, "Job|not=found, <b>x</b>\\": 1, "stale": 1}
    # What nobody measures is not made up.
    assert not {"power", "temp", "vrTemp", "fanrpm", "voltage"} & set(body)


def test_fallback():
    assert axeos.info(snapshot(active_pool=1)).is_using_fallback_stratum == 1
    nowhere = axeos.info(snapshot(active_pool=None))
    assert (nowhere.is_using_fallback_stratum, nowhere.pool_difficulty) == (0, 0)


def test_nothing_known_yet():
    body = axeos.info(empty()).model_dump()
    assert (body["ASICModel"], body["asicCount"], body["stratumURL"]) == ("", 0, "")
    assert axeos.asic(empty()).model_dump()["smallCoreCount"] == 0
