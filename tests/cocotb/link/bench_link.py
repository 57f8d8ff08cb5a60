"""One link: whatever a host can send, and what must come of it."""

import random

import cocotb
from cocotb.triggers import Timer
from line import (
    BIT,
    control,
)
from onelink import MODEL, REPORTING, RESET_CONTROL, ROLLING, Bench

from sluice.rtl.protocol.commands import ReadRegister, WriteRegister
from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.jobs import Job, parse_job
from sluice.rtl.protocol.registers import Number
from sluice.rtl.protocol.responses import (
    SHORT,
    NonceResponse,
    RegisterResponse,
    parse_response,
)
from tests.rtl.protocol.vectors import SEQUENCES, VECTORS


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def sequences(dut):
    """Hosts bring the chip up, frame by frame."""
    bench = Bench(dut)
    for name, sequence in SEQUENCES.items():
        if sequence["model"] != MODEL.name:
            continue
        await bench.start()
        assert control(dut) == RESET_CONTROL
        sent = []
        for text, repetitions, *answers in sequence["steps"]:
            for _ in range(repetitions):
                await bench.host.send(bytes.fromhex(text))
                sent.append(bytes.fromhex(text))
            for answer in answers:
                expected = bytes.fromhex(answer)
                assert await bench.sink.frames(1, len(expected)) == [expected], name
            if not answers:
                await Timer(12 * BIT, unit="ns")
            assert not bench.sink.data, f"{name}: {text} was answered"
        # The set-address command stays here.
        await bench.forwarded(*(f for f in sent if f[2] != 0x40))
        for number, value in sequence["registers"].items():
            assert await bench.read(int(number, 16)) == int(value, 16), f"{name}: {number}"
        registers = {int(n, 16): int(v, 16) for n, v in sequence["registers"].items()}
        assert control(dut) == {
            **RESET_CONTROL,
            "rolling": 1,
            "running": 1,
            "reporting": 1,
        }
        assert bench.parameters[Number.TICKET_MASK] == registers[0x14]
    await bench.sink.silence()


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def short_answers(dut):
    """Nine bytes until version rolling is on."""
    bench = await Bench(dut).start()
    for register, value in ((0, MODEL.chip_id << 16), (0x18, 0x0000C100)):
        await bench.host.send(bytes(ReadRegister(register)))
        expected = RegisterResponse(value=value, address=0, register=register, length=SHORT)
        assert await bench.sink.frames(1, SHORT) == [bytes(expected)]
    await bench.host.send(bytes(REPORTING))
    await Timer(100, unit="us")
    fields = {"nonce": 0x12345678, "bits": 0x2F, "job": 0x18, "excess": 3}
    bench.results.put(**fields)
    expected = NonceResponse.of(
        MODEL, w19=0x12345678, job_id=0x18, bits=0x2F, excess=3, length=SHORT
    )
    assert await bench.sink.frames(1, SHORT) == [bytes(expected)]
    await bench.host.send(bytes(ROLLING))
    await bench.host.idle(20)
    bench.results.put(**fields)
    expected = NonceResponse.of(MODEL, w19=0x12345678, job_id=0x18, bits=0x2F, excess=3)
    assert await bench.sink.frames(1) == [bytes(expected)]
    await bench.sink.silence()


@cocotb.test(timeout_time=40, timeout_unit="ms")
async def jobs(dut):
    """Every job arrives word by word, whatever its length byte, and goes on to the next chip."""
    bench = await Bench(dut).start()
    sent = []
    for vector in {vector.job_frame: vector for vector in VECTORS}.values():
        job = parse_job(bytes.fromhex(vector.job_frame))
        if random.random() < 0.3:
            job = Job(job_id=job.job_id, header=job.header, length=0x36)
        bench.jobs.stall = random.choice((0.0, 0.7))
        await bench.host.send(bytes(job))
        sent.append(bytes(job))
        real = Header.from_hex(vector.header)
        expected = real.with_w19(0).with_version(int(vector.base_version, 16))
        assert await bench.jobs.take() == (job.job_id, expected.words)
    await bench.forwarded(*sent)
    assert not bench.jobs.jobs
    assert not bench.sink.data


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def starting_nonces(dut):
    """Fields that today's hosts leave at zero arrive as well."""
    bench = await Bench(dut).start()
    for _ in range(4):
        header = Header.from_bytes(random.randbytes(80))
        job = Job(job_id=random.randrange(256), header=header)
        await bench.host.send(bytes(job))
        assert await bench.jobs.take() == (job.job_id, header.words)


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def results(dut):
    """Every result leaves as the exact frame, in order, with and without pauses."""
    bench = await Bench(dut).start(ROLLING, REPORTING)
    await Timer(12 * BIT, unit="ns")
    for stall in (0.0, 0.9):
        bench.results.stall = stall
        expected = []
        for vector in VECTORS:
            response = parse_response(bytes.fromhex(vector.response))
            job = parse_job(bytes.fromhex(vector.job_frame))
            ticket = int(vector.ticket_register, 16).bit_count()
            excess = vector.leading_zero_bits - 32 - ticket
            bench.results.put(nonce=response.w19, job=job.job_id, bits=response.bits, excess=excess)
            frame = NonceResponse.of(
                MODEL, w19=response.w19, job_id=job.job_id, bits=response.bits, excess=excess
            )
            expected.append(bytes(frame))
            if vector.model == MODEL.name:
                assert bytes(frame).hex() == vector.response
        assert await bench.sink.frames(len(expected)) == expected
    for excess, job_id in ((127, 0xF8), (128, 0x80), (255, 0xFF)):
        bench.results.put(nonce=1, job=job_id, bits=0xABCD, excess=excess)
        frame = NonceResponse.of(MODEL, w19=1, job_id=job_id, bits=0xABCD, excess=excess)
        assert await bench.sink.frames(1) == [bytes(frame)]
    # Taken and forgotten while nothing is to be reported.
    await bench.host.send(bytes(WriteRegister(Number.MISC_CONTROL, 0x0FFFFFFF)))
    await Timer(20 * BIT, unit="ns")
    for _ in range(30):
        bench.results.put(nonce=2, job=0, bits=0, excess=0)
    await bench.sink.silence(200)
    assert not bench.results.queue


