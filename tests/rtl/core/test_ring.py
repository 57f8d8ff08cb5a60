"""Both hashes folded into a ring: every number of rounds of hardware."""

import random

import pytest
from Crypto.Hash import SHA256

from sluice.rtl.core.binding import ring
from sluice.rtl.core.binding.ring import ring_slots
from sluice.rtl.core.config import NEEDED, RingConfig
from sluice.rtl.core.mining import header_inputs
from sluice.rtl.core.plan import plan
from sluice.rtl.hls.interpret import interpret, interpret_slots
from sluice.rtl.hls.ir import BindingTime, Source

EVERY = range(1, NEEDED + 1)


def split(header: bytes) -> list[int]:
    return [int.from_bytes(header[i : i + 4], "big") for i in range(0, 80, 4)]


def h7_of(header: bytes) -> int:
    """The reference."""
    return int.from_bytes(SHA256.new(SHA256.new(header).digest()).digest()[28:], "big")


@pytest.mark.parametrize("rounds", EVERY)
def test_every_round_has_its_slot(rounds: int) -> None:
    """The rounds of each hash follow each other; the first ends with the slot, as all need."""
    half, entry, skipped = ring_slots(rounds)
    # No slot is there for nothing.
    assert (half - 1) * rounds < NEEDED <= half * rounds
    assert 0 <= entry < rounds
    assert 0 <= skipped <= 3
    assert half * rounds - entry == 64 - skipped


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
    for graph in (ring.binding(rounds, lanes).table.graph, planned.schedule.graph):
        assert interpret_slots(graph, inputs) == due
    words = list(planned.schedule.job_uses)
    assert planned.program.run(inputs) == interpret(words, inputs)


@pytest.mark.parametrize("rounds", EVERY)
def test_schedule(rounds: int) -> None:
    """The nonce comes first; job words are used while its first nonce is on its way."""
    schedule = plan(RingConfig(ring=rounds)).schedule
    (nonce,) = (node for node in schedule.nodes if node.kind is Source.INPUT)
    assert schedule.cycle[nonce] == 0
    assert schedule.graph.slots == 2 * ring_slots(rounds)[0]
    # A cycle a round, and few more for a nonce to enter and for words to come round.
    assert rounds < schedule.threads <= rounds + 3
    for uses in schedule.job_uses.values():
        assert uses
        assert 0 <= uses[0] <= uses[-1] <= schedule.latency
    for back_edge, node in schedule.graph.carried.items():
        assert node.known is BindingTime.NONCE
        assert schedule.cycle[back_edge] + schedule.threads > schedule.cycle[node]
