"""Register input: words that come into registers which have no sum in front of them.

On a device whose register is behind a look-up table that costs nothing: the table is free. So what
is loaded takes the place of a word that only moves on: ``c`` on its way to ``d``, ``f`` on its way
to ``g``, a word of the schedule on its way to the one before the newest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sluice.rtl.hls.operations import Operand, Operation, Result, Unit, moves
from sluice.rtl.hls.reservation import ReservationTable
from sluice.rtl.hls.trace import GatedWord, GraphWord
from sluice.rtl.sha256.constants import INITIAL_STATE
from sluice.rtl.sha256.function import next_word, round_

from .load import a_of
from .message import Message, sum_text, word_text


def _part(unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    """A word that is loaded stays what it is."""
    older, newest = operands
    early = unit.gated(next_word([unit.zero, newest, *[unit.zero] * 14]), unit.at("load"))
    return [older + early]


class HeldMessage(Message):
    """A schedule whose sums of two words wait in a memory, too.

    Every word moves on through `held`, where others are loaded.
    """

    SUM_LEAD = 5

    def __init__(self, table: ReservationTable, label: str) -> None:
        self.table, self.adds = table, ""
        self.parts = table.unit(f"u_{label}", _part, memory=True)
        self.sums = table.unit(f"q_{label}", sum_text, memory=True)
        self.words = table.unit(f"w_{label}", word_text)
        self.held = table.unit(f"held_{label}", moves)

    def load(self, slot: int, word: Operand, part: Operand, place: int | None = None) -> Result:
        """Load a word in a slot; a slot later it and `part` are a word of a message."""
        held = self.table.use(self.held, slot, word)
        return self.table.use(self.sums, slot + 1, part, held[0], place=place)[0]

    def seen(self, slot: int, word: Result) -> Result:
        """It moves on a slot later."""
        return self.table.use(self.held, slot + 1, word)[0]


class Registers:
    """Registers of a state which take a word that is loaded in place of their own."""

    def __init__(self, table: ReservationTable, label: str, names: str) -> None:
        self.table, self._label = table, label
        for name in names:
            table.unit(f"{name}_{label}", moves)

    def __call__(self, name: str, slot: int, word: Operand, *, aside: bool = False) -> Operation:
        """What a register takes in a slot."""
        return self.table.use(f"{name}_{self._label}", slot, word, aside=aside)


@dataclass(frozen=True)
class Rounds:
    """Texts of units that do a round of each hash.

    Parameters
    ----------
    soon
        Whether no more than two sums may follow a function in a cycle. Then ``e'`` is the sum of
        ``S1 + Ch`` and ``h + k + w + d``, which is known a cycle ahead, and ``a'``, a cycle later,
        that of ``T1`` and ``S0 + Maj``: a sum more than where ``e'`` and ``a'`` are third sums,
        behind ``T1``.
    """

    soon: bool = False

    def first(self, unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
        """Operands are the state, and the sum of `k` and the schedule's word.

        Functions are zero in a ``load``, in a ``move``, in which ``e'`` is ``d``, and in what is
        done ``aside``.
        """
        a, b, c, d, e, f, g, h, k_and_w = operands
        zero = unit.zero

        def gate(word: GraphWord) -> GraphWord:
            return unit.gated(word, unit.at("move", "load", "aside"))

        head_a, head_e = (GatedWord(unit.graph, word.node, gate) for word in (a, e))
        added = unit.select(h + k_and_w, {zero: unit.at("move")})
        return self._made(unit, (head_a, b, c, d, head_e, f, g, added), zero, zero)

    def second(self, unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
        """Operands are the state, `k` and `w`."""
        *state, k, w = operands
        return self._made(unit, state, k, w)

    def _made(
        self, unit: Unit, state: Sequence[GraphWord], k: GraphWord, w: GraphWord
    ) -> Sequence[GraphWord]:
        """``a'`` and ``e'`` of a round."""
        a, b, c, d, e, f, g, h = state
        unit.late(a, b, c, e, f, g)
        if self.soon:
            zero, added = unit.zero, h + k + w
            functions = round_((*[zero] * 4, e, f, g, zero), zero, zero)[4]
            made_e = functions + (added + d)
            made_a = unit.formed(a_of(zero, a, b, c, zero)) + unit.formed(functions + added)
        else:
            made_a, _, _, _, made_e, *_ = round_(state, k, w)
        return [made_a.named(f"a'_{unit.name}"), made_e.named(f"e'_{unit.name}")]


def next_d(unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    """``c`` moves on as ``d``; ahead of the last round it makes the word a word of the digest."""
    last = GraphWord.constant(unit.graph, INITIAL_STATE[7])
    return [operands[0] + unit.select(unit.zero, {last: unit.at("last")})]
