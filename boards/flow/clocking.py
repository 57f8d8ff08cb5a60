"""Which clock the cores get: what place and route has reached, less what the PLL's jitter takes.

nextpnr's frequency is one over the longest path. A clock holds if its period is longer than that by
half of the PLL's period jitter, peak to peak: then its shortest period is long enough.
"""

from collections.abc import Callable, Sequence

from ..board import Board
from ..fabric.pll import PllError, Setting, fastest, nearest
from .crossings import Crossing
from .plan import settings


def jitter(board: Board, setting: Setting) -> float:
    """Period jitter of the cores' clock, peak to peak, in nanoseconds."""
    return board.family.limits(board.device).jitter.seconds(setting.frequency) * 1e9


def wanted_setting(board: Board, wanted: float | None) -> Setting | None:
    """The PLL's setting nearest to a frequency in hertz, if one is wanted.

    Raises
    ------
    ~.fabric.pll.PllError
        None is near.
    """
    return None if wanted is None else nearest(settings(board), wanted)


def holds_at(
    board: Board, reached: float, crossings: Sequence[Crossing]
) -> Callable[[Setting], bool]:
    """Whether a clock holds where so many megahertz have been reached."""

    def holds(setting: Setting) -> bool:
        period = 1e9 / setting.frequency
        margin = period - 1e3 / reached
        arrive = all(one.holds(period) for one in crossings)
        return arrive and margin >= jitter(board, setting) / 2

    return holds


def chosen(board: Board, reached: float, crossings: Sequence[Crossing]) -> Setting:
    """The fastest clock that holds, and with which what crosses into it arrives.

    Where none lets that arrive, it is the fastest one that holds, so that the path can be named.

    Raises
    ------
    ~.fabric.pll.PllError
        Not even the slowest one holds.
    """
    entering = [one for one in crossings if not one.period]
    found = fastest(settings(board), holds_at(board, reached, entering))
    found = found or fastest(settings(board), holds_at(board, reached, ()))
    if found is None:
        raise PllError(f"no clock of the PLL is slow enough for the {reached:.2f} MHz reached")
    return found
