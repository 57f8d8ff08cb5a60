"""The parts of a core on their own: iterator, job registers, hit detector."""

import random

import pytest
from amaranth.sim import Simulator

from sluice.rtl.core.hits import HitDetector
from sluice.rtl.core.iterator import NonceIterator
from sluice.rtl.core.turns import TurnCounter
from sluice.rtl.core.work import Control, JobRegisters

from .window import Window

LAST = 0xFFFFFFFF


def simulate(dut, bench) -> None:
    simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()


@pytest.mark.parametrize(
    ("first", "last"), [(0, 0), (0, 3), (5, 5), (LAST, LAST), (LAST - 2, LAST), (7, 19)]
)
def test_iterator_ends_where_it_should(first: int, last: int) -> None:
    dut = NonceIterator()

    async def bench(ctx) -> None:
        ctx.set(dut.first, first)
        ctx.set(dut.last, last)
        ctx.set(dut.start, 1)
        await ctx.tick()
        ctx.set(dut.start, 0)
        ctx.set(dut.first, 0x55)
        ctx.set(dut.last, 0xAA)
        for nonce in range(first, last + 1):
            assert (ctx.get(dut.valid), ctx.get(dut.nonce)) == (1, nonce)
            await ctx.tick()
        for _ in range(4):
            assert not ctx.get(dut.valid)
            await ctx.tick()

    simulate(dut, bench)


def test_iterator_restarts_at_once(rng: random.Random) -> None:
    dut = NonceIterator()

    async def bench(ctx) -> None:
        for _ in range(60):
            first = rng.choice([0, rng.getrandbits(32), LAST])
            last = min(LAST, first + rng.randrange(6))
            ctx.set(dut.first, first)
            ctx.set(dut.last, last)
            ctx.set(dut.start, 1)
            await ctx.tick()
            ctx.set(dut.start, 0)
            for nonce in range(first, first + rng.randrange(8)):
                assert ctx.get(dut.valid) == (nonce <= last)
                assert not ctx.get(dut.valid) or ctx.get(dut.nonce) == nonce
                await ctx.tick()

    simulate(dut, bench)


@pytest.mark.parametrize(("passes", "clocks"), [(2, 5), (4, 1), (6, 3), (122, 2)])
def test_turns(passes: int, clocks: int) -> None:
    """The first pass takes nonces, and a clock before it one can be told."""
    dut = TurnCounter(passes=passes, clocks=clocks)
    window = Window(clocks, passes)

    async def bench(ctx) -> None:
        for now in range(2 * window.period + 3):
            assert ctx.get(dut.turn) == now % window.period // clocks
            assert ctx.get(dut.here) == window.open(now)
            assert ctx.get(dut.open) == window.open(now + 1)
            await ctx.tick()

    simulate(dut, bench)


def test_iterator_waits_for_its_clocks(rng: random.Random) -> None:
    """No nonce is skipped and none comes twice, also where the range ends or is stopped."""
    dut = NonceIterator()

    async def bench(ctx) -> None:
        for _ in range(60):
            first = rng.choice([0, rng.getrandbits(32), LAST - 3])
            last = min(LAST, first + rng.randrange(6))
            stop_after = rng.randrange(20)
            ctx.set(dut.here, 0)
            ctx.set(dut.first, first)
            ctx.set(dut.last, last)
            ctx.set(dut.start, 1)
            await ctx.tick()
            ctx.set(dut.start, 0)
            nonce, stopped = first, False
            for clock in range(30):
                here = rng.random() < 0.4
                ctx.set(dut.here, here)
                ctx.set(dut.stop, clock == stop_after)
                there = nonce <= last and not stopped
                assert ctx.get(dut.valid) == (here and there)
                assert not there or ctx.get(dut.nonce) == nonce
                assert ctx.get(dut.free) == (not there or (here and nonce == last))
                nonce += here and there
                stopped = stopped or clock == stop_after
                await ctx.tick()
            ctx.set(dut.stop, 0)

    simulate(dut, bench)


def test_bus_waits_for_its_clocks(rng: random.Random) -> None:
    """Words are taken, and a job that is to be next starts, only before clocks that take nonces."""
    delay = 5
    dut = JobRegisters([[(0, "a")]], delay=delay)

    async def bench(ctx) -> None:
        ctx.set(dut.free, 1)
        busy, waiting, started = 0, False, 0
        for _ in range(400):
            open_ = rng.random() < 0.3
            address = rng.choice([0, Control.STOP, Control.NEXT])
            offered = rng.random() < 0.5
            ctx.set(dut.open, open_)
            ctx.set(dut.work.valid, offered)
            ctx.set(dut.work.payload, {"address": address, "data": 7})
            due = waiting and open_
            assert ctx.get(dut.start) == due
            ready = open_ and not busy and not due
            assert ctx.get(dut.work.ready) == ready
            assert ctx.get(dut.busy) == (busy > 0)
            assert ctx.get(dut.stop) == (ready and offered and address == Control.STOP)
            if due or (ready and offered):
                waiting = not due and address == Control.NEXT
            busy = delay if due else max(0, busy - 1)
            started += due
            await ctx.tick()
        assert started > 10

    simulate(dut, bench)


