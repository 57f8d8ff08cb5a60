"""Instructions of the processor.

The processor has an accumulator with a carry, two latches ``x`` and ``y``, an index, a counter of
seven bits, and a memory of 32-bit words. An instruction takes one cycle; its operand is a word of
memory.
"""

from dataclasses import dataclass
from enum import IntEnum, IntFlag

from sluice.rtl.sha256.word import BIG_SIGMA0, BIG_SIGMA1, SMALL_SIGMA0, SMALL_SIGMA1, Sigma

ADDRESS_BITS = 10
COUNTER_BITS = 7


class Kind(IntEnum):
    """What an instruction does."""

    #: Add a function of the operand to the accumulator; the carry is that of this sum.
    ADD = 0
    #: Write the accumulator to memory.
    STORE = 1
    #: Take the operand, or a word from outside, into latches: see :class:`Latch`.
    LATCH = 2
    #: Take the index from the accumulator.
    INDEX = 3
    #: Put the accumulator on the work bus, `address` being that of the work word, and `select` 1
    #: if it is for all cores; otherwise it is for the one that the counter tells.
    SEND = 4
    #: Tell something, see :class:`Event`, in `address`.
    SIGNAL = 5
    #: Change the flow, see :class:`Flow`.
    FLOW = 6


class Select(IntEnum):
    """The function of an :attr:`Kind.ADD` instruction; ``m`` is its operand."""

    BIG_SIGMA0 = 1
    BIG_SIGMA1 = 2
    SMALL_SIGMA0 = 4
    SMALL_SIGMA1 = 8
    WORD = 16
    #: ``Ch(m, x, y)``: bits of ``x`` where ``m`` has ones, of ``y`` elsewhere.
    CHOOSE = 32
    #: ``Maj(m, x, y)``
    MAJORITY = 48


#: Sigmas by their selection.
SIGMAS: dict[Select, Sigma] = {
    Select.BIG_SIGMA0: BIG_SIGMA0,
    Select.BIG_SIGMA1: BIG_SIGMA1,
    Select.SMALL_SIGMA0: SMALL_SIGMA0,
    Select.SMALL_SIGMA1: SMALL_SIGMA1,
}


class Latch(IntFlag):
    """What a :attr:`Kind.LATCH` instruction does; nothing: it passes a cycle.

    A processor for small devices puts the operand, OR-ed with the word from outside, into ``y``.
    """

    NONE = 0
    #: Take the operand into ``x`` or ``y``.
    X = 1
    Y = 2
    #: Take the next word of a job into ``x``, as soon as it is there.
    JOB = 4 | X
    #: Take the nonce of the hit that waits into ``y``.
    NONCE = 8 | Y
    #: Take the first or the last nonce of the chip in a segment into ``y``.
    FIRST = 16 | Y
    LAST = 24 | Y
    #: Take the tag of the hit that waits into bits 7:0 of ``y``; above, its lanes, if there are
    #: more than one.
    HIT = 32 | Y


class Flow(IntEnum):
    """What an :attr:`Kind.FLOW` instruction does."""

    #: Go to `address` if a :class:`Condition` holds, or does not, with `negate`.
    JUMP = 0
    #: Count; go to `address` unless the counter is zero then.
    LOOP = 1
    #: Go to `address` and remember where from.
    CALL = 2
    #: Go back.
    RETURN = 3
    #: Set the counter to `address`.
    COUNT = 4


class Condition(IntEnum):
    """What a jump depends on."""

    ALWAYS = 0
    #: The carry of the last sum; of a difference, that it is not negative.
    CARRY = 1
    #: Bit 31 of the accumulator.
    SIGN = 7
    #: A job waits.
    JOB = 2
    #: The chip is to hash.
    RUNNING = 3
    #: A hit waits, and there is room for its results.
    HIT = 4
    #: Every core has gone over to what it was given last.
    SETTLED = 5
    #: The last stale hit has not been counted yet.
    COUNTING = 6


class Event(IntFlag):
    """What a :attr:`Kind.SIGNAL` instruction tells."""

    #: A result: the rolled bits are in ``x``, as in ``W0``, the job id in ``y``, by how much it is
    #: better in the accumulator, and its nonce is that of the hit that waits.
    REPORT = 1
    #: A hit has failed the check.
    ERROR = 2
    #: A batch is begun.
    BATCH = 4
    #: A hit is of a job that has been forgotten.
    STALE = 8
    #: The hit that waits is done with.
    DONE = 16


class Base(IntFlag):
    """What is added to the address of an operand; both: the index OR the counter."""

    ZERO = 0
    COUNTER = 1
    INDEX = 2


#: Fields of an instruction: lowest bit and width.
FIELDS = {
    "address": (0, ADDRESS_BITS),
    "base": (10, 2),
    "kind": (12, 3),
    "clear": (15, 1),
    "negate": (16, 1),
    "select": (17, 7),
}
INSTRUCTION_BITS = sum(width for _, width in FIELDS.values())

#: In the selection of a jump, the condition lies above the :class:`Flow`.
CONDITION_SHIFT = 3


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One instruction.

    Members
    -------
    kind
        What it does.
    select
        A :class:`Select`, :class:`Latch` or :class:`Flow`, by its kind; of a jump, its
        :class:`Condition` as well.
    base, address
        The operand, or what else the kind needs; 10 bits.
    clear
        The accumulator is zero afterwards. The carry stays. Not with :attr:`Kind.ADD`.
    negate
        Subtract instead of adding; jump if the condition does not hold.
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
        if self.clear and self.kind is Kind.ADD:
            raise ValueError("a sum cannot clear the accumulator")

    @property
    def reads(self) -> bool:
        """Whether it has an operand in memory."""
        return self.kind is Kind.ADD or (
            self.kind is Kind.LATCH and self.select in {Latch.X, Latch.Y}
        )

    def encode(self) -> int:
        """The instruction as a number, by :data:`FIELDS`."""
        value = 0
        for name, (low, _) in FIELDS.items():
            value |= int(getattr(self, name)) << low
        return value
