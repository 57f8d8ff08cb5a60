"""The queue of frames, the arbiter, the buffer of jobs, and what becomes of single frames."""

import random

import pytest
from amaranth.sim import Simulator

from sluice.rtl.link.config import LinkConfig
from sluice.rtl.link.frame_fifo import FrameFifo
from sluice.rtl.link.job_buffer import ByteJobBuffer, JobBuffer
from sluice.rtl.link.receiver import CommandReceiver
from sluice.rtl.link.transmitter import Arbiter
from sluice.rtl.protocol.commands import ReadRegister
from sluice.rtl.protocol.registers import Number
from tests.rtl.protocol.vectors import VECTORS


def run(dut, *benches):
    simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    for bench in benches:
        simulator.add_testbench(bench)
    simulator.run()


def test_queue(rng: random.Random):
    """Committed frames come out whole and in order; what finds no room is dropped whole."""
    dut = FrameFifo(depth=32)
    kept, out, dropped = [], [], 0
    finished = False

    async def write(ctx):
        nonlocal dropped, finished
        level = 0
        for number in range(300):
            frame = bytes([number & 0xFF, *rng.randbytes(rng.randrange(1, 14))])
            room = True
            for i, byte in enumerate(frame):
                ctx.set(dut.write.byte.data, byte)
                ctx.set(dut.write.byte.last, i == len(frame) - 1)
                ctx.set(dut.write.valid, 1)
                level = ctx.get(dut.level)
                room = room and level < 31
                await ctx.tick()
                ctx.set(dut.write.valid, 0)
            if rng.random() < 0.3:
                ctx.set(dut.write.rollback, 1)
            else:
                ctx.set(dut.write.commit, 1)
                assert ctx.get(dut.dropped) == (not room)
                dropped += not room
                if room:
                    kept.append(frame)
            await ctx.tick()
            ctx.set(dut.write.rollback, 0)
            ctx.set(dut.write.commit, 0)
            for _ in range(rng.choice((0, 0, 9))):
                await ctx.tick()
        await ctx.tick().repeat(400)
        finished = True

    async def read(ctx):
        frame = bytearray()
        idle = 0
        while idle < 200 or not finished:
            ctx.set(dut.frames.ready, rng.random() < 0.6)
            taken = ctx.get(dut.frames.valid) & ctx.get(dut.frames.ready)
            byte, last = ctx.get(dut.frames.payload.data), ctx.get(dut.frames.payload.last)
            await ctx.tick()
            idle = 0 if taken else idle + 1
            if taken:
                frame.append(byte)
                if last:
                    out.append(bytes(frame))
                    frame.clear()
        assert not frame

    run(dut, write, read)
    assert out == kept
    assert dropped
    assert len(kept) > 50


def test_arbiter(rng: random.Random):
    dut = Arbiter()
    out = []

    def source(number):
        async def send(ctx):
            port = dut.sources[number]
            for frame in range(20):
                for i in range(3):
                    for _ in range(rng.choice((0, 0, 3))):
                        await ctx.tick()
                    ctx.set(port.payload, {"data": number << 7 | frame, "last": i == 2})
                    ctx.set(port.valid, 1)
                    await ctx.tick().until(port.ready)
                    ctx.set(port.valid, 0)

        return send

    async def sink(ctx):
        while len(out) < 120:
            ctx.set(dut.frames.ready, rng.random() < 0.5)
            if ctx.get(dut.frames.valid) & ctx.get(dut.frames.ready):
                out.append(ctx.get(dut.frames.payload.data))
            await ctx.tick()

    run(dut, source(0), source(1), sink)
    frames = [out[i : i + 3] for i in range(0, 120, 3)]
    assert all(len(set(frame)) == 1 for frame in frames)
    assert [f[0] for f in frames if f[0] < 128] == list(range(20))
    assert [f[0] & 127 for f in frames if f[0] >= 128] == list(range(20))


class Words:
    """Writes a frame into a buffer of words, and looks at it."""

    buffer = JobBuffer
    #: How often a word is taken; so seldom that jobs are replaced.
    ready = 0.5

    def __init__(self, rng: random.Random):
        self.dut = self.buffer()
        self.rng = rng

    async def store(self, ctx, words):
        for index, word in enumerate(words):
            ctx.set(self.dut.store.word, index)
            ctx.set(self.dut.store.data, word)
            ctx.set(self.dut.store.enable, 0xF)
            await ctx.tick()
        ctx.set(self.dut.store.enable, 0)

    async def look(self, ctx, words):
        peek = self.rng.randrange(2)
        ctx.set(self.dut.peek, peek)
        ctx.set(self.dut.look, 1)
        await ctx.tick()
        assert ctx.get(self.dut.value) == words[peek]
        assert not ctx.get(self.dut.jobs.valid)
        ctx.set(self.dut.look, 0)


