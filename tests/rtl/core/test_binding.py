"""Bindings whose words come from memories: tables and graphs, against the reference."""

import random
from collections.abc import Mapping, Sequence

import pytest

from sluice.rtl.core.binding import hash_twice, midstate_ram, serial, shared_schedule
from sluice.rtl.core.binding.binding import Binding, RangeWord
from sluice.rtl.core.mining import NONCE, header_inputs
from sluice.rtl.hls.brought import InputWord, JobWord
from sluice.rtl.hls.interpret import interpret_each_slot
from sluice.rtl.hls.job_program import job_program
from sluice.rtl.protocol.header import Header
from sluice.rtl.sha256.constants import INITIAL_STATE, ROUND_CONSTANTS
from sluice.sim.catalogue import blocks
from sluice.sim.reference import digest_word

from .bench import random_header

ONES, MASK = 0xFFFFFFFF, 0x5A5A0FF0

#: By name: the binding, engines and lanes.
SHAPES: dict[str, tuple[Binding, int, int]] = {
    "serial": (serial.binding(1), 1, 1),
    "serial, 5 engines": (serial.binding(5), 5, 1),
    "serial, gated sums": (serial.binding(1, gated_sums=True), 1, 1),
    "serial, gated sums, 3 engines": (serial.binding(3, gated_sums=True), 3, 1),
    "2 lanes": (shared_schedule.binding(1, 2), 1, 2),
    "5 lanes, 3 engines": (shared_schedule.binding(3, 5), 3, 5),
    "2 lanes, threads": (shared_schedule.binding(2, 2, 2), 2, 2),
}


def job_of(binding: Binding, header: Header, versions: Sequence[int]) -> list[int]:
    """The words of a job."""
    return job_program(binding.job_words).run(header_inputs(header.words, versions))


def brought(
    words: Mapping[str, Sequence[InputWord]], slot: int, job: Sequence[int], of_range: Mapping
) -> dict[str, int]:
    """What the inputs bring in a slot; where it does not matter, anything."""
    found = {}
    for name, table in words.items():
        word = table[slot]
        if isinstance(word, JobWord):
            found[name] = job[word.number]
        elif isinstance(word, RangeWord):
            found[name] = of_range[word]
        else:
            found[name] = 0x5A5A5A5A if word is None else word
    return found


@pytest.mark.parametrize("number", [0, 7, None])
@pytest.mark.parametrize("shape", SHAPES)
def test_graph_is_the_double_hash(shape: str, number: int | None, rng: random.Random) -> None:
    """Period after period, whatever was hashed before; each engine has a nonce of its own.

    With lanes a header has two periods: what is loaded for the second finishes the digest of the
    first.
    """
    binding, engines, lanes = SHAPES[shape]
    threads = 2 if "threads" in shape else 1
    headers = [random_header(rng) for _ in range(3)]
    if number is not None:
        headers[1] = blocks()[number].header
    slots, given = binding.table.slots, []
    due: dict[int, dict[str, int]] = {}
    for header in headers:
        version, *rest = header.words
        versions = [version, *(rng.getrandbits(32) for _ in range(lanes - 1))]
        job, first = job_of(binding, header, versions), header.words[NONCE] & ~0xF
        rolled = [Header.from_words([one, *rest]) for one in versions]
        due[len(given) + binding.table.told] = {
            f"h7_{engine * lanes + lane}": digest_word(one.with_w19(first + engine * threads))
            for engine in range(engines)
            for lane, one in enumerate(rolled)
        }
        words = [
            brought(binding.inputs, slot, job, {RangeWord.NONCE: first}) for slot in range(slots)
        ]
        given += words * (1 + binding.gap)
    given += given[: 2 * slots]
    found = interpret_each_slot(binding.table.graph, given, binding.table.constants)
    assert {at: found[at] for at in due} == due


@pytest.mark.parametrize("shape", [name for name in SHAPES if "lanes" not in name])
def test_constants_of_a_serial_binding(shape: str) -> None:
    """Each round has its constant, but for those to which a word of the state is added."""
    binding, gated_sums = SHAPES[shape][0], "sums" in shape
    k = binding.inputs["k"]
    first, second = hash_twice.FIRST, hash_twice.SECOND
    assert [k[first + t] for t in range(4, 64)] == [*ROUND_CONSTANTS[4:]]
    assert isinstance(k[first + 3], int) == gated_sums
    begins = ROUND_CONSTANTS[0] + (0 if gated_sums else INITIAL_STATE[7])
    assert k[second] == begins
    constants = [k[(second + t) % binding.table.slots] for t in range(1, 60)]
    assert constants == [*ROUND_CONSTANTS[1:60]]
    last = (second + 60) % binding.table.slots
    assert last == binding.tap - 1
    assert k[last] == ROUND_CONSTANTS[60] + INITIAL_STATE[7]