def test_job_words_travel_with_the_first_nonce(rng: random.Random) -> None:
    """A word used in clock c changes c clocks after the first nonce of its job came."""
    uses = [[(0, "a0"), (2, "a2")], [(3, "b3")], [(1, "c1")]]
    delay = 6
    dut = JobRegisters(uses, delay=delay)
    fields = [(index, clock, name) for index, use in enumerate(uses) for clock, name in use]
    fields += [("mask", delay, "mask"), ("tag", delay, "tag")]

    async def bench(ctx) -> None:
        history: list[dict] = []  # for each clock, the job whose nonce enters in it
        current: dict = {}

        async def clock(address: int | None = None, data: int = 0) -> None:
            ctx.set(dut.work.valid, address is not None)
            ctx.set(dut.work.payload, {"address": address or 0, "data": data})
            while True:
                started = ctx.get(dut.start)
                taken = ctx.get(dut.work.ready)
                history.append(dict(current))
                for key, distance, name in fields:
                    if len(history) > distance and (then := history[-1 - distance]):
                        port = getattr(dut, name) if name == key else dut.job[name]
                        assert ctx.get(port) == then[key], name
                assert started == (address == Control.TAG and taken)
                await ctx.tick()
                if taken or address is None:
                    break
            if started:
                current.update(job)

        for _ in range(12):
            job = {key: rng.getrandbits(32) for key in (0, 1, 2, "mask")}
            job["tag"] = rng.getrandbits(8)
            words = [(0, job[0]), (1, job[1]), (2, job[2]), (Control.MASK, job["mask"])]
            rng.shuffle(words)
            for address, data in [*words, (Control.FIRST, 3), (Control.LAST, 3)]:
                await clock(address, data)
                for _ in range(rng.choice([0, 0, 1])):
                    await clock()
            await clock(Control.TAG, job["tag"])
            for _ in range(rng.randrange(10)):
                await clock()

    simulate(dut, bench)


def test_bad_words_are_counted_and_change_nothing() -> None:
    dut = JobRegisters([[(0, "a")]], delay=2)

    async def bench(ctx) -> None:
        async def write(address: int, data: int) -> tuple[int, int]:
            ctx.set(dut.work.valid, 1)
            ctx.set(dut.work.payload, {"address": address, "data": data})
            while not ctx.get(dut.work.ready):
                assert (ctx.get(dut.start), ctx.get(dut.refused)) == (0, 0)
                await ctx.tick()
            outcome = ctx.get(dut.start), ctx.get(dut.refused)
            await ctx.tick()
            ctx.set(dut.work.valid, 0)
            return outcome

        assert await write(0, 77) == (0, 0)
        assert await write(Control.FIRST, 9) == (0, 0)
        assert await write(Control.LAST, 8) == (0, 0)
        assert await write(1, 55) == (0, 1)
        assert await write(0xEF, 55) == (0, 1)
        assert await write(Control.TAG, 1) == (0, 1)
        assert not ctx.get(dut.busy)
        assert await write(Control.LAST, 9) == (0, 0)
        assert await write(Control.TAG, 2) == (1, 0)
        assert ctx.get(dut.busy)
        assert ctx.get(dut.job.a) == 77
        await ctx.tick().repeat(3)
        assert ctx.get(dut.tag) == 2
        assert not ctx.get(dut.busy)

    simulate(dut, bench)


@pytest.mark.parametrize("lanes", [1, 3])
def test_detector(lanes: int, rng: random.Random) -> None:
    """What passes is reported once and in order; what finds the queue full is counted."""
    depth = 4
    dut = HitDetector(lanes=lanes, depth=depth)
    expected, got = [], []

    async def bench(ctx) -> None:
        for now in range(600):
            mask = rng.choice([0, 1, 0x80000000, 0xFFFFFFFF])
            words = [rng.getrandbits(32) & rng.choice([0, 0xFFFFFFFF]) for _ in range(lanes)]
            valid = rng.random() < 0.6
            for word, port in zip(words, dut.h7, strict=True):
                ctx.set(port, word)
            ctx.set(dut.mask, mask)
            ctx.set(dut.valid, valid)
            ctx.set(dut.nonce, now)
            ctx.set(dut.tag, now % 251)
            passed = sum(((word & mask) == 0) << lane for lane, word in enumerate(words))
            if valid and passed:
                expected.append((now, now % 251, passed))
            ctx.set(dut.hits.ready, rng.random() < (0.1 if now < 300 else 0.95))
            if ctx.get(dut.hits.valid) and ctx.get(dut.hits.ready):
                hit = ctx.get(dut.hits.payload)
                got.append((hit.nonce, hit.tag, hit.lanes))
            await ctx.tick()
        ctx.set(dut.valid, 0)
        ctx.set(dut.hits.ready, 1)
        for _ in range(depth + 4):
            if ctx.get(dut.hits.valid):
                hit = ctx.get(dut.hits.payload)
                got.append((hit.nonce, hit.tag, hit.lanes))
            await ctx.tick()
        assert ctx.get(dut.empty)
        assert ctx.get(dut.lost) == len(expected) - len(got)
        assert ctx.get(dut.lost) > 20

    simulate(dut, bench)
    assert len(set(got)) == len(got)
    assert got == sorted(got)
    assert set(got) <= set(expected)
