"""Serial: an engine of one round does both hashes of a nonce, one after the other.

======== ===================================================================================
slots    what
======== ===================================================================================
0 - 3    the last three words of the header and the nonce are put in
5 - 8    the state before round 3 of the first hash is loaded, which the job has made
9 - 69   rounds 3 to 63 of the first hash
66 - 73  its digest is formed, and put in as the message of the second
75 - 78  the initial state is loaded
79 - 139 rounds 0 to 60 of the second hash
140      ``e`` is ``H7``
======== ===================================================================================
"""

from sluice.rtl.hls.fold import fold
from sluice.rtl.hls.ir import Graph
from sluice.rtl.hls.operations import Brought, Operand, Result
from sluice.rtl.hls.reservation import ReservationTable
from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.constants import INITIAL_STATE, ROUND_CONSTANTS
from sluice.rtl.sha256.function import ROUNDS, round_

from ..config import NEEDED
from ..mining import padding
from ..serial_config import SERIAL
from .binding import Binding, RangeWord
from .engine import Engine, chains, header_words, midstate_words
from .load import GatedFunctions, GatedSums
from .message import Message

#: The slot of round 0 of each hash.
FIRST, SECOND = 6, 79
#: Rounds of the first hash that are done with the job.
SKIPPED = 3


def binding(engines: int, threads: int = 1, *, gates: bool = False) -> Binding:
    """`engines` engines hash consecutive nonces, each of them `threads`.

    With `gates` sums are gated while a state is loaded, without it functions are.
    """
    table, job = ReservationTable(SERIAL), Graph()
    outputs = {}
    for number in range(engines):
        message = Message(table, f"_{number}")
        policy = GatedSums() if gates else GatedFunctions()
        unit = table.unit(f"round_{number}", policy.text)
        engine = Engine(table, unit, policy, message, job)
        outputs[f"h7_{number}"] = _hash(engine, number * threads)
        message.close()
    fold(table, outputs, SECOND + NEEDED, pairs=gates)
    return Binding.of(table, tap=SECOND + NEEDED, inputs=[["k"], ["m"]])


def _hash(engine: Engine, offset: int) -> Result:
    """All operations of a nonce that `offset` is added to."""
    message, known, constant = engine.message, engine.known, engine.table.constant
    tail, middle = header_words(engine.job), midstate_words(engine.job)
    zero = known(0)
    puts = [(constant(0), Brought("m", word)) for word in tail]
    puts.append((constant(offset), Brought("m", RangeWord.NONCE)))
    words = [message.put(slot, *put) for slot, put in enumerate(puts)]
    message.expand(FIRST, [*words, *padding(4, 640, constant)], ROUNDS)
    state: tuple[GraphWord, ...] = tuple(middle)
    for t in range(SKIPPED):
        state = round_(state, known(ROUND_CONSTANTS[t]), tail[t])
    ended = engine.compress(FIRST, range(SKIPPED, ROUNDS), chains(state, [zero, *tail]))

    # The last word of the digest comes first: `e` of each of the last four rounds, and then `a`.
    digest = []
    for slot, word in enumerate(reversed(middle), FIRST + 60):
        made: Operand = engine.made_e(slot) if slot < FIRST + ROUNDS else None
        if made is None:
            made = engine.policy.leaves(engine, slot, ended[FIRST + 67 - slot])
        digest.append(message.put(slot, made, Brought("m", word)))
    message.expand(SECOND, [*reversed(digest), *padding(8, 256, constant)], NEEDED)
    initial = [known(word) for word in INITIAL_STATE]
    loaded = chains(initial, [zero] * 4)
    return engine.compress(SECOND, range(NEEDED), loaded, last=INITIAL_STATE[7])[4]
