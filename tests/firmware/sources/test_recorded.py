"""Conversations with real pools, recorded."""

import json

import pytest

from sluice.firmware.work.job import MiningJob
from sluice.firmware.work.verify import verify
from tests.firmware.sources.otherend import Pool
from tests.firmware.work.templates import CAPTURE, DATA


def recorded(name):
    text = (DATA / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize(
    ("name", "as_recorded"),
    [
        ("ckpool_e2e", True),
        ("public_pool", True),
        ("ckpool_jobver_30000000_add_accepted", True),
        # What BIP 310 says to the letter, which the pool refused: we send something else.
        ("ckpool_jobver_30000000_bip310_rejected", False),
    ],
)
def test_recorded(name, as_recorded):
    pool = Pool()
    pool.miner.greet()
    ids, headers, accepted, refused = {}, {}, 0, 0
    for _, direction, text in recorded(name):
        said = json.loads(text)
        if direction == "#":
            share = said.get("share", {})
            if as_recorded and share.get("header") and share["nonce"] in headers:
                assert headers[share["nonce"]] == share["header"]
        elif direction == ">" and said["method"] == "mining.submit":
            result = result_of(pool, said["params"])
            if result is None:
                continue
            headers[f"{result.nonce:08x}"] = result.header.hex()
            pool.miner.submit(result)
            ours = pool.heard[-1]
            ids[said["id"]] = ours["id"]
            if as_recorded:
                assert ours["params"] == said["params"]
        elif direction == "<":
            if isinstance(said.get("id"), int) and said["id"] > 3:
                if said["id"] not in ids:
                    continue
                accepted += said["result"] is True
                refused += said["result"] is not True
                said["id"] = ids[said["id"]]
            assert pool.say(**said)
    assert accepted + refused > 0
    assert pool.counts.accepted == accepted
    assert pool.counts.stale + pool.counts.rejected.total() == refused
    assert pool.counts.unanswered == 0
    assert not pool.counts.unusable
    assert accepted > refused if as_recorded else refused > accepted


def result_of(pool, params):
    """The result that a recorded share was; ``None`` for those that were made up to be refused."""
    templates = {template.job_id: template for template in pool.listener.templates}
    template = templates.get(params[1])
    extranonce2, ntime, nonce = params[2:5]
    if template is None or len(extranonce2) != 2 * template.extranonce2_size or len(params) < 6:
        return None
    job = MiningJob(template, bytes.fromhex(extranonce2), int(ntime, 16))
    w19 = int.from_bytes(int(nonce, 16).to_bytes(4, "little"), "big")
    job.mask = 0xFFFF
    template.epoch.alive = True  # some were handed in late on purpose
    result = verify(job, w19, int(params[5], 16) >> 13)
    if not hasattr(result, "header"):  # handed in twice on purpose
        job.seen.clear()
        result = verify(job, w19, int(params[5], 16) >> 13)
    # Bits beyond the mask, sent on purpose, cannot be those of a result.
    return result if int(params[5], 16) & ~0x1FFFE000 == 0 else None


def test_captured_job_comes_out_as_it_was():
    pool = Pool()
    pool.miner.greet()
    pool.say(id=2, result=[[], CAPTURE["extranonce1"], 4], error=None)
    pool.tell("mining.set_difficulty", CAPTURE["pool_diff"])
    pool.say(**CAPTURE["notify"])
    job = MiningJob(pool.template, bytes.fromhex("17000000"), pool.template.time)
    assert bytes(job.header)[4:76].hex() == CAPTURE["header"][8:152]
    assert pool.template.difficulty == 8192
    assert pool.source.coinbase.pays.startswith(
        "3.15012581 to bcrt1q"
    )  # told in the user's network
