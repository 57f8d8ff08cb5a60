"""What a board's rate comes to: how long shares and blocks take."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..board import Board
from ..catalogue import BOARDS
from ..sweep.results import Line, best, of_devices

#: Hashes that a share of difficulty 1 takes on average (Bitcoin Core, `GetDifficulty`: 0xFFFF at
#: 2^208 is the target of difficulty 1).
HASHES = 2**256 / (0xFFFF << 208)

#: A block of Bitcoin's main chain: height, date, and what its header has for the target.
BLOCK = (850_752, "2024-07-05", 0x17038A6D)

#: Units of time, in seconds, and from how many of them on they are used.
_UNITS = (
    ("million years", 365.25 * 86400 * 1e6),
    ("years", 365.25 * 86400),
    ("days", 86400),
    ("hours", 3600),
    ("minutes", 60),
    ("seconds", 1),
)


@dataclass(frozen=True)
class Rate:
    """Hashes a second of a board's chip.

    Parameters
    ----------
    board
        The board.
    line
        The result that says so, if there is one.
    own
        Whether that is the board's; else it is another one's with this device and speed grade.
    """

    board: Board
    line: Line | None
    own: bool

    @property
    def text(self) -> str:
        """MH/s; with a star if it is another board's."""
        return "not built" if self.line is None else f"{self.line.mhs:.2f}{'' if self.own else '*'}"

    def time(self, hashes: float) -> str:
        """How long so many hashes take."""
        return "-" if self.line is None else duration(hashes / (self.line.mhs * 1e6))


def rates(lines: Iterable[Line]) -> list[Rate]:
    """Of all boards."""
    known = list(lines)
    own, devices = best(known), of_devices(known)
    return [
        Rate(board, own.get(name) or devices.get(board.device), name in own)
        for name, board in BOARDS.items()
    ]


def duration(seconds: float) -> str:
    """In words, to two digits."""
    name, unit = next(((name, unit) for name, unit in _UNITS if seconds >= 2 * unit), _UNITS[-1])
    amount = seconds / unit
    return f"{float(f'{amount:.2g}'):,.{0 if amount >= 9.95 else 1}f} {name}"


def difficulty(bits: int) -> float:
    """Of a block, by the field of its header."""
    exponent, mantissa = bits >> 24, bits & 0xFFFFFF
    return (0xFFFF << 208) / (mantissa << 8 * (exponent - 3))
