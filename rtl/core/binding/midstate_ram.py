"""Midstate RAM: lanes whose midstates are in the memories of their schedules.

For devices whose sums have no gated operands, and whose memories are few: an engine has no others
than those of its schedules, two for each, and one for round constants. As with a shared schedule
(:mod:`.shared_schedule`), each lane has a unit for rounds of the first hash and one for those of
the second, which work for two nonces in a row.

======== ===================================================================================
slots    what
======== ===================================================================================
-2       the nonce is loaded
2 - 5    the midstate is loaded, a word of each chain in a slot
6 - 69   rounds 0 to 63 of the first hash
67 - 74  ``e`` has the words of its last state, from ``h`` to ``a``: in rounds of zeros it takes on
         those that were in ``d``
68 - 75  the digest is formed, and loaded as the message of the second hash
77       the initial state is loaded, all words at once
78 - 138 rounds 0 to 60 of the second hash; ``H7`` is added with ``d`` in the last one
139      ``e`` is ``H7``
======== ===================================================================================

Words of jobs stay in the memories: in ``u`` of a lane the words ``e*`` of its midstate and ``a*``,
in ``q`` the words ``e* - a*``, and in ``q`` of the first hash the tail of the header and the nonce.
In slots in which schedules need nothing from them rounds do: ``a*`` is ``T1`` of a load, and
``e* - a*`` is ``d``. The digest is a sum of three words of which ``u`` gives one.

The input `k` brings the words of a job in a period of its own, aside, between those of two nonces:
those of a lane go through its rounds, which come to ``k`` then, into its memories. In four slots
without rounds it brings the words of the range, and the sum of `k` and the schedule's word is what
has to be added there: one to the nonce; the nonce to the last one; minus one to the nonce.
"""

from collections.abc import Hashable, Mapping, Sequence

from sluice.rtl.engine.register_input import HeldMessage, Rounds
from sluice.rtl.engine.register_rounds import first_rounds, second_rounds
from sluice.rtl.hls.fold import fold
from sluice.rtl.hls.ir import Graph
from sluice.rtl.hls.operations import Brought, Operand, Place, Result, Unit, moves
from sluice.rtl.hls.reservation import ReservationTable
from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.constants import ROUND_CONSTANTS
from sluice.rtl.sha256.function import ROUNDS

from ..config import NEEDED
from ..mining import header_words, midstate_words, padding
from ..serial_config import MIDSTATE_RAM
from .binding import Binding, RangeWord

#: The number of the first slot of the period in which a job comes in, and of all of them.
LOAD_FROM = 128
LOADING = range(LOAD_FROM, LOAD_FROM + MIDSTATE_RAM)
#: The slot of the first word of each schedule, and of round 0 of each hash.
FIRST_W, SECOND_W, FIRST, SECOND = 3, 77, 6, 78
#: By slots: words that are taken, and places that are written.
Words = Mapping[int, Operand]
Places = Mapping[int, int]
#: Slots in which `k` has the mask, the last nonce, the next one, and minus one.
MASK, LAST, NONCE, HIT = range(68, 72)
#: Slots from the sum of `k` and the schedule's word to its round.
SUM_LATE = 2
#: Words of the header, which come in first; and slots from the one in which `k` has a word of a
#: lane to that in which it is written.
TAIL, LANE_LATE = 3, 4
#: Words of a midstate; behind their places are those of the differences.
PARTS = 8


def binding(lanes: int, *, soon: bool = False) -> Binding:
    """72 slots; a nonce takes two periods.

    For `soon` see :class:`sluice.rtl.engine.register_input.Rounds`.
    """
    table = ReservationTable(MIDSTATE_RAM, aside=LOADING)
    engine = _Engine(table, lanes, Rounds(soon))
    outputs = {f"h7_{lane}": engine.hash(lane) for lane in range(lanes)}
    fold(table, outputs, SECOND + NEEDED, taps=engine.taps)
    return Binding.of(table, [["k"]], gap=2)


def _total(unit: Unit, operands: Sequence[GraphWord]) -> Sequence[GraphWord]:
    """The sum of `k` and a word of the schedule; zero while a midstate is loaded."""
    k, word = operands
    return [unit.select(k + word, {unit.zero: unit.at("idle")})]


