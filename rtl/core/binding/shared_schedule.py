"""Shared schedule: an engine hashes a nonce on several AsicBoost lanes, in two periods.

Lanes are headers that differ in their version only. The second block of the header has no version,
so its schedule is the same for all of them, and an engine has it once. Each lane has a unit for
rounds of the first hash, and one for those of the second with a schedule of its own; both work at
the same time, for two nonces in a row.

======== ===================================================================================
slots    what
======== ===================================================================================
0 - 3    the last three words of the header and the nonce are put in
2 - 5    the midstate is loaded
6 - 69   rounds 0 to 63 of the first hash
66 - 73  its digest is formed, and put in as the message of the second
75 - 78  the initial state is loaded
79 - 139 rounds 0 to 60 of the second hash
140      ``e`` is ``H7``
======== ===================================================================================

Of a lane's midstate `x` brings ``e*`` and `y` brings ``a* - e*``. The digest is the state after the
first hash with the midstate added to it. Its words ``e`` are ``e'`` and ``e*``, which `y` has in
those four slots. Its words ``a`` are ``d`` in the four slots after that, in which the midstate of
the next nonce is loaded: what is loaded as ``a'`` is what is to be added, since it is the same
midstate, unless another job takes over. So between two jobs is a period without nonces.
"""

from sluice.rtl.hls.fold import fold
from sluice.rtl.hls.ir import Graph
from sluice.rtl.hls.operations import Brought, Operand, Result
from sluice.rtl.hls.reservation import ReservationTable
from sluice.rtl.sha256.constants import INITIAL_STATE
from sluice.rtl.sha256.function import ROUNDS

from ..config import NEEDED
from ..mining import padding
from ..serial_config import SHARED_SCHEDULE
from .binding import Binding, RangeWord
from .engine import Engine, chains, header_words, midstate_words
from .load import GatedSums
from .message import Message

#: The slot of round 0 of each hash.
FIRST, SECOND = 6, 79


def binding(engines: int, lanes: int, threads: int = 1) -> Binding:
    """`engines` engines hash consecutive nonces, each of them `threads`, on all lanes."""
    table, job = ReservationTable(SHARED_SCHEDULE), Graph()
    policy = GatedSums(soon=threads == 1)
    outputs = {}
    for number in range(engines):
        message = Message(table, f"_{number}")
        _tail(message, job, number * threads)
        for lane in range(lanes):
            name = f"_{number}_{lane}"
            x, y = f"x{lane}", f"y{lane}"
            rounds = [table.unit(f"{which}{name}", policy.text) for which in ("first", "second")]
            first = Engine(table, rounds[0], policy, message, job, m=y, x=x)
            digest = Message(table, f"_digest{name}")
            second = Engine(table, rounds[1], policy, digest, job, k="k2")
            outputs[f"h7_{number * lanes + lane}"] = _hash(first, second, lane)
            digest.close()
        message.close()
    fold(table, outputs, SECOND + NEEDED, pairs=True)
    own_words = [[f"x{lane}", f"y{lane}"] for lane in range(lanes)]
    words = [*own_words, ["m"], ["k"], ["k2"]]
    return Binding.of(table, tap=SECOND + NEEDED, inputs=words, periods=2, gap=1)


def _tail(message: Message, job: Graph, offset: int) -> None:
    """The message of the first hash, and its schedule; `offset` is added to the nonce."""
    constant = message.table.constant
    puts = [(constant(0), Brought("m", word)) for word in header_words(job)]
    puts.append((constant(offset), Brought("m", RangeWord.NONCE)))
    words = [message.put(slot, *put) for slot, put in enumerate(puts)]
    message.expand(FIRST, [*words, *padding(4, 640, constant)], ROUNDS)


def _hash(first: Engine, second: Engine, lane: int) -> Result:
    """Both hashes of a lane."""
    zero, message = first.known(0), second.message
    middle = midstate_words(first.job, lane)
    ended = first.compress(FIRST, range(ROUNDS), chains(middle, [zero] * 4))
    digest = []
    for slot, word in enumerate(reversed(middle), FIRST + 60):
        added: Operand
        if slot < FIRST + ROUNDS:
            made, added = first.made_e(slot), Brought(first.m, word)
        else:
            made = ended[FIRST + 67 - slot]
            added = first.table.made(first.name, slot).of_next(SHARED_SCHEDULE)
        digest.append(message.put(slot, made, added))
    message.expand(SECOND, [*reversed(digest), *padding(8, 256, message.table.constant)], NEEDED)
    initial = chains([first.known(word) for word in INITIAL_STATE], [zero] * 4)
    return second.compress(SECOND, range(NEEDED), initial, last=INITIAL_STATE[7])[4]
