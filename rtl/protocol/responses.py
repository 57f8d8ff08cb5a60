"""Responses: a register's value, or a nonce."""

from dataclasses import dataclass
from typing import Self

from sluice.rtl.protocol.checks import check_range
from sluice.rtl.protocol.crc import response_crc
from sluice.rtl.protocol.frames import RESPONSE_PREAMBLE, FrameError, ResponseKind
from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.models import Model
from sluice.rtl.protocol.versions import rolled

__all__ = [
    "LONG",
    "SHORT",
    "NonceResponse",
    "RegisterResponse",
    "Response",
    "parse_response",
]

#: Bytes of a response once version rolling is on (register 0xA4 bit 31), and before.
LONG = 11
SHORT = 9


class Response:
    """A response; ``bytes()`` of it is the frame."""

    kind: ResponseKind

    def payload(self) -> bytes:
        """What stands between the preamble and the last byte."""
        raise NotImplementedError

    def __bytes__(self) -> bytes:
        payload = self.payload()
        last = self.kind << 5 | response_crc(payload, self.kind)
        return RESPONSE_PREAMBLE + payload + bytes([last])


@dataclass(frozen=True, kw_only=True)
class RegisterResponse(Response):
    """The value of a register.

    Parameters
    ----------
    value
        32 bits.
    address
        Of the chip that answers.
    register
        Its number.
    length
        :data:`LONG` or :data:`SHORT`.
    """

    value: int
    address: int
    register: int
    length: int = LONG

    kind = ResponseKind.REGISTER

    def __post_init__(self) -> None:
        check_range("value", self.value, 32)
        check_range("address", self.address, 8)
        check_range("register", self.register, 8)
        _check_response_length(self.length)

    def payload(self) -> bytes:
        """What stands between the preamble and the last byte."""
        start = self.value.to_bytes(4, "big") + bytes([self.address, self.register])
        return start + bytes(self.length - 3 - len(start))


@dataclass(frozen=True, kw_only=True)
class NonceResponse(Response):
    """A nonce.

    Parameters
    ----------
    w19
        The last word of the header.
    excess
        Byte 6 as it travels: see :meth:`~.models.Model.excess_byte`.
    tag
        Byte 7 as it travels: see :meth:`~.models.Model.tag`.
    bits
        The rolled version bits; not in the short form.
    length
        :data:`LONG` or :data:`SHORT`.
    """

    w19: int
    excess: int
    tag: int
    bits: int
    length: int = LONG

    kind = ResponseKind.NONCE

    def __post_init__(self) -> None:
        check_range("w19", self.w19, 32)
        check_range("excess", self.excess, 8)
        check_range("tag", self.tag, 8)
        check_range("bits", self.bits, 16)
        _check_response_length(self.length)

    @classmethod
    def of(
        cls,
        model: Model,
        *,
        w19: int,
        job_id: int,
        bits: int = 0,
        excess: int = 0,
        length: int = LONG,
    ) -> Self:
        """The response that a chip of this model makes of a result.

        `excess` counts leading zero bits of the hash beyond those that the ticket asks for.
        """
        return cls(
            w19=w19,
            excess=model.excess_byte(excess),
            tag=model.tag(job_id, bits),
            bits=bits if length == LONG else 0,
            length=length,
        )

    def payload(self) -> bytes:
        """What stands between the preamble and the last byte."""
        start = self.w19.to_bytes(4, "big") + bytes([self.excess, self.tag])
        return start + self.bits.to_bytes(2, "big")[: self.length - 3 - len(start)]

    def header(self, job: Job) -> Header:
        """The header that was hashed, given the job that the tag names."""
        version = rolled(job.header.version, self.bits)
        return job.header.with_version(version).with_w19(self.w19)


def _check_response_length(length: int) -> None:
    if length not in (LONG, SHORT):
        raise ValueError(f"length must be {LONG} or {SHORT}, not {length}")


def parse_response(frame: bytes) -> Response:
    """The response in a whole frame of 9 or 11 bytes.

    Raises
    ------
    FrameError
        If it is none, or damaged.
    """
    if len(frame) not in (LONG, SHORT):
        raise FrameError(f"response must be {LONG} or {SHORT} bytes, not {len(frame)}")
    if frame[:2] != RESPONSE_PREAMBLE:
        raise FrameError(f"response must start with aa 55, not {frame[:2].hex(' ')}")
    payload, kind, check = frame[2:-1], frame[-1] >> 5, frame[-1] & 0x1F
    if (wanted := response_crc(payload, kind)) != check:
        raise FrameError(f"CRC5 must be {wanted:#04x}, not {check:#04x}")
    word = int.from_bytes(payload[:4], "big")
    if kind == ResponseKind.REGISTER:
        return RegisterResponse(
            value=word, address=payload[4], register=payload[5], length=len(frame)
        )
    if kind == ResponseKind.NONCE:
        return NonceResponse(
            w19=word,
            excess=payload[4],
            tag=payload[5],
            bits=int.from_bytes(payload[6:], "big"),
            length=len(frame),
        )
    raise FrameError(f"type must be 0 or 4, not {kind}")
