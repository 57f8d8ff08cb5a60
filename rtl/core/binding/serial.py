"""Serial: an engine of one round does both hashes of a nonce, one after the other.

======== ===================================================================================
slots    what
======== ===================================================================================
0 - 3    the last three words of the header and the nonce are loaded
5 - 8    the state before round 3 of the first hash is loaded, which the job has made
9 - 69   rounds 3 to 63 of the first hash
66 - 73  its digest is formed, and loaded as the message of the second
75 - 78  the initial state is loaded
79 - 139 rounds 0 to 60 of the second hash
140      ``e`` is ``H7``
======== ===================================================================================
"""

from sluice.rtl.engine.engine import Engine, Policy
from sluice.rtl.engine.load import GatedFunctions, GatedSums
from sluice.rtl.engine.message import Message
from sluice.rtl.hls.fold import fold
from sluice.rtl.hls.ir import Graph
from sluice.rtl.hls.reservation import ReservationTable

from ..config import NEEDED
from ..serial_config import SERIAL
from .binding import Binding
from .hash_twice import SECOND, expand_header, hash_twice


def binding(engines: int, threads: int = 1, *, gated_sums: bool = False) -> Binding:
    """`engines` engines hash consecutive nonces, each of them `threads`.

    With `gated_sums` sums are gated while a state is loaded, without it functions are.
    """
    table, job, outputs = ReservationTable(SERIAL), Graph(), {}
    policy: Policy = GatedSums() if gated_sums else GatedFunctions()
    for number in range(engines):
        message = Message(table, f"_{number}")
        engine = Engine(table.unit(f"round_{number}", policy.text), policy, message, job)
        expand_header(message, job, number * threads)
        outputs[f"h7_{number}"] = hash_twice(engine, engine, skipped=3)
        message.close()
    fold(table, outputs, SECOND + NEEDED, pairs=gated_sums)
    return Binding.of(table, [["k"], ["m"]])
