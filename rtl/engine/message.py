"""The units of a message schedule: three sums, of which one waits in a memory.

``W[t]`` is ``X[t] + sigma1(W[t-2])``, where ``X[t]`` is ``P[t] + W[t-7]``, and ``P[t]`` is
``sigma0(W[t-15]) + W[t-16]``. Words of a message are loaded as ``X``.
"""

from collections.abc import Hashable, Sequence

from sluice.rtl.hls.operations import Brought, Operand, Result, Unit
from sluice.rtl.hls.reservation import IDLE, ReservationTable
from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.function import next_word


def part_text(unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    """``P[t]``."""
    oldest, second = operands
    return [next_word([oldest, second, *[unit.zero] * 14])]


def sum_text(unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    """``X[t]``."""
    first, second = operands
    zero = unit.zero
    return [next_word([first, *[zero] * 8, second, *[zero] * 6])]


def word_text(unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    """``W[t]``; but for those of the recurrence it is what is read, and what is added to it."""
    total, late, *added = operands
    zero, recurrence = unit.zero, unit.at("recurrence")
    more = next_word([*[zero] * 14, late, zero])
    if added:
        return [total + unit.select(added[0], {more: recurrence})]
    closed = [slot for slot in range(unit.graph.slots) if slot not in recurrence]
    return [total + unit.gated(more, closed)]


class Message:
    """The schedule of an engine.

    Parameters
    ----------
    table
        Where its units go.
    label
        What tells their names from those of others.
    adds
        The input that brings what is added to the words of a message when the schedule gives them,
        if one does: where it gives zero, too.
    """

    #: Slots from ``P[t]`` and ``X[t]`` to ``W[t]``.
    PART_LEAD, SUM_LEAD = 14, 6

    def __init__(self, table: ReservationTable, label: str, *, adds: str = "") -> None:
        self.table, self.adds = table, adds
        self.parts = table.unit(f"part{label}", part_text)
        self.sums = table.unit(f"sum{label}", sum_text, memory=True)
        self.words = table.unit(f"w{label}", word_text)

    def put(self, slot: int, one: Operand, other: Operand) -> Result:
        """The sum of two words, as a word of a message."""
        return self.table.use(self.sums, slot, one, other)[0]

    def seen(self, slot: int, word: Result) -> Result:
        """A word of the schedule, made in a slot, as the newer ones take it."""
        del slot
        return word

    def taken(self, slot: int, part: Operand) -> Operand:
        """``P[t]``, as the sum in a slot takes it."""
        del slot
        return part

    def expand(
        self,
        first: int,
        message: Sequence[Operand],
        count: int,
        added: Sequence[Hashable] = (),
    ) -> list[Result]:
        """``W[0]`` to ``W[count - 1]`` from the sixteen words of a message.

        `first` is the slot of ``W[0]``; each of the others has the slot after that of the one
        before. To the words of the message those that `added` has are added.
        """
        use, w, seen = self.table.use, list[Result](), list[Result]()
        for t in range(count):
            slot = first + t
            if t < len(message):
                more = self._added(*added[t : t + 1])
                w.append(use(self.words, slot, message[t], *more)[0])
            else:
                part = use(self.parts, slot - self.PART_LEAD, seen[t - 16], w[t - 15])
                taken = self.taken(slot - self.SUM_LEAD, part[0])
                total = use(self.sums, slot - self.SUM_LEAD, taken, seen[t - 7])
                w.append(use(self.words, slot, total[0], seen[t - 2], kind="recurrence")[0])
            if t < count - 2:
                seen.append(self.seen(slot, w[t]))
        return w

    def at(self, slot: int) -> Result:
        """The word of a slot: zero if it is none of the schedule."""
        table = self.table
        if slot % table.slots not in table.bound[self.words]:
            table.use(self.words, slot, table.constant(0), *self._added(), kind=IDLE)
        return table.made(self.words, slot)

    def close(self) -> None:
        """In all other slots the word is zero."""
        self.table.idle(self.words, self.table.constant(0), *self._added())

    def _added(self, word: Hashable = 0) -> Sequence[Operand]:
        """Operands of the unit of words, for what is added."""
        return (None, Brought(self.adds, word)) if self.adds else ()
