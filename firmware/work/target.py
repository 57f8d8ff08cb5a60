"""Difficulties, targets, and the hash that both are about."""

from Crypto.Hash import SHA256

__all__ = [
    "DIFFICULTY_ONE",
    "HASHES_PER_DIFFICULTY",
    "difficulty_of",
    "double_sha256",
    "target_from_bits",
    "target_of",
]

#: The target of difficulty 1.
DIFFICULTY_ONE = 0xFFFF << 208

#: What a share of difficulty 1 takes on average.
HASHES_PER_DIFFICULTY = 1 << 32

_MAX = (1 << 256) - 1


def double_sha256(data: bytes) -> bytes:
    """SHA-256 of SHA-256, 32 bytes in the order that SHA-256 gives them."""
    digest: bytes = SHA256.new(SHA256.new(data).digest()).digest()
    return digest


def difficulty_of(value: int) -> float:
    """The difficulty of a hash or target, read as a number."""
    return DIFFICULTY_ONE / max(value, 1)


def target_of(difficulty: float) -> int:
    """The greatest hash that is good enough for `difficulty`.

    Exact: a float is a fraction of integers.
    """
    numerator, denominator = difficulty.as_integer_ratio()
    return min(DIFFICULTY_ONE * denominator // numerator, _MAX)


def target_from_bits(bits: int) -> int:
    """The target that the header's field `bits` stands for.

    Raises
    ------
    ValueError
        It is negative, zero or too great.
    """
    exponent, mantissa = bits >> 24, bits & 0x7FFFFF
    target = mantissa << 8 * (exponent - 3) if exponent > 3 else mantissa >> 8 * (3 - exponent)
    if bits & 0x800000 or not 0 < target <= _MAX:
        raise ValueError(f"bits must stand for a target of 256 bits, not {bits:#010x}")
    return target
