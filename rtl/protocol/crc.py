"""The two CRCs of the wire, as parameters of Amaranth's CRC library.

The same parameters make the hardware: see :mod:`sluice.rtl.link`.
"""

from collections.abc import Iterable

from amaranth.lib.crc import Algorithm

__all__ = ["CRC5", "CRC16", "command_crc", "job_crc", "response_crc"]

#: Commands and responses: x^5 + x^2 + 1, most significant bit first (known as CRC-5/USB's
#: polynomial, without its reflections and final inversion).
CRC5 = Algorithm(
    crc_width=5,
    polynomial=0x05,
    initial_crc=0x1F,
    reflect_input=False,
    reflect_output=False,
    xor_output=0,
)

#: Jobs: CRC-16/IBM-3740, also called CCITT-FALSE.
CRC16 = Algorithm(
    crc_width=16,
    polynomial=0x1021,
    initial_crc=0xFFFF,
    reflect_input=False,
    reflect_output=False,
    xor_output=0,
)


def command_crc(body: Iterable[int]) -> int:
    """CRC5 over whole bytes: everything between the preamble and the check of a command."""
    return int(CRC5(8).compute(body))


def job_crc(body: Iterable[int]) -> int:
    """CRC16 over whole bytes: everything between the preamble and the check of a job."""
    return int(CRC16(8).compute(body))


def response_crc(payload: Iterable[int], kind: int) -> int:
    """CRC5 over the payload of a response and then the three bits of its type."""
    bits = [byte >> i & 1 for byte in payload for i in reversed(range(8))]
    return int(CRC5(1).compute(bits + [kind >> i & 1 for i in reversed(range(3))]))
