"""Which slot a cycle of the datapath is in."""

from collections.abc import Collection, Sequence
from copy import copy

from amaranth.hdl import Module, Mux, Signal, Value
from amaranth.lib.memory import Memory

from .decode_rom import Decoder
from .patterns import patterns


class SlotLine:
    """The number of the slot travels along the datapath, a register in each cycle.

    Decisions that are made by it are decoded at the entry and travel beside it: in front of the
    words they choose is a register. What is not used the synthesiser removes.

    Datapaths that follow each other have one line, see :meth:`later`.

    Parameters
    ----------
    m
        Where the registers go.
    slot
        The number of the slot that enters in this cycle.
    thread
        The number of the thread that enters.
    in_ram
        Whether decisions come from block RAM, see :class:`~.decoder.Decoder`.
    ahead
        If it is known, the number of the slot that enters in the next cycle: there is time for a
        register behind the block RAM.
    numbers
        The slots that there are. What does not come from block RAM may be anything in others then,
        and tables are logic.
    """

    def __init__(
        self,
        m: Module,
        slot: Value,
        thread: Value,
        *,
        in_ram: bool = False,
        ahead: Value | None = None,
        numbers: Collection[int] | None = None,
    ) -> None:
        self._m = m
        self._free: frozenset[int] | None = None
        if numbers is not None and not in_ram:
            self._free = frozenset(range(1 << len(slot))) - frozenset(numbers)
        self._decoder: Decoder | None = None
        if in_ram:
            known = slot if ahead is None else ahead
            self._decoder = Decoder(known, registered=ahead is not None)
            m.submodules.decoder = self._decoder
        self._after = 0
        self._numbers: list[Value] = [slot]
        self._threads: list[Value] = [thread]
        self._flags: dict[tuple[int, ...], list[Value]] = {}
        self._tables: dict[tuple[int, ...], list[Value]] = {}

    def later(self, cycles: int) -> "SlotLine":
        """The same line for a datapath that slots enter so many cycles later."""
        line = copy(self)
        line._after += cycles
        return line

    def _delayed(self, line: list[Value], cycle: int, name: str) -> Value:
        cycle += self._after
        while len(line) <= cycle:
            step = Signal(len(line[0]), name=f"{name}_c{len(line)}", reset_less=True)
            self._m.d.sync += step.eq(line[-1])
            line.append(step)
        return line[cycle]

    def number(self, cycle: int) -> Value:
        """The number of the slot in `cycle`."""
        return self._delayed(self._numbers, cycle, "slot")

    def thread(self, cycle: int) -> Value:
        """The number of the thread in `cycle`."""
        return self._delayed(self._threads, cycle, "thread")

    def among(self, cycle: int, slots: Sequence[int]) -> Value:
        """Whether the slot in `cycle` is one of `slots`."""
        key = tuple(slots)
        if key not in self._flags:
            first = Signal(name=f"flag{len(self._flags)}")
            self._m.d.comb += first.eq(self._matches(key))
            self._flags[key] = [first]
            if self._decoder is not None:
                chosen = [number in key for number in range(max(key, default=0) + 1)]
                self._flags[key].append(self._decoder.column(f"{first.name}_c1", chosen))
        return self._delayed(self._flags[key], cycle, self._flags[key][0].name)

    def _matches(self, on: Sequence[int], free: Collection[int] = ()) -> Value:
        """Whether the slot that enters is one of `on`; anything if it is one of `free`.

        It may be anything, too, if there is no such slot.
        """
        slot = self._numbers[0]
        if self._free is None:
            return slot.matches(*on)
        free = {*free, *self._free}
        others = {*range(1 << len(slot))} - {*on} - free
        found, missed = (patterns(which, free, len(slot)) for which in (on, others))
        if len(found) > len(missed):
            return ~slot.matches(*missed)
        return slot.matches(*found)

    def where(self, cycle: int, slots: Sequence[int], value: int) -> Value:
        """Whether `value` stands in `slots` for the slot in `cycle`."""
        return self.among(cycle, [slot for slot, number in enumerate(slots) if number == value])

    def looked_up(self, cycle: int, numbers: Sequence[int], width: int) -> Value:
        """The one of `numbers` that belongs to the slot in `cycle`, at least 1: from a memory.

        A number with all bits inverted may be any.
        """
        key = tuple(numbers)
        if key not in self._tables and self._decoder is not None:
            name = f"table{len(self._tables)}"
            self._tables[key] = [self._decoder.column(name, numbers, width)]
        elif key not in self._tables and self._free is not None:
            table = Signal(width, name=f"table{len(self._tables)}", reset_less=True)
            free = [slot for slot, number in enumerate(key) if number < 0]
            for bit in range(width):
                on = [slot for slot, number in enumerate(key) if number >> bit & 1]
                self._m.d.sync += table[bit].eq(self._matches(on, free))
            self._tables[key] = [table]
        elif key not in self._tables:
            name = f"table{len(self._tables)}"
            init = [max(number, ~number) for number in key]
            self._m.submodules[name] = memory = Memory(shape=width, depth=len(key), init=init)
            read = memory.read_port()
            self._m.d.comb += read.addr.eq(self._numbers[0])
            self._tables[key] = [read.data]
        return self._delayed(self._tables[key], cycle - 1, "looked_up")

    def select(self, cycle: int, choice: Sequence[int], words: Sequence[Value]) -> Value:
        """The word of `words` that `choice` names for the slot in `cycle`."""
        order = sorted(range(len(words)), key=choice.count)
        chosen = words[order[-1]]
        for position in reversed(order[:-1]):
            chosen = Mux(self.where(cycle, choice, position), words[position], chosen)
        return chosen
