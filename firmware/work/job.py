"""Jobs: headers for chips to hash, made from templates as fast as chips want them."""

import secrets
import time

from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.versions import ROLLED_SHIFT, ROLLED_WIDTH

from ..stats import Verdicts
from .merkle import root_of
from .space import SMALL, Spaces
from .template import Template

__all__ = ["JobFactory", "MiningJob"]

#: Pools may say any time that there is; it does not move on from the last one.
_LATEST = 0xFFFFFFFF

_FIELD = ((1 << ROLLED_WIDTH) - 1) << ROLLED_SHIFT


class MiningJob:
    """One header for chips to hash, and what came back for it.

    Attributes
    ----------
    template
        What it was made from.
    extranonce2, time
        What was chosen for it.
    mask
        Rolled bits (header version bits 28:13) that chips may set.
    header
        Its nonce is zero.
    start, tail
        The version as a number, and the header between version and nonce: to put results in.
    limit
        Greatest hash that a chip which was told the difficulty of its ticket may report.
    weight
        Hashes that stand behind a result: 2^32 times the difficulty of the ticket.
    seen
        Nonces and rolled bits reported, as ``nonce << 16 | bits``.
    verdicts
        Where verdicts on its shares are counted besides the source: those of the chain.
    """

    __slots__ = (
        "extranonce2",
        "header",
        "limit",
        "mask",
        "seen",
        "start",
        "tail",
        "template",
        "time",
        "verdicts",
        "weight",
    )

    def __init__(self, template: Template, extranonce2: bytes, ntime: int) -> None:
        self.template = template
        self.extranonce2 = extranonce2
        self.time = ntime
        self.mask = (template.rollable & _FIELD) >> ROLLED_SHIFT
        self.header = Header(
            version=template.version,
            previous=template.previous,
            merkle_root=root_of(template.coinbase(extranonce2), template.branch),
            time=ntime,
            bits=template.bits,
        )
        self.start = template.version
        self.tail = bytes(self.header)[4:76]
        self.limit = (1 << 256) - 1
        self.weight = 1.0
        self.seen: set[int] = set()
        self.verdicts = Verdicts()

    def ticket(self, zeros: int) -> None:
        """Results need so many zero bits at the start of their hash."""
        self.limit = (1 << (256 - zeros)) - 1
        self.weight = float(1 << zeros)


class JobFactory:
    """Makes jobs that differ in extranonce2, and in time as time goes by.

    All chains share one, so that none does what another has done.
    """

    def __init__(self) -> None:
        # A pool that gives the same extranonce1 after a reconnection is not given the same shares.
        self._counter = secrets.randbits(64)
        self._spaces = Spaces()
        self.built = 0

    def next(self, template: Template, now: float | None = None) -> MiningJob | None:
        """The next job; ``None`` if there is none before time moves on. `now` is monotonic time."""
        now = time.monotonic() if now is None else now
        elapsed = max(0, int(now - template.received))
        ntime = min(template.time + min(elapsed, template.roll), _LATEST)
        size = template.extranonce2_size
        if size < SMALL:
            taken = self._spaces.take(template, ntime)
            if taken is None:
                return None
            ntime, number = taken
        else:
            self._counter += 1
            number = self._counter
        self.built += 1
        extranonce2 = (number % (1 << 8 * size)).to_bytes(size, "big")
        return MiningJob(template, extranonce2, ntime)
