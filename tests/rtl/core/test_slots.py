"""The timetable of a rolled unit, and the graph that follows it, against the reference."""

import random

import pytest

from sluice.rtl.core import slots
from sluice.rtl.core.mining import NONCE, header_inputs
from sluice.rtl.core.plan import plan
from sluice.rtl.core.rolled import rolled_graph
from sluice.rtl.core.rolledconfig import RolledConfig
from sluice.rtl.dataflow.evaluate import evaluate_each_pass
from sluice.rtl.protocol.header import Header
from sluice.rtl.sha256.constants import INITIAL_STATE, ROUND_CONSTANTS
from sluice.sim.catalogue import blocks
from sluice.sim.reference import digest_word

from .bench import random_header


def test_every_slot_reads_a_word_that_was_written_for_it() -> None:
    """No place has two words in a turn, and no word waits for longer than its place is its own."""
    put = [*slots.TAIL, *slots.DIGEST_E, *slots.DIGEST_D]
    sums = [(slot - slots.LEAD) % slots.SLOTS for slot in slots.RECURRENCE]
    assert len(set(put + sums)) == len(put) + len(sums) == 4 + 8 + 48 + 45
    for slot, place in enumerate(slots.message_places()):
        if place < slots.SLOTS:
            assert place in put or slot in slots.RECURRENCE
            # A word must be in the memory before it is asked for.
            assert (slot - place - 1) % slots.SLOTS + 1 >= slots.LEAD
        else:
            assert place in slots.KEPT


@pytest.mark.parametrize("gates", [False, True])
def test_every_round_has_its_slot(gates: bool) -> None:
    """Constants and message words stand in the slots of their rounds, once.

    Without gates those of the first rounds have a word of the state added to them.
    """
    words, places = slots.k_words(gates), slots.message_places()
    assert words[slots.FIRST + 3] == (ROUND_CONSTANTS[3] if gates else 0)
    for t in range(4, 64):
        assert words[slots.FIRST + t] == ROUND_CONSTANTS[t]
    assert words[slots.SECOND] == ROUND_CONSTANTS[0] + (0 if gates else INITIAL_STATE[7])
    for t in range(1, 60):
        assert words[(slots.SECOND + t) % slots.SLOTS] == ROUND_CONSTANTS[t]
    assert (slots.SECOND + 60) % slots.SLOTS == slots.TAP - 1
    assert words[slots.TAP - 1] == ROUND_CONSTANTS[60] + INITIAL_STATE[7]
    tail = [places[slots.FIRST + t] for t in range(16)]
    assert tail == [0, 1, 2, 3, slots.ONE_BIT, *[slots.ZERO] * 10, slots.BITS_640]
    digest = [places[slots.SECOND + t] for t in range(16)]
    assert digest[8:] == [slots.ONE_BIT, *[slots.ZERO] * 6, slots.BITS_256]
    assert sorted(digest[:8]) == [*slots.DIGEST_E, *slots.DIGEST_D]
    kept = zip(range(slots.SLOTS, slots.SLOTS + 4), (0, 1 << 31, 640, 256), strict=True)
    assert dict(kept) == slots.KEPT


@pytest.mark.parametrize("gates", [False, True])
def test_words_of_jobs_have_places_of_their_own(gates: bool) -> None:
    """In `k` above all slots, a word for each bank; in `m` below what never changes."""
    words = slots.k_words(gates)
    own = [slot for slot in range(slots.SLOTS) if slots.k_place(slot, gates) != slot]
    load = [slot for slot in slots.LOAD if slot < slots.SECOND - 4]
    assert own == (load if gates else [slot + 1 for slot in load])
    assert not any(words[slot] for slot in own)
    places = {slots.k_place(slot, gates) | bank << 2 for slot in own for bank in (0, 1)}
    assert len(places) == 2 * slots.K_WORDS
    assert slots.SLOTS <= min(places) <= max(places) < 256
    assert sorted(slots.m_places(gates).values()) == list(range(slots.M_WORDS + 4))
    assert len(slots.m_words(gates)) == slots.M_WORDS + 4 <= slots.BANK
    assert not any(slots.m_words(gates)[: slots.M_WORDS])
    assert len(slots.job_words(gates)) == slots.K_WORDS + slots.M_WORDS


def memories(header: Header, first: int, gates: bool) -> list[dict[str, int]]:
    """What a unit is given in each slot, from what the memories hold."""
    inputs = header_inputs(header.words, [header.words[0]])
    config = RolledConfig(technology="generic" if gates else "ice40")
    job = plan(config).program.run(inputs)
    k = dict(enumerate(slots.k_words(gates)))
    k |= {slots.JOB_K + i: word for i, word in enumerate(job[: slots.K_WORDS])}
    m = [*job[slots.K_WORDS :], *slots.m_words(gates)[slots.M_WORDS :]]
    given = []
    for slot in range(slots.SLOTS):
        place = slots.m_places(gates).get(slot)
        # Where it does not matter there is anything.
        word = m[place] if place is not None else 0x5A5A5A5A
        if slot == slots.TAIL[-1]:
            word = first
        given.append({"k": k[slots.k_place(slot, gates)], "m": word})
    return given


@pytest.mark.parametrize("units", [1, 2, 5])
@pytest.mark.parametrize("gates", [False, True])
@pytest.mark.parametrize("number", [0, 7, None])
def test_graph_is_the_double_hash(
    units: int, gates: bool, number: int | None, rng: random.Random
) -> None:
    """Turn after turn, whatever was hashed before; each unit has a nonce of its own."""
    graph = rolled_graph(units, gates=gates)
    headers = [random_header(rng) for _ in range(3)]
    if number is not None:
        headers[1] = blocks()[number].header
    firsts = [header.words[NONCE] & ~7 for header in headers]
    given = []
    for header, first in zip(headers, firsts, strict=True):
        given += memories(header, first, gates)
    found = evaluate_each_pass(graph, given + given[: slots.TAP + 1], slots.KEPT)
    for turn, (header, first) in enumerate(zip(headers, firsts, strict=True), 1):
        words = found[turn * slots.SLOTS + slots.TAP]
        assert words == {
            f"h7_{unit}": digest_word(header.with_w19(first + unit)) for unit in range(len(words))
        }
