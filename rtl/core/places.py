"""Places in the memory of a schedule: one for each slot, and constant words of messages above."""

from collections.abc import Mapping, Sequence

from .slotted import LEAD

#: Constant words: zero, the bit behind a message, and the lengths of header and digest in bits.
CONSTANTS = (0, 1 << 31, 640, 256)


def kept(slots: int) -> dict[int, int]:
    """Places that are never written to, and their words, of a turn of so many slots."""
    return {slots + number: word for number, word in enumerate(CONSTANTS)}


def padded(slots: int, words: Sequence[int]) -> list[int]:
    """Sixteen places of a message: those of its words, four or eight, and of what follows them."""
    place = {word: place for place, word in kept(slots).items()}
    zeros = [place[0]] * (14 - len(words))
    return [*words, place[1 << 31], *zeros, place[640 if len(words) == 4 else 256]]


def read_places(
    slots: int, recurrence: Sequence[int], messages: Mapping[int, Sequence[int]]
) -> list[int]:
    """For each slot the place that its schedule word, or the partial sum of it, is read from.

    Parameters
    ----------
    slots
        Slots of a turn.
    recurrence
        Those that have a word that the recurrence gives.
    messages
        The places of the words of a message, by the slot of the first one.
    """
    places = [min(kept(slots))] * slots
    for slot in recurrence:
        places[slot] = (slot - LEAD) % slots
    for first, words in messages.items():
        for t, place in enumerate(padded(slots, words)):
            places[(first + t) % slots] = place
    return places
