"""Both hashes of a nonce on engines of one round, an operation a slot."""

from sluice.rtl.engine.engine import Engine, chains
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
    first: Engine, second: Engine, *, lane: int = 0, skipped: int = 0, loads: bool = False
) -> Result:
    """Bind both hashes of a nonce whose message has been expanded; it gives ``H7``.

    The last word of the digest of the first hash comes first: it is made of ``e`` of each of the
    last four rounds, and then of ``a``, which is ``d`` in the four slots after that. To each a word
    of the midstate is added.

    Parameters
    ----------
    first, second
        The engines of both, or one.
    lane
        Whose midstate it is.
    skipped
        Rounds of the first hash that are done with the job: 0 or 3.
    loads
        Whether the first engine loads the same midstate for the next nonce in the slots in which
        the digest needs words ``a*`` of it: they are taken there.
    """
    table, known = first.table, first.known
    middle, zero = midstate_words(first.job, lane), known(0)
    tail = header_words(first.job)[:skipped]
    state: tuple[GraphWord, ...] = tuple(middle)
    for t, word in enumerate(tail):
        state = round_(state, known(ROUND_CONSTANTS[t]), word)
    words = chains(state, [*[zero] * (4 - skipped), *tail])
    ended = first.compress(FIRST, range(skipped, ROUNDS), words)
    digest = []
    for slot, word in enumerate(reversed(middle), FIRST + 60):
        made: Operand = None
        added: Operand = Brought(first.m, word)
        if slot < FIRST + ROUNDS:
            made = table.made(first.name, slot, 1)
        else:
            made = first.policy.leaves(first, slot, ended[FIRST + 67 - slot])
            if loads:
                added = table.made(first.name, slot).of_next(table.slots)
        digest.append(second.message.put(slot, made, added))
    block: list[Operand] = [*reversed(digest), *padding(8, 256, table.constant)]
    second.message.expand(SECOND, block, NEEDED)
    initial = chains([known(word) for word in INITIAL_STATE], [zero] * 4)
    return second.compress(SECOND, range(NEEDED), initial, last=INITIAL_STATE[7])[4]
