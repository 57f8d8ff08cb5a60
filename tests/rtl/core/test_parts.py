"""The parts of a core on their own: sequencer, nonce range, job port and store, hit path."""

import random

import pytest
from amaranth.hdl import Elaboratable, Module, Signal
from amaranth.lib.wiring import connect
from amaranth.sim import Simulator

from sluice.rtl.core.config import PipelineConfig
from sluice.rtl.core.hit_path import HitPath
from sluice.rtl.core.interface import Control
from sluice.rtl.core.job_port import JobPort
from sluice.rtl.core.job_store import shadow_store
from sluice.rtl.core.nonce_range import CycleRange
from sluice.rtl.hls.codegen.sequencer import Sequencer

from .window import Window

LAST = 0xFFFFFFFF


def simulate(dut, bench) -> None:
    simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()


async def load(ctx, dut: CycleRange, first: int, last: int) -> None:
    """Write a range, and activate it: its first nonce is due in the cycle that comes then."""
    ctx.set(dut.jobs.taken, 1)
    for address, data in ((Control.FIRST, first), (Control.LAST, last)):
        ctx.set(dut.jobs.word, {"address": address, "data": data})
        await ctx.tick()
    ctx.set(dut.jobs.taken, 0)
    ctx.set(dut.decide, 1)
    ctx.set(dut.jobs.due, 1)
    await ctx.tick()
    ctx.set(dut.jobs.due, 0)
    ctx.set(dut.jobs.word, {"address": Control.MASK, "data": 0x55})


@pytest.mark.parametrize(
    ("first", "last"), [(0, 0), (0, 3), (5, 5), (LAST, LAST), (LAST - 2, LAST), (7, 19)]
)
def test_range_ends_where_it_should(first: int, last: int) -> None:
    dut = CycleRange(4)

    async def bench(ctx) -> None:
        ctx.set(dut.enter, 1)
        await load(ctx, dut, first, last)
        for nonce in range(first, last + 1):
            assert (ctx.get(dut.hashing), ctx.get(dut.nonce)) == (1, nonce)
            assert ctx.get(dut.tested) == (nonce >= first + 4)
            await ctx.tick()
        for cycle in range(8):
            assert not ctx.get(dut.hashing)
            # What has entered is on its way for some cycles more, and tested in the last of them.
            assert ctx.get(dut.running) == (cycle < 4)
            assert ctx.get(dut.tested) == (last + 1 + cycle >= first + 4 and cycle < 4)
            await ctx.tick()

    simulate(dut, bench)


@pytest.mark.parametrize(("first", "last"), [(0, 0), (1, 0), (LAST, 0), (0, LAST), (8, 7), (7, 8)])
def test_range_without_a_nonce_is_told(first: int, last: int) -> None:
    dut = CycleRange(4)

    async def bench(ctx) -> None:
        await load(ctx, dut, first, last)
        assert ctx.get(dut.jobs.good) == (first <= last)

    simulate(dut, bench)


def test_range_restarts_at_once(rng: random.Random) -> None:
    dut = CycleRange(2)

    async def bench(ctx) -> None:
        ctx.set(dut.enter, 1)
        for _ in range(60):
            first = rng.choice([0, rng.getrandbits(32), LAST])
            last = min(LAST, first + rng.randrange(6))
            await load(ctx, dut, first, last)
            for nonce in range(first, first + rng.randrange(8)):
                assert ctx.get(dut.hashing) == (nonce <= last)
                assert not ctx.get(dut.hashing) or ctx.get(dut.nonce) == nonce
                await ctx.tick()

    simulate(dut, bench)


def test_job_takes_over_before_a_nonce_can_enter() -> None:
    """In other cycles it waits, and so do the words that it would change."""
    dut = CycleRange(2)

    async def bench(ctx) -> None:
        for decide, due in ((0, 0), (0, 1), (1, 0), (1, 1)):
            ctx.set(dut.decide, decide)
            ctx.set(dut.jobs.due, due)
            assert ctx.get(dut.jobs.activate) == ctx.get(dut.jobs.closed) == (decide and due)

    simulate(dut, bench)


