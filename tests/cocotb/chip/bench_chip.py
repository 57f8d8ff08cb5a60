"""A whole chip at its pins: each published example, from its frames in to its frames out."""

import os
import random
from dataclasses import replace

import cocotb
from cocotb.triggers import Timer

from sluice.rtl.protocol.jobs import parse_job
from sluice.rtl.protocol.registers import IDENTITY
from tests.cocotb.chip.environment import (
    HAS_FAST,
    PERIOD,
    Bench,
    answer,
    awkward,
    bit,
    command,
    read,
    write,
)
from tests.rtl.protocol.vectors import SEQUENCES, VECTORS

MODEL = os.environ["MODEL"]
CHAIN = os.environ["CHAIN"] == "True"
CHIP_ID = {"bm1366": 0x13660000, "bm1368": 0x13680000, "bm1370": 0x13700000}[MODEL]
EXAMPLES = [vector for vector in VECTORS if vector.model == MODEL]

TICKET, MISC, COUNTING, ROLLING = 0x14, 0x18, 0x10, 0xA4
NONCE_ERRORS, BAD_COMMANDS, BAD_JOBS, GOOD_JOBS = 0x4C, 0xE8, 0xE9, 0xEB
FIRST_VERSION, COUNT, OVERFLOWS, SPAN, BATCHES = 0xE4, 0xE5, 0xE6, 0xE7, 0xF0

#: Nonces of a version: enough for the next one to be prepared, and for a check, meanwhile.
NONCES = 100

#: What the hosts' sources and the protocol's descriptions show, byte for byte.
LONG = {
    "bm1366": "AA55136600000000000005",
    "bm1368": "AA5513680000000000000F",
    "bm1370": "AA55137000000000000010",
}[MODEL]
SHORT = {"bm1370": "AA5513700000000006"}.get(MODEL)
MISC_SHORT = "AA550000C100001802"
ROLL = "55AA510900A49000FFFF1C"
POLLS = [
    "55AA5205004C14",
    "55AA5205008809",
    "55AA520500890C",
    "55AA5205008A03",
    "55AA5205008B06",
    "55AA5205008C1D",
]


def nonce_of(vector):
    """The nonce as the answer has it."""
    return int(vector.response[4:12], 16)


def bits_of(vector):
    """The rolled bits as the answer has them."""
    return int(vector.response[16:20], 16)


async def bring_up(bench, *, address=0):
    """From a reset to a chip that waits for jobs."""
    await bench.listening()
    await bench.fast()
    writes = [write(MISC, 0xF000C100), write(SPAN, NONCES), write(COUNTING, 0x1EB5, address)]
    random.shuffle(writes)
    for frame in [write(ROLLING, 0x9000FFFF), command(0x53, 0, 0), command(0x40, address, 0)]:
        await bench.host.send(frame)
    for frame in writes:
        await bench.host.send(frame)


async def begin(bench, vector):
    """Send the job, but for its first nonce, which is a few before the real one."""
    job = parse_job(bytes.fromhex(vector.job_frame))
    nonce = nonce_of(vector)
    # Not below the nonces of this address.
    first = max(nonce - random.randrange(6), nonce >> 17 << 17)
    await bench.host.send(write(FIRST_VERSION, bits_of(vector)))
    await bench.host.send(write(TICKET, int(vector.ticket_register, 16)))
    await bench.host.send(bytes(replace(job, header=job.header.with_w19(first))))


def address_of(vector):
    """The chip that a nonce belongs to, from its bits 24:17."""
    return nonce_of(vector) >> 17 & 0xFF


async def clean(bench, address=0):
    """Nothing is left of what was before the reset."""
    for register in (NONCE_ERRORS, OVERFLOWS, BATCHES, COUNT, GOOD_JOBS, BAD_JOBS, BAD_COMMANDS):
        await bench.ask(register, 0, address=address)


