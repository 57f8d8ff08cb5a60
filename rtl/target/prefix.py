"""Adders of standard cells: which carries are formed from which.

In a ripple adder each bit is a full adder, which libraries have as a cell, and waits for the one
below. In the others carries are formed by a tree.

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

from amaranth.hdl import Cat, Const, Elaboratable, Instance, Module, Signal, Value

#: The name of the module of a full adder.
FULL_ADDER = "full_adder"


class Adder(Enum):
    """The order in which groups of bits are put together."""

    RIPPLE = "ripple"
    BRENT_KUNG = "brent-kung"
    SKLANSKY = "sklansky"
    KOGGE_STONE = "kogge-stone"


def steps(adder: Adder, width: int) -> Iterator[list[tuple[int, int]]]:
    """Levels of a tree: the group that ends in bit `high` takes in that of `low`.

    The pairs of a level read what the levels before have made.
    """
    spans = [1 << level for level in range((width - 1).bit_length())]
    match adder:
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
    if adder is Adder.RIPPLE:
        carry: Value = Const(carry_in, 1)
        sums = []
        for bit in range(width):
            total, carry = full_add(m, a[bit], b[bit], carry)
            sums.append(total)
        return Cat(*sums)
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


def full_add(m: Module, a: Value, b: Value, c: Value) -> tuple[Value, Value]:
    """Sum and carry of three bits: a full adder, or gates if one of the bits is a number."""
    total, carry = Signal(), Signal()
    bits = [a, b, c]
    if any(isinstance(bit, Const) for bit in bits):
        m.d.comb += [total.eq(a ^ b ^ c), carry.eq(a & b | c & (a | b))]
    else:
        pins = {"i_a": a, "i_b": b, "i_c": c, "o_total": total, "o_carry": carry}
        m.submodules += Instance(FULL_ADDER, **pins)
    return total, carry


class FullAdder(Elaboratable):
    """The module of a full adder: the parity of three bits, and what at least two of them have.

    Members
    -------
    a, b, c, total, carry : 1 bit each
    """

    def __init__(self) -> None:
        self.a, self.b, self.c = Signal(name="a"), Signal(name="b"), Signal(name="c")
        self.total, self.carry = Signal(name="total"), Signal(name="carry")

    @property
    def ports(self) -> list[Signal]:
        """All of them."""
        return [self.a, self.b, self.c, self.total, self.carry]

    def elaborate(self, platform: object) -> Module:
        """Gates."""
        m = Module()
        m.d.comb += self.total.eq(self.a ^ self.b ^ self.c)
        m.d.comb += self.carry.eq(self.a & self.b | self.c & (self.a | self.b))
        return m


def _wire(m: Module, value: Value) -> Signal:
    wire = Signal()
    m.d.comb += wire.eq(value)
    return wire
