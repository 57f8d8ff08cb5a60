"""SHA-256 on Python integers: the model that hardware is compared with."""

from collections.abc import Iterator, Sequence
from typing import Self

from .constants import INITIAL_STATE
from .function import ROUNDS, compress
from .word import Sigma

MASK = 0xFFFFFFFF


class Word32(int):
    """A number of 32 bits as a word of SHA-256. Arithmetic wraps."""

    def __new__(cls, value: int) -> Self:
        """Take `value` modulo 2^32."""
        return super().__new__(cls, value & MASK)

    def __add__(self, other: int, /) -> "Word32":
        return Word32(int(self) + int(other))

    def __sub__(self, other: int, /) -> "Word32":
        return Word32(int(self) - int(other))

    def parity(self, b: int, c: int, /) -> "Word32":
        """The exclusive-or of three words."""
        return Word32(self ^ b ^ c)

    def doubled(self) -> "Word32":
        """Twice the word."""
        return Word32(self << 1)

    def choose(self, f: int, g: int, /) -> "Word32":
        """``Ch``, FIPS 180-4 equation 4.2."""
        return Word32((self & f) ^ (~self & g))

    def majority(self, b: int, c: int, /) -> "Word32":
        """``Maj``, FIPS 180-4 equation 4.3."""
        return Word32((self & b) ^ (self & c) ^ (b & c))

    def sigma(self, which: Sigma, /) -> "Word32":
        """Equations 4.4 to 4.7."""
        result = 0
        for amount in which.rotr:
            result ^= (self >> amount) | (self << (32 - amount))
        for amount in which.shr:
            result ^= self >> amount
        return Word32(result)


def compress_words(
    chaining: Sequence[int], block: Sequence[int], rounds: int = ROUNDS
) -> tuple[int, ...]:
    """Like :func:`~.function.compress`, numbers in and numbers out."""
    state = compress([Word32(w) for w in chaining], [Word32(w) for w in block], Word32, rounds)
    return tuple(int(w) for w in state)


def words(data: bytes) -> tuple[int, ...]:
    """Split bytes into words; the first byte of four is the most significant."""
    if len(data) % 4:
        raise ValueError(f"data must be whole words of 4 bytes, not {len(data)} bytes")
    return tuple(int.from_bytes(data[i : i + 4], "big") for i in range(0, len(data), 4))


def padded_blocks(message: bytes) -> Iterator[tuple[int, ...]]:
    """The blocks of a message with the padding of FIPS 180-4 section 5.1.1."""
    length = len(message)
    padded = message + b"\x80" + bytes(-(length + 9) % 64) + (8 * length).to_bytes(8, "big")
    for start in range(0, len(padded), 64):
        yield words(padded[start : start + 64])


def digest(message: bytes) -> bytes:
    """SHA-256 of `message`, 32 bytes."""
    state: tuple[int, ...] = INITIAL_STATE
    for block in padded_blocks(message):
        state = compress_words(state, block)
    return b"".join(word.to_bytes(4, "big") for word in state)