@cocotb.test(timeout_time=200, timeout_unit="ms")
async def frames(dut):
    """Everything that needs no hash."""
    bench = Bench(dut, slow=True)
    await bench.reset()
    await bench.listening()
    await bench.host.send(bytes.fromhex("55AA520500000A"))
    await bench.expect(bytes.fromhex(SHORT) if SHORT else answer(CHIP_ID, 0, long=False))
    await bench.host.send(read(MISC))
    await bench.expect(bytes.fromhex(MISC_SHORT))
    await bench.host.send(bytes.fromhex(ROLL) * 3)
    await bench.host.send(bytes.fromhex("55AA520500000A"))
    await bench.expect(bytes.fromhex(LONG))
    await bench.fast()
    # Polled without a pause between.
    await bench.host.send(bytes.fromhex("".join(POLLS)))
    await bench.expect(*(answer(0, int(poll[10:12], 16)) for poll in POLLS))
    await bench.ask(0xE0, IDENTITY)
    # Jobs of all examples, while the chip is stopped; and one that is damaged.
    bench.far.clear()
    jobs = [bytes.fromhex(text) for text in {vector.job_frame: None for vector in EXAMPLES}]
    if MODEL == "bm1370":
        # The other length byte, as published with its check.
        captured = next(v for v in EXAMPLES if v.frames == "captured")
        frame = bytes.fromhex(captured.job_frame)
        jobs.append(frame[:3] + b"\x36" + frame[4:-2] + b"\x56\x58")
    for job in jobs:
        await bench.host.send(job)
    broken = bytearray(random.choice(jobs))
    broken[random.randrange(4, 88)] ^= 1 << random.randrange(8)
    await bench.host.send(broken)
    await bench.ask(GOOD_JOBS, len(jobs))
    await bench.ask(BAD_JOBS, 1)
    await bench.ask(BATCHES, 0)
    await bench.sink.silence()
    handed_on = b"".join(jobs) + read(GOOD_JOBS) + read(BAD_JOBS) + read(BATCHES)
    assert bytes(bench.far.data) == (handed_on if CHAIN else b"")


@cocotb.test(timeout_time=200, timeout_unit="ms")
async def sequences(dut):
    """Hosts bring the chip up, frame by frame.

    Where the clock is fast enough, those that change the rate; elsewhere all, at one rate.
    """
    bench = Bench(dut, slow=True)
    for name, sequence in SEQUENCES.items():
        if sequence["model"] != MODEL or (HAS_FAST and sequence["divider"] != 2):
            continue
        await bench.reset()
        await bench.listening()
        sent = []
        for text, repetitions, *answers in sequence["steps"]:
            frame = bytes.fromhex(text)
            await bench.host.send(frame * repetitions)
            sent += [frame] * repetitions
            await bench.expect(*map(bytes.fromhex, answers))
            if frame[5] == 0x28 and HAS_FAST:
                await bench.change()
        await bench.sink.silence(400)
        # The address stays here.
        handed_on = b"".join(frame for frame in sent if frame[2] != 0x40)
        assert bytes(bench.far.data) == (handed_on if CHAIN else b""), name
        for number, value in sequence["registers"].items():
            await bench.ask(int(number, 16), int(value, 16))
        await bench.ask(0, CHIP_ID)


@cocotb.test(timeout_time=400, timeout_unit="ms")
async def examples(dut):
    """The job goes in, and the frame that was published comes out."""
    bench = Bench(dut)
    chosen = random.sample(EXAMPLES, min(len(EXAMPLES), int(os.environ["EXAMPLES"])))
    address = None
    for vector in chosen:
        if address is None or (address_of(vector) != address and random.random() < 0.3):
            address = random.choice((0, address_of(vector)))
            await bench.reset()
            await bring_up(bench, address=address)
        if address > address_of(vector):
            address = 0
            await bench.reset()
            await bring_up(bench, address=address)
        await begin(bench, vector)
        await bench.expect(bytes.fromhex(vector.response))
        bench.log.info(f"{vector.frames}: {vector.response}")
    await bench.host.send(write(COUNTING, 0))
    await bench.sink.silence(300)
    await bench.ask(NONCE_ERRORS, 0, address=address)
    await bench.ask(OVERFLOWS, 0, address=address)


@cocotb.test(timeout_time=400, timeout_unit="ms")
async def resets(dut):
    """A reset at a bad time, and then the chip is as new."""
    # With a slow clock, the cores notice a reset long after the link does.
    bench = Bench(dut, slow=random.random() < 0.7)
    await bench.reset()
    for number in range(int(os.environ["RESETS"])):
        await bring_up(bench)
        vector = random.choice(EXAMPLES)
        match number % 8:
            case 0 | 2 | 4 | 6:
                # While there are more hits than can be checked.
                await bench.host.send(write(0xE3, 0))
                await begin(bench, vector)
                await Timer(6_000 * PERIOD + awkward(6_000 * PERIOD), unit="ps")
            case 1:
                # While a job is computed, hashed or checked, or its answer goes out.
                await begin(bench, vector)
                await Timer(awkward(12_000 * PERIOD), unit="ps")
            case 3:
                # In the middle of a job.
                job = bytes.fromhex(vector.job_frame)
                await bench.host.send(job[: random.randrange(2, 88)])
            case 5:
                # While the one before is still being obeyed.
                await begin(bench, vector)
                await bench.reset()
                await Timer(awkward(1000 * PERIOD), unit="ps")
            case _:
                # In an answer.
                await bench.host.send(read(MISC))
                await Timer(round(random.uniform(20, 100) * bit(115200)), unit="ns")
        await bench.reset()
        await bench.listening()
        await bench.host.send(bytes.fromhex(ROLL))
        await bench.fast()
        await clean(bench)
    await bring_up(bench)
    vector = random.choice(EXAMPLES)
    await begin(bench, vector)
    await bench.expect(bytes.fromhex(vector.response))
