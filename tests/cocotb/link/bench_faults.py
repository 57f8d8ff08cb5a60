"""One link: damaged frames, other clocks, resets."""

import random

import cocotb
from cocotb.triggers import Timer
from line import (
    BIT,
    PERIOD,
    JobSink,
    ResultSource,
    control,
)
from onelink import MODEL, REPORTING, RESET_CONTROL, ROLLING, Bench

from sluice.rtl.protocol.commands import ChainInactive, ReadRegister, SetAddress, WriteRegister
from sluice.rtl.protocol.registers import Number
from tests.rtl.protocol.vectors import VECTORS


@cocotb.test(timeout_time=40, timeout_unit="ms")
async def bad_frames(dut):
    """Nothing that is damaged or unknown has an effect, each is counted, the next one is heard."""
    bench = await Bench(dut).start(ROLLING)
    good_job = bytes.fromhex(VECTORS[0].job_frame)
    write = bytes(WriteRegister(Number.TICKET_MASK, 0xFFFFFFFF))
    commands = [
        write[:-1] + bytes([write[-1] ^ 1]),
        write[:-1] + bytes([write[-1] ^ 0x20]),
        write[:6] + b"\x01" + write[7:],
        bytes.fromhex("55AA5105000000"),
        bytes.fromhex("55AA520900000000000000"),
        bytes.fromhex("55AA540500000000"),
        bytes.fromhex("55AA4305000000"),
        bytes.fromhex("55AA5005000000"),
        bytes.fromhex("55AAD105000000"),
    ]
    jobs = [
        good_job[:-1] + bytes([good_job[-1] ^ 0x80]),
        good_job[:40] + b"\x00" + good_job[41:],
        good_job[:3] + b"\x57" + good_job[4:8],
    ]
    for frame in commands + jobs:
        await bench.host.send(frame)
        await bench.host.idle(100)
    assert not bench.far.data
    assert await bench.read(Number.BAD_COMMANDS) == len(commands)
    assert await bench.read(Number.BAD_JOBS) == len(jobs)
    assert await bench.read(Number.ERROR_FLAG) == len(commands) << 24 | len(jobs) << 16
    assert await bench.read(Number.TICKET_MASK) == 0
    assert not bench.jobs.jobs
    assert not bench.sink.data
    assert await bench.read(Number.GOOD_COMMANDS) == 5
    # A counter goes on from what is written, over its byte's edge.
    await bench.host.send(bytes(WriteRegister(Number.BAD_COMMANDS, 0x00FFFFFF)))
    await bench.host.send(bytes(WriteRegister(Number.ERROR_FLAG, 0x00FF0000)))
    await bench.host.send(commands[0])
    await bench.host.idle(100)
    await bench.host.send(jobs[0])
    await bench.host.idle(100)
    assert await bench.read(Number.BAD_COMMANDS) == 0x01000000
    assert await bench.read(Number.ERROR_FLAG) == 0x01000000


@cocotb.test(timeout_time=40, timeout_unit="ms")
async def half_frames(dut):
    """A frame without its end is given up after a while; before, it may stutter."""
    bench = await Bench(dut).start(ROLLING)
    frames = [bytes(WriteRegister(Number.TICKET_MASK, 1)), bytes.fromhex(VECTORS[0].job_frame)]
    for frame in frames:
        for cut in {1, 2, 3, 4, 5, len(frame) - 1}:
            await bench.host.send(frame[:cut])
            await bench.host.idle(70)
            assert await bench.read(Number.TICKET_MASK) == 0
    assert not bench.jobs.jobs
    await bench.host.send(bytes(WriteRegister(Number.TICKET_MASK, 7)), gap=50)
    assert await bench.read(Number.TICKET_MASK) == 7
    # A byte without its stop bit ends a frame, too.
    await bench.host.send(frames[0][:5])
    await bench.host.send(b"\x00", stop=0)
    await bench.host.idle(2)
    assert await bench.read(Number.TICKET_MASK) == 7


@cocotb.test(timeout_time=40, timeout_unit="ms")
async def rates(dut):
    """Clocks of host and chip differ; glitches are no start bits."""
    bench = await Bench(dut).start(ROLLING)
    for percent in (-3, -2, 2, 3):
        await bench.host.send(
            bytes(WriteRegister(Number.TICKET_MASK, percent & 0xFF)), bit=BIT * (1 + percent / 100)
        )
        await bench.host.idle(1)
        assert await bench.read(Number.TICKET_MASK) == percent & 0xFF
    for width in (1, 2, 3):
        dut.rx.value = 0
        await Timer(width * PERIOD, unit="ns")
        dut.rx.value = 1
        await bench.host.idle(1)
    assert await bench.read(Number.BAD_COMMANDS) == 0


@cocotb.test(timeout_time=60, timeout_unit="ms")
async def resets(dut):
    """Reset at any time: afterwards everything is as it was in the beginning."""
    bench = await Bench(dut, job_stall=0.9).start(ROLLING)
    job = bytes.fromhex(VECTORS[0].job_frame)
    setup = [
        ROLLING,
        REPORTING,
        WriteRegister(Number.HIT_MASK, 0),
        ChainInactive(),
        SetAddress(0x80),
        WriteRegister(Number.TICKET_MASK, 0xFF),
        ReadRegister(0),
        ReadRegister(Number.HIT_MASK),
    ]
    for _ in range(6):
        stream = b"".join(map(bytes, setup)) + job
        cut = random.randrange(len(stream))
        bench.results.put(nonce=5, job=8, bits=0, excess=0)
        await bench.host.send(stream[: cut + 1])
        await Timer(random.randrange(1, 200 * PERIOD), unit="ns")
        bench.results.queue.clear()
        bench.results.task.cancel()
        bench.jobs.task.cancel()
        dut.results__valid.value = 0
        dut.jobs__ready.value = 0
        await bench.start()
        bench.jobs = JobSink(dut, stall=0.5)
        bench.results = ResultSource(dut)
        assert control(dut) == RESET_CONTROL
        await bench.sink.silence()
        assert not bench.far.data
        await bench.host.send(bytes(ROLLING))
        for number, value in (
            (Number.CHIP_ID, MODEL.chip_id << 16),
            (Number.HIT_MASK, 0xFFFFFFFF),
            (Number.TICKET_MASK, 0),
            (Number.GOOD_COMMANDS, 4),
        ):
            assert await bench.read(number) == value
        await bench.host.send(job)
        assert (await bench.jobs.take())[0] == job[4]
        assert not bench.jobs.jobs
