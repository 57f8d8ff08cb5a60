"""What a board's chip tells of itself is what its result says."""

import pytest

from sluice.boards.sweep.results import Line, best, read
from sluice.firmware.driver.bringup import CYCLES
from sluice.rtl.control.clock_meter import UNIT

LINES = best(read())


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_rate_by_registers(line: Line) -> None:
    """Clock times rate, as the daemon takes them, with a clock that is measured a unit short."""
    config = line.point.config()
    for short in (0, UNIT):
        clock = (int(line.asked * 1e3) // UNIT * UNIT - short) * 1e3
        told = clock * config.hashes_per_cycles / CYCLES
        assert told / 1e6 == pytest.approx(line.mhs, rel=0.01)
