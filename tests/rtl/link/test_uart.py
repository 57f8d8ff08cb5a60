"""Rates, and bytes from a transmitter to a receiver whose clocks differ."""

import itertools

import pytest
from amaranth import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.sim import Simulator

from sluice.rtl.link.config import LinkConfig
from sluice.rtl.link.interface import Byte
from sluice.rtl.link.uart import BaudGenerator, UartReceiver, UartTransmitter
from sluice.rtl.protocol.registers import baud_rate

CLOCKS = (25e6 / 27, 8e6, 12e6, 16e6, 25e6, 48e6, 100e6)


@pytest.mark.parametrize("clock", CLOCKS)
def test_rates_of_model(clock):
    config = LinkConfig(clock=clock)
    generator = BaudGenerator(config)
    for divider in range(config.fastest_divider, 256):
        assert generator.model(divider) == pytest.approx(baud_rate(divider), rel=1e-3)


@pytest.mark.parametrize(
    ("clock", "divider"),
    [
        (clock, divider)
        for clock in CLOCKS
        for divider in (0, 1, 2, 3, 26, 255)
        if divider >= LinkConfig(clock=clock).fastest_divider
    ],
)
def test_rates(clock, divider):
    """Ticks come as often as the model says, and never bunch."""
    config = LinkConfig(clock=clock)
    dut = BaudGenerator(config)
    period = clock / (8 * dut.model(divider))
    cycles = round(max(300, 20 * period))

    async def bench(ctx):
        ctx.set(dut.divider, divider)
        ticks = []
        for cycle in range(cycles + round(period) + 1):
            await ctx.tick()
            if ctx.get(dut.tick):
                ticks.append(cycle)
        gaps = {b - a for a, b in itertools.pairwise(ticks)}
        assert gaps <= {int(period), int(period) + 1, round(period)}
        assert (ticks[-1] - ticks[0]) / (len(ticks) - 1) == pytest.approx(period, abs=1 / 10)

    run(dut, bench)


def run(dut, *benches):
    simulator = Simulator(dut)
    simulator.add_clock(1 / 1e6)
    for bench in benches:
        simulator.add_testbench(bench)
    simulator.run()


class Pair(wiring.Component):
    data: In(stream.Signature(8))
    byte: Out(Byte)
    tx_divider: In(8)
    rx_divider: In(8)
    idle: Out(1)
    pin: Out(1)

    def elaborate(self, platform):
        m = Module()
        m.submodules.tx_baud = tx_baud = BaudGenerator(LinkConfig(clock=8e6))
        m.submodules.rx_baud = rx_baud = BaudGenerator(LinkConfig(clock=8e6))
        m.submodules.tx = tx = UartTransmitter()
        m.submodules.rx = rx = UartReceiver()
        wiring.connect(m, wiring.flipped(self.data), tx.data)
        wiring.connect(m, rx.byte, wiring.flipped(self.byte))
        m.d.comb += [
            tx_baud.divider.eq(self.tx_divider),
            rx_baud.divider.eq(self.rx_divider),
            tx.tick.eq(tx_baud.tick),
            rx.tick.eq(rx_baud.tick),
            rx.pin.eq(tx.pin),
            self.pin.eq(tx.pin),
            self.idle.eq(tx.idle),
        ]
        return m


@pytest.mark.parametrize("dividers", [(2 + 1, 3), (26, 26), (26, 27), (27, 26), (60, 62)])
def test_bytes(dividers, rng):
    dut = Pair()
    sent = bytes([0, 0xFF, 0x55, 0xAA, *rng.randbytes(6)])
    received = bytearray()
    bit = (dividers[0] + 1) * 8 * 8e6 / 25e6

    async def send(ctx):
        ctx.set(dut.tx_divider, dividers[0])
        ctx.set(dut.rx_divider, dividers[1])
        for byte in sent:
            ctx.set(dut.data.payload, byte)
            ctx.set(dut.data.valid, 1)
            await ctx.tick().until(dut.data.ready)
            ctx.set(dut.data.valid, 0)
            for _ in range(rng.choice((0, 0, 1, 50))):
                await ctx.tick()

    async def receive(ctx):
        start = 0
        while len(received) < len(sent):
            await ctx.tick()
            start += 1
            assert start < 14 * bit * len(sent) + 60 * len(sent), received.hex()
            assert not ctx.get(dut.byte.error)
            if ctx.get(dut.byte.valid):
                received.append(ctx.get(dut.byte.data))

    run(dut, send, receive)
    assert received == sent


def test_no_gap():
    """Bytes that wait follow each other without a pause."""
    dut = Pair()
    edges = []

    async def send(ctx):
        ctx.set(dut.tx_divider, 26)
        ctx.set(dut.rx_divider, 26)
        ctx.set(dut.data.payload, 0xFF)
        ctx.set(dut.data.valid, 1)
        before = 1
        for cycle in range(5000):
            await ctx.tick()
            pin = ctx.get(dut.pin)
            if before and not pin:
                edges.append(cycle)
            before = pin

    run(dut, send)
    gaps = [b - a for a, b in itertools.pairwise(edges)]
    assert len(gaps) >= 6
    assert gaps == pytest.approx([10 * 8e6 / baud_rate(26)] * len(gaps), abs=2)


def test_break():
    """A line that stays low is one error, not many; the next byte is heard."""
    dut = UartReceiver()
    got = []

    async def bench(ctx):
        ctx.set(dut.tick, 1)
        for level, cycles in ((1, 20), (0, 400), (1, 30), (0, 8), (1, 64 + 8 + 20)):
            ctx.set(dut.pin, level)
            for _ in range(cycles):
                await ctx.tick()
                if ctx.get(dut.byte.error):
                    got.append("error")
                if ctx.get(dut.byte.valid):
                    got.append(ctx.get(dut.byte.data))

    run(dut, bench)
    assert got == ["error", 0xFF]
