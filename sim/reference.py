"""The independent reference: pycryptodome's SHA-256, twice, of a block header."""

from Crypto.Hash import SHA256

from sluice.rtl.protocol.header import Header

__all__ = ["block_hash", "digest_word", "leading_zeros", "mask_of", "target_of"]


def _digest(header: Header) -> bytes:
    return bytes(SHA256.new(SHA256.new(bytes(header)).digest()).digest())


def block_hash(header: Header) -> str:
    """The hash as people read it: the digest's bytes in reverse, 64 digits."""
    return _digest(header)[::-1].hex()


def digest_word(header: Header) -> int:
    """``H7``, the word that the hardware tests."""
    return int.from_bytes(_digest(header)[28:], "big")


def leading_zeros(header: Header) -> int:
    """How many bits at the start of :func:`block_hash` are zero."""
    return 256 - int.from_bytes(_digest(header), "little").bit_length()


def mask_of(bits: int) -> int:
    """The mask on ``H7`` that asks for `bits` zero bits at the start of :func:`block_hash`.

    Raises
    ------
    ValueError
        There are 0 to 32 bits in the word.
    """
    if not 0 <= bits <= 32:
        raise ValueError(f"mask bits must be 0 to 32, not {bits}")
    top = (1 << 32) - (1 << (32 - bits))
    return int.from_bytes(top.to_bytes(4, "little"), "big")


def target_of(header: Header) -> int:
    """The number that the hash of a valid block does not exceed, from the field `bits`."""
    size, digits = header.bits >> 24, header.bits & 0x7FFFFF
    return digits << 8 * (size - 3) if size >= 3 else digits >> 8 * (3 - size)
