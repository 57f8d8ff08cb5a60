"""The timetable of rolled units with lanes: headers that differ in their version share a schedule.

A unit has the schedule of the first hash once, and for each lane a round of the first hash and one
of the second, the latter with a schedule of its own. A turn is half as long as that of a unit which
does both hashes one after the other (:mod:`.slots`), and nonces go through in two turns:

========== ======================================================================
slots      what
========== ======================================================================
0 - 3      the last three words of the header and the nonce are put in
2 - 5      the midstate is put in, a word of each chain in a slot
6 - 69     rounds 0 to 63 of the first hash
66 - 73    its digest is formed, and put in as the message of the second
75 - 78    the initial state is put in
79 - 139   rounds 0 to 60 of the second hash
140        ``e`` is ``H7``
========== ======================================================================

Slots are counted from the beginning of a nonce's turn here; those from 68 on are the first ones of
the next turn, and so on.

All states are put in as in a unit whose sums have gates: ``e'`` comes to ``k + w + x`` and ``a'``
to ``e' + m``. Of the midstate, of which each lane has its own, ``e*`` is in ``x`` and ``a* - e*``
in ``y``. After the first hash the midstate is added to the state: the words ``e`` of the digest
are ``e' + y`` in the last four rounds, when ``y`` has ``e*``. The words ``a`` are ``d`` in the four
slots after that, plus what is put in as ``a'`` there, for the next nonce: it is the same midstate,
unless another job takes over. So one job is never followed by another at once: a turn without
nonces lies between.

``k`` has the round constants of the first hash; `k2` those of the second, and the initial ``e*``;
``m`` the tail of the header, and the initial ``a* - e*``.
"""

from sluice.rtl.hls.ir import Binding, Graph, Node
from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.constants import INITIAL_STATE, ROUND_CONSTANTS

from .folding import NEEDED
from .mining import NONCE
from .places import kept, read_places
from .slotted import minus

#: The slot of round 0 of the first hash, and of the second.
FIRST, SECOND = 6, 79
#: Slots of a turn.
SLOTS = 68
#: The slot after the last round: ``e`` is then ``H7``.
TAP = (SECOND + NEEDED) % SLOTS

#: Slots in which header words are put in; the last one is the nonce.
TAIL = range(4)


def _in_turn(slots: range) -> list[int]:
    """Slots of a nonce in their turn."""
    return [slot % SLOTS for slot in slots]


#: Slots in which the midstate is put in, and those of the initial state of the second hash.
LOAD_FIRST = _in_turn(range(FIRST - 4, FIRST))
LOAD_SECOND = _in_turn(range(SECOND - 4, SECOND))
#: Slots in which the digest of the first hash is formed, from ``e'`` and then from ``d``.
DIGEST_E = _in_turn(range(FIRST + 60, FIRST + 64))
DIGEST_D = _in_turn(range(FIRST + 64, FIRST + 68))
#: Slots that have a word of the schedule that the recurrence gives, of each hash.
RECURRENCE_FIRST = _in_turn(range(FIRST + 16, FIRST + 64))
RECURRENCE_SECOND = _in_turn(range(SECOND + 16, SECOND + NEEDED))

#: Constant words of messages, and their places.
KEPT = kept(SLOTS)


def first_places() -> list[int]:
    """Places of the first hash's schedule, by slot."""
    return read_places(SLOTS, RECURRENCE_FIRST, {FIRST: TAIL})


def second_places() -> list[int]:
    """Places of the second hash's schedule, by slot: the digest is turned round there."""
    digest = [*reversed(DIGEST_D), *reversed(DIGEST_E)]
    return read_places(SLOTS, RECURRENCE_SECOND, {SECOND: digest})


def first_k() -> list[int]:
    """The words of ``k`` by slot."""
    words = [0] * SLOTS
    for t, constant in enumerate(ROUND_CONSTANTS):
        words[(FIRST + t) % SLOTS] = constant
    return words


def second_k() -> list[int]:
    """The words of ``k2`` by slot."""
    words = [0] * SLOTS
    for t in range(NEEDED):
        words[(SECOND + t) % SLOTS] = ROUND_CONSTANTS[t]
    # What is asked for is not the state but the digest.
    words[TAP - 1] += INITIAL_STATE[7]
    for slot, word in zip(LOAD_SECOND, INITIAL_STATE[7:3:-1], strict=True):
        words[slot] = word
    return words


#: Words of a job in ``m``, and of a chain of a lane's midstate.
M_WORDS, LANE_WORDS = 3, 4


def m_places() -> dict[int, int]:
    """Where ``m`` is read, for the slots in which it matters."""
    return {slot: place for place, slot in enumerate([*TAIL[:M_WORDS], *LOAD_SECOND])}


def m_words() -> list[int]:
    """The words of a bank of ``m``; those of jobs are 0."""
    pairs = zip(INITIAL_STATE[3::-1], INITIAL_STATE[7:3:-1], strict=True)
    return [*[0] * M_WORDS, *((a - e) % (1 << 32) for a, e in pairs)]


def lane_place(slot: int) -> int:
    """Which of the four words of a chain ``x`` and ``y`` have in a slot in which they matter."""
    return (slot - LOAD_FIRST[0]) % LANE_WORDS


def job_words(lanes: int) -> list[Node]:
    """The words of a job, from the inputs of a mining graph: of each lane ``e*`` and ``a* - e*``,
    and then those of ``m``.
    """
    graph = Graph()
    words: list[GraphWord] = []
    for lane in range(lanes):
        chain_e, chain_a = lane_inputs(graph, lane)
        words += chain_e
        words += [minus(a, e) for a, e in zip(chain_a, chain_e, strict=True)]
    return [word.node for word in (*words, *tail_inputs(graph))]


def lane_inputs(graph: Graph, lane: int) -> tuple[list[GraphWord], list[GraphWord]]:
    """The words of a lane's midstate, of each chain, ``e`` first, from the oldest on."""
    middle = [GraphWord.input(graph, f"mid{lane}_{i}", Binding.JOB) for i in range(8)]
    return middle[7:3:-1], middle[3::-1]


def tail_inputs(graph: Graph) -> list[GraphWord]:
    """The words of the header behind the first block, up to the nonce."""
    return [GraphWord.input(graph, f"w{i}", Binding.JOB) for i in range(16, NONCE)]


def inputs(lanes: int) -> tuple[list[str], list[str]]:
    """The names of the inputs that bring ``x`` and ``y`` of each lane."""
    return [f"x{lane}" for lane in range(lanes)], [f"y{lane}" for lane in range(lanes)]
