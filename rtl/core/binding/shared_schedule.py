"""Shared schedule: an engine hashes a nonce on several AsicBoost lanes, in two periods.

Lanes are headers that differ in their version only. The second block of the header has no version,
so its schedule is the same for all of them, and an engine has it once. Each lane has a unit for
rounds of the first hash, and one for those of the second with a schedule of its own; both work at
the same time, for two nonces in a row.

Slots are those of :mod:`.serial`, but for the first hash: it has all its rounds, in slots 6 to 69,
and the midstate is loaded in 2 to 5. Of a lane's midstate `x` brings ``e*`` and `y` brings
``a* - e*``. Of the digest, the words ``e`` are ``e'`` and ``e*``, which `y` has in those four
slots; the words ``a`` are ``d`` in the four slots after that, in which the midstate of the next
nonce is loaded: what is loaded as ``a'`` is what is to be added, since it is the same midstate,
unless another job takes over. So between two jobs is a period without nonces.
"""

from sluice.rtl.engine.engine import Engine
from sluice.rtl.engine.load import GatedSums
from sluice.rtl.engine.message import Message
from sluice.rtl.hls.fold import fold
from sluice.rtl.hls.ir import Graph
from sluice.rtl.hls.reservation import ReservationTable

from ..config import NEEDED
from ..serial_config import SHARED_SCHEDULE
from .binding import Binding
from .hash_twice import SECOND, expand_header, hash_twice


def binding(engines: int, lanes: int, threads: int = 1, *, apart: bool = False) -> Binding:
    """`engines` engines hash consecutive nonces, each of them `threads`, on all lanes."""
    table, job, outputs = ReservationTable(SHARED_SCHEDULE), Graph(), {}
    policy = GatedSums(soon=threads == 1, apart=apart)
    for number in range(engines):
        message = Message(table, f"_{number}")
        expand_header(message, job, number * threads)
        for lane in range(lanes):
            name = f"_{number}_{lane}"
            rounds = [table.unit(f"{which}{name}", policy.text) for which in ("first", "second")]
            digest = Message(table, f"_digest{name}")
            first = Engine(rounds[0], policy, message, job, m=f"y{lane}", x=f"x{lane}")
            second = Engine(rounds[1], policy, digest, job, k="k2")
            h7 = hash_twice(first, second, lane=lane, loads=True)
            outputs[f"h7_{number * lanes + lane}"] = h7
            digest.close()
        message.close()
    fold(table, outputs, SECOND + NEEDED, pairs=True)
    own = [[f"x{lane}", f"y{lane}"] for lane in range(lanes)]
    return Binding.of(table, [*own, ["m"], ["k"], ["k2"]], gap=1)
