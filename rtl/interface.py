"""The words that pass between the link, the controller and what is around them: written once.

All are synchronous to the link clock.
"""

from enum import IntEnum

from amaranth.lib import data

__all__ = [
    "ChipControl",
    "Counter",
    "Increment",
    "JobWord",
    "Parameter",
    "ParameterWrite",
    "Result",
    "Status",
]


class JobWord(data.Struct):
    """A word of a job. They come in the order of the frame: job id, ``W19`` down to ``W0``.

    Members
    -------
    index
        20 for the job id, else the number of the header word.
    data
        The word; the job id byte is in bits 7:0, the others are zero.
    last
        With ``W0``.
    """

    index: 5
    data: 32
    last: 1


class Result(data.Struct):
    """A nonce to report.

    Members
    -------
    nonce
        ``W19``.
    job
        The job id byte.
    bits
        The rolled bits, header version bits 28:13.
    excess
        Leading zero bits of the hash beyond 32 and those that the ticket mask asks for, saturated.
        What becomes of it on the wire depends on the model, and is the link's affair.
    """

    nonce: 32
    job: 8
    bits: 16
    excess: 8


class ChipControl(data.Struct):
    """What the registers ask of the chip all the time. Each member changes in one cycle.

    Members
    -------
    rolling
        Version rolling is on, so responses have 11 bytes: register 0xA4 bit 31.
    running
        Hash at all: register 0x10 is not zero.
    reporting
        Report nonces: register 0x18 bits 31:28 are not all zero.
    first, last
        Bits 24:9 of the first and of the last nonce, read as ``W19``, of each value of bits 31:25.
    """

    rolling: 1
    running: 1
    reporting: 1
    first: 16
    last: 16


class Parameter(IntEnum):
    """Registers that say how to hash and what to report: the controller keeps a copy of each."""

    #: Register 0x14.
    TICKET_MASK = 0
    #: Register 0xA4. Bit 31: roll versions; bits 15:0: header version bits 28:13 that may roll.
    VERSION_ROLLING = 1
    #: Register 0xE3: bits of ``H7`` that must be zero for a hit.
    HIT_MASK = 2
    #: Register 0xE4: the version counter that a job starts at.
    FIRST_VERSION = 3
    #: Register 0xE7: nonces that each core does of a version, 0 for all.
    NONCE_SPAN = 4


class ParameterWrite(data.Struct):
    """One of them is written.

    Members
    -------
    valid
        Up for a cycle; not again within 400.
    parameter
        One of :class:`Parameter`.
    data
        All of the register.
    """

    valid: 1
    parameter: 3
    data: 32


class Status(data.Struct):
    """What the chip has to say for itself.

    Members
    -------
    build
        Identifies what the chip was made from. Looked at in reset only, like shape and rate.
    cores, lanes
        Its shape.
    rate
        Hashes that all cores begin in 2^16 cycles of theirs.
    nonce_error
        A hit has failed the check by full hash. Up for a cycle, and not again within 1,200.
    batch
        A batch was begun. The same.
    stale
        A hit was lost because its job had gone. Up for a cycle, and not before the link has
        counted the one before.
    """

    build: 32
    cores: 8
    lanes: 8
    rate: 32
    nonce_error: 1
    batch: 1
    stale: 1


class Counter(IntEnum):
    """What the cores count and the link sums up."""

    #: Hashes begun, those of all lanes.
    HASHES = 0
    #: Hits that found no room, those of all lanes.
    LOST = 1
    #: Cycles of the hash clock between two batches.
    GAPS = 2
    #: Frequency of the hash clock in kHz: it comes once after each reset.
    CLOCK = 3


class Increment(data.Struct):
    """A counter goes up.

    Members
    -------
    counter
        One of :class:`Counter`.
    amount
        By how much.
    """

    counter: 2
    amount: 32
