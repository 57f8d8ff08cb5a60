"""Jobs for a core: headers, the words that load them, and the digests that must come out."""

import random
from dataclasses import dataclass

from Crypto.Hash import SHA256

from sluice.rtl.core.plan import Plan

#: AsicBoost lanes differ in these bits of the version (BIP 320: 13 to 28).
VERSION_BITS = 13


@dataclass(frozen=True)
class Job:
    """A job of a core.

    Members
    -------
    words
        For the work bus, address in bits 0 to 7, data above.
    header
        Twenty words; version and nonce in it are not used.
    versions
        Of each lane.
    first
        The first nonce, as a word of SHA-256.
    """

    words: list[int]
    header: list[int]
    versions: list[int]
    first: int

    def h7(self, lane: int, number: int) -> int:
        """``H7`` of a lane and the nonce so many behind the first, from pycryptodome."""
        header = [self.versions[lane], *self.header[1:19], self.first + number]
        block = b"".join(word.to_bytes(4, "big") for word in header)
        return int.from_bytes(SHA256.new(SHA256.new(block).digest()).digest()[28:], "big")


def random_job(plan: Plan, seed: int) -> Job:
    """A header of random words, whose nonces begin anywhere; hits need all of ``H7`` to be zero."""
    source = random.Random(seed)
    header = [source.getrandbits(32) for _ in range(20)]
    lanes = plan.config.lanes
    versions = [
        header[0] & ~(0xFFFF << VERSION_BITS) | lane << VERSION_BITS for lane in range(lanes)
    ]
    first = source.getrandbits(31)
    pairs = plan.work_words(
        header, versions, first=first, last=0xFFFFFFFF, mask=0xFFFFFFFF, tag=seed & 0xFF
    )
    return Job([address | data << 8 for address, data in pairs], header, versions, first)
