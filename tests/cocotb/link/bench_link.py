"""One link: whatever a host can send, and what must come of it."""

import os
import random

import cocotb
from cocotb.triggers import Timer
from line import (
    BIT,
    PERIOD,
    JobSink,
    ResultSource,
    Sink,
    Source,
    TallySource,
    clock,
    control,
    reset,
    status,
)

from sluice.rtl.link.signature import Tallied
from sluice.rtl.protocol.commands import ChainInactive, ReadRegister, SetAddress, WriteRegister
from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.jobs import Job, parse_job
from sluice.rtl.protocol.models import MODELS
from sluice.rtl.protocol.registers import IDENTITY, REGISTERS, Access, Number
from sluice.rtl.protocol.responses import (
    SHORT,
    NonceResponse,
    RegisterResponse,
    parse_response,
)
from tests.rtl.protocol.vectors import SEQUENCES, VECTORS

MODEL = MODELS[os.environ.get("MODEL", "bm1370")]
ROLLING = WriteRegister(Number.VERSION_ROLLING, 0x9000FFFF)
REPORTING = WriteRegister(Number.MISC_CONTROL, 0xF000C100)
RESET_CONTROL = {
    "ticket_mask": 0,
    "rolling": 0,
    "version_mask": 0xFFFF,
    "running": 0,
    "reporting": 0,
    "hit_mask": 0xFFFFFFFF,
    "first_version": 0,
    "address": 0,
    "nonce_offset": 0,
    "span": 0,
    "last_address": 0xFF,
}