class Counting(Elaboratable):
    """A sequencer, and strobes told by it."""

    def __init__(self, slots: int, threads: int, cycles: list[int], load_from: int = 0) -> None:
        self.options = slots, threads, load_from
        self.cycles = cycles
        self.slot, self.entry, self.opens = Signal(16), Signal(), Signal()
        self.late, self.load = Signal(16), Signal()
        self.strobes = {cycle: Signal(name=f"strobe{cycle}") for cycle in cycles}

    def elaborate(self, platform):
        m = Module()
        slots, threads, load_from = self.options
        sequencer = Sequencer(m, slots, threads, load_from=load_from)
        m.d.comb += [
            self.slot.eq(sequencer.slot),
            self.entry.eq(sequencer.entry),
            self.opens.eq(sequencer.opens),
            self.late.eq(sequencer.before(3)),
            sequencer.loading.eq(self.load),
        ]
        for cycle, strobe in self.strobes.items():
            m.d.comb += strobe.eq(sequencer.at(cycle))
        return m


@pytest.mark.parametrize(("slots", "threads"), [(2, 5), (4, 1), (6, 3), (122, 2), (1, 1), (1, 3)])
def test_slots(slots: int, threads: int) -> None:
    """Slot 0 takes nonces, and a cycle before it one can be told; strobes come in every period."""
    window = Window(threads, slots)
    cycles = [-2, 0, 1, 2, window.period + 3]
    dut = Counting(slots, threads, cycles)

    async def bench(ctx) -> None:
        for now in range(2 * window.period + 3):
            assert ctx.get(dut.slot) == now % window.period // threads
            assert ctx.get(dut.late) == max(0, now - 3) % window.period // threads
            assert ctx.get(dut.entry) == window.open(now)
            assert ctx.get(dut.opens) == window.open(now + 1)
            for cycle, strobe in dut.strobes.items():
                assert ctx.get(strobe) == ((now - cycle) % window.period == 0)
            await ctx.tick()

    simulate(dut, bench)


def test_a_period_of_its_own_has_its_own_slots() -> None:
    dut = Counting(5, 2, [], load_from=8)

    async def bench(ctx) -> None:
        before = 0
        for load in (0, 1, 0, 0, 1, 1, 0):
            for cycle in range(10):
                assert ctx.get(dut.slot) == 8 * before + cycle // 2
                ctx.set(dut.load, load)
                await ctx.tick()
            before = load

    simulate(dut, bench)


def test_range_waits_for_its_cycles(rng: random.Random) -> None:
    """No nonce is skipped and none comes twice, also where the range ends or is stopped."""
    dut = CycleRange(3)

    async def bench(ctx) -> None:
        for _ in range(60):
            first = rng.choice([0, rng.getrandbits(32), LAST - 3])
            last = min(LAST, first + rng.randrange(6))
            stop_after = rng.randrange(20)
            ctx.set(dut.enter, 0)
            await load(ctx, dut, first, last)
            nonce, stopped = first, False
            for cycle in range(30):
                enter = rng.random() < 0.4
                ctx.set(dut.enter, enter)
                ctx.set(dut.jobs.stop, cycle == stop_after)
                there = nonce <= last and not stopped
                assert ctx.get(dut.hashing) == (enter and there)
                assert ctx.get(dut.starved) == (enter and not there)
                assert not there or ctx.get(dut.nonce) == nonce
                assert ctx.get(dut.jobs.free) == (not there or (enter and nonce == last))
                nonce += enter and there
                stopped = stopped or cycle == stop_after
                await ctx.tick()
            ctx.set(dut.jobs.stop, 0)

    simulate(dut, bench)


