"""Adders of standard cells: which carries are formed from which.

A bit generates a carry if both addends have it, and propagates one if exactly one of them does. Of
two neighbouring groups of bits, the lower one's carry passes the higher one if that propagates. How
groups are put together is a trade of levels, cells and wires (R. P. Brent and H. T. Kung, A regular
layout for parallel adders, IEEE Trans. Computers C-31, 1982; J. Sklansky, Conditional-sum addition
logic, IRE Trans. Electronic Computers EC-9, 1960; P. M. Kogge and H. S. Stone, A parallel algorithm
for the efficient solution of a general class of recurrence equations, IEEE Trans. Computers C-22,
1973).
"""

from collections.abc import Iterator
from enum import Enum

from amaranth.hdl import Cat, Const, Module, Signal, Value


class Adder(Enum):
    """The order in which groups of bits are put together."""

    RIPPLE = "ripple"
    BRENT_KUNG = "brent-kung"
    SKLANSKY = "sklansky"
    KOGGE_STONE = "kogge-stone"


def steps(adder: Adder, width: int) -> Iterator[list[tuple[int, int]]]:
    """Levels of pairs ``(high, low)``: the group that ends in bit `high` takes in that of `low`.

    The pairs of a level read what the levels before have made.
    """
    spans = [1 << level for level in range((width - 1).bit_length())]
    match adder:
        case Adder.RIPPLE:
            yield from ([(bit, bit - 1)] for bit in range(1, width))
        case Adder.SKLANSKY:
            for span in spans:
                yield [(bit, bit // span * span - 1) for bit in range(width) if bit & span]
        case Adder.KOGGE_STONE:
            for span in spans:
                yield [(bit, bit - span) for bit in range(span, width)]
        case Adder.BRENT_KUNG:
            for span in spans:
                yield [(bit, bit - span) for bit in range(2 * span - 1, width, 2 * span)]
            for span in reversed(spans[:-1]):
                yield [(bit, bit - span) for bit in range(3 * span - 1, width, 2 * span)]


def add(m: Module, adder: Adder, a: Value, b: Value, carry_in: int = 0) -> Value:
    """``a + b + carry_in`` modulo two to the width of `a`, as gates in `m`.

    Parameters
    ----------
    m
        Where they go.
    adder
        How carries are formed.
    a, b
        Addends of one width, bit 0 least significant.
    carry_in
        0 or 1, a number.
    """
    width = len(a)
    both, either = Signal(width), Signal(width)
    m.d.comb += [both.eq(a & b), either.eq(a ^ b)]
    generate = [both[bit] for bit in range(width)]
    propagate = [either[bit] for bit in range(width)]
    if carry_in:
        generate[0] = a[0] | b[0]
    for level in steps(adder, width - 1):
        made = {
            high: (
                generate[high] | propagate[high] & generate[low],
                propagate[high] & propagate[low],
            )
            for high, low in level
        }
        for high, (one, other) in made.items():
            generate[high], propagate[high] = _wire(m, one), _wire(m, other)
    return either ^ Cat(Const(carry_in, 1), *generate[: width - 1])


def _wire(m: Module, value: Value) -> Signal:
    wire = Signal()
    m.d.comb += wire.eq(value)
    return wire
