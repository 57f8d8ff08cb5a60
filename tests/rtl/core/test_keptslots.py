"""Units that keep midstates in memories of schedules: timetable and graph, by the reference."""

import random

import pytest

from sluice.rtl.core import keptslots as slots
from sluice.rtl.core.keptlanes import kept_lanes_graph
from sluice.rtl.core.mining import NONCE, header_inputs
from sluice.rtl.core.plan import plan
from sluice.rtl.core.rolledconfig import RolledConfig
from sluice.rtl.dataflow.evaluate import evaluate_each_pass
from sluice.rtl.protocol.header import Header
from sluice.sim.catalogue import blocks
from sluice.sim.reference import digest_word

from .bench import random_header


def given(header: Header, versions: list[int], nonces: list[int]) -> list[tuple[int, int, int]]:
    """Number of the pass, `k` and `m`, of a turn in which a job comes in and turns that hash."""
    config = RolledConfig(units=1, lanes=len(versions))
    job = plan(config).program.run(header_inputs(header.words, versions))
    words = dict(enumerate(slots.k_words())) | dict.fromkeys(slots.LOADING, 0x5A5A5A5A)
    words |= dict(enumerate(job, slots.LOAD_FROM))
    turns = [(number, words[number], 0xA5A5A5A5) for number in slots.LOADING]
    for nonce in nonces:
        turns += [
            (slot, words[slot], nonce if slot == slots.NONCE_SLOT else 0xA5A5A5A5)
            for slot in range(slots.SLOTS)
        ]
    return turns


@pytest.mark.parametrize(("units", "lanes"), [(1, 2), (2, 3), (1, 4)])
@pytest.mark.parametrize("number", [0, 7, None])
def test_graph_is_the_double_hash(
    units: int, lanes: int, number: int | None, rng: random.Random
) -> None:
    """Turn after turn, whatever was hashed before; each lane has a version of its own."""
    graph = kept_lanes_graph(units, lanes)
    headers = [random_header(rng) for _ in range(3)]
    if number is not None:
        headers[1] = blocks()[number].header
    passes: list[tuple[int, int, int]] = []
    due: dict[int, dict[str, int]] = {}
    for header in headers:
        version, *rest = header.words
        versions = [version, *(rng.getrandbits(32) for _ in range(lanes - 1))]
        nonces = [header.words[NONCE] & ~7, rng.getrandbits(32) & ~7]
        begins = len(passes) + slots.LOADS
        # The turn without a nonce, in which the last one is finished.
        passes += given(header, versions, [*nonces, 0x5A5A5A5A])
        for turn, nonce in enumerate(nonces):
            due[begins + turn * slots.SLOTS + slots.TAP] = {
                f"h7_{unit * lanes + lane}": digest_word(
                    Header.from_words([one, *rest]).with_w19(nonce + unit)
                )
                for unit in range(units)
                for lane, one in enumerate(versions)
            }
    found = evaluate_each_pass(
        graph,
        [{"k": k, "m": m} for _, k, m in passes],
        slots.KEPT,
        passes=[number for number, _, _ in passes],
    )
    assert {number: found[number] for number in due} == due
