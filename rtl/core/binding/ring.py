"""Ring: some rounds of hardware, through which each nonce goes several times.

A slot is the way through all rounds of the hardware: ``N = 2 ceil(61 / R)`` slots, half of them for
each hash, since ``H7`` needs 61 rounds of the second one. Rounds of a hash are told from its end:
the last one is the last of the last slot, so a hash begins some rounds into its first slot if there
are more than it needs; and the first ones of the first hash, which only depend on the job, are done
with the job if there are less.

All words of a state and of a message move on in front of the round that a hash begins with: there
they are loaded, all at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sluice.rtl.hls.fold import fold
from sluice.rtl.hls.ir import BindingTime
from sluice.rtl.hls.operations import Operand, Result, Unit
from sluice.rtl.hls.reservation import ReservationTable
from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.constants import INITIAL_STATE, ROUND_CONSTANTS
from sluice.rtl.sha256.function import ROUNDS, next_word, round_, schedule

from ..config import NEEDED
from ..mining import padding
from .binding import Binding, RangeWord
from .engine import header_words, midstate_words
from .register_input import moves

#: Words of a state, and of the part of a schedule that the next one is made from.
WORDS = [*"abcdefgh", *(f"w{i}" for i in range(16))]


@dataclass(frozen=True)
class RingSlots:
    """How the rounds of both hashes lie in slots.

    Parameters
    ----------
    rounds
        Rounds of the hardware, 1 to 61.
    """

    rounds: int

    def __post_init__(self) -> None:
        if not 1 <= self.rounds <= NEEDED:
            raise ValueError(f"rounds must be 1 to {NEEDED}, not {self.rounds}")

    @property
    def half(self) -> int:
        """Slots of one hash."""
        return -(-NEEDED // self.rounds)

    @property
    def entry(self) -> int:
        """The round of the hardware that a hash begins with."""
        return max(0, self.half * self.rounds - ROUNDS)

    @property
    def skipped(self) -> int:
        """Rounds of the first hash that are done with the job, 0 to 3."""
        return ROUNDS - (self.half * self.rounds - self.entry)


def binding(rounds: int, lanes: int) -> Binding:
    """`rounds` rounds of hardware for each of some lanes."""
    layout = RingSlots(rounds)
    table = ReservationTable(2 * layout.half)
    graph, constant = table.graph, table.constant

    nonce = GraphWord.input(graph, "nonce", BindingTime.NONCE)
    block = [*header_words(graph), nonce, *padding(4, 640, constant)]
    words = list(schedule(block, 16 + layout.skipped))
    outputs = {}
    for lane in range(lanes):
        middle = midstate_words(graph, lane)
        state: tuple[GraphWord, ...] = tuple(middle)
        for t in range(layout.skipped):
            state = round_(state, constant(ROUND_CONSTANTS[t]), words[t])
        ring = _Ring(table, layout, lane)
        ended = ring.hash(0, [*state, *words[layout.skipped :]], layout.skipped)[-1]
        digest = ring.add(middle, ended[:8])
        initial = [constant(word) for word in INITIAL_STATE]
        states = ring.hash(layout.half, [*initial, *digest, *padding(8, 256, constant)], 0)
        outputs[f"h7_{lane}"] = ring.told(states[NEEDED - 1][4])
    last = table.slots - 1
    return Binding(
        graph=fold(table, outputs, last),
        slots=table.slots,
        tap=last,
        inputs={"nonce": (RangeWord.NONCE, *[None] * last)},
        table=table,
    )


def _round(unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    *state, k, w = operands
    made = round_(state, k, w)
    return [made[0].named(f"a_{unit.name}"), made[4].named(f"e_{unit.name}")]


def _next_word(unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    return [next_word(operands).named(unit.name)]


def _sum(_unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    return [operands[0] + operands[1]]


class _Ring:
    """The units of a lane, and what they do."""

    def __init__(self, table: ReservationTable, layout: RingSlots, lane: int) -> None:
        self.table, self.layout, self.lane = table, layout, lane
        for name in WORDS:
            table.unit(f"{name}_{lane}", moves)
        for number in range(layout.rounds):
            table.unit(f"round{number}_{lane}", _round)
            table.unit(f"next{number}_{lane}", _next_word)

    def hash(self, first: int, words: Sequence[Operand], skipped: int) -> list[list[Operand]]:
        """Rounds of a hash, from the slot `first` on: state and message after each of them."""
        layout, use = self.layout, self.table.use
        after: list[list[Operand]] = []
        words = list(words)
        for step in range(layout.entry, layout.half * layout.rounds):
            at, number = divmod(step, layout.rounds)
            slot, t = first + at, step - layout.entry + skipped
            if number == layout.entry:
                words = [
                    use(f"{name}_{self.lane}", slot, word)[0]
                    for name, word in zip(WORDS, words, strict=True)
                ]
            if t >= ROUNDS:
                continue
            k = self.table.constant(ROUND_CONSTANTS[t])
            made = use(f"round{number}_{self.lane}", slot, *words[:8], k, words[8])
            next_ = use(f"next{number}_{self.lane}", slot, *words[8:])
            words = [made[0], *words[:3], made[1], *words[4:7], *words[9:], next_[0]]
            after.append(words)
        return after

    def add(self, middle: Sequence[GraphWord], ended: Sequence[Operand]) -> list[Operand]:
        """The digest of the first hash."""
        digest: list[Operand] = []
        for i, (one, other) in enumerate(zip(middle, ended, strict=True)):
            unit = self.table.unit(f"digest{i}_{self.lane}", _sum)
            digest.append(self.table.use(unit, self.layout.half, one, other)[0])
        return digest

    def told(self, e: Operand) -> Result:
        """``H7``, from the last ``e``."""
        unit = self.table.unit(f"h7_{self.lane}", _sum)
        slot = self.table.slots - 1
        return self.table.use(unit, slot, e, self.table.constant(INITIAL_STATE[7]))[0]
