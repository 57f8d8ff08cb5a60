"""Jobs: a block header for all chips to hash."""

from dataclasses import dataclass

from sluice.rtl.protocol.checks import check_range
from sluice.rtl.protocol.crc import job_crc
from sluice.rtl.protocol.frames import (
    COMMAND_PREAMBLE,
    JOB_FRAME_BYTES,
    JOB_HEADER,
    JOB_LENGTHS,
    FrameError,
    body_length,
)
from sluice.rtl.protocol.header import HEADER_BYTES, Header

__all__ = ["Job", "parse_job"]


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job; ``bytes()`` of it is the frame.

    Parameters
    ----------
    job_id
        The job id byte. Chips give bits 6:3 back with each nonce (the BM1366 bit 7 too), so
        hosts use multiples of 8 below 0x80.
    header
        The header; its nonce is where the chip starts.
    length
        The length byte, one of :data:`~.frames.JOB_LENGTHS`.
    """

    job_id: int
    header: Header
    length: int = JOB_LENGTHS[0]

    def __post_init__(self) -> None:
        check_range("job_id", self.job_id, 8)
        if self.length not in JOB_LENGTHS:
            raise ValueError(f"length must be 0x56 or 0x36, not {self.length:#04x}")

    def __bytes__(self) -> bytes:
        data = bytes(self.header)
        words = b"".join(data[at : at + 4] for at in reversed(range(0, HEADER_BYTES, 4)))
        body = bytes([JOB_HEADER, self.length, self.job_id, 1]) + words
        return COMMAND_PREAMBLE + body + job_crc(body).to_bytes(2, "big")


def parse_job(frame: bytes) -> Job:
    """The job in a whole frame.

    Raises
    ------
    FrameError
        If it is none, or damaged.
    """
    if len(frame) != JOB_FRAME_BYTES:
        raise FrameError(f"job must be {JOB_FRAME_BYTES} bytes, not {len(frame)}")
    body, check = frame[2:-2], int.from_bytes(frame[-2:], "big")
    start = frame[:4]
    if start[:2] != COMMAND_PREAMBLE or body_length(body[0], body[1]) != JOB_FRAME_BYTES - 2:
        raise FrameError(f"job must start with 55 aa 21 56 or 55 aa 21 36, not {start.hex(' ')}")
    if job_crc(body) != check:
        raise FrameError(f"CRC16 must be {job_crc(body):#06x}, not {check:#06x}")
    words = body[4:]
    data = b"".join(words[at : at + 4] for at in reversed(range(0, HEADER_BYTES, 4)))
    return Job(job_id=body[2], header=Header.from_bytes(data), length=body[1])
