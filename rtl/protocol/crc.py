"""The two CRCs of the wire. The same parameters make the hardware: see :mod:`sluice.rtl.link.crc`.

The daemon has nothing of Amaranth's, whose library has the hardware; its software models are what
these are tested against.
"""

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["CRC5", "CRC16", "Crc", "command_crc", "job_crc", "response_crc"]


@dataclass(frozen=True, kw_only=True)
class Crc:
    """A cyclic redundancy check, most significant bit first, neither reflected nor inverted.

    Attributes
    ----------
    width
        Bits of the check.
    polynomial
        Without its highest term.
    initial
        What the register holds before the first bit.
    """

    width: int
    polynomial: int
    initial: int

    def compute(self, words: Iterable[int], bits: int = 8) -> int:
        """The check of words of so many bits, each with its most significant bit first."""
        check, top, mask = self.initial, self.width - 1, (1 << self.width) - 1
        for word in words:
            for place in reversed(range(bits)):
                carry = (check >> top ^ word >> place) & 1
                check = check << 1 & mask ^ self.polynomial * carry
        return check


#: Commands and responses: x^5 + x^2 + 1, most significant bit first (known as CRC-5/USB's
#: polynomial, without its reflections and final inversion).
CRC5 = Crc(width=5, polynomial=0x05, initial=0x1F)

#: Jobs: CRC-16/IBM-3740, also called CCITT-FALSE.
CRC16 = Crc(width=16, polynomial=0x1021, initial=0xFFFF)


def command_crc(body: Iterable[int]) -> int:
    """CRC5 over whole bytes: everything between the preamble and the check of a command."""
    return CRC5.compute(body)


def job_crc(body: Iterable[int]) -> int:
    """CRC16 over whole bytes: everything between the preamble and the check of a job."""
    return CRC16.compute(body)


def response_crc(payload: Iterable[int], kind: int) -> int:
    """CRC5 over the payload of a response and then the three bits of its type."""
    bits = [byte >> i & 1 for byte in payload for i in reversed(range(8))]
    return CRC5.compute(bits + [kind >> i & 1 for i in reversed(range(3))], bits=1)
