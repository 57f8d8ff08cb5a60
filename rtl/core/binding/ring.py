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

from sluice.rtl.hls.fold import fold
from sluice.rtl.hls.ir import BindingTime
from sluice.rtl.hls.operations import Operand, Unit, adds, moves
from sluice.rtl.hls.reservation import ReservationTable
from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.constants import INITIAL_STATE, ROUND_CONSTANTS
from sluice.rtl.sha256.function import ROUNDS, next_word, round_, schedule

from ..config import NEEDED
from ..mining import header_words, midstate_words, padding
from .binding import Binding, RangeWord

#: Words of a state, and of the part of a schedule that the next one is made from.
WORDS = [*"abcdefgh", *(f"w{i}" for i in range(16))]


def ring_slots(rounds: int) -> tuple[int, int, int]:
    """How the rounds of both hashes lie in slots of so many rounds of hardware, 1 to 61.

    Returns
    -------
    half
        Slots of one hash.
    entry
        The round of the hardware that a hash begins with.
    skipped
        Rounds of the first hash that are done with the job, 0 to 3.
    """
    half = -(-NEEDED // rounds)
    entry = max(0, half * rounds - ROUNDS)
    return half, entry, ROUNDS - (half * rounds - entry)


def binding(rounds: int, lanes: int) -> Binding:
    """`rounds` rounds of hardware for each of some lanes."""
    half, entry, skipped = ring_slots(rounds)
    table = ReservationTable(2 * half)
    graph, constant, last = table.graph, table.constant, table.slots - 1

    def hash_(lane: int, first: int, words: Sequence[Operand], t0: int) -> list[Sequence[Operand]]:
        """Rounds of a hash from `t0` on, from slot `first` on: state and message after each."""
        after: list[Sequence[Operand]] = []
        for step in range(entry, half * rounds):
            at, number = divmod(step, rounds)
            slot, t = first + at, step - entry + t0
            if number == entry:
                named = zip(WORDS, words, strict=True)
                words = [table.use(f"{name}_{lane}", slot, word)[0] for name, word in named]
            if t < ROUNDS:
                k = table.constant(ROUND_CONSTANTS[t])
                made = table.use(f"round{number}_{lane}", slot, *words[:8], k, words[8])
                next_ = table.use(f"next{number}_{lane}", slot, *words[8:])
                words = [made[0], *words[:3], made[1], *words[4:7], *words[9:], next_[0]]
                after.append(words)
        return after

    nonce = GraphWord.input(graph, "nonce", BindingTime.NONCE)
    block = [*header_words(graph), nonce, *padding(4, 640, constant)]
    words, outputs = list(schedule(block, 16 + skipped)), {}
    for lane in range(lanes):
        middle = midstate_words(graph, lane)
        state: tuple[GraphWord, ...] = tuple(middle)
        for t in range(skipped):
            state = round_(state, constant(ROUND_CONSTANTS[t]), words[t])
        for name in WORDS:
            table.unit(f"{name}_{lane}", moves)
        for number in range(rounds):
            table.unit(f"round{number}_{lane}", _round)
            table.unit(f"next{number}_{lane}", _next_word)
        ended = hash_(lane, 0, [*state, *words[skipped:]], skipped)[-1]
        digest = [
            table.use(table.unit(f"digest{i}_{lane}", adds), half, one, other)[0]
            for i, (one, other) in enumerate(zip(middle, ended[:8], strict=True))
        ]
        initial = [constant(word) for word in INITIAL_STATE]
        states = hash_(lane, half, [*initial, *digest, *padding(8, 256, constant)], 0)
        unit, e = table.unit(f"h7_{lane}", adds), states[NEEDED - 1][4]
        outputs[f"h7_{lane}"] = table.use(unit, last, e, initial[7])[0]
    fold(table, outputs, last)
    return Binding(table=table, inputs={"nonce": (RangeWord.NONCE, *[None] * last)})


def _round(unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    *state, k, w = operands
    made = round_(state, k, w)
    return [made[0].named(f"a_{unit.name}"), made[4].named(f"e_{unit.name}")]


def _next_word(unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    return [next_word(operands).named(unit.name)]
