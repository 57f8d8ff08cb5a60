"""Three links in a chain: dealing out addresses, relaying, sharing the line to the host."""

import random
from collections import Counter

import cocotb
from cocotb.triggers import Timer
from line import (
    BIT,
    JobSink,
    Parameters,
    ResultSource,
    Sink,
    Source,
    clock,
    control,
    reset,
    status,
)

from sluice.rtl.protocol.commands import ChainInactive, ReadRegister, SetAddress, WriteRegister
from sluice.rtl.protocol.jobs import parse_job
from sluice.rtl.protocol.models import BM1370
from sluice.rtl.protocol.registers import Number
from sluice.rtl.protocol.responses import NonceResponse, RegisterResponse, parse_response
from tests.rtl.protocol.vectors import VECTORS

CHIPS = 3
ADDRESSES = (0, 0x55, 0xAA)
ROLLING = WriteRegister(Number.VERSION_ROLLING, 0x9000FFFF)
REPORTING = WriteRegister(Number.MISC_CONTROL, 0xF000C100)


class Chain:
    def __init__(self, dut):
        self.dut = dut
        clock(dut)
        dut.rst.value = 0
        self.host = Source(dut.rx)
        self.end = Source(dut.next_rx)
        self.sink = Sink(dut.tx)
        self.far = Sink(dut.next_tx)
        self.jobs = [JobSink(dut, f"jobs__{i}") for i in range(CHIPS)]
        self.results = [ResultSource(dut, f"results__{i}") for i in range(CHIPS)]
        self.parameters = [Parameters(dut, f"parameter__{i}") for i in range(CHIPS)]
        for i in range(CHIPS):
            getattr(dut, f"status__{i}").value = status(cores=i + 1)

    def control(self, chip):
        return control(self.dut, f"control__{chip}")

    async def start(self):
        await reset(self.dut)
        return self

    async def tell(self, *frames):
        for frame in frames:
            await self.host.send(bytes(frame))

    async def settle(self, length=11):
        """Until a frame has gone all the way."""
        await Timer((CHIPS * (length + 3) * 10) * BIT, unit="ns")

    async def enumerate(self):
        await self.tell(ROLLING, ReadRegister(0))
        await self.sink.frames(CHIPS)
        await self.tell(ChainInactive(), *map(SetAddress, ADDRESSES))
        await self.settle()
        assert self.addresses() == list(ADDRESSES)

    def addresses(self):
        """Bits 24:17 of the first nonce of each chip."""
        return [self.control(i)["first"] >> 8 for i in range(CHIPS)]

    def slices(self):
        """Bits 24:9 of the first and the last nonce of each chip."""
        controls = [self.control(i) for i in range(CHIPS)]
        return [(control["first"], control["last"]) for control in controls]


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def enumeration(dut):
    chain = await Chain(dut).start()
    # Before: all answer, all with address 0, the first chip first.
    await chain.tell(ROLLING, ReadRegister(0))
    expected = bytes(RegisterResponse(value=0x13700000, address=0, register=0))
    assert await chain.sink.frames(CHIPS) == [expected] * CHIPS
    # Broadcast writes between the two reach everyone.
    await chain.tell(ChainInactive(), WriteRegister(Number.TICKET_MASK, 0xFF))
    await chain.tell(*map(SetAddress, ADDRESSES))
    await chain.settle()
    assert chain.addresses() == list(ADDRESSES)
    assert all(told[Number.TICKET_MASK] == 0xFF for told in chain.parameters)
    # One too many leaves the chain.
    chain.far.clear()
    await chain.tell(SetAddress(0x77))
    await chain.settle()
    assert bytes(chain.far.data) == bytes(SetAddress(0x77))
    assert chain.addresses() == list(ADDRESSES)
    # Each chip has the addresses up to the next one's.
    assert chain.slices() == [(0, 0x54FF), (0x5500, 0xA9FF), (0xAA00, 0xFFFF)]
    await chain.tell(ReadRegister(0))
    responses = [parse_response(f) for f in await chain.sink.frames(CHIPS)]
    assert [r.address for r in responses] == list(ADDRESSES)
    assert [r.value & 0xFF for r in responses] == list(ADDRESSES)
    # To one chip only.
    for i, address in enumerate(ADDRESSES):
        await chain.tell(WriteRegister(Number.HIT_MASK, i, address))
        await chain.tell(ReadRegister(Number.SHAPE, address))
        (answer,) = await chain.sink.frames(1)
        expected = RegisterResponse(value=i + 1, address=address, register=Number.SHAPE)
        assert answer == bytes(expected)
    await chain.settle()
    assert [told[Number.HIT_MASK] for told in chain.parameters] == [0, 1, 2]
    # And once more, with other addresses.
    await chain.tell(ChainInactive(), *(SetAddress(a + 1) for a in ADDRESSES))
    await chain.settle()
    assert chain.addresses() == [a + 1 for a in ADDRESSES]
    await chain.sink.silence()


