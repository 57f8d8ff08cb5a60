"""What SHA-256 asks of a word."""

from dataclasses import dataclass
from typing import Protocol, Self


@dataclass(frozen=True)
class Sigma:
    """An exclusive-or of rotated and shifted copies of one word (FIPS 180-4 section 4.1.2).

    Parameters
    ----------
    rotr
        Amounts of the right rotations.
    shr
        Amounts of the right shifts.
    """

    rotr: tuple[int, ...]
    shr: tuple[int, ...] = ()

    def taps(self, bit: int) -> tuple[int, ...]:
        """Input bits whose exclusive-or is output bit ``bit`` (0 is the least significant)."""
        rotated = tuple((bit + amount) % 32 for amount in self.rotr)
        return rotated + tuple(bit + amount for amount in self.shr if bit + amount < 32)


BIG_SIGMA0 = Sigma((2, 13, 22))
BIG_SIGMA1 = Sigma((6, 11, 25))
SMALL_SIGMA0 = Sigma((7, 18), (3,))
SMALL_SIGMA1 = Sigma((17, 19), (10,))


class Word(Protocol):
    """A 32-bit word."""

    def __add__(self, other: Self, /) -> Self:
        """Sum modulo 2^32."""

    def choose(self, f: Self, g: Self, /) -> Self:
        """``Ch(self, f, g)``: bits of `f` where this word has ones, of `g` where zeros."""

    def majority(self, b: Self, c: Self, /) -> Self:
        """``Maj(self, b, c)``: the bit that at least two of the three words have."""

    def sigma(self, which: Sigma, /) -> Self:
        """One of the four sigma functions."""
