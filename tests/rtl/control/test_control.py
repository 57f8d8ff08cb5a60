"""What becomes of a verdict."""

import random

from amaranth.hdl import Module, Signal
from amaranth.sim import Simulator

from sluice.rtl.control.control import rolled_bits
from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.versions import rolled


def test_rolled_bits_in_their_places(rng: random.Random) -> None:
    m = Module()
    bits, word = Signal(16), Signal(32)
    m.d.comb += bits.eq(rolled_bits(word))
    header = Header.from_bytes(bytes(80))

    async def bench(ctx) -> None:
        for value in [*(1 << i for i in range(16)), rng.getrandbits(16)]:
            ctx.set(word, header.with_version(rolled(0, value)).words[0])
            await ctx.delay(1e-9)
            assert ctx.get(bits) == value

    simulator = Simulator(m)
    simulator.add_testbench(bench)
    simulator.run()
