"""What passes between the link and the rest of the chip."""

from enum import IntEnum

from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import Out

__all__ = [
    "Byte",
    "Control",
    "FrameByte",
    "FrameStream",
    "FrameWrite",
    "JobWord",
    "Result",
    "Setting",
    "SettingWord",
    "Status",
    "Tallied",
    "Tally",
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


class Control(data.Struct):
    """Registers that steer the chip. Each changes as a whole, in one cycle.

    Members
    -------
    ticket_mask
        Register 0x14.
    rolling
        Version rolling is on: register 0xA4 bit 31.
    version_mask
        Header version bits 28:13 that may roll: register 0xA4 bits 15:0.
    running
        Hash at all: register 0x10 is not zero.
    reporting
        Report nonces: register 0x18 bits 31:28 are not all zero.
    hit_mask
        Mask of a core's test on ``H7``: register 0xE3.
    first_version
        Version counter that a job starts at: register 0xE4.
    address
        The chip's address in the chain.
    nonce_offset
        Register 0x0C.
    span
        Nonces of a version that each core does: register 0xE7.
    last_address
        The address before that of the next chip in the chain, 255 without one.
    """

    ticket_mask: 32
    rolling: 1
    version_mask: 16
    running: 1
    reporting: 1
    hit_mask: 32
    first_version: 16
    address: 8
    nonce_offset: 32
    span: 32
    last_address: 8


class Setting(IntEnum):
    """Registers that the chip keeps for itself."""

    TICKET_MASK = 0
    VERSION_ROLLING = 1
    HIT_MASK = 2
    FIRST_VERSION = 3
    NONCE_SPAN = 4


class SettingWord(data.Struct):
    """One of them changes.

    Members
    -------
    valid
        Up for a cycle; not again within 400.
    setting
        One of :class:`Setting`.
    data
        All of the register.
    """

    valid: 1
    setting: 3
    data: 32


class Status(data.Struct):
    """What the chip has to say for itself; must be synchronous to the link.

    Members
    -------
    build
        Identifies what the chip was made from. Looked at in reset only, like the shape.
    cores, lanes
        Its shape.
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
    nonce_error: 1
    batch: 1
    stale: 1


class Tallied(IntEnum):
    """What is counted in the chip and summed up in the link."""

    HASHES = 0
    LOST = 1
    GAPS = 2


class Tally(data.Struct):
    """So many more of something: hashes, hits that found no room, or clocks between batches.

    Members
    -------
    what
        One of :class:`Tallied`.
    """

    what: 2
    amount: 32


class FrameByte(data.Struct):
    """A byte of a body, and whether it is the last."""

    data: 8
    last: 1


#: A byte from the line. It cannot wait: ``valid`` or ``error`` is up for one cycle, ``data`` stays
#: until half-way through the next byte. ``error`` means that there was no stop bit.
Byte = wiring.Signature({"data": Out(8), "valid": Out(1), "error": Out(1)})

#: Bytes into a :class:`~.queue.FrameQueue`, and then, in a later cycle, what becomes of them.
FrameWrite = wiring.Signature(
    {"byte": Out(FrameByte), "valid": Out(1), "commit": Out(1), "rollback": Out(1)}
)

#: Bodies, byte by byte.
FrameStream = stream.Signature(FrameByte)
