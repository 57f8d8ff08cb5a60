"""The timetable of rolled units with lanes that keep their midstates in memories of schedules.

It is for devices whose sums have no gates, and whose memories are few: a unit has no others than
those of its schedules, two for each. As in :mod:`.laneslots`, it has the schedule of the first hash
once, and for each lane a round of the first hash and one of the second, the latter with a schedule
of its own, which work at the same time for two nonces in a row.

========== ======================================================================
slots      what
========== ======================================================================
2 - 5      the midstate is put in, a word of each chain in a slot
6 - 69     rounds 0 to 63 of the first hash
67 - 74    ``e`` has the words of its last state, from ``h`` to ``a``: rounds of zeros, from
           70 on, bring it those that were in ``d``
68 - 75    its digest is formed, and put in as the message of the second
70         the next nonce is put in
77         the initial state is put in
78 - 138   rounds 0 to 60 of the second hash; `H7` is added with ``d`` in the last one
139        ``e`` is ``H7``
========== ======================================================================

Slots are counted from the beginning of a nonce's turn here; those from 72 on are the first ones of
the next turn.

A schedule has a memory ``u`` of sums of two words, and ``q`` of sums of three, see :class:`Parts`.
Words of jobs are kept there, above all that the schedule writes: in ``u`` the words ``e*`` of the
midstate and ``a*``, in ``q`` the words ``e* - a*``, and in ``q`` of the first hash the tail of the
header. In slots in which schedules need nothing from them, rounds do: for the midstate that is put
in, ``a*`` is ``T1``, and ``e* - a*`` is added to it as ``d``. The digest is a sum of three words of
which ``u`` gives one: ``e*`` first, and then ``a*``, in the very slots in which it is put in.
What is put in takes the place of a word of the schedule in its register of the word before the
newest, which has no sum in front of it.

Jobs come in between two turns, in one that has slots of its own, from 128 on: ``k``, which has
round constants elsewhere, has a word of the job in each of the first ones. A lane's words go
through its round, whose functions are zero, and which reads zeros, into its memories.
"""

from dataclasses import dataclass

from sluice.rtl.hls.ir import Graph, Node
from sluice.rtl.sha256.constants import ROUND_CONSTANTS

from .folding import NEEDED
from .laneslots import LANE_WORDS, lane_inputs, tail_inputs
from .places import kept, padded
from .slotted import minus

#: Slots of a turn, and of one in which a job comes in.
SLOTS = LOADS = 72
#: The number of the first slot of that one: above it `k` has the words of a job, by number.
LOAD_FROM = 128
#: Lanes whose words come in within it.
MAX_LANES = 4
#: The slot of the schedule's first word, of each hash.
FIRST_W, SECOND_W = 3, 77
#: Slots from a word of the first hash's schedule to its sum with `k`, and from that to its round.
SUM_LATE = 2
TO_ROUND = SUM_LATE + 1
#: The slot of round 0 of the second hash, and the one after the last round: ``e`` is then ``H7``.
SECOND = SECOND_W + 1
TAP = SECOND + NEEDED
#: Slots between `k` for a round of the first hash and for the same one of the second.
K_LATE = SECOND - FIRST_W - 1 - SLOTS
#: Slots from a sum of two words of the schedule to that of three, and from that one to the word.
U_WAITS, Q_LEAD = 9, 5
#: Slots that all words wait in ``q``, at least.
Q_WAITS = 2

#: Slots in which `k` has the mask, the last nonce, the next one, which is put in, and minus one.
MASK_SLOT, LAST_SLOT, NONCE_SLOT, HIT_SLOT = range(68, 72)
#: Where `k` has the tag of a job that comes in, above :data:`LOAD_FROM`; the others are at these
#: slots' numbers.
TAG_PLACE = 67
#: Slots of rounds that come to the midstate.
LOAD = range(FIRST_W + TO_ROUND - 4, FIRST_W + TO_ROUND)
#: Slots in which `u` and `q` have its words.
LOAD_A, LOAD_D = range(4), range(1, 5)
#: Slots in which ``e`` has the words of the last state, those of rounds of zeros, in which it takes
#: on what was in ``d``, and those in which the digest is formed.
LEAVES, PASSING = range(67, 75), range(70, 74)
DIGEST_E, DIGEST_A = range(68, 72), range(72, 76)
#: Slots in which nothing is added to `k` and the schedule's word: the midstate is put in then.
K_IDLE = range(4)

#: Words of a lane: ``e*``, ``a*``, and ``e* - a*``, oldest first.
WORDS = 3 * LANE_WORDS
#: Words of the tail of the header; they come first.
TAIL = 3
#: Slots from the one in which `k` has a word of a lane, or of the tail, to that in which it is
#: written.
LANE_COMES, TAIL_COMES = 4, 1


def in_turn(slots: range) -> list[int]:
    """Slots of a nonce in their turn."""
    return [slot % SLOTS for slot in slots]


