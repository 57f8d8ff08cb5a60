"""A host that has lost the baud rate resets the chip; one that has not never does."""

import pytest
from amaranth.hdl import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from amaranth.sim import Simulator

from sluice.rtl.link.config import OVERSAMPLING, LinkConfig
from sluice.rtl.link.recovery import BREAK_BITS, HOLD_BITS, PIECE_BITS, PIECES, LineRecovery

#: Cycles of a bit at the chip's own rate: a tick in each.
BIT = OVERSAMPLING

#: Frames of ESP-Miner's first words after a restart.
ROLL = bytes.fromhex("55AA510900A49000FFFF1C")


class Dut(wiring.Component):
    """The part, with ticks in all cycles, and a reset input."""

    pin: In(1, init=1)
    good: In(1)
    reset: Out(1)
    hold: Out(1)

    def __init__(self, config):
        super().__init__()
        self._config = config

    def elaborate(self, platform):
        m = Module()
        m.submodules.recovery = recovery = LineRecovery(self._config)
        m.d.comb += [
            recovery.pin.eq(self.pin),
            recovery.tick.eq(1),
            recovery.good.eq(self.good),
            self.reset.eq(recovery.reset),
            self.hold.eq(recovery.hold),
        ]
        return m


def levels(data, bit):
    """Cycles that the line is at each level, for bytes whose bits take `bit` cycles."""
    for byte in data:
        for level in (0, *(byte >> i & 1 for i in range(8)), 1):
            yield level, bit


def play(steps, *, chain=True):
    """Cycles of resets, and those in which the next line is held; `steps` are level and cycles."""
    dut = Dut(LinkConfig(chain=chain))
    resets, holds = [], []

    async def bench(ctx):
        due, cycle = 0.0, 0
        for level, cycles in steps:
            due += cycles
            if level == "good":
                ctx.set(dut.good, 1)
                due += 1
            else:
                ctx.set(dut.pin, level)
            while cycle < due:
                await ctx.tick()
                ctx.set(dut.good, 0)
                cycle += 1
                if ctx.get(dut.reset):
                    resets.append(cycle)
                if ctx.get(dut.hold):
                    holds.append(cycle)

    simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()
    return resets, holds


@pytest.mark.parametrize("ratio", [0.25, 0.5, 0.96, 1.0, 1.04, 1.25])
def test_bytes_are_no_break(ratio, rng):
    """Bytes at the chip's rate, at a faster one, and at one a quarter slower are no break."""
    data = bytes(200) + rng.randbytes(100)
    resets, _ = play([(1, 100), *levels(data, BIT * ratio)])
    assert not resets


@pytest.mark.parametrize("rate", [250e3, 1e6, 3e6])
def test_a_host_that_restarts(rate):
    """Three of the first frames at 115,200 baud are enough, whatever the chip's rate was."""
    resets, _ = play([(1, 100), *levels(ROLL * 3, BIT * rate / 115200), (1, 100)])
    assert resets


def test_the_first_frame_is_enough():
    """At the rate that ESP-Miner goes over to, the second frame finds the chip reset."""
    frame = list(levels(ROLL, BIT * 1e6 / 115200))
    resets, _ = play([(1, 100), *frame])
    assert len(resets) >= 1
    assert resets[0] < 100 + sum(cycles for _, cycles in frame)


def test_break():
    """A break of the length that is documented, and once only however long it lasts."""
    assert not play([(1, 100), (0, (BREAK_BITS - 1) * BIT), (1, 100)])[0]
    resets, holds = play([(1, 100), (0, 10 * BREAK_BITS * BIT), (1, 100)])
    assert len(resets) == 1
    assert len(holds) == HOLD_BITS * BIT - 1
    assert HOLD_BITS > BREAK_BITS
    # Over before seven bytes have been heard, the shortest frame that is handed on.
    assert HOLD_BITS < 7 * 10
    assert not play([(1, 100), (0, 10 * BREAK_BITS * BIT), (1, 100)], chain=False)[1]


def test_good_frames_between():
    """Pieces of a break count only as long as nothing is understood."""
    piece = [(0, (PIECE_BITS + 1) * BIT), (1, 20 * BIT)]
    assert play([(1, 100), *piece * PIECES])[0]
    assert not play([(1, 100), *piece * (PIECES - 1), ("good", 1), *piece * (PIECES - 1)])[0]


def test_dead_line():
    """A line that has never been high asks for nothing, and neither does one that stays low."""
    assert not play([(0, 20 * BREAK_BITS * BIT)])[0]
    again = [(1, 1), (0, 5 * BREAK_BITS * BIT)]
    assert len(play([(1, 100), (0, 5 * BREAK_BITS * BIT), *again])[0]) == 2
