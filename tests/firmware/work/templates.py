"""Templates for tests: the captured one, and random ones."""

import json
from pathlib import Path

from sluice.firmware.work.template import Epoch, Template

DATA = Path(__file__).resolve().parents[1] / "peers" / "data"

#: A pool's job, what a BM1370 was sent for it, and what it answered (mujina's test data).
CAPTURE = json.loads((DATA / "capture_bm1370.json").read_text(encoding="utf-8"))


def captured_template(**changes):
    job_id, previous, first, last, branch, version, bits, ntime, _ = CAPTURE["notify"]["params"]
    words = bytes.fromhex(previous)
    values = {
        "source": 0,
        "epoch": Epoch(),
        "job_id": job_id,
        "version": int(version, 16),
        "previous": b"".join(words[at : at + 4][::-1] for at in range(0, 32, 4)),
        "bits": int(bits, 16),
        "time": int(ntime, 16),
        "coinbase1": bytes.fromhex(first),
        "extranonce1": bytes.fromhex(CAPTURE["extranonce1"]),
        "extranonce2_size": 4,
        "coinbase2": bytes.fromhex(last),
        "branch": tuple(bytes.fromhex(node) for node in branch),
        "version_mask": 0x1FFFE000,
        "difficulty": float(CAPTURE["pool_diff"]),
    }
    return Template(**{**values, **changes})


def random_template(rng, **changes):
    values = {
        "source": 0,
        "epoch": Epoch(),
        "job_id": f"{rng.getrandbits(32):x}",
        "version": 0x20000000,
        "previous": rng.randbytes(32),
        "bits": 0x207FFFFF,
        "time": 1_700_000_000,
        "coinbase1": rng.randbytes(50),
        "extranonce1": rng.randbytes(4),
        "extranonce2_size": 4,
        "coinbase2": rng.randbytes(50),
        "branch": (rng.randbytes(32),),
        "version_mask": 0x1FFFE000,
        "difficulty": 1e-9,
    }
    return Template(**{**values, **changes})
