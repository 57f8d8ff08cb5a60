"""The double hash on numbers, also with fewer rounds than SHA-256 has, and of many headers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sluice.rtl.core.mining import digest, midstate
from sluice.rtl.sha256.function import ROUNDS
from sluice.rtl.sha256.model import Word32
from sluice.rtl.sha256.word import Sigma


def header_hash_model(header: Sequence[int], rounds: int = ROUNDS) -> tuple[int, ...]:
    """Digest words of a header of twenty words, on numbers."""
    words = [Word32(word) for word in header]
    middle = midstate(words[:16], Word32, rounds)
    return tuple(int(word) for word in digest(middle, words[16:], Word32, rounds))


@dataclass(frozen=True)
class Column:
    """A word of each of many headers, or one that they share: 32 bits each, and sums wrap."""

    of: NDArray[np.uint32]

    @classmethod
    def shared(cls, number: int) -> "Column":
        """The same number in all."""
        return cls(np.array([number], np.uint32))

    def __add__(self, other: "Column", /) -> "Column":
        return Column(self.of + other.of)

    def __sub__(self, other: "Column", /) -> "Column":
        return Column(self.of - other.of)

    def parity(self, b: "Column", c: "Column", /) -> "Column":
        """The exclusive-or of three words."""
        return Column(self.of ^ b.of ^ c.of)

    def doubled(self) -> "Column":
        """Twice the word."""
        return self + self

    def choose(self, f: "Column", g: "Column", /) -> "Column":
        """``Ch``."""
        return Column((self.of & f.of) ^ (~self.of & g.of))

    def majority(self, b: "Column", c: "Column", /) -> "Column":
        """``Maj``."""
        return Column((self.of & b.of) ^ (self.of & c.of) ^ (b.of & c.of))

    def sigma(self, which: Sigma, /) -> "Column":
        """Rotations and shifts to the right, added without carries."""
        result = np.zeros_like(self.of)
        for amount in which.rotr:
            result ^= (self.of >> np.uint32(amount)) | (self.of << np.uint32(32 - amount))
        for amount in which.shr:
            result ^= self.of >> np.uint32(amount)
        return Column(result)


def header_hashes(
    header: Sequence[int], nonces: Sequence[int], rounds: int = ROUNDS
) -> list[NDArray[np.uint32]]:
    """Digest words as of :func:`header_hash_model`, each of all `nonces` as ``W19``."""
    words = [Column.shared(word) for word in header]
    middle = midstate(words[:16], Column.shared, rounds)
    tail = [*words[16:19], Column(np.array(nonces, np.uint32))]
    return [word.of for word in digest(middle, tail, Column.shared, rounds)]