@cocotb.test(timeout_time=60, timeout_unit="ms")
async def slices(dut):
    """The chips divide all nonces, whatever the host deals out and in which order."""
    chain = await Chain(dut).start()
    await chain.tell(ROLLING, ReadRegister(0))
    await chain.sink.frames(CHIPS)
    # As factory firmware does, more addresses than chips: those in front have theirs, the last
    # one what is left.
    await chain.tell(ChainInactive(), *(SetAddress(address) for address in range(0, 16, 2)))
    await chain.settle(80)
    assert chain.slices() == [(0, 0x01FF), (0x0200, 0x03FF), (0x0400, 0xFFFF)]

    def offset(chip, number):
        return WriteRegister(Number.NONCE_OFFSET, 1 << 31 | number, 2 * chip)

    numbers = [0, *sorted(random.sample(range(1, 1 << 16), 2))]
    wanted = [
        (first, after - 1) for first, after in zip(numbers, [*numbers[1:], 1 << 16], strict=True)
    ]
    for order in (range(CHIPS), reversed(range(CHIPS))):
        await chain.tell(ChainInactive(), *(SetAddress(address) for address in range(0, 16, 2)))
        await chain.tell(*(offset(chip, numbers[chip]) for chip in order))
        await chain.settle(120)
        assert chain.slices() == wanted
        # The register is each chip's own.
        await chain.tell(ReadRegister(Number.NONCE_OFFSET))
        told = [parse_response(frame).value for frame in await chain.sink.frames(CHIPS)]
        assert told == [1 << 31 | number for number in numbers]
    # Not enabled: by addresses again.
    await chain.tell(WriteRegister(Number.NONCE_OFFSET, 0x1234))
    await chain.settle()
    assert chain.slices() == [(0, 0x01FF), (0x0200, 0x03FF), (0x0400, 0xFFFF)]
    # Enabled on all at once: each up to the end.
    await chain.tell(WriteRegister(Number.NONCE_OFFSET, 0x80001234))
    await chain.settle()
    assert chain.slices() == [(0x1234, 0xFFFF)] * CHIPS


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def jobs(dut):
    """A job reaches every chip; a damaged one none."""
    chain = await Chain(dut).start()
    await chain.enumerate()
    for vector in random.sample(VECTORS, 4):
        frame = bytes.fromhex(vector.job_frame)
        damaged = bytearray(frame)
        damaged[random.randrange(4, 88)] ^= 1 << random.randrange(8)
        await chain.tell(damaged, frame)
        job = parse_job(frame)
        for sink in chain.jobs:
            assert await sink.take(1200) == (job.job_id, (*job.header.words[:19], 0))
    await chain.settle(88)
    assert not any(sink.jobs or sink.words for sink in chain.jobs)


@cocotb.test(timeout_time=60, timeout_unit="ms")
async def contention(dut):
    """All chips report and answer at once: every frame arrives whole, once, in its chip's order."""
    chain = await Chain(dut).start()
    await chain.enumerate()
    await chain.tell(REPORTING)
    await chain.settle()
    chain.sink.clear()
    count, polled = 16, (0x4C, 0x88, 0x89, 0x8A, 0x8B, Number.SHAPE)
    for i, source in enumerate(chain.results):
        source.stall = random.choice((0.0, 0.99))
        for number in range(count):
            source.put(nonce=i << 28 | number, job=8 * i, bits=number, excess=i)
    await Timer(random.randrange(400) * BIT, unit="ns")
    await chain.tell(*map(ReadRegister, polled))
    frames = await chain.sink.frames(CHIPS * (count + len(polled)), patience=20000)
    responses = list(map(parse_response, frames))
    for i, address in enumerate(ADDRESSES):
        mine = [r for r in responses if isinstance(r, NonceResponse) and r.w19 >> 28 == i]
        assert mine == [
            NonceResponse.of(BM1370, w19=i << 28 | n, job_id=8 * i, bits=n, excess=i)
            for n in range(count)
        ]
        answers = [r for r in responses if isinstance(r, RegisterResponse) and r.address == address]
        assert [r.register for r in answers] == list(polled)
        assert answers[-1].value == i + 1
    await chain.sink.silence(300)


@cocotb.test(timeout_time=60, timeout_unit="ms")
async def fairness(dut):
    """Neither the first chip nor those behind it can take the line for themselves."""
    chain = await Chain(dut).start()
    await chain.enumerate()
    await chain.tell(REPORTING)
    await chain.settle()
    chain.sink.clear()
    for i, source in enumerate(chain.results):
        for number in range(40):
            source.put(nonce=i << 28 | number, job=0, bits=0, excess=0)
    # Once all have started. The line gives half to each chip's own, half to those behind.
    await chain.sink.frames(8)
    shares = Counter(parse_response(f).w19 >> 28 for f in await chain.sink.frames(24))
    assert 11 <= shares[0] <= 13, shares
    assert 5 <= shares[1] <= 7, shares
    assert 5 <= shares[2] <= 7, shares


@cocotb.test(timeout_time=60, timeout_unit="ms")
async def garbage_from_behind(dut):
    """What comes back damaged goes no further, whatever it is; good frames between do."""
    chain = await Chain(dut).start()
    await chain.enumerate()
    chain.sink.clear()
    sent, damaged = [], 0
    for number in range(60):
        frame = bytearray(bytes(NonceResponse(w19=number, excess=0, tag=0, bits=0)))
        match random.randrange(4):
            case 0:
                frame[random.randrange(2, 11)] ^= 1 << random.randrange(8)
                damaged += 1
            case 1:
                del frame[random.randrange(2, 11) :]
                damaged += 1
            case 2:
                frame = bytearray(b"\x00\xff\x55\xaa")
            case 3:
                sent.append(bytes(frame))
        await chain.end.send(frame)
        await chain.end.idle(70)
    await chain.sink.silence(0) if not sent else None
    assert await chain.sink.frames(len(sent), patience=1000) == sent
    await chain.tell(ReadRegister(Number.DROPPED_RELAYS, ADDRESSES[-1]))
    (answer,) = await chain.sink.frames(1)
    assert parse_response(answer).value == damaged
    await chain.sink.silence(200)
