"""A compiled core, what it is told, and what the reference says that it must answer."""

import random
from collections.abc import Iterable, Sequence

from sluice.rtl.core import make_core
from sluice.rtl.core.config import CoreConfig
from sluice.rtl.core.plan import plan
from sluice.rtl.protocol.header import Header
from sluice.sim.core import CompiledCore, Hit, Until
from sluice.sim.reference import digest_word

from .model import header_hash_model
from .window import Window

LAST = 0xFFFFFFFF
#: More cycles than any range here takes on the slowest core.
LIMIT = 1 << 20


def random_header(rng: random.Random) -> Header:
    return Header.from_bytes(rng.randbytes(80))


class CoreBench(CompiledCore):
    """A core of a configuration; its hits are compared with those that are due.

    Parameters
    ----------
    config
        The configuration.
    seed
        As of :class:`CompiledCore`.
    """

    def __init__(self, config: CoreConfig, *, seed: int | None = None) -> None:
        self.config = config
        self.window = Window.of(config)
        self.latency = make_core(config).latency
        super().__init__(lambda: make_core(config), key=repr(config), seed=seed)
        self.since = self.cycle

    def reset(self) -> None:
        super().reset()
        self.since = self.cycle

    def begin(self) -> None:
        """As it was after the start, and nothing left to take."""
        self.reset()
        self.run(10)
        self.take()

    def idle_cycles(self) -> int:
        """Run until all is done; how long that took."""
        cycles = self.run(LIMIT, Until.IDLE)
        assert self.idle
        return cycles

    def lanes(self, header: Header) -> list[Header]:
        """A header for each lane."""
        return [header.with_version(header.version ^ n << 13) for n in range(self.config.lanes)]

    def load(self, header: Header, *, first: int, last: int, mask: int, tag: int) -> list:
        """The words of a job."""
        versions = [lane.words[0] for lane in self.lanes(header)]
        return plan(self.config).work_words(
            header.words, versions, first=first, last=last, mask=mask, tag=tag
        )

    def h7_of(self, header: Header) -> int:
        """``H7``, by the reference where it can be."""
        rounds = self.config.rounds
        if rounds == 64:
            return digest_word(header)
        return header_hash_model(header.words, rounds)[7]

    def expected(self, header: Header, first: int, last: int, mask: int) -> list[tuple[int, int]]:
        """Nonces and lanes that the reference says are hits."""
        found = []
        for nonce in range(first, last + 1):
            words = [self.h7_of(lane.with_w19(nonce)) for lane in self.lanes(header)]
            if hits := sum(((word & mask) == 0) << lane for lane, word in enumerate(words)):
                found.append((nonce, hits))
        return found

    def entered(self, hits: Iterable[Hit]) -> list[int]:
        """The cycle after the reset in which the nonce of each hit came in, if none had to wait."""
        return [hit.cycle - self.since - self.latency + 1 for hit in hits]

    def without_a_gap(self, hits: Sequence[Hit]) -> bool:
        """Whether there was a nonce in every cycle that takes one, and in no other."""
        entered = self.entered(hits)
        return entered == self.window.after(entered[0] - 1, len(entered))


def of(hits: Iterable[Hit], tag: int) -> list[tuple[int, int]]:
    """Nonces and lanes of a job."""
    return [(hit.nonce, hit.lanes) for hit in hits if hit.tag == tag]
