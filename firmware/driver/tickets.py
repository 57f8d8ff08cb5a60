"""How hard a hash must be before chips report it: enough results to see them work, not too many.

Measured in zero bits at the start of a hash. Real chips report 32 or more; a Sluice any number, by
its own register.
"""

from collections.abc import Iterator
from math import ceil, floor, log2

from sluice.rtl.protocol.commands import WriteRegister
from sluice.rtl.protocol.difficulty import ticket_mask
from sluice.rtl.protocol.registers import Number

__all__ = ["choose_zeros", "difficulty_of_zeros", "registers_for", "sluice_least", "ticket_value"]

#: Results a second that a line of 115200 baud and a host have room for.
MOST_RESULTS = 200.0

#: Hashes that one core of a Sluice does with one lane while the chip checks a hit, twice over.
CHECK_HASHES = 2 * 5200 * 4


def difficulty_of_zeros(zeros: int) -> float:
    """The difficulty of a hash with so many zero bits."""
    return 2.0 ** (zeros - 32)


def sluice_least(lanes: int) -> int:
    """Zero bits from which on a chip with so many cores times lanes can check all its hits."""
    return ceil(log2(CHECK_HASHES * max(lanes, 1)))


def choose_zeros(
    *, difficulty: float, rate: float, wanted: float, least: int, baud: float = 115200.0
) -> int:
    """Zero bits to ask for.

    Parameters
    ----------
    difficulty
        That shares need: harder results than that would lose shares.
    rate
        Hashes a second of the chain.
    wanted
        Results a second that are aimed at.
    least
        Zero bits below which the chips cannot follow.
    baud
        Of the line, which results have to pass.
    """
    for_pool = floor(log2(difficulty)) + 32
    for_rate = floor(log2(max(rate, 1.0) / wanted))
    for_line = ceil(log2(max(rate, 1.0) / (MOST_RESULTS * baud / 115200)))
    return min(max(min(for_pool, for_rate), for_line, least), 64)


def ticket_value(zeros: int) -> int:
    """The value of TICKET_MASK, which only knows bits beyond the first 32."""
    return ticket_mask(float(1 << max(zeros - 32, 0)))


def registers_for(zeros: int, *, sluice: bool) -> Iterator[WriteRegister]:
    """Writes that ask for so many zero bits. The one that makes results rarer goes first."""
    if sluice:
        yield WriteRegister(Number.HIT_MASK, ticket_mask(float(1 << min(zeros, 32))))
    yield WriteRegister(Number.TICKET_MASK, ticket_value(zeros))
