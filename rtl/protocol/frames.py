"""What all frames have in common: preambles, header bytes, lengths."""

from enum import IntEnum

__all__ = [
    "COMMAND_PREAMBLE",
    "JOB_FRAME_BYTES",
    "JOB_HEADER",
    "JOB_LENGTHS",
    "RESPONSE_PREAMBLE",
    "CommandHeader",
    "FrameError",
    "ResponseKind",
    "body_length",
]

COMMAND_PREAMBLE = b"\x55\xaa"
RESPONSE_PREAMBLE = b"\xaa\x55"

#: The header byte of a job.
JOB_HEADER = 0x21

#: Length bytes that a job may carry: ESP-Miner's and mujina's first, Bitmain's second. The frame is
#: the same but for its check.
JOB_LENGTHS = (0x56, 0x36)

#: A job on the wire, preamble and check included, whatever its length byte says.
JOB_FRAME_BYTES = 88


class CommandHeader(IntEnum):
    """Header bytes of commands: bits 6:5 the type, bit 4 broadcast, bits 3:0 the command."""

    SET_ADDRESS = 0x40
    WRITE = 0x41
    READ = 0x42
    WRITE_ALL = 0x51
    READ_ALL = 0x52
    CHAIN_INACTIVE = 0x53


class ResponseKind(IntEnum):
    """Bits 7:5 of the last byte of a response."""

    REGISTER = 0
    NONCE = 4


class FrameError(ValueError):
    """A frame that cannot be taken: its length, check or type is wrong."""


def body_length(header: int, length: int) -> int | None:
    """Bytes between the preamble and the end of a frame towards the chip.

    Returns
    -------
    The number, which includes the header and length bytes given and the check; ``None`` if no frame
    starts like this.
    """
    if header == JOB_HEADER:
        return JOB_FRAME_BYTES - len(COMMAND_PREAMBLE) if length in JOB_LENGTHS else None
    if header in (CommandHeader.WRITE, CommandHeader.WRITE_ALL):
        return 9 if length == 9 else None
    if header in tuple(CommandHeader):
        return 5 if length == 5 else None
    return None
