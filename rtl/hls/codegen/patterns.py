"""Patterns of bits that tell some numbers from others, where for the rest it does not matter."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class _Product:
    """Bits that are cared for, and what they are, with all numbers that have them so."""

    cared: int
    value: int


def patterns(on: Collection[int], free: Collection[int], width: int) -> list[str]:
    """Patterns that all of `on` match, and no other number that is not in `free`.

    None can be left out, and no bit of one can be free instead: an irredundant sum of products,
    by S. Minato, Fast generation of irredundant sum-of-products forms from binary decision
    diagrams, SASIMI 1992.

    Parameters
    ----------
    on, free
        Numbers of `width` bits; what is in both is free.
    width
        Bits of a number, and characters of a pattern: ``0``, ``1`` or ``-``, the highest first.
    """
    allowed = sum(1 << number for number in {*on, *free})
    needed = sum(1 << number for number in {*on} - {*free})
    products, _ = _sum(needed, allowed, width)
    return [
        "".join(
            str(product.value >> bit & 1) if product.cared >> bit & 1 else "-"
            for bit in reversed(range(width))
        )
        for product in products
    ]


def _sum(needed: int, allowed: int, width: int) -> tuple[Sequence[_Product], int]:
    """Products, and the numbers that match any of them: a bit for each number.

    They are all of `needed`, and none but those of `allowed`.
    """
    if not needed:
        return [], 0
    size = 1 << width
    everything = (1 << size) - 1
    if allowed == everything:
        return [_Product(0, 0)], everything
    top, half = 1 << (width - 1), size // 2
    low = (1 << half) - 1
    need, allow = (needed & low, needed >> half), (allowed & low, allowed >> half)
    # What only numbers with a low top bit may match, then with a high one, then what is left.
    made: list[_Product] = []
    matched = [0, 0]
    for value in (0, 1):
        own, found = _sum(need[value] & ~allow[1 - value], allow[value], width - 1)
        made += [_Product(p.cared | top, p.value | top * value) for p in own]
        matched[value] = found
    left = (need[0] & ~matched[0]) | (need[1] & ~matched[1])
    both, found = _sum(left, allow[0] & allow[1], width - 1)
    return [*made, *both], (matched[0] | found) | (matched[1] | found) << half
