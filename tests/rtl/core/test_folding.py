"""Both hashes folded into a ring: every number of physical rounds."""

import random

import pytest
from Crypto.Hash import SHA256

from sluice.rtl.core.config import RingConfig
from sluice.rtl.core.folding import NEEDED, Folding, folded_graph
from sluice.rtl.core.mining import header_inputs
from sluice.rtl.core.plan import plan
from sluice.rtl.hls.interpret import evaluate, evaluate_passes
from sluice.rtl.hls.ir import Binding, Source
from sluice.rtl.sha256.constants import ROUND_CONSTANTS

EVERY = range(1, NEEDED + 1)


def split(header: bytes) -> list[int]:
    return [int.from_bytes(header[i : i + 4], "big") for i in range(0, 80, 4)]


def h7_of(header: bytes) -> int:
    """The reference."""
    return int.from_bytes(SHA256.new(SHA256.new(header).digest()).digest()[28:], "big")


@pytest.mark.parametrize("rounds", EVERY)
def test_every_round_has_its_place(rounds: int) -> None:
    """The rounds of each hash follow each other; the first ends with the pass, as all need."""
    folding = Folding(rounds)
    passes, half = folding.passes, folding.half
    assert passes == 2 * half
    # No pass is there for nothing.
    assert (half - 1) * rounds < NEEDED <= half * rounds
    assert 0 <= folding.entry < rounds
    assert 0 <= folding.skipped <= 3
    tables = [folding.constants(physical) for physical in range(rounds)]
    assert all(len(table) == passes for table in tables)
    in_time = [tables[physical][turn] for turn in range(passes) for physical in range(rounds)]
    first, second = in_time[: half * rounds], in_time[half * rounds :]
    assert first[folding.entry :] == list(ROUND_CONSTANTS[folding.skipped :])
    told = list(ROUND_CONSTANTS[: half * rounds - folding.entry])
    assert second[folding.entry : folding.entry + len(told)] == told
    assert len(told) >= NEEDED
    # Before a hash begins nothing is added.
    assert not any(first[: folding.entry] + second[: folding.entry])
    # The word that is tested is made in round 61 of the second hash.
    assert 0 <= folding.tap < rounds
    place = (half - 1) * rounds + folding.tap
    assert place - folding.entry == NEEDED - 1
    assert second[place] == ROUND_CONSTANTS[NEEDED - 1]


@pytest.mark.parametrize("rounds", [0, 62, -1])
def test_refused(rounds: int) -> None:
    with pytest.raises(ValueError, match=f"rounds must be 1 to 61, not {rounds}"):
        Folding(rounds)


@pytest.mark.parametrize("rounds", EVERY)
def test_graph_is_the_double_hash(rounds: int, rng: random.Random) -> None:
    """As it is written, and with its sums reordered; the job program has the job words."""
    lanes = 2 if rounds % 5 == 0 else 1
    planned = plan(RingConfig(ring=rounds, lanes=lanes))
    header = rng.randbytes(80)
    versions = [rng.getrandbits(32) for _ in range(lanes)]
    inputs = header_inputs(split(header), versions)
    due = {
        f"h7_{lane}": h7_of(version.to_bytes(4, "big") + header[4:])
        for lane, version in enumerate(versions)
    }
    for graph in (folded_graph(Folding(rounds), lanes), planned.schedule.graph):
        assert evaluate_passes(graph, inputs) == due
    words = list(planned.schedule.job_uses)
    assert planned.program.run(inputs) == evaluate(words, inputs)


@pytest.mark.parametrize("rounds", EVERY)
def test_schedule(rounds: int) -> None:
    """The nonce comes first; job words are used while its first nonce is on its way."""
    schedule = plan(RingConfig(ring=rounds)).schedule
    (nonce,) = (node for node in schedule.nodes if node.kind is Source.INPUT)
    assert schedule.clock[nonce] == 0
    assert schedule.graph.passes == Folding(rounds).passes
    # A clock a round, and few more for a nonce to enter and for words to come round.
    assert rounds < schedule.turn <= rounds + 3
    for uses in schedule.job_uses.values():
        assert uses
        assert 0 <= uses[0] <= uses[-1] <= schedule.latency
    for loop, node in schedule.graph.loops.items():
        assert node.binding is Binding.NONCE
        assert schedule.clock[loop] + schedule.turn > schedule.clock[node]
