"""Constants of SHA-256, computed from their definition."""

from itertools import count, islice
from math import isqrt

__all__ = ["INITIAL_STATE", "ROUND_CONSTANTS"]


def _primes(amount: int) -> list[int]:
    return list(islice((n for n in count(2) if all(n % d for d in range(2, isqrt(n) + 1))), amount))


def _cube_root(n: int) -> int:
    low, high = 0, 1 << (n.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= n else (low, middle - 1)
    return low


#: ``H(0)``: fractional parts of the square roots of the first 8 primes (FIPS 180-4 section 5.3.3).
INITIAL_STATE = tuple(isqrt(p << 64) & 0xFFFFFFFF for p in _primes(8))

#: ``K0`` to ``K63``: fractional parts of the cube roots of the first 64 primes (section 4.2.2).
ROUND_CONSTANTS = tuple(_cube_root(p << 96) & 0xFFFFFFFF for p in _primes(64))
