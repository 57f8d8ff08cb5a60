"""The judge, against what real pools and a real chip said."""

import json
from pathlib import Path

import pytest

from tests.firmware.peers.judge import Mode, PoolJob, difficulty_of, fields_of, word_swapped

DATA = Path(__file__).with_name("data")


def job_of(params, extranonce1, size, mask=0x1FFFE000, difficulty=1e-6):
    name, previous, first, second, branches, version, bits, time, clean = params
    return PoolJob(
        job_id=name,
        previous=word_swapped(bytes.fromhex(previous)),
        coinbase_1=bytes.fromhex(first),
        coinbase_2=bytes.fromhex(second),
        branches=tuple(bytes.fromhex(branch) for branch in branches),
        version=int(version, 16),
        bits=int(bits, 16),
        time=int(time, 16),
        clean=clean,
        extranonce1=bytes.fromhex(extranonce1),
        size=size,
        mask=mask,
        difficulty=difficulty,
    )


def exchange(name):
    """Jobs, and submitted parameters with the answer and what the recorder wrote about them."""
    jobs, asked, shares, extranonce = {}, {}, [], None
    for line in (DATA / name).read_text().splitlines():
        _, direction, raw = json.loads(line)
        message = json.loads(raw)
        if direction == "#":
            shares[-1]["noted"] = message["share"]
        elif message.get("method") == "mining.notify":
            jobs[message["params"][0]] = message["params"]
        elif direction == ">":
            asked[message["id"]] = message
        elif message.get("id") in asked:
            question = asked.pop(message["id"])
            if question["method"] == "mining.subscribe":
                extranonce = message["result"][1:]
            if question["method"] == "mining.submit":
                shares.append({"params": question["params"], "result": message["result"]})
    return jobs, extranonce, [share for share in shares if "noted" in share]


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("ckpool_e2e.jsonl", Mode.OR),
        ("ckpool_jobver_30000000_add_accepted.jsonl", Mode.OR),
        ("public_pool.jsonl", Mode.XOR),
    ],
)
def test_accepted(name, mode):
    jobs, extranonce, shares = exchange(name)
    assert shares
    for share in shares:
        job = job_of(jobs[share["params"][1]], *extranonce)
        extranonce2, time, nonce, rolled = fields_of(share["params"], job)
        header = job.header(extranonce2, time, nonce, job.version_of(rolled, mode))
        assert share["result"] is True
        assert header.hex() == share["noted"]["header"]
        assert difficulty_of(header) > 1e-5


def test_refused():
    """What BIP310 says, where the job has bits of the mask: the pool computes another header."""
    jobs, extranonce, shares = exchange("ckpool_jobver_30000000_bip310_rejected.jsonl")
    refused = [share for share in shares if not share["result"]]
    assert len(refused) > 10
    for share in refused:
        job = job_of(jobs[share["params"][1]], *extranonce)
        extranonce2, time, nonce, rolled = fields_of(share["params"], job)
        noted = bytes.fromhex(share["noted"]["header"])
        assert job.header(extranonce2, time, nonce, job.version_of(rolled, Mode.BIP310)) == noted
        assert difficulty_of(noted) > 2e-5
        joined = job.header(extranonce2, time, nonce, job.version_of(rolled, Mode.OR))
        assert difficulty_of(joined) < 2e-5


def test_a_real_chip():
    capture = json.loads((DATA / "capture_bm1370.json").read_text())
    params = capture["submit"]["params"]
    job = job_of(capture["notify"]["params"], capture["extranonce1"], 4)
    extranonce2, time, nonce, rolled = fields_of(params, job)
    header = job.header(extranonce2, time, nonce, job.version_of(rolled, Mode.OR))
    assert header.hex() == capture["header"]
    assert difficulty_of(header) == pytest.approx(capture["share_diff"])


@pytest.mark.parametrize(
    ("rolled", "mode", "version"),
    [
        (0x10002000, Mode.OR, 0x30002000),
        (0x10002000, Mode.XOR, 0x20002000),
        (0x10002000, Mode.BIP310, 0x30002000),
        (0x00002000, Mode.OR, 0x30002000),
        (0x00002000, Mode.XOR, 0x30002000),
        (0x00002000, Mode.BIP310, 0x20002000),
    ],
)
def test_modes(rolled, mode, version):
    jobs, extranonce, _ = exchange("ckpool_jobver_30000000_add_accepted.jsonl")
    job = job_of(next(iter(jobs.values())), *extranonce)
    assert job.version == 0x30000000
    assert job.version_of(rolled, mode) == version
