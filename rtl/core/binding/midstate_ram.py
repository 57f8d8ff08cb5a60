"""Midstate RAM: lanes whose midstates are in the memories of their schedules.

For devices whose memories are few, and whose sums have no choice of operands: an engine has no
other memories than those of its schedules, two for each, and one for round constants. As with a
shared schedule (:mod:`.shared_schedule`), each lane has a unit for rounds of the first hash and one
for those of the second, which work for two nonces in a row.

======== ===================================================================================
slots    what
======== ===================================================================================
-3       the nonce is loaded
-2 - 2   the midstate is loaded, see :mod:`sluice.rtl.engine.register_rounds`
3 - 66   rounds 0 to 63 of the first hash
63 - 70  ``a'`` has the words of its last state: ``d`` to ``a``, then ``h`` to ``e``
64 - 72  the digest is formed, and loaded as the message of the second hash
70 - 72  the initial state is loaded
73 - 133 rounds 0 to 60 of the second hash; ``H7`` is added with ``d`` in the last one
134      ``e`` is ``H7``
======== ===================================================================================

A state leaves in the slots in which that of the next nonce comes in: 67 is -2 of the next one.

Words of jobs stay in the memories: a lane's midstate in both of its own, and the tail of the header
and the nonce in `q` of the first hash. A word of the digest is one of the state and one that `u`
gives; three of these are loaded for the next nonce on the way, the other five come from `q`, in
slots in which the schedule needs nothing from it.

The input `k` brings the words of a job in a period of its own, aside, between those of two nonces:
those of a lane go through its rounds, which come to ``h + k`` then, into its memories. In four
slots without rounds it brings the words of the range, and the sum of `k` and the schedule's word is
what has to be added there: the nonce to the last one; one to the nonce; minus one to the nonce.
"""

from collections.abc import Hashable, Mapping, Sequence

from sluice.rtl.engine.register_input import HeldMessage
from sluice.rtl.engine.register_rounds import first_rounds, second_rounds
from sluice.rtl.hls.fold import fold
from sluice.rtl.hls.ir import Graph
from sluice.rtl.hls.operations import Brought, Operand, Place, Result, adds, moves
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
FIRST_W, SECOND_W, FIRST, SECOND = 0, 72, 3, 73
#: The slot in which the first word of a midstate is added to one of the digest.
LEAVES = FIRST + ROUNDS - 2
#: By slots: words that are taken, and places that are written.
Words = Mapping[int, Operand]
Places = Mapping[int, int]
#: Slots in which `k` has the last nonce, the next one, the mask, and minus one.
LAST, NONCE, MASK, HIT = range(65, 69)
#: Slots from the sum of `k` and the schedule's word to its round.
SUM_LATE = 2
#: Words of the header, which come in first; and slots from the one in which `k` has a word of a
#: lane to that in which it is written.
TAIL, LANE_LATE = 3, 4
#: Words of a midstate.
STATE = 8


def binding(lanes: int) -> Binding:
    """69 slots; a nonce takes two periods."""
    table = ReservationTable(MIDSTATE_RAM, aside=LOADING)
    engine = _Engine(table, lanes)
    outputs = {f"h7_{lane}": engine.hash(lane) for lane in range(lanes)}
    fold(table, outputs, SECOND + NEEDED, taps=engine.taps)
    return Binding.of(table, [["k"]], gap=2)