#: Slots that have a word of the schedule that the recurrence gives, of each hash.
RECURRENCE_FIRST = in_turn(range(FIRST_W + 16, FIRST_W + 64))
RECURRENCE_SECOND = in_turn(range(SECOND_W + 16, SECOND_W + NEEDED))

#: All slots, those of a turn and then those in which a job comes in.
ALL = LOAD_FROM + LOADS
LOADING = range(LOAD_FROM, ALL)

#: Constant words of messages, and their places; words of jobs are above them.
_MESSAGES = kept(ALL)
ZERO, ONE = min(_MESSAGES), max(_MESSAGES) + 1
KEPT = {**_MESSAGES, ONE: 1}
E_PLACES = range(max(KEPT) + 1, max(KEPT) + 5)
A_PLACES = range(E_PLACES.stop, E_PLACES.stop + 4)
D_PLACES = range(A_PLACES.stop, A_PLACES.stop + 4)
TAIL_PLACES = range(D_PLACES.stop, D_PLACES.stop + TAIL)
NONCE_PLACE = TAIL_PLACES.stop
OWN_PLACES = [*E_PLACES, *A_PLACES, *D_PLACES]


@dataclass(frozen=True)
class Parts:
    """Where a schedule reads and writes, by slot.

    Members
    -------
    u, q
        Places that are read.
    to_u, to_q
        Places that are written, with all bits inverted if they are not.
    recurrence
        The slots that have a word that the recurrence gives.
    """

    u: list[int]
    q: list[int]
    to_u: list[int]
    to_q: list[int]
    recurrence: list[int]


def _parts(first: int, message: list[int], recurrence: list[int]) -> Parts:
    """Of a schedule whose first word is in slot `first`, without words of jobs.

    What is read in a slot in which it does not matter is what takes the least decoding; and what is
    written, in a place that no later slot reads before it is written again.
    """
    turn = range(SLOTS)
    others = ALL - SLOTS
    u = [(slot - U_WAITS) % SLOTS for slot in turn] + [ZERO] * others
    q = [(slot - Q_LEAD) % SLOTS for slot in turn] + [ZERO] * others
    for t, place in enumerate(padded(ALL, message)):
        q[(first + t) % SLOTS] = place
    return Parts(u, q, [*range(ALL)], [*range(ALL)], recurrence)


def first_parts() -> Parts:
    """Of the first hash: its message is the tail of the header, and the nonce."""
    parts = _parts(FIRST_W, [*TAIL_PLACES, NONCE_PLACE], RECURRENCE_FIRST)
    for number, place in enumerate(TAIL_PLACES):
        parts.to_q[LOAD_FROM + number + TAIL_COMES] = place
    for turn in (0, LOAD_FROM):
        parts.to_q[turn + NONCE_SLOT + 1] = NONCE_PLACE
        # What was read is the word of the schedule a slot later.
        parts.q[turn + MASK_SLOT - 1] = ZERO
        parts.q[turn + LAST_SLOT - 1] = ZERO if turn else NONCE_PLACE
        parts.q[turn + NONCE_SLOT - 1] = ONE
        parts.q[turn + HIT_SLOT - 1] = NONCE_PLACE
    parts.u[NONCE_SLOT + 1] = ZERO
    return parts


def second_parts(lane: int, lanes: int) -> Parts:
    """Of the second hash, on a lane: its message is the digest, which is turned round there."""
    digest = in_turn(range(DIGEST_E.start, DIGEST_A.stop))[::-1]
    parts = _parts(SECOND_W, digest, RECURRENCE_SECOND)
    for slots, places in ((DIGEST_E, E_PLACES), (DIGEST_A, A_PLACES)):
        for slot, place in zip(in_turn(slots), places, strict=True):
            parts.u[slot] = place
    for slot, place in zip(LOAD_D, D_PLACES, strict=True):
        parts.q[slot] = place
    for number in range(lanes * WORDS):
        place = OWN_PLACES[number % WORDS]
        written = parts.to_q if place in D_PLACES else parts.to_u
        own = number // WORDS == lane
        written[LOAD_FROM + TAIL + number + LANE_COMES] = place if own else ~place
    return parts


def k_words() -> list[int]:
    """The words of ``k``: those of the slots of a turn; those of jobs are from `LOAD_FROM` on."""
    words = [0] * 256
    for t, constant in enumerate(ROUND_CONSTANTS):
        words[(FIRST_W + 1 + t) % SLOTS] = constant
    for turn in (0, LOAD_FROM):
        words[turn + HIT_SLOT] = 0xFFFFFFFF
    return words


def job_words(lanes: int) -> list[Node]:
    """The words of a job, from the inputs of a mining graph: the tail, and then those of lanes."""
    graph = Graph()
    words = tail_inputs(graph)
    for lane in range(lanes):
        chain_e, chain_a = lane_inputs(graph, lane)
        differences = [minus(e, a) for e, a in zip(chain_e, chain_a, strict=True)]
        words += [*chain_e, *chain_a, *differences]
    return [word.node for word in words]
