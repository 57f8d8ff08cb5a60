"""Where the engine keeps its words."""

from sluice.rtl.sha256.constants import INITIAL_STATE, ROUND_CONSTANTS

from .codegen import Place
from .isa import ADDRESS_BITS, Base

SLOTS = 4
SLOT_WORDS = 32

#: Places in a slot, after the twenty words of the header.
SLOT_JOB = 20
SLOT_HIT_MASK = 21


class Layout:
    """The map of the memory.

    Parameters
    ----------
    lanes
        Lanes of the cores.
    rounds
        Rounds of a compression.
    constants
        Numbers that programs use, besides those of SHA-256.

    Members
    -------
    slots, mid, k, initial, pool, a, e, w, result, scratch : int
        First addresses: slots of jobs, a midstate for each lane and one for checks, round
        constants, initial state, further constants, the three sequences of a compression, its
        result, and words for a time. The slots begin at a multiple of their size.
    """

    def __init__(self, lanes: int, rounds: int, constants: tuple[int, ...]) -> None:
        self.rounds = rounds
        self.constants = constants
        self.slots = 0
        self.mid = SLOTS * SLOT_WORDS
        self.k = self.mid + 8 * (lanes + 1)
        self.initial = self.k + rounds
        self.pool = self.initial + 8
        self.a = self.pool + len(constants)
        self.e = self.a + rounds + 4
        self.w = self.e + rounds + 4
        self.result = self.w + max(rounds, 16)
        self.scratch = self.result + 8

    def slot(self, index: int) -> Place:
        """A word of the slot in use."""
        return Place(self.slots + index, Base.SLOT)

    def midstate(self, index: int, lane: int | None = None) -> Place:
        """A word of the midstate of a lane, or of the lane in use."""
        if lane is None:
            return Place(self.mid + index, Base.LANE)
        return Place(self.mid + 8 * lane + index)

    def constant(self, value: int) -> Place:
        """A number."""
        return Place(self.pool + self.constants.index(value))

    def contents(self, size: int) -> list[int]:
        """What the memory holds at the start, `size` words.

        Raises
        ------
        ValueError
            It does not fit.
        """
        if not self.scratch < size <= 1 << ADDRESS_BITS:
            raise ValueError(f"memory of {size} words is too small: {self.scratch} are in use")
        words = [0] * size
        words[self.k : self.k + self.rounds] = ROUND_CONSTANTS[: self.rounds]
        words[self.initial : self.initial + 8] = INITIAL_STATE
        words[self.pool : self.pool + len(self.constants)] = self.constants
        return words
