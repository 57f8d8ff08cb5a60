"""The timetable of a rolled unit: one round of hardware, a round of SHA-256 in each slot.

All words that differ from slot to slot come from two memories: `k` is added to the schedule word,
`m` goes wherever a word is put in. Places of `m` are counted within a bank; `k` is read at the
number of the slot, but for the words of a job.

A state is put in through four slots, a word of each chain in each, oldest first. In these slots all
functions are gated to zero, and so are ``h`` and the ``d`` that is added to ``e'``: a round comes
to ``e' = k + w`` and ``a' = e' - d``, where another ``d``, a register further, is what was put in
as ``c`` a slot before. With ``k = e* - w`` and ``d = e* - a*`` they become ``e*`` and ``a*``.

That holds for the last three of them. Of the first ``e'`` comes to zero, and its ``e*``, which is
only needed once more, as ``h``, is in ``k`` then. So no ``h`` is to be zero whose word is still
needed as ``f``, and both are one register.

Where a sum has a gate or a choice for an operand at no cost (`gates`), everything but ``k + w`` is
gated in the last sum of ``e'``, and ``a' = e' + m`` there, with ``m = a* - e*``: nothing is put in
as ``c``, and ``d`` is one word.

Words of a message are put in at the place of a partial sum of the schedule, `LEAD` slots or more
before they are used. The digest of the first hash, whose last word is made first, is turned round
there.
"""

from collections.abc import Sequence

from sluice.rtl.hls.ir import Binding, Graph, Node
from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.constants import INITIAL_STATE, ROUND_CONSTANTS
from sluice.rtl.sha256.function import round_

from .folding import NEEDED
from .mining import NONCE
from .places import kept, read_places
from .slotted import LEAD, minus

#: The first rounds of the first hash are done with the job.
SKIPPED = 3
#: The slot of round 0 of the first hash, and of the second.
FIRST, SECOND = 6, 79
#: Slots of a nonce; the last few overlap with the next one.
SLOTS = SECOND + NEEDED - LEAD + 2
#: The slot after the last round: ``e`` is then ``H7``.
TAP = (SECOND + NEEDED) % SLOTS

#: Slots in which the digest of the first hash is formed, from ``e'`` and then from ``d``.
DIGEST_E = range(FIRST + 60, FIRST + 64)
DIGEST_D = range(FIRST + 64, FIRST + 68)
#: Slots in which header words are put in; the last one is the nonce.
TAIL = range(4)
#: Slots in which the words of the state are put in.
LOAD = [*range(FIRST - 1, FIRST + 3), *range(SECOND - 4, SECOND)]
#: Slots that have a word of the schedule that the recurrence gives.
RECURRENCE = [
    (first + t) % SLOTS for first in (FIRST, SECOND) for t in range(16, 64) if first + t < 140
]

#: Slots whose ``a'`` is cleared, without `gates`: it would be the ``d`` of `LOAD`.
CLEARED = [slot - 4 for slot in LOAD]

#: Constant words of messages, and their places.
KEPT = kept(SLOTS)


def before(slots: Sequence[int]) -> list[int]:
    """Each slot before one of `slots`."""
    return [slot - 1 for slot in slots]


def message_places() -> list[int]:
    """Places of the schedule, by slot: the digest is turned round there."""
    digest = [*reversed(DIGEST_D), *reversed(DIGEST_E)]
    return read_places(SLOTS, RECURRENCE, {FIRST: TAIL, SECOND: digest})


def k_slots(gates: bool) -> list[int]:
    """The slots in which `k` has words of the state."""
    return LOAD if gates else [slot + 1 for slot in LOAD]


def k_words(gates: bool) -> list[int]:
    """The words of `k` by slot; those of jobs are 0."""
    words = [0] * SLOTS
    for t in range(SKIPPED, 64):
        words[FIRST + t] = ROUND_CONSTANTS[t]
    for t in range(NEEDED):
        words[(SECOND + t) % SLOTS] = ROUND_CONSTANTS[t]
    # What is asked for is not the state but the digest.
    words[TAP - 1] += INITIAL_STATE[7]
    chain_e = INITIAL_STATE[7:3:-1]
    if not gates:
        chain_e = (*chain_e[1:], chain_e[0])
    for slot, word in zip(k_slots(gates)[K_WORDS:], chain_e, strict=True):
        words[slot] += word
    for slot in k_slots(gates)[:K_WORDS]:
        words[slot] = 0
    return words


#: Places of `k` that hold words of a job, in the slots of `LOAD`: bit 2 is the bank.
JOB_K = 0xF8
#: How many there are, and how many words of a job `m` has.
K_WORDS, M_WORDS = 4, 15


def k_place(slot: int, gates: bool) -> int:
    """Where `k` is read in a slot, in bank 0."""
    load = k_slots(gates)[:K_WORDS]
    return JOB_K + load.index(slot) if slot in load else slot


def put(gates: bool) -> list[int]:
    """The slots in which `m` puts in words of the state."""
    return LOAD if gates else before(LOAD)


def m_places(gates: bool) -> dict[int, int]:
    """Where `m` is read, for the slots in which it matters."""
    first, second = put(gates)[:4], put(gates)[4:]
    used = [*TAIL[:3], *first, *DIGEST_E, *DIGEST_D, *second]
    return {slot: place for place, slot in enumerate(used)}


def m_words(gates: bool) -> list[int]:
    """The words of a bank of `m`; those of jobs are 0."""
    chain_e, chain_a = list(INITIAL_STATE[7:3:-1]), INITIAL_STATE[3::-1]
    sign = -1 if gates else 1
    if not gates:
        chain_e[0] = 0
    pairs = zip(chain_e, chain_a, strict=True)
    return [*[0] * M_WORDS, *(sign * (e - a) % (1 << 32) for e, a in pairs)]


def job_words(gates: bool) -> list[Node]:
    """The words of a job: those of `k`, then those of `m`, from the inputs of a mining graph."""
    graph = Graph()

    def constant(value: int) -> GraphWord:
        return GraphWord.constant(graph, value)

    tail = [GraphWord.input(graph, f"w{i}", Binding.JOB) for i in range(16, NONCE)]
    middle = [GraphWord.input(graph, f"mid0_{i}", Binding.JOB) for i in range(8)]
    state: tuple[GraphWord, ...] = tuple(middle)
    for t in range(SKIPPED):
        state = round_(state, constant(ROUND_CONSTANTS[t]), tail[t])
    chain_a, chain_e = state[3::-1], state[7:3:-1]
    k = [minus(e, w) for e, w in zip(chain_e, [constant(0), *tail], strict=True)]
    ends = (chain_a, chain_e)
    if not gates:
        k = [*k[1:], k[0] + constant(ROUND_CONSTANTS[SKIPPED])]
        ends = ((constant(0), *chain_e[1:]), chain_a)
    state_words = [minus(one, other) for one, other in zip(*ends, strict=True)]
    return [word.node for word in (*k, *tail, *state_words, *reversed(middle))]
