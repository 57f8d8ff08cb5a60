"""Register input: words that come into registers which have no sum in front of them.

On a device whose register is behind a look-up table that costs nothing: the table is free. So what
is loaded takes the place of a word that only moves on: ``a`` on its way to ``b``, ``f`` on its way
to ``g``, a word of the schedule on its way to the one before the newest.
"""

from collections.abc import Sequence

from sluice.rtl.hls.operations import Operand, Operation, Result, Unit, moves
from sluice.rtl.hls.reservation import ReservationTable
from sluice.rtl.hls.trace import GraphWord
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
        self.read = table.unit(f"read_{label}", moves)

    def taken(self, slot: int, part: Operand, *, aside: bool = False) -> Result:
        """What is read from memory in a slot: others may take it, too."""
        return self.table.use(self.read, slot, part, aside=aside)[0]

    def load(self, slot: int, word: Operand, part: Operand, place: int | None = None) -> Result:
        """Load a word in a slot; a slot later it and what is `taken` are a word of a message."""
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


def first_round(unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    """A round of the first hash; operands are the state, and the sum of `k` and `w`.

    Functions add nothing in a ``move``, in which ``a'`` is ``h`` and ``e'`` is ``d``, nor in what
    is done ``aside``, in which ``a'`` is ``h`` and the last operand.
    """
    *state, h, k_and_w = operands
    moves_on = unit.at("move")
    added = unit.gated_sum(h, k_and_w, moves_on)
    added_e = unit.gated_sum(state[3], added, moves_on)
    return _made(unit, state, added, added_e, unit.at("move", "aside"))


def second_round(unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    """A round of the second hash; operands are the state, `k` and `w`."""
    *state, h, k, w = operands
    unit.late(w)
    added = h + k + w
    return _made(unit, state, added, added + state[3])


def _made(
    unit: Unit,
    state: Sequence[GraphWord],
    added: GraphWord,
    added_e: GraphWord,
    closed: Sequence[int] = (),
) -> Sequence[GraphWord]:
    """``a'`` and ``e'`` of a round; in the slots `closed` of no functions.

    No more than two sums follow a function in a cycle: ``e'`` is the sum of ``S1 + Ch`` and
    ``h + k + w + d``, which is known a cycle ahead, and ``a'``, a cycle later, that of ``T1`` and
    ``S0 + Maj``.
    """
    a, b, c, _, e, f, g = state
    unit.late(a, b, c, e, f, g)

    def with_functions(word: GraphWord, functions: GraphWord) -> GraphWord:
        return unit.gated_sum(word, functions, closed) if closed else word + functions

    zero = unit.zero
    functions = round_((*[zero] * 4, e, f, g, zero), zero, zero)[4]
    t1, made_e = (with_functions(word, functions) for word in (added, added_e))
    made_a = with_functions(unit.formed(t1), unit.formed(a_of(zero, a, b, c, zero)))
    return [made_a.named(f"a'_{unit.name}"), made_e.named(f"e'_{unit.name}")]


def next_d(unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    """``c`` moves on as ``d``; ahead of the last round it makes the word a word of the digest."""
    last = GraphWord.constant(unit.graph, INITIAL_STATE[7])
    return [operands[0] + unit.select(unit.zero, {last: unit.at("last")})]
