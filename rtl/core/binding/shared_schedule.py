"""Shared schedule: an engine hashes a nonce on several AsicBoost lanes, in two periods.

Lanes are headers that differ in their version only. The second block of the header has no version,
so its schedule is the same for all of them, and an engine has it once. Each lane has a unit for
rounds of the first hash, and one for those of the second with a schedule of its own; both work at
the same time, for two nonces in a row.

======== ===================================================================================
slots    what
======== ===================================================================================
0 - 3    the last three words of the header and the nonce are loaded
5 - 8    the state of each lane before round 3 of the first hash is loaded: what `x` brings, and
         what `y` brings, make ``e*`` and ``a*``
9 - 69   rounds 3 to 63 of the first hash
68 - 75  words ``a`` and ``e`` of its last four rounds are loaded as the message of the second
74 - 77  the initial state is loaded
78 - 85  the second schedule gives the digest: to each word `y` brings that of the midstate
78 - 138 rounds 0 to 60 of the second hash
139      ``e`` is ``H7``
======== ===================================================================================

In the slots in which a schedule's unit for sums has nothing to do for one nonce the next one's
message is loaded. What `y` brings for a digest is of the job that its nonce began with, a period
earlier: so between two jobs is a period without nonces.
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
from .hash_twice import expand_header, hash_twice

#: The slot of round 0 of the second hash.
SECOND = 78


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
            digest = Message(table, f"_digest{name}", adds=f"y{lane}")
            first = Engine(rounds[0], policy, message, job, m=f"y{lane}", x=f"x{lane}")
            second = Engine(rounds[1], policy, digest, job, k="k2")
            h7 = hash_twice(first, second, lane=lane, skipped=3, begin=SECOND)
            outputs[f"h7_{number * lanes + lane}"] = h7
            digest.close()
        message.close()
    fold(table, outputs, SECOND + NEEDED, pairs=True)
    own = [[f"{name}{lane}"] for lane in range(lanes) for name in "xy"]
    return Binding.of(table, [*own, ["m"], ["k"], ["k2"]], gap=1)
