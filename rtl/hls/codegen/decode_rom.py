"""Decisions that are read from a memory."""

from collections.abc import Sequence

from amaranth.hdl import Elaboratable, Module, Signal, Value
from amaranth.lib.memory import Memory


class Decoder(Elaboratable):
    """A block RAM with a word for each number; what is asked of it is there a cycle later.

    Columns may be added until it is elaborated.

    Parameters
    ----------
    number
        The address.
    registered
        Whether there is a register behind it: all is there two cycles later, then.
    """

    def __init__(self, number: Value, *, registered: bool = False) -> None:
        self._number = number
        self._registered = registered
        self._columns: list[tuple[Signal, Sequence[int]]] = []

    def column(self, name: str, values: Sequence[int], width: int = 1) -> Signal:
        """Of `width` bits: the one of `values` that belongs to the number that was asked for.

        One with all bits inverted may be any, and is that one.
        """
        column = Signal(width, name=name, reset_less=True)
        self._columns.append((column, [max(value, ~value) for value in values]))
        return column

    def elaborate(self, platform: object) -> Module:
        """A memory, read in each cycle."""
        m = Module()
        if not self._columns:
            return m
        words = [0] * max(len(values) for _, values in self._columns)
        width = 0
        for column, values in self._columns:
            for number, value in enumerate(values):
                words[number] |= value << width
            width += len(column)
        m.submodules.memory = memory = Memory(
            shape=width, depth=len(words), init=words, attrs={"ram_style": "block"}
        )
        read = memory.read_port()
        m.d.comb += read.addr.eq(self._number)
        start = 0
        domain = "sync" if self._registered else "comb"
        for column, _ in self._columns:
            m.d[domain] += column.eq(read.data[start : start + len(column)])
            start += len(column)
        return m
