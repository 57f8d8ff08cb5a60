"""The ticket mask: how hard a hash must be before the chip reports it.

The chip reports a nonce if ``H7 == 0`` and ``H6 & mask == 0``, on the raw words of the second
digest. A hash read as Bitcoin reads it has the bytes of each word swapped, so the mask for `n` more
leading zero bits has the lowest bytes filled first, each from its top bit down.
"""

from sluice.rtl.protocol.checks import check_range

__all__ = ["passes", "ticket_bits", "ticket_difficulty", "ticket_mask"]


def ticket_mask(difficulty: float) -> int:
    """Register value for the greatest power of two not above `difficulty`.

    Raises
    ------
    ValueError
        If `difficulty` is below 1 or above 2^32.
    """
    if not 1 <= difficulty <= 1 << 32:
        raise ValueError(f"difficulty must be between 1 and 2^32, not {difficulty}")
    bits = int(difficulty).bit_length() - 1
    swapped = ~(0xFFFFFFFF >> bits) & 0xFFFFFFFF
    return int.from_bytes(swapped.to_bytes(4, "big"), "little")


def ticket_bits(mask: int) -> int:
    """How many leading zero bits beyond 32 the register value asks for.

    Raises
    ------
    ValueError
        If it is none that :func:`ticket_mask` makes.
    """
    check_range("mask", mask, 32)
    bits = mask.bit_count()
    if mask != ticket_mask(1 << bits):
        raise ValueError(f"mask must ask for leading bits without a gap, not {mask:#010x}")
    return bits


def ticket_difficulty(mask: int) -> int:
    """The difficulty that the register value stands for."""
    return 1 << ticket_bits(mask)


def passes(h6: int, h7: int, mask: int) -> bool:
    """Whether a digest that ends in words `h6`, `h7` is reported."""
    return check_range("h7", h7, 32) == 0 and check_range("h6", h6, 32) & mask == 0
