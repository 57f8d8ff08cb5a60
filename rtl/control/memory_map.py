"""Where the processor keeps its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, auto

from sluice.rtl.interface import Parameter
from sluice.rtl.protocol.registers import BY_NUMBER, Number
from sluice.rtl.sha256.constants import INITIAL_STATE, ROUND_CONSTANTS

from .isa import ADDRESS_BITS, COUNTER_BITS, Base, Instruction, Kind

#: From one bank of a job to the next. The counter stays below: an index can be OR-ed with it.
ROW = 1 << COUNTER_BITS

#: Places in a bank, after the twenty words of the header; then comes a midstate, of a lane.
BANK_JOB = 20
BANK_HIT_MASK = 21
_MIDSTATE = 22
_ROLLED = 30

#: What registers are after a reset, where that is not zero.
RESET = {one: reset for one in Parameter if (reset := BY_NUMBER[Number[one.name]].reset)}
_PARAMETERS = 8


class Variable(IntEnum):
    """Words that programs keep. Jobs are numbered, in units of :data:`ROW`; flags have bit 31."""

    #: The newest job, and the one that is hashed.
    NEWEST = auto()
    CURRENT = auto()
    #: There is a job that has not been begun.
    FRESH = auto()
    #: A job is hashed, and there is something left of it to prepare.
    HASHING = auto()
    MORE = auto()
    #: Bit 0: the batch that is prepared next is to be started at once.
    AT_ONCE = auto()
    #: Version bits 28:13 that may roll, and those of the next version, in bits 31:16.
    MASK = auto()
    VERSION = auto()
    #: There are no more versions.
    OVER = auto()
    #: Rolled bits, as in ``W0``.
    ROLLED = auto()
    #: The last batch, and where a batch is remembered, as an index, or where a lane of it is.
    TAG = auto()
    ENTRY = auto()
    #: The lane at work, as an index, or as a bit above the tag of a hit.
    LANE = auto()
    #: The segment, bits 31:25, less what makes the last one end in a carry.
    SEGMENT = auto()
    #: A core has been given nonces in this round of all cores, or of this version.
    BEGUN = auto()
    ANY = auto()
    #: Of the core at work: its first segment less the same, its segment, and its range.
    CORE = auto()
    TOP = auto()
    FIRST = auto()
    LAST = auto()
    #: Leading zeros of a hash beyond what is asked for.
    EXCESS = auto()
    #: The hit that is checked, tag and lanes, and its job.
    HIT = auto()
    JOB = auto()
    #: For a time.
    P = auto()
    Q = auto()


@dataclass(frozen=True)
class Place:
    """A word of memory."""

    address: int
    base: Base = Base.ZERO

    def instruction(
        self, kind: Kind, *, select: int = 0, clear: bool = False, negate: bool = False
    ) -> Instruction:
        """An instruction with this operand."""
        base, address = self.base, self.address
        return Instruction(
            kind=kind, select=select, base=base, address=address, clear=clear, negate=negate
        )


def counted(address: int, times: int, base: Base = Base.COUNTER) -> Place:
    """The word at `address`, or behind it, in a loop that runs so many times."""
    return Place((address - ROW + times) % (1 << ADDRESS_BITS), base)


def _places() -> tuple[int, ...]:
    """Words with one bit: the first byte is the last of a word, with its highest bit first."""
    return tuple(1 << (i ^ 7) for i in range(32))


class MemoryMap:
    """The map of the memory.

    Parameters
    ----------
    lanes
        Lanes of the cores.
    rounds
        Rounds of a compression.
    batches
        Batches that are remembered, a power of two.
    constants
        Numbers that programs use, besides those of SHA-256.
    scratch
        Words for a time.
    compact
        For a processor for small devices, see :mod:`.lut4`. Midstates are in the order of a
        result, which takes less code to copy.

    Members
    -------
    size
        Words of the memory, a power of two.
    banks
        Banks of jobs, a row each. Their first words are those of the job; then come the midstate of
        a lane, and the rolled bits of a lane for each batch.
    k, initial, pool, bits, parameters, variables, tags, jobs, a, e, w, result, scratch : int
        First addresses: round constants, initial state, further constants, the 32 bits in the order
        of a hash as people read it, registers, variables, tags and jobs of batches, the three
        sequences of a compression, its result from ``H7`` to ``H0``, and words for a time. Initial
        state and midstates are in the order of the sequences: ``d`` to ``a``, then ``h`` to ``e``;
        midstates of a compact layout are in that of the result, ``h`` to ``a``.
    """

    def __init__(
        self,
        *,
        lanes: int,
        rounds: int,
        batches: int,
        constants: Sequence[int],
        scratch: int,
        compact: bool = False,
    ) -> None:
        self.lanes = lanes
        self.rounds = rounds
        self.batches = batches
        self.compact = compact
        self.constants = tuple(constants)
        wanted = {
            "parameters": _PARAMETERS,
            "a": rounds + 4,
            "e": rounds + 4,
            "k": rounds,
            "w": max(rounds, 16),
            "bits": 32,
            "variables": len(Variable),
            "scratch": scratch,
            "pool": len(constants),
            "tags": batches,
            "jobs": batches,
            "initial": 8,
            "result": 8,
        }
        for self.size in (1 << ADDRESS_BITS - 1, 1 << ADDRESS_BITS):
            found = _fitted(wanted, self.size, batches) if self.size >= ROW * lanes else None
            if found is not None:
                break
        else:
            raise ValueError(f"memory of {self.size} words is too small")
        self.parameters, self.a, self.e, self.k = (found[n] for n in ("parameters", "a", "e", "k"))
        self.w, self.bits, self.variables = (found[n] for n in ("w", "bits", "variables"))
        self.scratch, self.pool = found["scratch"], found["pool"]
        self.tags, self.jobs = found["tags"], found["jobs"]
        self.initial, self.result = found["initial"], found["result"]

    def bank(self, index: int) -> Place:
        """A word of the bank in use."""
        return Place(index, Base.INDEX)

    @property
    def midstate_row(self) -> int:
        """Where a midstate is in the row of its lane."""
        return _MIDSTATE

    def midstate(self, index: int, lane: int) -> Place:
        """A word of the midstate of a lane."""
        return Place(ROW * lane + _MIDSTATE + (index ^ (7 if self.compact else 3)))

    @property
    def banks(self) -> int:
        """Banks of jobs."""
        return self.size // ROW

    def entry(self, first: int) -> Place:
        """A word of the batch that the index tells."""
        return Place(first, Base.INDEX)

    def rolled(self) -> Place:
        """The rolled bits of a batch and its lane, as the index tells."""
        return Place(_ROLLED, Base.INDEX)

    def variable(self, variable: Variable) -> Place:
        """A variable."""
        return Place(self.variables + variable - 1)

    def parameter(self, parameter: Parameter) -> Place:
        """A register."""
        return Place(self.parameters + parameter)

    def constant(self, value: int) -> Place:
        """A number."""
        return Place(self.pool + self.constants.index(value))

    def contents(self) -> list[int]:
        """What the memory holds at the start."""
        words = [0] * self.size
        for first, numbers in self.numbers().items():
            words[first : first + len(numbers)] = numbers
        return words

    def numbers(self) -> dict[int, Sequence[int]]:
        """What no program writes: numbers in a row, by the address of the first."""
        return {
            self.k: ROUND_CONSTANTS[: self.rounds],
            self.initial: [INITIAL_STATE[i ^ 3] for i in range(8)],
            self.pool: self.constants,
            self.bits: _places(),
        }


def _fitted(wanted: dict[str, int], size: int, batches: int) -> dict[str, int] | None:
    """First addresses, in what the banks leave; None if it does not fit. The first is aligned."""
    free = [[row, row + ROW] for row in range(0, size, ROW)]
    for gap in free:
        gap[0] += _ROLLED + batches
    # The end of a row is aligned.
    found: dict[str, int] = {}
    for name, words in wanted.items():
        for gap in free:
            if gap[1] - gap[0] >= words:
                if not found:
                    gap[1] -= words
                    found[name] = gap[1]
                else:
                    found[name] = gap[0]
                    gap[0] += words
                break
        else:
            return None
    return found
