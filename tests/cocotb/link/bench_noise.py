"""A noisy line: nothing gets through but what the checks let through, and it always recovers."""

import os
import random
from collections import Counter

import cocotb
from cocotb.triggers import Timer
from line import PERIOD, JobSink, Parameters, ResultSource, Sink, Source, clock, reset

from sluice.rtl.link.config import LinkConfig
from sluice.rtl.link.receiver import CommandReceiver
from sluice.rtl.protocol.commands import (
    ChainInactive,
    ReadRegister,
    SetAddress,
    WriteRegister,
    parse_command,
)
from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.jobs import Job, parse_job
from sluice.rtl.protocol.registers import Number
from sluice.rtl.protocol.responses import NonceResponse, RegisterResponse, parse_response

FRAMES = int(os.environ.get("FRAMES", "300"))
ROLLING = WriteRegister(Number.VERSION_ROLLING, 0x9000FFFF)
REPORTING = WriteRegister(Number.MISC_CONTROL, 0xF000C100)

#: Registers that change how the link speaks.
SPEAKING = (Number.UART_BAUD, Number.MISC_CONTROL, Number.VERSION_ROLLING)


def frame():
    if random.random() < 0.04:
        header = Header.from_bytes(random.randbytes(80))
        return bytes(Job(job_id=random.randrange(256), header=header))
    if random.random() < 0.1:
        return bytes(ReadRegister(Number.TICKET_MASK))
    number = random.choice((Number.TICKET_MASK, Number.HIT_MASK))
    return bytes(WriteRegister(number, random.getrandbits(32)))


def damage(data):
    data = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 5))):
        at = random.randrange(len(data))
        match random.randrange(6):
            case 0 | 1:
                data[at] ^= 1 << random.randrange(8)
            case 2 if len(data) > 1:
                del data[at]
            case 3:
                data.insert(at, random.choice((0x55, 0xAA, random.randrange(256))))
            case 4:
                del data[at + 1 :]
            case 5:
                data += random.randbytes(random.randrange(1, 12))
    return bytes(data)


def changes_the_line(data):
    """Whether a damaged frame has become one that changes how the link speaks: one in 32 passes its
    check. What that does tests/rtl/chip/test_noise.py knows.
    """
    for frame in CommandReceiver(LinkConfig()).model(data):
        command = None if len(frame) == 88 else parse_command(frame)
        if isinstance(command, ChainInactive | SetAddress):
            return True
        if isinstance(command, WriteRegister) and command.register in SPEAKING:
            return True
    return False


def burst():
    """Frames without a pause: how many of each kind, how many are damaged, and all their bytes."""
    kinds, damaged, data = Counter(), 0, b""
    for _ in range(random.choice((1, 1, 2, 6))):
        one = frame()
        kinds["job" if len(one) == 88 else "command"] += 1
        if random.random() < 0.7:
            one = damage(one)
            damaged += 1
        data += one
    return burst() if changes_the_line(data) else (kinds, damaged, data)


class Model:
    """What must come of the bytes."""

    def __init__(self):
        self.receiver = CommandReceiver(LinkConfig())
        self.registers = {Number.TICKET_MASK: 0, Number.HIT_MASK: 0xFFFFFFFF}
        self.jobs = []
        self.answers = []
        self.good = Counter()
        self.forwarded = bytearray()

    def feed(self, data):
        """Bytes that are followed by silence."""
        for frame in self.receiver.model(data):
            self.forwarded += frame
            if len(frame) == 88:
                job = parse_job(frame)
                self.jobs.append((job.job_id, job.header.words))
                self.good["job"] += 1
                continue
            self.good["command"] += 1
            command = parse_command(frame)
            if isinstance(command, ReadRegister) and not command.address:
                value = self.registers.get(command.register)
                self.answers.append((command.register, value))
            elif isinstance(command, WriteRegister) and not command.address:
                self.registers[command.register] = command.value


@cocotb.test(timeout_time=2000, timeout_unit="ms")
async def noise(dut):
    clock(dut)
    dut.rst.value = 0
    dut.status.value = 0
    dut.increments__valid.value = 0
    Source(dut.next_rx)
    host, sink, far = Source(dut.rx), Sink(dut.tx), Sink(dut.next_tx)
    jobs = JobSink(dut, stall=0.2)
    results = ResultSource(dut)
    parameters = Parameters(dut)
    await reset(dut)
    model = Model()
    for command in (ROLLING, REPORTING):
        await host.send(bytes(command))
        model.feed(bytes(command))
    await host.idle(20)
    kinds, damaged, bursts, nonces = Counter(), 0, 0, 0
    while kinds.total() < FRAMES:
        # A burst of frames without a pause, then silence for longer than the timeout.
        more, worse, data = burst()
        kinds += more
        damaged += worse
        bursts += 1
        if random.random() < 0.2:
            results.put(nonce=nonces, job=0, bits=0, excess=0)
            nonces += 1
        await host.send(data)
        model.feed(data)
        await host.idle(random.choice((34, 60)))
        # The next good frame is heard, at once.
        if random.random() < 0.5:
            probe = bytes(WriteRegister(Number.TICKET_MASK, random.getrandbits(32)))
            await host.send(probe)
            model.feed(probe)
            await host.idle(2)
            assert parameters[Number.TICKET_MASK] == model.registers[Number.TICKET_MASK]
        heard = parameters.values.get(Number.HIT_MASK, 0xFFFFFFFF)
        assert heard == model.registers[Number.HIT_MASK]
        if random.random() < 0.1:
            # Glitches that are no bytes.
            for _ in range(5):
                dut.rx.value = 0
                await Timer(random.randrange(1, 4) * PERIOD, unit="ns")
                dut.rx.value = 1
                await host.idle(1)
    await host.idle(2500)
    assert jobs.jobs == model.jobs
    assert bytes(far.data) == bytes(model.forwarded)
    frames = [parse_response(f) for f in await sink.frames(len(sink.data) // 11)]
    assert not sink.data
    seen = [f.w19 for f in frames if isinstance(f, NonceResponse)]
    assert seen == list(range(nonces))
    answers = [(f.register, f.value) for f in frames if isinstance(f, RegisterResponse)]
    assert len(answers) == len(model.answers)
    for answer, (register, value) in zip(answers, model.answers, strict=True):
        assert answer[0] == register
        assert value is None or answer[1] == value
    print(
        f"noise: {kinds.total()} frames ({kinds['job']} jobs) in {bursts} bursts, {damaged} "
        f"damaged; good by the checks: {dict(model.good)}; answers {len(answers)}, nonces {nonces}"
    )
