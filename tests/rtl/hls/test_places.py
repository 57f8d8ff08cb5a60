"""Places in the memory of a RAM-carried value against a memory that is played through."""

import random

import pytest

from sluice.rtl.hls.ram_plan import address_bits


def read(places: list[int], slots: int, late: int, bits: int) -> list[int]:
    """In which slot each word that is read was written, in the third round of slots.

    A slot writes `late` slots after another of the same number reads.
    """
    memory: dict[int, int] = {}
    found = []
    for now in range(3 * slots):
        # What is written in the cycle of a read may or may not be read: it counts as written.
        memory[(now - late) % slots % (1 << bits)] = now - late
        if now >= 2 * slots:
            place = places[now % slots]
            found.append(memory[place % (1 << bits)] if place < slots else place)
    return found


def due(places: list[int], slots: int, late: int) -> list[int]:
    """What a memory with a place for each slot gives."""
    bits = slots.bit_length()
    return read(places, slots, late, bits)


@pytest.mark.parametrize("late", [-1, 0, 1, 2])
def test_no_word_is_lost_and_no_place_is_spare(rng: random.Random, late: int) -> None:
    for _ in range(100):
        slots = rng.randint(20, 150)
        waits = [rng.randint(3, 15) for _ in range(slots)]
        places = [(reading - wait) % slots for reading, wait in enumerate(waits)]
        for reading in rng.sample(range(slots), 4):
            places[reading] = slots + rng.randrange(4)
        bits = address_bits(places, slots, late)
        assert read(places, slots, late, bits) == due(places, slots, late)
        assert bits == 1 or read(places, slots, late, bits - 1) != due(places, slots, late)
