"""Words that are read in each slot from a memory of two banks: one is active, one is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import data
from amaranth.lib.memory import Memory

from .pipe import next_

#: A word is never read in the cycle in which it is written.
ANY_ORDER: dict[str, int | str] = {"no_rw_check": 1}
#: Registers on a way.
Way = Callable[[Value], Value]


@dataclass(frozen=True, kw_only=True)
class Write:
    """A word that is written: whether, in which place, and what; and the bank that is active."""

    enable: Value
    place: Value
    word: Value
    bank: Value


class _Layout:
    """Where constants and words that are written lie in a memory, see :func:`banked_memory`."""

    def __init__(self, constants: Mapping[int, int], places: Mapping[int, int], slots: int) -> None:
        self._places = dict(places)
        self._apart = 2 * len(constants) > slots
        above = 0
        if self._apart:
            self._bits = (len(places) - 1).bit_length()
            self._size = (slots + (2 << self._bits) - 1).bit_length()
            self.init = [constants.get(slot, 0) for slot in range(1 << self._size)]
            above = self._size - self._bits - 1
        else:
            count = len(places)
            self._places |= {slot: count + index for index, slot in enumerate(constants)}
            self._bits = self._size = (len(self._places) - 1).bit_length()
            bank = [*[0] * count, *constants.values()]
            self.init = [*bank, *[0] * ((1 << self._bits) - len(bank))] * 2
        self._above = Const((1 << above) - 1, above)

    def read(self, m: Module, now: Value, bank: Value, name: str) -> Value:
        """The address of what belongs to the slot `now` while `bank` is active."""
        place = Signal(self._size, name=f"{name}_place")
        if self._apart:
            m.d.comb += place.eq(now)
        with m.Switch(now):
            for slot, number in self._places.items():
                with m.Case(slot):
                    inside = Cat(Const(number, self._bits), bank, self._above)
                    m.d.comb += place.eq(inside if self._apart else number)
        return place if self._apart else Cat(place, bank)

    def written(self, place: Value, bank: Value) -> Value:
        """The address of a place in the bank that is not active."""
        return Cat(place[: self._bits], ~bank, self._above)


def banked_memory(
    m: Module,
    name: str,
    constants: Mapping[int, int],
    places: Mapping[int, int],
    slots: int,
    *,
    now: Value,
    write: Write,
    asking: Way,
    writing: Way,
    preset: bool,
) -> Value:
    """A memory for constants and words that are written; what it gives for the slot asked for.

    If most slots have a constant, each is at the number of its slot, and the banks are above; if
    not, the constants of the others are in both banks, above the words that are written.

    Parameters
    ----------
    m, name
        Where it goes, and its name there.
    constants
        Constants by their slots.
    places
        For each slot with a word that is written its place in a bank, from 0 on.
    slots
        How many slots there are.
    now
        The slot for which a word is asked for.
    write
        What is written, into the bank that is not active.
    asking, writing
        Registers in front of the ports.
    preset
        Whether memories may have numbers from the start; else these are in a memory of their own,
        which is only read.
    """
    layout = _Layout(constants if preset else {}, places, slots)
    address = layout.read(m, now, write.bank, name)
    m.submodules[name] = memory = Memory(
        shape=32, depth=len(layout.init), init=layout.init, attrs=ANY_ORDER
    )
    port, read = memory.write_port(), memory.read_port()
    m.d.comb += [
        read.addr.eq(asking(address)),
        port.en.eq(writing(write.enable)),
        port.addr.eq(writing(layout.written(write.place, write.bank))),
        port.data.eq(writing(write.word)),
    ]
    if preset or not constants:
        return read.data
    init, asked = [constants.get(slot, 0) for slot in range(max(constants) + 1)], asking(now)
    m.submodules[f"{name}_constants"] = rom = Memory(shape=32, depth=len(init), init=init)
    constant = rom.read_port()
    m.d.comb += constant.addr.eq(asked)
    return Mux(next_(m, asked.matches(*constants)), constant.data, read.data)


def lane_memory(
    m: Module,
    name: str,
    lanes: int,
    places: Mapping[int, int],
    size: int,
    *,
    now: Value,
    bank: Value,
    write: Write,
    asking: Way,
) -> Sequence[Value]:
    """A memory with a word of each lane in each place; the words of the slot asked for.

    Words are written one at a time, those of a lane at `size` addresses in a row, a power of two;
    four places next to each other are read in slots in a row. `bank` is the active one where
    addresses are asked for. All else is as for :func:`banked_memory`.
    """
    bits, all_bits = (max(places.values())).bit_length(), (size - 1).bit_length()
    assert size == 1 << all_bits, size
    first = next(slot for slot, place in places.items() if place % 4 == 0)
    assert all((slot - first - place) % 4 == 0 for slot, place in places.items()), places
    high = [
        now.matches(*(slot for slot, place in places.items() if place >> bit & 1))
        for bit in range(2, bits)
    ]
    where = Cat((now - first)[:2], *high, bank)
    shape = data.ArrayLayout(32, lanes)
    # Wide as it is, look-up tables for more would be many.
    attrs = ANY_ORDER | ({"ram_style": "block"} if bits > 3 else {})
    m.submodules[name] = memory = Memory(shape=shape, depth=2 << bits, init=[], attrs=attrs)
    read, port = memory.read_port(), memory.write_port(granularity=1)
    mine, lane_of = write.enable & (write.place[bits:all_bits] == 0), write.place[all_bits:]
    m.d.comb += [
        port.en.eq(Cat(mine & (lane_of == lane) for lane in range(lanes))),
        port.addr.eq(Cat(write.place[:bits], ~write.bank)),
        port.data.eq(Cat(write.word for _ in range(lanes))),
        read.addr.eq(asking(where)),
    ]
    return [read.data[lane] for lane in range(lanes)]