class Bench:
    def __init__(self, dut, *, job_stall=0.0, result_stall=0.0):
        self.dut = dut
        clock(dut)
        dut.rst.value = 0
        dut.status.value = 0
        self.tallies = TallySource(dut, stall=result_stall)
        self.next = Source(dut.next_rx)
        self.host = Source(dut.rx)
        self.sink = Sink(dut.tx)
        self.far = Sink(dut.next_tx)
        self.jobs = JobSink(dut, stall=job_stall)
        self.results = ResultSource(dut, stall=result_stall)

    async def start(self, *setup):
        self.sink.strict = self.far.strict = False
        await reset(self.dut)
        await Timer(12 * BIT, unit="ns")
        self.sink.strict = self.far.strict = True
        self.sink.clear()
        self.far.clear()
        for command in setup:
            await self.host.send(bytes(command))
        if setup:
            await self.forwarded(*setup)
        return self

    async def read(self, number, address=None):
        await self.host.send(bytes(ReadRegister(number, address)))
        (frame,) = await self.sink.frames(1)
        response = parse_response(frame)
        assert response.register == number
        return response.value

    async def forwarded(self, *frames):
        """The next chip has been told exactly this since it was last asked."""
        expected = b"".join(map(bytes, frames))
        for _ in range(12 * len(expected) + 100):
            if len(self.far.data) >= len(expected):
                break
            await Timer(BIT, unit="ns")
        await Timer(20 * BIT, unit="ns")
        assert bytes(self.far.data) == expected
        self.far.clear()


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
                assert await bench.sink.frames(1) == [bytes.fromhex(answer)], name
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
            "ticket_mask": registers[0x14],
            "rolling": 1,
            "running": 1,
            "reporting": 1,
        }
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


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def registers(dut):
    """Reset values, what is written is read back, what tells of the chip is told."""
    bench = Bench(dut)
    shape = {"build": 0xFEEDC0DE, "cores": 17, "lanes": 4}
    dut.status.value = status(**shape)
    await bench.start()
    hashes, lost, gaps = 0, 0x0A0B0C0D, 0x00C0FFEE
    for amount in (0xFFFFFFFF, 0x00010203, 0, 0x01FF, *(random.getrandbits(32) for _ in range(30))):
        bench.tallies.put(what=Tallied.HASHES, amount=amount)
        hashes += amount
    bench.tallies.put(what=Tallied.LOST, amount=lost - 2)
    bench.tallies.put(what=Tallied.GAPS, amount=gaps)
    for event, times in (("nonce_error", 3), ("batch", 258), ("stale", 2)):
        for _ in range(times):
            dut.status.value = status(**shape, **{event: 1})
            await Timer(PERIOD, unit="ns")
            assert event != "stale" or int(dut.counting.value)
            dut.status.value = status(**shape)
            await Timer(30 * PERIOD, unit="ns")
            assert not int(dut.counting.value)
    await Timer(800 * PERIOD, unit="ns")
    assert not bench.tallies.queue
    told = {
        Number.NONCE_ERRORS: 3,
        Number.TOTAL_COUNT: hashes >> 32,
        Number.HASH_COUNT_LOW: hashes & 0xFFFFFFFF,
        Number.RESULT_OVERFLOWS: lost,
        Number.BUILD: shape["build"],
        Number.SHAPE: 0x00000411,
        Number.BATCHES: 258,
        Number.BATCH_GAPS: gaps,
        Number.IDENTITY: IDENTITY,
        Number.CHIP_ID: MODEL.chip_id << 16,
        **dict.fromkeys((0x88, 0x89, 0x8A, 0x8B), hashes >> 34),
    }
    # Rolling comes first, so that answers are long; it is checked below.
    await bench.host.send(bytes(ROLLING))
    for register in REGISTERS:
        if register.access is Access.COUNTER or register.number == Number.VERSION_ROLLING:
            continue
        value = await bench.read(register.number)
        assert value == told.get(register.number, register.reset_of(MODEL)), register.name
    for number in (0x01, 0x7F, 0xDF, 0xFF):
        assert await bench.read(number) == 0
    values = {}
    for register in REGISTERS:
        value = random.getrandbits(32)
        if register.number in (Number.VERSION_ROLLING, Number.UART_BAUD):
            value = register.reset | 1 << 31
        if register.access is Access.COUNTER:
            continue
        await bench.host.send(bytes(WriteRegister(register.number, value)))
        values[register.number] = told.get(register.number, value)
    values[Number.PLL0] |= 1 << 31
    for number, value in values.items():
        assert await bench.read(number) == value, number.name
    assert control(dut) == {
        "ticket_mask": values[Number.TICKET_MASK],
        "rolling": 1,
        "version_mask": values[Number.VERSION_ROLLING] & 0xFFFF,
        "running": 1,
        "reporting": int(values[Number.MISC_CONTROL] >> 28 > 0),
        "hit_mask": values[Number.HIT_MASK],
        "first_version": values[Number.FIRST_VERSION] & 0xFFFF,
        "address": 0,
        "nonce_offset": values[Number.NONCE_OFFSET],
        "span": values[Number.NONCE_SPAN],
        "last_address": 0xFF,
    }
    await bench.host.send(bytes(WriteRegister(Number.HASH_COUNTING_NUMBER, 0)))
    await Timer(12 * BIT, unit="ns")
    assert not control(dut)["running"]


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def addresses(dut):
    """Single-chip frames are for the chip whose address they bear, and no other."""
    bench = await Bench(dut).start(ROLLING)
    # Nobody waits for an address: it goes on.
    await bench.host.send(bytes(SetAddress(0x55)))
    assert await bench.read(0, 0) == MODEL.chip_id << 16
    frames = [SetAddress(0x55), ReadRegister(0, 0)]
    await bench.forwarded(*frames)
    # Now this chip does, once.
    for frame in (ChainInactive(), SetAddress(0x2A), SetAddress(0x54)):
        await bench.host.send(bytes(frame))
    await bench.forwarded(ChainInactive(), SetAddress(0x54))
    assert control(dut)["address"] == 0x2A
    assert control(dut)["last_address"] == 0x53
    for address in (0, 0x54, 0x2B):
        await bench.host.send(bytes(WriteRegister(Number.TICKET_MASK, 0xBAD, address)))
        await bench.host.send(bytes(ReadRegister(Number.TICKET_MASK, address)))
    await bench.sink.silence()
    assert await bench.read(Number.TICKET_MASK) == 0
    await bench.host.send(bytes(WriteRegister(Number.TICKET_MASK, 0xF0, 0x2A)))
    assert await bench.read(Number.TICKET_MASK, 0x2A) == 0xF0
    assert await bench.read(Number.CHIP_ID) == MODEL.chip_id << 16 | 0x2A


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
    """Reset at any moment: afterwards everything is as it was in the beginning."""
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
