"""Where the words of a value that a memory carries are in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from .ir import Node
from .schedule import Schedule


def address_bits(places: Sequence[int], slots: int, late: int) -> int:
    """How many low bits of the number of a slot tell apart all words that a memory still gives.

    Parameters
    ----------
    places
        For each slot the slot whose word it reads, or a number from `slots` on.
    slots
        How many there are.
    late
        By how many slots, rounded up, a word is written later in its slot than another is read.
    """
    waits = [
        (place, (reading - place) % slots) for reading, place in enumerate(places) if place < slots
    ]
    bits = 1
    while any(
        (place + after) % slots % (1 << bits) == place % (1 << bits)
        for place, wait in waits
        for after in range(1, wait + 1 - late)
    ):
        bits += 1
    return bits


@dataclass(frozen=True)
class RamPlan:
    """The memory of a value: its addresses, which all threads have alike, each in its own part.

    Members
    -------
    registers
        Registers on each side of the memory.
    written, asked
        The cycles of a slot in which its word is written, and in which an address is given to read
        the word that the slot needs.
    bits
        Low bits of the number of a slot, which are the address of its own word.
    depth
        Words of a thread.
    others
        For each slot the address it writes to instead of its own, or 0.
    enabled
        For each slot whether it writes.
    reads
        For each slot the address it reads from; with all bits inverted if it may be any other.
    constants
        Words that are never written, by their addresses.
    """

    registers: int
    written: int
    asked: int
    bits: int
    depth: int
    others: tuple[int, ...]
    enabled: tuple[int, ...]
    reads: tuple[int, ...]
    constants: Mapping[int, int]

    @property
    def init(self) -> list[int]:
        """The words of a thread at the start."""
        return [self.constants.get(address, 0) for address in range(self.depth)]

    def address(self, slot: int) -> int:
        """Where a slot writes to."""
        return self.others[slot] or slot % (1 << self.bits)


def ram_plan(schedule: Schedule, value: Node, constants: Mapping[int, int]) -> RamPlan:
    """The plan of a value of a schedule.

    Parameters
    ----------
    schedule
        The schedule.
    value
        A node that a memory carries.
    constants
        Words that are in the memory from the start, in places above those of slots.
    """
    graph = schedule.graph
    # A register on each side, or none.
    registers = schedule.model.ram_latency // 2 - 1
    written = schedule.cycle[graph.carried[value]] + registers
    asked = schedule.cycle[value] - registers - 1
    again = graph.slots - graph.load_slots
    late = ceil((written - asked) / max(1, schedule.threads))
    reads = [max(place, ~place) for place in value.by_slot]
    bits = address_bits(reads[:again], again, late)
    # What is kept longer lies above the addresses of slots.
    places = [max(place, ~place) for place in value.writes]
    above = sorted({*constants, *(place for place in places if place >= graph.slots)})
    kept = {place: (1 << bits) + index for index, place in enumerate(above)}
    return RamPlan(
        registers=registers,
        written=written,
        asked=asked,
        bits=bits,
        depth=(1 << bits) + len(kept),
        others=tuple(kept.get(place, 0) for place in places),
        enabled=tuple(int(place >= 0) for place in value.writes),
        reads=tuple(
            address if place >= 0 else ~address
            for place, read in zip(value.by_slot, reads, strict=True)
            for address in [kept.get(read, read % (1 << bits))]
        ),
        constants={kept[place]: word for place, word in constants.items()},
    )