class Bytes(Words):
    """The same with a buffer of bytes."""

    buffer = ByteJobBuffer
    ready = 0.1

    @staticmethod
    def frame(words):
        start = bytes([0x21, 0x56, words[0], ~words[0] & 0xFF])
        return start + b"".join(word.to_bytes(4, "big") for word in words[1:]) + b"\xab\xcd"

    async def store(self, ctx, words):
        for index, byte in enumerate(self.frame(words)):
            ctx.set(self.dut.store.index, index)
            ctx.set(self.dut.store.data, byte)
            ctx.set(self.dut.store.enable, 1)
            await ctx.tick()
            ctx.set(self.dut.store.enable, 0)
            if self.rng.random() < 0.5:
                await ctx.tick()

    async def look(self, ctx, words):
        ctx.set(self.dut.look, 1)
        for peek in range(2, self.rng.choice((4, 8))):
            ctx.set(self.dut.peek, peek)
            await ctx.tick()
            seen = self.frame(words)[max(2, peek - 3) : peek + 1]
            mask = (1 << 8 * len(seen)) - 1
            assert ctx.get(self.dut.value) & mask == int.from_bytes(seen, "big")
            assert not ctx.get(self.dut.jobs.valid)
        ctx.set(self.dut.look, 0)


@pytest.mark.parametrize("looks", [False, True])
@pytest.mark.parametrize("kind", [Words, Bytes])
def test_job_buffer(rng: random.Random, kind: type[Words], looks: bool):
    """Never a mixture, always the last one, whatever the times and whoever looks at it."""
    host = kind(rng)
    dut = host.dut
    sent, replaced, got = [], 0, []
    finished = False

    def job(number):
        return [number, *(i * 0x01030507 + number << 8 & 0xFFFFFFFF | i for i in range(1, 21))]

    async def write(ctx):
        nonlocal finished, replaced
        for number in range(150):
            words = job(number)
            await host.store(ctx, words)
            for _ in range(rng.randrange(9) if looks else 0):
                await host.look(ctx, words)
                await ctx.tick().repeat(rng.randrange(1, 4))
            if rng.random() < 0.8:
                ctx.set(dut.commit, 1)
                replaced += ctx.get(dut.replaced)
                await ctx.tick()
                ctx.set(dut.commit, 0)
                sent.append(number)
            for _ in range(rng.choice((0, 1, 2, 200))):
                await ctx.tick()
        await ctx.tick().repeat(400)
        finished = True

    async def read(ctx):
        idle, words = 0, []
        # As good as never is a word not taken for so long.
        while idle < 300 or not finished:
            ctx.set(dut.jobs.ready, rng.random() < host.ready)
            word = ctx.get(dut.jobs.payload) if ctx.get(dut.jobs.valid) else None
            taken = word is not None and ctx.get(dut.jobs.ready)
            await ctx.tick()
            idle = 0 if taken else idle + 1
            if taken:
                words.append((word.index, word.data))
                if word.last:
                    number = words[0][1]
                    assert words == [(20 - i, word) for i, word in enumerate(job(number))]
                    got.append(number)
                    words = []
        assert not words

    run(dut, write, read)
    assert got == sorted(got)
    assert set(got) <= set(sent)
    assert got[-1] == sent[-1]
    assert len(got) + replaced == len(sent)
    assert replaced


def test_receiver_model():
    model = CommandReceiver(LinkConfig()).model
    job = bytes.fromhex(VECTORS[0].job_frame)
    write = bytes.fromhex("55AA510900A49000FFFF1C")
    assert list(model(write + job + write)) == [write, job, write]
    assert list(model(b"\x55\x55" + write[1:] + b"\x00\xaa" + write)) == [write, write]
    # A cut job covers what follows, up to its length.
    assert list(model(job[:80] + write + write)) == [write]
    assert list(model(b"\x55\xaa\x51\x55\xaa\x51" + write[3:])) == [write]


@pytest.mark.parametrize("late", [126, 127, 128, 129, 130])
def test_a_byte_at_the_time_out(late: int):
    """A frame whose last byte comes in the cycle of the time-out is taken or bad, and not both."""
    config = LinkConfig(timeout_bits=16)
    dut = CommandReceiver(config)
    frame, told = bytes(ReadRegister(Number.CHIP_ID, None)), {"good": 0, "bad": 0}

    async def bench(ctx):
        async def wait(cycles):
            for _ in range(cycles):
                told["good"] += ctx.get(dut.command)
                told["bad"] += ctx.get(dut.bad_command)
                assert ctx.get(dut.forward.commit) == ctx.get(dut.command)
                await ctx.tick()
                ctx.set(dut.byte.valid, 0)

        ctx.set(dut.tick, 1)
        for pause, byte in zip([12] * (len(frame) - 2) + [late, 20], frame, strict=True):
            ctx.set(dut.byte.data, byte)
            ctx.set(dut.byte.valid, 1)
            await wait(pause + 1)

    run(dut, bench)
    assert told in ({"good": 1, "bad": 0}, {"good": 0, "bad": 1})
    assert told["good"] == (late <= 128)
