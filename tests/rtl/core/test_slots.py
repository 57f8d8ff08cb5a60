"""The timetable of a rolled unit, and the graph that follows it, against the reference."""

import random

import pytest

from sluice.rtl.core import laneslots, slots
from sluice.rtl.core.mining import NONCE, header_inputs
from sluice.rtl.core.plan import plan
from sluice.rtl.core.rolled import rolled_graph
from sluice.rtl.core.rolledconfig import RolledConfig
from sluice.rtl.core.rolledlanes import lanes_graph
from sluice.rtl.core.slotted import LEAD
from sluice.rtl.hls.interpret import evaluate_each_pass
from sluice.rtl.protocol.header import Header
from sluice.rtl.sha256.constants import INITIAL_STATE, ROUND_CONSTANTS
from sluice.sim.catalogue import blocks
from sluice.sim.reference import digest_word

from .bench import random_header


def test_every_slot_reads_a_word_that_was_written_for_it() -> None:
    """No place has two words in a turn, and no word waits for longer than its place is its own."""
    put = [*slots.TAIL, *slots.DIGEST_E, *slots.DIGEST_D]
    sums = [(slot - LEAD) % slots.SLOTS for slot in slots.RECURRENCE]
    assert len(set(put + sums)) == len(put) + len(sums) == 4 + 8 + 48 + 45
    for slot, place in enumerate(slots.message_places()):
        if place < slots.SLOTS:
            assert place in put or slot in slots.RECURRENCE
            # A word must be in the memory before it is asked for.
            assert (slot - place - 1) % slots.SLOTS + 1 >= LEAD
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
    zero, one_bit, bits_640, bits_256 = range(slots.SLOTS, slots.SLOTS + 4)
    assert tail == [0, 1, 2, 3, one_bit, *[zero] * 10, bits_640]
    digest = [places[slots.SECOND + t] for t in range(16)]
    assert digest[8:] == [one_bit, *[zero] * 6, bits_256]
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
    assert len(slots.m_words(gates)) == slots.M_WORDS + 4
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


def test_every_slot_of_a_lane_reads_a_word_that_was_written_for_it() -> None:
    """In the memory of each schedule, as in that of a unit without lanes."""
    size = laneslots.SLOTS
    for places, put, recurrence, first in (
        (
            laneslots.first_places(),
            [*laneslots.TAIL],
            laneslots.RECURRENCE_FIRST,
            laneslots.FIRST,
        ),
        (
            laneslots.second_places(),
            [*laneslots.DIGEST_E, *laneslots.DIGEST_D],
            laneslots.RECURRENCE_SECOND,
            laneslots.SECOND,
        ),
    ):
        sums = [(slot - LEAD) % size for slot in recurrence]
        assert len(set(put + sums)) == len(put) + len(sums)
        # All words of the message are read once, in the order of the rounds.
        message = [places[(first + t) % size] for t in range(16)]
        assert sorted(message[: len(put)]) == sorted(put)
        assert laneslots.KEPT[message[len(put)]] == 1 << 31
        for slot, place in enumerate(places):
            if place < size:
                assert place in put or slot in recurrence
                assert (slot - place - 1) % size + 1 >= LEAD
            else:
                assert place in laneslots.KEPT


def test_rounds_of_lanes_have_their_slots() -> None:
    """Each constant once; the states are put in where no round is."""
    first, second = laneslots.first_k(), laneslots.second_k()
    size = laneslots.SLOTS
    assert [first[(laneslots.FIRST + t) % size] for t in range(64)] == [*ROUND_CONSTANTS]
    assert [first[slot] for slot in laneslots.LOAD_FIRST] == [0] * 4
    constants = [second[(laneslots.SECOND + t) % size] for t in range(61)]
    assert constants[:60] == [*ROUND_CONSTANTS[:60]]
    assert constants[60] == ROUND_CONSTANTS[60] + INITIAL_STATE[7]
    assert [second[slot] for slot in laneslots.LOAD_SECOND] == [*reversed(INITIAL_STATE[4:])]
    assert (laneslots.SECOND + 60) % size == laneslots.TAP - 1
    used = [*laneslots.LOAD_SECOND, *((laneslots.SECOND + t) % size for t in range(61))]
    assert len(set(used)) == len(used)
    assert laneslots.TAP not in laneslots.LOAD_SECOND


def lane_memories(header: Header, versions: list[int], first: int) -> list[dict[str, int]]:
    """What units with lanes are given in each slot, from what the memories hold."""
    lanes = len(versions)
    config = RolledConfig(technology="generic", lanes=lanes)
    job = plan(config).program.run(header_inputs(header.words, versions))
    chains, tail = job[: 8 * lanes], job[8 * lanes :]
    m = [*tail, *laneslots.m_words()[laneslots.M_WORDS :]]
    xs, ys = laneslots.inputs(lanes)
    given = []
    for slot in range(laneslots.SLOTS):
        place = laneslots.m_places().get(slot)
        word = m[place] if place is not None else 0x5A5A5A5A
        if slot == laneslots.TAIL[-1]:
            word = first
        words = {"k": laneslots.first_k()[slot], "k2": laneslots.second_k()[slot], "m": word}
        own, second = laneslots.lane_place(slot), 4 * (slot in laneslots.LOAD_FIRST)
        words |= {name: chains[8 * lane + own] for lane, name in enumerate(xs)}
        words |= {name: chains[8 * lane + second + own] for lane, name in enumerate(ys)}
        given.append(words)
    return given


@pytest.mark.parametrize("units", [1, 3])
@pytest.mark.parametrize("lanes", [2, 5])
@pytest.mark.parametrize("number", [0, 7, None])
def test_graph_with_lanes_is_the_double_hash(
    units: int, lanes: int, number: int | None, rng: random.Random
) -> None:
    """Two turns later, whatever was hashed before; each lane has a version of its own.

    A header has two turns: what is put in for the second finishes the digest of the first.
    """
    graph = lanes_graph(units, lanes)
    headers = [random_header(rng) for _ in range(3)]
    if number is not None:
        headers[1] = blocks()[number].header
    versions = [
        [header.words[0], *(rng.getrandbits(32) for _ in range(lanes - 1))] for header in headers
    ]
    given = []
    for header, rolled in zip(headers, versions, strict=True):
        given += lane_memories(header, rolled, header.words[NONCE] & ~7) * 2
    size = laneslots.SLOTS
    found = evaluate_each_pass(graph, [*given, *given[: 2 * size]], laneslots.KEPT)
    for turn, (header, rolled) in enumerate(zip(headers, versions, strict=True)):
        first = header.words[NONCE] & ~7
        assert found[(2 * turn + 2) * size + laneslots.TAP] == {
            f"h7_{unit * lanes + lane}": digest_word(
                Header.from_words([version, *header.words[1:]]).with_w19(first + unit)
            )
            for unit in range(units)
            for lane, version in enumerate(rolled)
        }