def test_port_asks_for_jobs(rng: random.Random) -> None:
    """What is asked for is due when it can be, until it is activated or cancelled by a word."""
    dut = JobPort(1)

    async def bench(ctx) -> None:
        asked, waits, turned, may, activations, cancelled = False, False, 0, True, 0, 0
        for _ in range(2000):
            closed, free, good = rng.random() < 0.2, rng.random() < 0.1, rng.random() < 0.8
            offered = rng.random() < 0.7
            address = rng.choice([0, 1, Control.STOP, Control.MASK, Control.NEXT, Control.TAG])
            own = rng.random() < 0.5
            ctx.set(dut.closed, closed and own)
            ctx.set(dut.jobs.closed, closed and not own)
            ctx.set(dut.jobs.free, free)
            ctx.set(dut.jobs.good, good)
            ctx.set(dut.work.valid, offered)
            ctx.set(dut.work.payload, {"address": address, "data": 7})
            ready = ctx.get(dut.work.ready)
            assert not ready or (may and not (asked and not waits))
            taken = ready and offered
            assert ctx.get(dut.jobs.taken) == taken
            assert ctx.get(dut.asked) == asked
            due = asked and (free or not waits) and not taken
            assert ctx.get(dut.jobs.due) == due
            assert ctx.get(dut.turned) == turned
            activates = address in (Control.TAG, Control.NEXT)
            assert ctx.get(dut.jobs.stop) == (taken and address == Control.STOP)
            assert ctx.get(dut.job_word) == (taken and address == 0)
            assert ctx.get(dut.refused) == (taken and (address == 1 or (activates and not good)))
            activate = due and rng.random() < 0.5
            ctx.set(dut.jobs.activate, activate)
            if asked and (activate or taken):
                turned ^= waits
                activations, cancelled = activations + activate, cancelled + taken
                asked = False
            if taken and activates and good:
                asked, waits = True, address == Control.NEXT
            # No two words in a row, and none after a cycle in which it is closed.
            may = not ready and not closed
            await ctx.tick()
        assert min(activations, cancelled) > 20

    simulate(dut, bench)


class Loaded(Elaboratable):
    """A port, a range, and the shadow store behind them."""

    def __init__(self, uses, delay: int) -> None:
        self.uses, self.delay = uses, delay
        self.port, self.nonces = JobPort(len(uses)), CycleRange(delay + 1)
        self.words = {name: Signal(32, name=name) for use in uses for _, name in use}
        self.mask, self.tag, self.closed = Signal(32), Signal(8), Signal()

    def elaborate(self, platform):
        m = Module()
        m.submodules.port, m.submodules.nonces = port, nonces = self.port, self.nonces
        connect(m, port.jobs, nonces.jobs)
        feed = shadow_store(m, port, nonces, self.uses, self.delay)
        m.d.comb += [word.eq(feed.active[name]) for name, word in self.words.items()]
        m.d.comb += [
            self.mask.eq(feed.mask),
            self.tag.eq(feed.tag),
            self.closed.eq(feed.closed),
            port.closed.eq(feed.closed),
            nonces.decide.eq(1),
            nonces.enter.eq(1),
        ]
        return m


def test_job_words_travel_with_the_first_nonce(rng: random.Random) -> None:
    """A word used in cycle c changes c cycles after the first nonce of its job came."""
    uses = [[(0, "a0"), (2, "a2")], [(3, "b3")], [(1, "c1")]]
    delay = 6
    dut = Loaded(uses, delay)
    fields = [
        (index, cycle, dut.words[name]) for index, use in enumerate(uses) for cycle, name in use
    ]
    # The tag is that of what was tested a cycle before.
    fields += [("mask", delay, dut.mask), ("tag", delay + 1, dut.tag)]

    async def bench(ctx) -> None:
        history: list[dict] = []  # for each cycle, the job whose nonce enters in it
        current: dict = {}
        work = dut.port.work

        async def tick() -> None:
            started = ctx.get(dut.nonces.jobs.activate)
            history.append(dict(current))
            for key, distance, port in fields:
                if len(history) > distance and (then := history[-1 - distance]):
                    assert ctx.get(port) == then[key], port.name
            await ctx.tick()
            if started:
                current.update(job)

        async def write(address: int, data: int) -> None:
            ctx.set(work.valid, 1)
            ctx.set(work.payload, {"address": address, "data": data})
            while not ctx.get(work.ready):
                await tick()
            await tick()
            ctx.set(work.valid, 0)

        for _ in range(12):
            job = {key: rng.getrandbits(32) for key in (0, 1, 2, "mask")}
            job["tag"] = rng.getrandbits(8)
            words = [(0, job[0]), (1, job[1]), (2, job[2]), (Control.MASK, job["mask"])]
            rng.shuffle(words)
            for address, data in [*words, (Control.FIRST, 3), (Control.LAST, 3)]:
                await write(address, data)
                for _ in range(rng.choice([0, 0, 1])):
                    await tick()
            await write(Control.TAG, job["tag"])
            # It is activated in the cycle after that.
            for _ in range(1 + rng.randrange(10)):
                await tick()

    simulate(dut, bench)