class _Engine:
    """The schedule that all lanes share, and the operations of each lane."""

    def __init__(self, table: ReservationTable, lanes: int) -> None:
        self.table, self.lanes, self.job = table, lanes, Graph()
        for number in (0, 1 << 31, 640, 256, 1):
            table.place_of(number)
        self.lane_places, places = table.places(STATE), table.places(TAIL + 1)
        message = HeldMessage(table, "0")
        table.unit("k", moves)
        table.unit("kw", adds)
        zero, one = table.constant(0), table.constant(1)
        *header, nonce = (Place(message.sums, place) for place in places)

        # The schedule, and its sums with round constants.
        slot = NONCE - MIDSTATE_RAM
        taken = message.taken(slot + 1, zero)
        put = message.load(slot, Brought("k", RangeWord.NONCE), taken, places[TAIL])
        block: list[Operand] = [*header, put, *padding(4, 640, table.constant)]
        words = message.expand(FIRST_W, block, ROUNDS)
        rounds = zip(words, ROUND_CONSTANTS, strict=True)
        self.sums = [self.add(word.slot + 1, k, word) for word, k in rounds]
        word, total = words[0], self.sums[0]
        self.taps = {"word": (word, word.slot + 1), "sum": (total, total.slot + SUM_LATE)}

        # The range, also of a job that comes in, and the words of jobs.
        steps: Sequence[tuple[int, RangeWord, Operand, Operand]] = (
            (LAST, RangeWord.LAST, nonce, zero),
            (NONCE, RangeWord.NONCE, one, one),
            (MASK, RangeWord.MASK, zero, zero),
        )
        for slot, what, added, _ in (*steps, (HIT, RangeWord.MINUS_ONE, nonce, None)):
            self.add(slot, what, table.use(message.words, slot - 1, added)[0])
        came = [*header_words(self.job), *(w for i in range(lanes) for w in self.lane_words(i))]
        asked: dict[int, Hashable] = dict(enumerate(came, LOAD_FROM))
        asked |= {LOAD_FROM + slot: what for slot, what, *_ in steps}
        for slot, brought in asked.items():
            self.add(slot, brought, None, aside=True)
        for slot in LOADING:
            message.taken(slot, zero, aside=True)
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
        """The words of a lane that come in: of each chain, oldest first, in the order of parts."""
        a, e = (midstate_words(self.job, lane)[half] for half in (slice(4), slice(4, STATE)))
        return [*reversed(a), *reversed(e)]

    def aside(
        self, message: HeldMessage, held: Words, words: Words, sums: Places, parts: Places
    ) -> None:
        """What a schedule does while a job comes in: words go into its memories, in some places."""
        use, zero = self.table.use, self.table.constant(0)
        for slot in LOADING:
            use(message.parts, slot, kind="load", place=parts.get(slot), aside=True)
            part = self.table.bound[message.read][slot][0]
            use(message.sums, slot, part, place=sums.get(slot), aside=True)
            if words:
                use(message.words, slot, words.get(slot, zero), aside=True)
            use(message.held, slot, held.get(slot), aside=True)

    def hash(self, lane: int) -> Result:
        """Both hashes of a lane."""
        digest, zero = HeldMessage(self.table, f"s{lane}"), self.table.constant(0)
        parts = [Place(digest.parts, place) for place in self.lane_places]
        taken = [digest.taken(slot, part) for slot, part in enumerate(parts, LEAVES)]
        places = dict(zip("dcbahgfe", self.lane_places, strict=True))
        b_takes = [Place(digest.sums, places[word]) for word in "fedcb"]
        g_takes = [word.of_next(-MIDSTATE_RAM) for word in taken[3:6]]
        # At the end of the period aside a state begins to come in, the first of the job.
        read = dict(enumerate(parts[:4], LOADING[LEAVES]))
        loaded = dict(enumerate(b_takes, LOADING.stop + FIRST - len(b_takes)))
        aside: dict[int, tuple[Operand, Operand]] = {}
        for slot in LOADING:
            word = digest.taken(slot, read.get(slot, zero), aside=True)
            aside[slot] = loaded.get(slot), word.of_next(-1)
        leave = first_rounds(self.table, lane, FIRST, b_takes, g_takes, self.sums, aside)
        words = [
            digest.load(word.slot + 1, word, part) for word, part in zip(leave, taken, strict=True)
        ]
        block: list[Operand] = [*words[3::-1], *words[:3:-1], *padding(8, 256, self.table.constant)]
        scheduled = digest.expand(SECOND_W, block, NEEDED)
        # Words of all lanes come through moves, one a slot.
        written: dict[int, int] = {}
        for number, place in enumerate([*self.lane_places] * self.lanes):
            other, slot = number // STATE, LOAD_FROM + TAIL + number + LANE_LATE
            written[slot] = place if other == lane else ~place
        # What has been made a slot before.
        leaves = {
            slot: self.table.use(f"first_{lane}", slot, kind="aside", aside=True)[0].of_next(-1)
            for slot in LOADING
        }
        self.aside(digest, held=leaves, words={}, sums=written, parts=written)
        k = [self.table.made("k", FIRST_W + 1 + t).of_next(MIDSTATE_RAM) for t in range(NEEDED)]
        return second_rounds(self.table, lane, SECOND, k, scheduled)
