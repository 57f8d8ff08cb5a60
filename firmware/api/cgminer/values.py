"""Numbers as cgminer writes them: kinds of values of its ``api.c``, with their places."""

import math
from decimal import Decimal

__all__ = ["difficulty", "megahashes", "moment", "percent", "rate", "seconds", "utility", "whole"]

MEGA = 1e6

#: Greatest number that a client may have to hold.
_MOST = (1 << 64) - 1


def _fixed(value: float, places: int) -> Decimal:
    return Decimal(f"{value if math.isfinite(value) else 0.0:.{places}f}")


def rate(hashes: float) -> Decimal:
    """Megahashes a second (``MHS``), two places."""
    return _fixed(hashes / MEGA, 2)


def megahashes(hashes: float) -> Decimal:
    """An amount of them (``MHTOTAL``), four places."""
    return _fixed(hashes / MEGA, 4)


def utility(amount: float, elapsed: float) -> Decimal:
    """How much of something there is in a minute (``UTILITY``), two places."""
    return _fixed(60 * amount / max(elapsed, 1.0), 2)


def difficulty(value: float) -> Decimal:
    """Of shares (``DIFF``), eight places."""
    return _fixed(value, 8)


def percent(part: float, all_of_it: float) -> Decimal:
    """A part of something (``PERCENT``), four places."""
    return _fixed(100 * part / all_of_it if all_of_it else 0.0, 4)


def seconds(at: float | None) -> int:
    """Unix time (``TIME``); zero for never."""
    return int(at or 0)


def moment(at: float | None) -> Decimal:
    """Unix time with its fraction (``TIMEVAL``), six places; zero for never."""
    return _fixed(at or 0.0, 6)


def whole(value: float) -> int:
    """A number without a point (``UINT64``)."""
    return int(min(max(value, 0), _MOST))
