"""Where a compact chip keeps its registers: half as many places as there are numbers.

Numbers share a place with others. Those that the chip knows each have one of their own, and those
that would change or show it have none: see :func:`has_place`.
"""

from amaranth import Cat, Value

__all__ = ["has_place", "place"]


def has_place(number: Value) -> Value:
    """Whether a register has a place.

    It has if its `number` is a multiple of four below 0x60, is one from 0x80 to 0xBF whose bit 1 is
    zero and whose bits 0 and 4 are alike, or is at least 0xE0.
    """
    alike = ~number[1] & (number[0] == (number[4] & number[7]))
    return (alike & ~(number[6] & (number[5] | number[7]))) | number[5:8].all()


def place(number: Value, has: Value, of_domain: Value) -> Value:
    """The place of a register, 7 bits.

    Parameters
    ----------
    number
        Of the register.
    has
        What :func:`has_place` says. If it has none, the place is one that is nobody's, and stays
        zero as long as nothing else is written there.
    of_domain
        It is one of those that tell a quarter of the hashes, so the place is that of their total.
    """
    return Cat(
        number[0] | (number[7] & ~number[6]),
        ~of_domain & (number[1] | ~has),
        number[2] | of_domain,
        number[3:6],
        number[6] & has,
    )
