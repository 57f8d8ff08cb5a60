"""What a source asks to be hashed."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

from .target import difficulty_of, target_from_bits, target_of

__all__ = ["Epoch", "Template"]


class Epoch:
    """While it is alive, results of its templates are of use.

    A source ends it when a new block, a lost connection or another pool makes them worthless.
    """

    def __init__(self) -> None:
        self.alive = True

    def end(self) -> None:
        """Results from now on are stale."""
        self.alive = False


@dataclass(frozen=True, kw_only=True)
class Template:
    """A block header but for extranonce2, time, version bits and nonce.

    Parameters
    ----------
    source
        Index of where it comes from.
    epoch
        How long it is of use.
    job_id
        What the source calls it.
    version, previous, bits, time
        As in the header; `previous` in header order; `time` is where the source's clock stood.
    coinbase1, extranonce1, extranonce2_size, coinbase2
        The coinbase without witness is the first, second and last of these with as many bytes of
        extranonce2 between the last two.
    branch
        Merkle branch of the coinbase, hashes in header order.
    version_mask
        Version bits that may differ from `version`.
    difficulty
        That shares need.
    received
        Monotonic time when it came.
    roll
        Seconds by which `time` may be moved forward.
    height
        Of the block, if it is known.
    only_blocks
        Only what is good enough for a block is a share; `difficulty` says how hard that is, but for
        its rounding.
    """

    source: int
    epoch: Epoch
    job_id: Hashable
    version: int
    previous: bytes
    bits: int
    time: int
    coinbase1: bytes
    extranonce1: bytes
    extranonce2_size: int
    coinbase2: bytes
    branch: tuple[bytes, ...]
    version_mask: int = 0
    difficulty: float = 1.0
    received: float = 0.0
    roll: int = 600
    height: int | None = None
    only_blocks: bool = False

    @cached_property
    def target(self) -> int:
        """Greatest hash that is a share."""
        return self.network_target if self.only_blocks else target_of(self.difficulty)

    @cached_property
    def network_target(self) -> int:
        """Greatest hash that is a block."""
        return target_from_bits(self.bits)

    @property
    def network_difficulty(self) -> float:
        """The same as a difficulty."""
        return difficulty_of(self.network_target)

    @property
    def rollable(self) -> int:
        """Version bits that chips may set.

        They set bits and cannot clear any, and pools differ in how they put the bits of a share
        together with those that the version has already (ckpool with OR, public-pool with XOR).
        Where the version has no ones, all of that is the same.
        """
        return self.version_mask & ~self.version

    def coinbase(self, extranonce2: bytes) -> bytes:
        """The coinbase transaction without witness."""
        return self.coinbase1 + self.extranonce1 + extranonce2 + self.coinbase2
