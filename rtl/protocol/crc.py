"""The two CRCs of the wire. The same parameters make the hardware: see :mod:`sluice.rtl.link.crc`.

The daemon has nothing of Amaranth's, whose library has the hardware; its software models are what
these are tested against.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

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

    def extend(self, check: int, word: int, bits: int) -> int:
        """A check, and then a word of so many bits with its most significant bit first."""
        top, mask = self.width - 1, (1 << self.width) - 1
        for place in reversed(range(bits)):
            carry = (check >> top ^ word >> place) & 1
            check = check << 1 & mask ^ self.polynomial * carry
        return check

    @cached_property
    def _bytes(self) -> tuple[int, ...]:
        """What each byte makes of a check of zero; the sum with a check is that of both."""
        return tuple(self.extend(0, byte, 8) for byte in range(256))

    def compute(self, data: Iterable[int]) -> int:
        """The check of bytes."""
        check, table, width = self.initial, self._bytes, self.width
        if width < 8:
            for byte in data:
                check = table[check << 8 - width ^ byte]
            return check
        mask = (1 << width) - 1
        for byte in data:
            check = check << 8 & mask ^ table[check >> width - 8 ^ byte]
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
    return CRC5.extend(CRC5.compute(payload), kind, 3)
