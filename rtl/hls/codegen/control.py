"""Which pass a clock of the datapath is in."""

from collections.abc import Sequence
from copy import copy

from amaranth.hdl import Module, Mux, Signal, Value
from amaranth.lib.memory import Memory

from .decode_rom import Decoder


class TurnLine:
    """The number of the pass travels along the datapath, a register in each clock.

    Decisions that are made by it are decoded at the entry and travel beside it: in front of the
    words they choose is a register. What is not used the synthesiser removes.

    Datapaths that follow each other have one line, see :meth:`later`.

    Parameters
    ----------
    m
        Where the registers go.
    turn
        The number of the pass that enters in this clock.
    place
        The number of the nonce that enters, of those in a pass.
    in_ram
        Whether decisions come from block RAM, see :class:`~.decoder.Decoder`.
    ahead
        If it is known, the number of the pass that enters in the next clock: there is time for a
        register behind the block RAM.
    in_luts
        Whether tables, where decisions do not come from block RAM, are never there either.
    """

    def __init__(
        self,
        m: Module,
        turn: Value,
        place: Value,
        *,
        in_ram: bool = False,
        ahead: Value | None = None,
        in_luts: bool = False,
    ) -> None:
        self._m = m
        self._style = {"ram_style": "logic"} if in_luts else {}
        self._decoder: Decoder | None = None
        if in_ram:
            known = turn if ahead is None else ahead
            self._decoder = Decoder(known, registered=ahead is not None)
            m.submodules.decoder = self._decoder
        self._after = 0
        self._numbers: list[Value] = [turn]
        self._places: list[Value] = [place]
        self._flags: dict[tuple[int, ...], list[Value]] = {}
        self._tables: dict[tuple[int, ...], list[Value]] = {}

    def later(self, clocks: int) -> "TurnLine":
        """The same line for a datapath that passes enter so many clocks later."""
        line = copy(self)
        line._after += clocks
        return line

    def _delayed(self, line: list[Value], clock: int, name: str) -> Value:
        clock += self._after
        while len(line) <= clock:
            step = Signal(len(line[0]), name=f"{name}_c{len(line)}", reset_less=True)
            self._m.d.sync += step.eq(line[-1])
            line.append(step)
        return line[clock]

    def number(self, clock: int) -> Value:
        """The number of the pass in `clock`."""
        return self._delayed(self._numbers, clock, "turn")

    def place(self, clock: int) -> Value:
        """The number of the nonce in `clock`."""
        return self._delayed(self._places, clock, "place")

    def among(self, clock: int, passes: Sequence[int]) -> Value:
        """Whether the pass in `clock` is one of `passes`."""
        key = tuple(passes)
        if key not in self._flags:
            first = Signal(name=f"flag{len(self._flags)}")
            self._m.d.comb += first.eq(self._numbers[0].matches(*key))
            self._flags[key] = [first]
            if self._decoder is not None:
                chosen = [number in key for number in range(max(key, default=0) + 1)]
                self._flags[key].append(self._decoder.column(f"{first.name}_c1", chosen))
        return self._delayed(self._flags[key], clock, self._flags[key][0].name)

    def where(self, clock: int, passes: Sequence[int], value: int) -> Value:
        """Whether `value` stands in `passes` for the pass in `clock`."""
        return self.among(clock, [turn for turn, number in enumerate(passes) if number == value])

    def looked_up(self, clock: int, numbers: Sequence[int], width: int) -> Value:
        """The one of `numbers` that belongs to the pass in `clock`, at least 1: from a memory."""
        key = tuple(numbers)
        if key not in self._tables and self._decoder is not None:
            name = f"table{len(self._tables)}"
            self._tables[key] = [self._decoder.column(name, numbers, width)]
        elif key not in self._tables:
            name = f"table{len(self._tables)}"
            self._m.submodules[name] = memory = Memory(
                shape=width, depth=len(key), init=key, attrs=self._style
            )
            read = memory.read_port()
            self._m.d.comb += read.addr.eq(self._numbers[0])
            self._tables[key] = [read.data]
        return self._delayed(self._tables[key], clock - 1, "looked_up")

    def select(self, clock: int, choice: Sequence[int], words: Sequence[Value]) -> Value:
        """The word of `words` that `choice` names for the pass in `clock`."""
        order = sorted(range(len(words)), key=choice.count)
        chosen = words[order[-1]]
        for position in reversed(order[:-1]):
            chosen = Mux(self.where(clock, choice, position), words[position], chosen)
        return chosen
