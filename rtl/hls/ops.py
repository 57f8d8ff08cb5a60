"""What each operation means, on any word type."""

from collections.abc import Sequence
from enum import Enum
from typing import Protocol, Self, TypeVar

from sluice.rtl.sha256.word import Sigma, Word


class Number(Word, Protocol):
    """A word that can also be subtracted."""

    def __sub__(self, other: Self, /) -> Self:
        """Difference modulo 2^32."""

    def parity(self, b: Self, c: Self, /) -> Self:
        """The exclusive-or of the three words."""

    def doubled(self) -> Self:
        """Twice the word, modulo 2^32."""


N = TypeVar("N", bound=Number)


class Op(Enum):
    """Operations on words.

    ``ADD_CHOOSE`` and ``ADD_MAJORITY`` are what one carry chain can do on some devices. ``SELECT``
    is one of its operands, ``GATE`` its operand or zero; which, the slot says. ``ADD_GATE``,
    ``SUB_GATE`` and ``ADD_SELECT`` are these two as the second operand of a sum.

    ``PARITY`` and ``CARRIES`` are the two words of a carry-save adder: a row of full adders, in
    which no carry goes from bit to bit. Their sum is that of the three operands (C. S. Wallace, A
    suggestion for a fast multiplier, IEEE Trans. Electronic Computers EC-13, 1964).
    """

    ADD = "add"
    SUB = "sub"
    CHOOSE = "choose"
    MAJORITY = "majority"
    PARITY = "parity"
    CARRIES = "carries"
    SIGMA = "sigma"
    ADD_CHOOSE = "add_choose"
    ADD_MAJORITY = "add_majority"
    SELECT = "select"
    GATE = "gate"
    ADD_GATE = "add_gate"
    SUB_GATE = "sub_gate"
    ADD_SELECT = "add_select"


#: Sums with an operand that depends on the slot.
GATED_SUMS = frozenset({Op.ADD_GATE, Op.SUB_GATE, Op.ADD_SELECT})
#: Operations with a carry chain.
ADDERS = frozenset({Op.ADD, Op.SUB, Op.ADD_CHOOSE, Op.ADD_MAJORITY}) | GATED_SUMS


def apply(op: Op, args: Sequence[N], which: Sigma | None = None) -> N:
    """The result of `op` on words.

    Parameters
    ----------
    op
        The operation.
    args
        Operands: two for ``ADD`` and ``SUB`` (first minus second), three for ``CHOOSE``,
        ``MAJORITY``, ``PARITY`` and ``CARRIES``, one for ``SIGMA``; for ``ADD_CHOOSE`` and
        ``ADD_MAJORITY`` the addend and then the three of the function.
    which
        The function, for ``SIGMA`` only.
    """
    if op is Op.SIGMA:
        assert which is not None
        return args[0].sigma(which)
    match op:
        case Op.ADD:
            return args[0] + args[1]
        case Op.SUB:
            return args[0] - args[1]
        case Op.CHOOSE:
            return args[0].choose(args[1], args[2])
        case Op.MAJORITY:
            return args[0].majority(args[1], args[2])
        case Op.PARITY:
            return args[0].parity(args[1], args[2])
        case Op.CARRIES:
            return args[0].majority(args[1], args[2]).doubled()
        case Op.ADD_CHOOSE:
            return args[0] + args[1].choose(args[2], args[3])
        case Op.ADD_MAJORITY:
            return args[0] + args[1].majority(args[2], args[3])
    raise AssertionError(op)
