"""Both hashes of a nonce on engines of one round, an operation a slot."""

from collections.abc import Sequence

from sluice.rtl.engine.engine import Engine, State, chains
from sluice.rtl.engine.message import Message
from sluice.rtl.hls.ir import Graph
from sluice.rtl.hls.operations import Brought, Operand, Result
from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.constants import INITIAL_STATE, ROUND_CONSTANTS
from sluice.rtl.sha256.function import ROUNDS, round_

from ..config import NEEDED
from ..mining import header_words, midstate_words, padding
from .binding import RangeWord

#: The slot of round 0 of each hash, in bindings in which a nonce has a slot for each round.
FIRST, SECOND = 6, 79


def expand_header(message: Message, job: Graph, offset: int) -> None:
    """Load the end of a header and expand it; `offset` is added to the nonce."""
    constant = message.table.constant
    puts = [(constant(0), Brought("m", word)) for word in header_words(job)]
    puts.append((constant(offset), Brought("m", RangeWord.NONCE)))
    words = [message.put(slot, *put) for slot, put in enumerate(puts)]
    message.expand(FIRST, [*words, *padding(4, 640, constant)], ROUNDS)


def hash_twice(
    first: Engine, second: Engine, *, lane: int = 0, skipped: int = 0, begin: int = SECOND
) -> Result:
    """Bind both hashes of a nonce whose message has been expanded; it gives ``H7``.

    Parameters
    ----------
    first, second
        The engines of both, or one.
    lane
        Whose midstate it is.
    skipped
        Rounds of the first hash that are done with the job: 0 or 3.
    begin
        The slot of round 0 of the second hash.
    """
    table, known = first.table, first.known
    middle, zero = midstate_words(first.job, lane), known(0)
    tail = header_words(first.job)[:skipped]
    state: tuple[GraphWord, ...] = tuple(middle)
    for t, word in enumerate(tail):
        state = round_(state, known(ROUND_CONSTANTS[t]), word)
    words = chains(state, [*[zero] * (4 - skipped), *tail])
    ended = first.compress(FIRST, range(skipped, ROUNDS), words)
    apart = bool(second.message.adds)
    digest = _kept(first, second) if apart else _summed(first, second, middle, ended)
    block: list[Operand] = [*digest, *padding(8, 256, table.constant)]
    second.message.expand(begin, block, NEEDED, middle if apart else ())
    initial = chains([known(word) for word in INITIAL_STATE], [zero] * 4)
    return second.compress(begin, range(NEEDED), initial, last=INITIAL_STATE[7])[4]


def _summed(
    first: Engine, second: Engine, middle: Sequence[GraphWord], ended: State
) -> list[Result]:
    """The digest of the first hash, ``H0`` first: each word is formed when it is loaded.

    The last one comes first: it is made of ``e`` of each of the last four rounds, and then of
    ``a``, which is ``d`` in the four slots after that. To each a word of the midstate is added.
    """
    digest = []
    for slot, word in enumerate(reversed(middle), FIRST + 60):
        made: Operand = None
        if slot < FIRST + ROUNDS:
            made = first.table.made(first.name, slot, 1)
        else:
            made = first.policy.leaves(first, slot, ended[FIRST + 67 - slot])
        digest.append(second.message.put(slot, made, Brought(first.m, word)))
    return digest[::-1]


def _kept(first: Engine, second: Engine) -> list[Result]:
    """What a digest is formed of: words of the last four rounds, to which none has been added.

    They are loaded when the schedule's unit for sums is free: ``a`` two slots after it was made,
    ``e`` another four slots later.
    """
    table, message = first.table, second.message
    chain = [(index, slot) for index in (0, 1) for slot in range(FIRST + 60, FIRST + ROUNDS)]
    digest = [
        message.put(at, table.made(first.name, slot, index), table.constant(0))
        for at, (index, slot) in enumerate(chain, FIRST + 62)
    ]
    return [*digest[3::-1], *digest[:3:-1]]