def test_bad_words_change_nothing() -> None:
    dut = Loaded([[(0, "a")]], 2)

    async def bench(ctx) -> None:
        async def write(address: int, data: int) -> bool:
            ctx.set(dut.port.work.valid, 1)
            ctx.set(dut.port.work.payload, {"address": address, "data": data})
            while not ctx.get(dut.port.work.ready):
                assert not ctx.get(dut.port.refused)
                await ctx.tick()
            refused = ctx.get(dut.port.refused)
            await ctx.tick()
            ctx.set(dut.port.work.valid, 0)
            return refused

        assert not await write(0, 77)
        assert not await write(Control.FIRST, 9)
        assert not await write(Control.LAST, 8)
        assert await write(1, 55)
        assert await write(0xEF, 55)
        assert await write(Control.TAG, 1)
        await ctx.tick().repeat(3)
        assert not ctx.get(dut.closed)
        assert not await write(Control.LAST, 9)
        assert not await write(Control.TAG, 2)
        assert ctx.get(dut.nonces.jobs.activate)
        await ctx.tick()
        assert ctx.get(dut.closed)
        assert ctx.get(dut.words["a"]) == 77
        await ctx.tick().repeat(4)
        assert ctx.get(dut.tag) == 2
        assert not ctx.get(dut.closed)

    simulate(dut, bench)


def test_port_has_addresses_for_its_words() -> None:
    with pytest.raises(ValueError, match="job words must be at most 240, not 241"):
        JobPort(241)


@pytest.mark.parametrize("lanes", [1, 3])
def test_hit_path(lanes: int, rng: random.Random) -> None:
    """What passes is reported once and in order; what finds the queue full is counted."""
    depth = 4
    dut = HitPath(PipelineConfig(lanes=lanes, queue=depth))
    expected, got = [], []

    def lanes_of(hits: list[tuple[int, int, int]]) -> int:
        return sum(passed.bit_count() for _, _, passed in hits)

    async def bench(ctx) -> None:
        ctx.set(dut.amount, 1)
        for now in range(600):
            passed = rng.choice([0, rng.randrange(1, 1 << lanes)])
            test = rng.random() < 0.6
            ctx.set(dut.passed, passed)
            ctx.set(dut.test, test)
            ctx.set(dut.first, now)
            ctx.set(dut.tag, now % 251)
            if test and passed:
                expected.append((now, now % 251, passed))
            ctx.set(dut.hits.ready, rng.random() < (0.1 if now < 300 else 0.95))
            if ctx.get(dut.hits.valid) and ctx.get(dut.hits.ready):
                hit = ctx.get(dut.hits.payload)
                got.append((hit.nonce, hit.tag, hit.lanes))
            # Not only what has come out of the queue is there.
            assert ctx.get(dut.busy) or lanes_of(expected) == lanes_of(got) + ctx.get(dut.lost)
            await ctx.tick()
        ctx.set(dut.test, 0)
        ctx.set(dut.hits.ready, 1)
        for _ in range(depth + 4):
            if ctx.get(dut.hits.valid):
                assert ctx.get(dut.busy)
                hit = ctx.get(dut.hits.payload)
                got.append((hit.nonce, hit.tag, hit.lanes))
            await ctx.tick()
        assert not ctx.get(dut.busy)
        missing = set(expected) - set(got)
        assert ctx.get(dut.lost) == lanes_of([*missing])
        assert ctx.get(dut.lost) > 0

    simulate(dut, bench)
    assert len(set(got)) == len(got)
    assert got == sorted(got)
    assert set(got) <= set(expected)