def test_constants_of_lanes() -> None:
    binding, first, second = SHAPES["2 lanes"][0], hash_twice.FIRST, shared_schedule.SECOND
    k, k2 = binding.inputs["k"], binding.inputs["k2"]
    assert [k[(first + t) % 65] for t in range(3, 64)] == [*ROUND_CONSTANTS[3:]]
    assert [k2[(second + t) % 65] for t in range(60)] == [*ROUND_CONSTANTS[:60]]
    assert [k2[(second - 4 + i) % 65] for i in range(4)] == [*reversed(INITIAL_STATE[4:])]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_word_of_a_job_is_brought(shape: str) -> None:
    binding = SHAPES[shape][0]
    words = [word for table in binding.inputs.values() for word in table]
    numbers = {word.number for word in words if isinstance(word, JobWord)}
    assert numbers == set(range(len(binding.job_words)))
    assert words.count(RangeWord.NONCE) == 1
    name, slot = binding.nonce
    assert binding.inputs[name][slot] is RangeWord.NONCE


class Range:
    """A binding with midstates in RAM: what comes in, and what a period makes of the range."""

    def __init__(self, binding: Binding, job: Sequence[int], first: int, last: int) -> None:
        self.binding, self.job, self.first = binding, job, first
        self.last = ~last & ONES

    def words(self, slots: range, nonce: int) -> list[tuple[int, dict[str, int]]]:
        """Numbers of slots, and what the input brings in them."""
        of_range = {
            RangeWord.NONCE: nonce,
            RangeWord.LAST: self.last,
            RangeWord.MASK: MASK,
            RangeWord.MINUS_ONE: ONES,
        }
        inputs = self.binding.inputs
        return [(slot, brought(inputs, slot, self.job, of_range)) for slot in slots]

    def comes(self) -> list[tuple[int, dict[str, int]]]:
        """A period in which it comes in."""
        return self.words(midstate_ram.LOADING, self.first)

    def hashes(self, period: int) -> list[tuple[int, dict[str, int]]]:
        """One that hashes."""
        return self.words(range(self.binding.table.slots), self.first + 1 + period)


@pytest.mark.parametrize("lanes", [2, 3, 4])
@pytest.mark.parametrize("number", [0, 7, None])
def test_midstates_in_ram(lanes: int, number: int | None, rng: random.Random) -> None:
    """Period after period, each lane with a version of its own; and the sums of the range."""
    binding = midstate_ram.binding(lanes)
    headers = [random_header(rng) for _ in range(3)]
    if number is not None:
        headers[1] = blocks()[number].header
    late, slot_of = midstate_ram.SUM_LATE, {w: binding.slot_of("k", w) for w in RangeWord}
    coming_slots: list[tuple[int, dict[str, int]]] = []
    due: dict[int, dict[str, int]] = {}

    def told(begins: int, sums: Mapping[RangeWord, int]) -> None:
        for word, value in sums.items():
            due[begins + slot_of[word] + late] = {"sum": value & ONES}

    for header in headers:
        version, *rest = header.words
        versions = [version, *(rng.getrandbits(32) for _ in range(lanes - 1))]
        first = header.words[NONCE] - rng.randrange(2) & 0x7FFFFFFF
        job = Range(binding, job_of(binding, header, versions), first, first + 2)
        same = {RangeWord.MASK: MASK}
        coming = same | {RangeWord.LAST: ~(first + 2), RangeWord.NONCE: first + 1}
        told(len(coming_slots), coming)
        coming_slots += job.comes()
        # The third one is not finished, nor is the last one of the job before.
        for period in range(3):
            begins = len(coming_slots)
            coming_slots += job.hashes(period)
            sums = {RangeWord.LAST: period - 3, RangeWord.NONCE: first + period + 2}
            told(begins, same | sums | {RangeWord.MINUS_ONE: first + period - 1})
            if period < 2:
                rolled = [Header.from_words([one, *rest]) for one in versions]
                due[begins + binding.table.told] = {
                    f"h7_{lane}": digest_word(one.with_w19(first + period))
                    for lane, one in enumerate(rolled)
                }
    coming_slots += job.comes()[:late]
    found = interpret_each_slot(
        binding.table.graph,
        [words for _, words in coming_slots],
        binding.table.constants,
        slots=[number for number, _ in coming_slots],
    )
    assert {at: {name: found[at][name] for name in due[at]} for at in due} == due
