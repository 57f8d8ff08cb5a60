"""Instructions of the engine.

The engine has an accumulator, two latches ``x`` and ``y``, a counter ``t``, and a memory of 32-bit
words. An instruction takes one clock; its operand is a word of memory.
"""

from dataclasses import dataclass
from enum import IntEnum

from sluice.rtl.sha256.word import BIG_SIGMA0, BIG_SIGMA1, SMALL_SIGMA0, SMALL_SIGMA1, Sigma


class Kind(IntEnum):
    """What an instruction does."""

    #: Add a function of the operand to the accumulator.
    ALU = 0
    #: Take the operand into a latch.
    LATCH_X = 1
    LATCH_Y = 2
    #: Write the accumulator to memory.
    STORE = 3
    #: Put the accumulator on the work bus, `address` being that of the work word.
    SEND = 4
    #: Hand the accumulator to the unit that judges hits; `address` says what it is.
    TELL = 5
    #: Take a word from outside into the accumulator.
    INPUT = 6
    #: Change the flow.
    FLOW = 7


class Select(IntEnum):
    """The function of an :attr:`Kind.ALU` instruction; ``m`` is its operand."""

    WORD = 0
    BIG_SIGMA0 = 1
    BIG_SIGMA1 = 2
    SMALL_SIGMA0 = 3
    SMALL_SIGMA1 = 4
    #: ``Ch(m, x, y)``
    CHOOSE = 5
    #: ``Maj(m, x, y)``
    MAJORITY = 6


#: Sigmas by their selection.
SIGMAS: dict[Select, Sigma] = {
    Select.BIG_SIGMA0: BIG_SIGMA0,
    Select.BIG_SIGMA1: BIG_SIGMA1,
    Select.SMALL_SIGMA0: SMALL_SIGMA0,
    Select.SMALL_SIGMA1: SMALL_SIGMA1,
}


class Source(IntEnum):
    """What an :attr:`Kind.INPUT` instruction takes."""

    #: The accumulator with the rolled version bits set in it, ``W0`` in both.
    ROLLED = 0
    #: The nonce of the hit that is being checked.
    NONCE = 1


class Flow(IntEnum):
    """What an :attr:`Kind.FLOW` instruction does."""

    #: Stop: the program is done.
    HALT = 0
    #: Count; go to `address` unless the counter has reached the number of rounds.
    LOOP = 1
    #: Go to `address` and remember where from.
    CALL = 2
    #: Go back.
    RETURN = 3
    #: Set the counter to `address`.
    COUNT = 4


class Base(IntEnum):
    """What is added to the address of an operand."""

    ZERO = 0
    #: The counter.
    COUNTER = 1
    #: 32 times the slot.
    SLOT = 2
    #: 8 times the lane.
    LANE = 3


class Told(IntEnum):
    """Addresses of :attr:`Kind.TELL`, in the order in which a check sends them."""

    JOB = 8
    HIT_MASK = 9
    H7 = 7
    H6 = 6
    H5 = 5
    H4 = 4
    H3 = 3
    H2 = 2
    H1 = 1
    H0 = 0


ADDRESS_BITS = 10
INSTRUCTION_BITS = ADDRESS_BITS + 10


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One instruction.

    Members
    -------
    kind
        What it does.
    select
        A :class:`Select`, :class:`Source` or :class:`Flow`, by its kind.
    base, address
        The operand, or what else the kind needs; 10 bits.
    clear
        The accumulator counts as zero.
    negate
        Subtract instead of adding.
    """

    kind: Kind
    select: int = 0
    base: Base = Base.ZERO
    address: int = 0
    clear: bool = False
    negate: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.address < 1 << ADDRESS_BITS:
            raise ValueError(f"address must be a number of {ADDRESS_BITS} bits: {self.address}")

    @property
    def reads(self) -> bool:
        """Whether it has an operand in memory."""
        return self.kind in {Kind.ALU, Kind.LATCH_X, Kind.LATCH_Y}

    def encode(self) -> int:
        """The instruction in 20 bits, in the order of :data:`FIELDS`."""
        value = 0
        for name, (low, _) in FIELDS.items():
            value |= int(getattr(self, name)) << low
        return value


#: Lowest bit and width of each field.
FIELDS = {
    "address": (0, ADDRESS_BITS),
    "base": (10, 2),
    "select": (12, 3),
    "kind": (15, 3),
    "clear": (18, 1),
    "negate": (19, 1),
}
