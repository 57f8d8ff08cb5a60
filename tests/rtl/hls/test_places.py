"""Places in the memory of a recall against a memory that is played through."""

import random

import pytest

from sluice.rtl.hls.ram_plan import place_bits


def read(places: list[int], passes: int, late: int, bits: int) -> list[int]:
    """In which pass each word that is read was written, in the third round of passes.

    A pass writes `late` passes after another of the same number reads.
    """
    memory: dict[int, int] = {}
    found = []
    for now in range(3 * passes):
        # What is written in the clock of a read may or may not be read: it counts as written.
        memory[(now - late) % passes % (1 << bits)] = now - late
        if now >= 2 * passes:
            place = places[now % passes]
            found.append(memory[place % (1 << bits)] if place < passes else place)
    return found


def due(places: list[int], passes: int, late: int) -> list[int]:
    """What a memory with a place for each pass gives."""
    bits = passes.bit_length()
    return read(places, passes, late, bits)


@pytest.mark.parametrize("late", [-1, 0, 1, 2])
def test_no_word_is_lost_and_no_place_is_spare(rng: random.Random, late: int) -> None:
    for _ in range(100):
        passes = rng.randint(20, 150)
        waits = [rng.randint(3, 15) for _ in range(passes)]
        places = [(reading - wait) % passes for reading, wait in enumerate(waits)]
        for reading in rng.sample(range(passes), 4):
            places[reading] = passes + rng.randrange(4)
        bits = place_bits(places, passes, late)
        assert read(places, passes, late, bits) == due(places, passes, late)
        assert bits == 1 or read(places, passes, late, bits - 1) != due(places, passes, late)
