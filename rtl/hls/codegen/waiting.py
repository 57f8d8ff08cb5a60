"""A word on the way to its uses: in registers, in place, or in a delay line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from amaranth.hdl import Module, Signal, Value

from ..lifetimes import Wait
from .delay_line import DelayLine
from .in_place import InPlace, Turns


@dataclass(frozen=True)
class Waiting:
    """How words wait in a datapath.

    Parameters
    ----------
    m
        The datapath.
    turns
        Counters for words in place.
    registered
        Whether another register follows that of a delay line.
    lut_words
        The depth up to which the memory of a delay line is built of look-up tables.
    in_place_from
        The fewest cycles in registers for which a word stays in one of them; none does for
        ``None``.
    """

    m: Module
    turns: Turns
    registered: bool
    lut_words: int
    in_place_from: int | None

    def to_uses(
        self, label: str, word: Value, own: Sequence[Wait], inverted: Mapping[int, Signal]
    ) -> dict[int, Value]:
        """The word in each cycle in which it is used, and those between where it moves on.

        Parameters
        ----------
        label
            What its registers and memories are called.
        word
            The word where its first wait begins.
        own
            Its waits, in the order of time.
        inverted
            Registers that take it inverted, by their cycles.
        """
        m, found = self.m, dict[int, Value]()
        for wait in own:
            if wait.end in found:
                continue
            value = found.get(wait.start, word)
            if wait.in_ram:
                m.submodules[f"wait_{label}_c{wait.start}"] = line = DelayLine(
                    width=32,
                    cycles=wait.cycles,
                    registered=self.registered,
                    lut_words=self.lut_words,
                )
                m.d.comb += line.i.eq(value)
                found[wait.end] = line.o
            elif not inverted and (ages := self._ages(own, wait)):
                m.submodules[f"place_{label}_c{wait.start}"] = held = InPlace(width=32, ages=ages)
                m.d.comb += [held.i.eq(value), held.turn.eq(self.turns.of(ages[-1]))]
                found |= {wait.start + age: held.o[f"age{age}"] for age in ages}
            else:
                for step in range(wait.start + 1, wait.end + 1):
                    register = Signal(32, name=f"{label}_c{step}", reset_less=True)
                    if step not in inverted:
                        m.d.sync += register.eq(value)
                    else:
                        m.d.sync += inverted[step].eq(~value)
                        m.d.comb += register.eq(~inverted[step])
                    value = found[step] = register
        return found

    def _ages(self, own: Sequence[Wait], first: Wait) -> list[int]:
        """Cycles from the start of a wait to this use and those behind it, if it is in place."""
        behind = takewhile(lambda wait: not wait.in_ram, own[own.index(first) :])
        ages = [wait.end - first.start for wait in behind]
        fits = self.in_place_from is not None and ages[-1] >= self.in_place_from
        return ages if fits else []
