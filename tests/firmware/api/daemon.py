"""A daemon for tests of what people look at: it shows what it is told to show."""

import math
from collections import Counter

from sluice.firmware import stats
from sluice.firmware.responses import Responses

NOW = 1_760_000_000.0


def rates(value):
    return stats.Rates(
        seconds_5=value * 1.04,
        minute_1=value,
        minutes_5=value * 0.99,
        minutes_15=value * 0.98,
        average=value * 0.97,
    )


def all_rates(value, expected=None):
    return stats.HashRates(
        chips=rates(value), results=rates(value * 0.9), shares=rates(value * 1.1), expected=expected
    )


def chip(index, **changes):
    return stats.Chip(
        **{
            "index": index,
            "address": index * 64,
            "model": "bm1370",
            "sluice": True,
            "cores": 2,
            "lanes": 1,
            "rates": all_rates(150e6),
            "hashes": 10**12,
            "work": (1000 + index) * 256 << 32,
            "results": 1000 + index,
            "dropped": {"duplicate": 1, "bad-hash": index},
            "last_result_at": NOW - 2 - index,
            **changes,
        }
    )


def snapshot(**changes):
    """A daemon with two ports and three pools."""
    chains = (
        stats.Chain(
            index=0,
            path="/dev/ttyUSB0",
            state=stats.ChainState.RUNNING,
            model="bm1370",
            baud=1_000_000,
            frequency=150e6,
            ticket_difficulty=256,
            attempts=1,
            jobs=4321,
            work=2001 * 256 << 32,
            shares=stats.Verdicts(
                accepted=98,
                rejected=Counter({"Above target": 3}),
                accepted_difficulty=50176.0,
                rejected_difficulty=1536.0,
                last_share_at=NOW - 12,
                last_share_difficulty=512.0,
                last_share_pool=0,
            ),
            running_since=NOW - 3600,
            rates=all_rates(300e6, 600e6),
            chips=(chip(0), chip(1)),
        ),
        stats.Chain(
            index=1,
            path="/dev/ttyUSB1",
            state=stats.ChainState.FAILED,
            error="no answer from any chip",
            attempts=7,
            failures=7,
            failed_at=NOW - 20,
            garbage=12,
            unattributed={"unknown-job": 3},
        ),
    )
    pools = (
        stats.Pool(
            index=0,
            priority=0,
            kind="stratum",
            url="stratum+tcp://pool.example.com:3333",
            user="bc1qexample.rig1",
            state=stats.PoolState.ACTIVE,
            difficulty=512.0,
            counts=stats.Counts(
                accepted=98,
                stale=1,
                rejected=Counter({"Above target": 2, "Job|not=found, <b>x</b>\\": 1}),
                unanswered=1,
                accepted_difficulty=50176.0,
                stale_difficulty=512.0,
                rejected_difficulty=1536.0,
                best_difficulty=123456.7,
                responses=Responses(
                    last=0.0421, total=4.2, classes=[0, 3, 97, 0, 2, 0, 0, 0, 0, 0, 0]
                ),
                last_share_at=NOW - 12,
                last_share_difficulty=512.0,
                last_job_at=NOW - 5,
                connected_at=NOW - 3500,
                connections=2,
                jobs=120,
                unusable=Counter({"mining.set_difficulty": 2}),
                never_answered=4,
                candidates=1,
            ),
            peer="203.0.113.7",
            suggested_difficulty=1024.0,
            extranonce_subscribe=True,
            block_version=0x20000000,
            version_mask=0x1FFFE000,
            height=900_000,
            coinbase=stats.Coinbase(
                height=900_000,
                pays="3.10000000 to bc1qexample, and 1 more",
                outputs=(
                    stats.Output(value=310_000_000, address="bc1qexample"),
                    stats.Output(value=2_500_000, address="bc1qpool"),
                ),
                text="/example pool/",
            ),
        ),
        stats.Pool(
            index=1,
            priority=1,
            kind="stratum",
            url="stratum+ssl://backup.example.com:4444",
            user="bc1qexample.rig1",
            state=stats.PoolState.STANDBY,
        ),
        stats.Pool(
            index=2,
            priority=2,
            kind="solo",
            url="http://127.0.0.1:8332",
            user="bc1qexample",
            state=stats.PoolState.DEAD,
            error="cannot connect",
            counts=stats.Counts(failures=9),
        ),
    )
    blocks = (
        stats.Block(
            found_at=NOW - 900,
            height=899_990,
            hash="00000000000000000001" + "ab" * 22,
            pool=0,
            version=0x20B44000,
            accepted=True,
        ),
        stats.Block(
            found_at=NOW - 60,
            height=None,
            hash="00000000000000000002" + "cd" * 22,
            pool=2,
            version=0x20000000,
            accepted=False,
            reason="inconclusive",
        ),
    )
    events = (
        stats.Event(number=1, at=NOW - 3600, level="info", text="started"),
        stats.Event(
            number=2, at=NOW - 30, level="warning", text="<img src=x onerror=alert(1)>, says it"
        ),
        stats.Event(
            number=3, at=NOW - 20, level="error", text="/dev/ttyUSB1: no answer from any chip"
        ),
    )
    scores = (
        stats.Score(
            at=NOW - 600.5,
            difficulty=123456.7,
            pool=0,
            job_id="6a1",
            extranonce2="0000002a",
            time=1_759_999_390,
            nonce=0xBEEF,
            bits=0x00B44000,
        ),
    )
    return stats.Snapshot(
        **{
            "version": "0.1.0",
            "at": NOW,
            "started_at": NOW - 90061.5,
            "best_difficulty": 123456.7,
            "best_difficulty_ever": 9.87e9,
            "rates": all_rates(300e6, 600e6),
            "chains": chains,
            "pools": pools,
            "active_pool": 0,
            "jobs": 4321,
            "results": 2001,
            "dropped": {"duplicate": 2, "bad-hash": 1, "unknown-job": 3},
            "accepted": 98,
            "rejected": 3,
            "stale": 1,
            "blocks": blocks,
            "blocks_found": 2,
            "events": events,
            "network_difficulty": 1.1e14,
            "scores": scores,
            "tip": stats.Tip(hash="00" * 10 + "ef" * 22, since=NOW - 300.5, seen=150),
            **changes,
        }
    )


def empty(**changes):
    """A daemon in its first moment."""
    return stats.Snapshot(version="0.1.0", at=NOW, started_at=NOW, **changes)


def history(hours=24):
    count = int(hours * 360)
    return [
        stats.Sample(
            at=NOW - 10 * (count - 1 - index),
            chips=300e6 * (0.9 + 0.1 * math.sin(index / 150)) if index > 400 else 0.0,
            results=300e6 * (0.9 + 0.1 * math.sin(index / 150) + 0.06 * math.sin(index)),
            shares=290e6,
        )
        for index in range(count)
    ]


class Daemon:
    """A Control."""

    def __init__(self, now=None, past=None):
        self.now = snapshot() if now is None else now
        self.past = history() if past is None else past
        self.paused = False

    def snapshot(self):
        return stats.Snapshot(**{**vars(self.now), "paused": self.paused})

    def history(self):
        return self.past

    def pause(self):
        self.paused = True

    def resume(self):
        self.paused = False
