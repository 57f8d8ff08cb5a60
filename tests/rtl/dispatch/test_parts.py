"""Version spreader, judge, snapshot."""

import random

import pytest
from amaranth.hdl import Module, Signal
from amaranth.sim import Simulator
from Crypto.Hash import SHA256

from sluice.rtl.dispatch.isa import Told
from sluice.rtl.dispatch.judge import Judge
from sluice.rtl.dispatch.snapshot import Snapshot
from sluice.rtl.dispatch.versions import VersionSpreader, rolled_word
from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.versions import rolled, spread, version_count
from sluice.sim.catalogue import blocks
from sluice.sim.reference import leading_zeros


def simulate(dut, bench, *, hash_clock: float | None = None) -> None:
    simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    if hash_clock:
        simulator.add_clock(hash_clock, domain="hash")
    simulator.add_testbench(bench)
    simulator.run()


def test_spreader(rng: random.Random) -> None:
    dut = VersionSpreader()
    masks = [0, 1, 0x8000, 0xFFFF, 0x07FF, *(rng.getrandbits(16) for _ in range(20))]

    async def bench(ctx) -> None:
        for mask in masks:
            counters = {0, 1, version_count(mask) - 1, version_count(mask), rng.getrandbits(17)}
            for counter in counters:
                ctx.set(dut.mask, mask)
                ctx.set(dut.counter, counter)
                ctx.set(dut.start, 1)
                await ctx.tick()
                ctx.set(dut.start, 0)
                while ctx.get(dut.busy):
                    await ctx.tick()
                assert ctx.get(dut.over) == (counter >= version_count(mask))
                if counter < version_count(mask):
                    assert ctx.get(dut.bits) == spread(counter, mask)

    simulate(dut, bench)


def test_rolled_bits_in_their_places(rng: random.Random) -> None:
    m = Module()
    bits, word = Signal(16), Signal(32)
    m.d.comb += word.eq(rolled_word(bits))
    header = Header.from_bytes(bytes(80))

    async def bench(ctx) -> None:
        for value in [*(1 << i for i in range(16)), rng.getrandbits(16)]:
            ctx.set(bits, value)
            await ctx.delay(1e-9)
            assert ctx.get(word) == header.with_version(rolled(0, value)).words[0]

    simulator = Simulator(m)
    simulator.add_testbench(bench)
    simulator.run()


@pytest.mark.parametrize("ticket", [0, 0xE0, 0xFF, 0x80FF, 0xC0FF, 0xFFFFFFFF])
def test_judge(ticket: int, rng: random.Random) -> None:
    """Real blocks, headers that miss, and hashes that are zero throughout."""
    dut = Judge()
    headers = [block.header for block in blocks()]
    headers += [Header.from_bytes(rng.randbytes(80)) for _ in range(8)]

    def digest(header: Header) -> list[int]:
        data = SHA256.new(SHA256.new(bytes(header)).digest()).digest()
        return [int.from_bytes(data[i : i + 4], "big") for i in range(0, 32, 4)]

    cases = [(digest(header), leading_zeros(header)) for header in headers]
    # H0 comes last in the hash that people read, its lowest byte first.
    cases += [([0] * 8, 256), ([1, *[0] * 7], 224 + 7), ([0x80, *[0] * 7], 224)]

    async def bench(ctx) -> None:
        ctx.set(dut.ticket_mask, ticket)
        for words, zeros in cases:
            mask = rng.choice([0xFFFFFFFF, 0, 1, 0x80000000])
            job = rng.getrandbits(8)
            told = [(Told.JOB, job), (Told.HIT_MASK, mask)]
            for address, word in [*told, *((i, words[i]) for i in range(7, -1, -1))]:
                ctx.set(dut.tell.payload, {"address": address, "data": word})
                ctx.set(dut.tell.valid, 1)
                await ctx.tick().until(dut.tell.ready)
                ctx.set(dut.tell.valid, 0)
                for _ in range(rng.randrange(3)):
                    await ctx.tick()
            while not ctx.get(dut.tell.ready):
                await ctx.tick()
            assert ctx.get(dut.job) == job
            assert ctx.get(dut.wrong) == bool(words[7] & mask)
            good = not words[7] & mask and not words[6] & ticket
            assert ctx.get(dut.passed) == good
            excess = zeros - 32 - ticket.bit_count()
            assert ctx.get(dut.excess) == min(255, max(0, excess))

    simulate(dut, bench)


@pytest.mark.parametrize("hash_clock", [0.3e-6, 1.0e-6, 2.7e-6])
def test_snapshot_is_whole(hash_clock: float) -> None:
    """Both halves of what is shown are of one moment."""
    m = Module()
    m.submodules.dut = dut = Snapshot(width=32, source="hash")
    counter = Signal(16)
    m.d.hash += counter.eq(counter + 1)
    m.d.comb += [dut.i[:16].eq(counter), dut.i[16:].eq(~counter)]
    seen = []

    async def bench(ctx) -> None:
        for _ in range(400):
            await ctx.tick()
            value = ctx.get(dut.o)
            if value:
                assert value & 0xFFFF == ~(value >> 16) & 0xFFFF
                seen.append(value & 0xFFFF)

    simulate(m, bench, hash_clock=hash_clock)
    assert seen == sorted(seen)
    assert len(set(seen)) > 20
