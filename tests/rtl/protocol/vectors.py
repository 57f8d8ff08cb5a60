"""Worked examples: real headers with job and response frames, and bring-up sequences of hosts.

``wire_vectors.json``: eight pairs of frames captured from real chips and published with their
hosts' code and bug reports, the others built from published log lines and blocks by the rules of
the wire. ``sequences.json``: ``[frame, repetitions, answer?]`` as the hosts send them, and what the
chip's registers hold afterwards.
"""

import json
from pathlib import Path
from types import SimpleNamespace

DATA = Path(__file__).parent / "data"

VECTORS = [
    SimpleNamespace(
        **{**vector, "model": "bm1370" if vector["model"] == "any" else vector["model"].lower()}
    )
    for vector in json.loads((DATA / "wire_vectors.json").read_text(encoding="utf-8"))
]

SEQUENCES = json.loads((DATA / "sequences.json").read_text(encoding="utf-8"))
