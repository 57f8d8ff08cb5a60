"""The double hash on numbers, also with fewer rounds than SHA-256 has."""

from collections.abc import Sequence

from sluice.rtl.core.mining import digest, midstate
from sluice.rtl.sha256.function import ROUNDS
from sluice.rtl.sha256.model import Word32


def header_hash_model(header: Sequence[int], rounds: int = ROUNDS) -> tuple[int, ...]:
    """Digest words of a header of twenty words, on numbers."""
    words = [Word32(word) for word in header]
    middle = midstate(words[:16], Word32, rounds)
    return tuple(int(word) for word in digest(middle, words[16:], Word32, rounds))