class _Engine:
    """The schedule that all lanes share, and the operations of each lane."""

    def __init__(self, table: ReservationTable, lanes: int, texts: Rounds) -> None:
        self.table, self.lanes, self.job, self.texts = table, lanes, Graph(), texts
        for number in (0, 1 << 31, 640, 256, 1):
            table.place_of(number)
        self.lane_places, places = table.places(PARTS + 4), table.places(TAIL + 1)
        message = HeldMessage(table, "0")
        table.unit("k", moves)
        table.unit("kw", _total)
        zero, one = table.constant(0), table.constant(1)
        *header, nonce = (Place(message.sums, place) for place in places)

        # The schedule, and its sums with round constants.
        put = message.load(NONCE - MIDSTATE_RAM, Brought("k", RangeWord.NONCE), zero, places[TAIL])
        block: list[Operand] = [*header, put, *padding(4, 640, table.constant)]
        words = message.expand(FIRST_W, block, ROUNDS)
        rounds = zip(words, ROUND_CONSTANTS, strict=True)
        self.sums = [self.add(word.slot + 1, k, word) for word, k in rounds]
        word, total = words[0], self.sums[0]
        self.taps = {"word": (word, word.slot + 1), "sum": (total, total.slot + SUM_LATE)}
        for slot in range(SUM_LATE + 2):
            table.use("kw", slot, kind="idle")

        # The range, also of a job that comes in, and the words of jobs.
        steps: Sequence[tuple[int, RangeWord, Operand, Operand]] = (
            (MASK, RangeWord.MASK, zero, zero),
            (LAST, RangeWord.LAST, nonce, zero),
            (NONCE, RangeWord.NONCE, one, one),
            (HIT, RangeWord.MINUS_ONE, nonce, nonce),
        )
        for slot, what, added, _ in steps:
            self.add(slot, what, table.use(message.words, slot - 1, added)[0])
        came = [*header_words(self.job), *(w for i in range(lanes) for w in self.lane_words(i))]
        asked: dict[int, Hashable] = dict(enumerate(came, LOAD_FROM))
        asked |= {LOAD_FROM + slot: what for slot, what, *_ in steps}
        for slot, brought in asked.items():
            self.add(slot, brought, None, aside=True)
        held = [*LOADING[:TAIL], LOADING[NONCE]]
        self.aside(
            message,
            held={slot: Brought("k", asked[slot]) for slot in held},
            words={LOAD_FROM + slot - 1: word for slot, _, _, word in steps},
            sums={slot + 1: place for slot, place in zip(held, places, strict=True)},
            parts={},
        )

    def add(self, slot: int, what: Hashable, word: Operand, *, aside: bool = False) -> Result:
        """The sum of what `k` brings and the word of the schedule."""
        k = self.table.use("k", slot, Brought("k", what), aside=aside)
        return self.table.use("kw", slot, k[0], word, aside=aside)[0]

    def lane_words(self, lane: int) -> list[GraphWord]:
        """The words of a lane that come in: of each chain, oldest first, and their differences."""
        chains = midstate_words(self.job, lane)[::-1]
        return [*chains, *(e.minus(a) for e, a in zip(chains[:4], chains[4:], strict=True))]

    def aside(
        self, message: HeldMessage, held: Words, words: Words, sums: Places, parts: Places
    ) -> None:
        """What a schedule does while a job comes in: words go into its memories, in some places."""
        use, zero = self.table.use, self.table.constant(0)
        for slot in LOADING:
            use(message.parts, slot, kind="load", place=parts.get(slot), aside=True)
            use(message.sums, slot, zero, place=sums.get(slot), aside=True)
            use(message.words, slot, words.get(slot, zero), aside=True)
            use(message.held, slot, held.get(slot), aside=True)

    def hash(self, lane: int) -> Result:
        """Both hashes of a lane."""
        digest = HeldMessage(self.table, f"s{lane}")
        middle = [Place(digest.parts, place) for place in self.lane_places[:PARTS]]
        loaded = middle[4:], [Place(digest.sums, place) for place in self.lane_places[PARTS:]]
        made = first_rounds(self.table, lane, FIRST, *loaded, self.sums, self.texts)
        words = [
            digest.load(slot, made[slot - 1][1], part)
            for slot, part in enumerate(middle, FIRST + ROUNDS - 3)
        ]
        block: list[Operand] = [*reversed(words), *padding(8, 256, self.table.constant)]
        scheduled = digest.expand(SECOND_W, block, NEEDED)
        # Words of all lanes come through a round of zeros, one a slot.
        written: tuple[dict[int, int], dict[int, int]] = {}, {}
        for number, place in enumerate([*self.lane_places] * self.lanes):
            other, index = divmod(number, len(self.lane_places))
            slot = LOAD_FROM + TAIL + number + LANE_LATE
            written[index >= PARTS][slot] = place if other == lane else ~place
        parts, sums = written
        # What has been made a slot before.
        leaves = {
            slot: self.table.use(f"first_{lane}", slot, kind="aside", aside=True)[1].of_next(-1)
            for slot in LOADING
        }
        self.aside(digest, held=leaves, words={}, sums=sums, parts=parts)
        k = [self.table.made("k", FIRST_W + 1 + t).of_next(MIDSTATE_RAM) for t in range(NEEDED)]
        return second_rounds(self.table, lane, SECOND, k, scheduled, self.texts)