@cocotb.test(timeout_time=40, timeout_unit="ms")
async def polls(dut):
    """Six reads without a pause are all answered, whole, while nonces pour out."""
    bench = await Bench(dut).start(ROLLING, REPORTING)
    await Timer(12 * BIT, unit="ns")
    for nonce in range(40):
        bench.results.put(nonce=nonce, job=8, bits=0, excess=0)
    await Timer(2000 * BIT // 10, unit="ns")
    polled = (0x4C, 0x88, 0x89, 0x8A, 0x8B, 0x8C)
    for number in polled:
        await bench.host.send(bytes(ReadRegister(number)))
    frames = [parse_response(frame) for frame in await bench.sink.frames(46)]
    nonces = [f.w19 for f in frames if isinstance(f, NonceResponse)]
    assert nonces == list(range(40))
    assert [f.register for f in frames if isinstance(f, RegisterResponse)] == list(polled)
    # More than the line can carry: what is lost is lost whole, and counted.
    count = 90
    for i in range(count):
        await bench.host.send(bytes(ReadRegister(0x80 + i % 4)))
    await Timer(300 * 11 * BIT, unit="ns")
    answered = len(bench.sink.data) // 11
    assert [parse_response(f).register >> 2 for f in await bench.sink.frames(answered)] == (
        [0x20] * answered
    )
    assert answered < count
    assert await bench.read(Number.DROPPED_ANSWERS) == count - answered


@cocotb.test(timeout_time=40, timeout_unit="ms")
async def newest_job_wins(dut):
    """The job that is going out goes out whole; then comes the last one, and none between."""
    bench = await Bench(dut, job_stall=1.0).start(ROLLING)
    sent = []
    for _ in range(7):
        job = Job(job_id=random.randrange(256), header=Header.from_bytes(random.randbytes(80)))
        await bench.host.send(bytes(job))
        sent.append((job.job_id, job.header.words))
    bench.jobs.stall = 0.5
    assert await bench.jobs.take() == sent[0]
    assert await bench.jobs.take() == sent[-1]
    await Timer(100 * BIT, unit="ns")
    assert not bench.jobs.jobs
    assert not bench.jobs.words
    assert await bench.read(Number.REPLACED_JOBS) == 5
    assert await bench.read(Number.GOOD_JOBS) == 7


@cocotb.test(timeout_time=40, timeout_unit="ms")
async def everything_at_once(dut):
    """Jobs and commands without a pause while jobs leave slowly and answers and nonces pour out."""
    bench = await Bench(dut, job_stall=0.99).start(ROLLING, REPORTING)
    bench.jobs.strict = False
    for nonce in range(120):
        bench.results.put(nonce=nonce, job=8, bits=0, excess=0)
    jobs, values = [], []
    for _ in range(12):
        job = Job(job_id=random.randrange(256), header=Header.from_bytes(random.randbytes(80)))
        values.append(random.getrandbits(32))
        await bench.host.send(bytes(job))
        await bench.host.send(bytes(WriteRegister(Number.TICKET_MASK, values[-1])))
        await bench.host.send(bytes(ReadRegister(Number.TICKET_MASK)))
        await bench.host.send(bytes(ReadRegister(Number.GOOD_JOBS)))
        jobs.append((job.job_id, job.header.words))
    frames = [parse_response(frame) for frame in await bench.sink.frames(120 + 24)]
    assert [f.w19 for f in frames if isinstance(f, NonceResponse)] == list(range(120))
    answers = [f.value for f in frames if isinstance(f, RegisterResponse)]
    assert answers[::2] == values
    assert answers[1::2] == list(range(1, 13))
    assert bench.jobs.jobs == jobs
    assert await bench.read(Number.REPLACED_JOBS) == 0
