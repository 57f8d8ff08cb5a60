"""Registers through the pins: what they are after a reset, what a write does, and for whom."""

import random
from collections.abc import Iterator

import pytest

from sluice.rtl.control.clock_meter import UNIT
from sluice.rtl.link.config import RESET_DIVIDER
from sluice.rtl.link.recovery import BREAK_BITS
from sluice.rtl.protocol.commands import ChainInactive, ReadRegister, SetAddress, WriteRegister
from sluice.rtl.protocol.models import model
from sluice.rtl.protocol.registers import (
    BY_NUMBER,
    REGISTERS,
    Access,
    Number,
    baud_rate,
    version_rolling,
)
from sluice.rtl.protocol.responses import LONG, SHORT, RegisterResponse, parse_response
from sluice.sim.chip import DEAF, LINK_CLOCK, Disturbance

from .host import Host
from .test_small import SHAPES, make, some_job

#: All counters that this chip counts by itself while nothing is sent to it: none.
CLOCKS = {Number.HASH_CLOCK}
FOUND_OUT = {Number.BUILD, Number.SHAPE, Number.HASH_RATE}
#: Those of which a write would change how the chip answers.
LINE = {Number.UART_BAUD, Number.VERSION_ROLLING, Number.MISC_CONTROL}


@pytest.fixture(scope="module")
def one() -> Iterator[Host]:
    with make(*SHAPES["one"]) as chain:
        yield Host(chain)


@pytest.fixture(scope="module")
def three() -> Iterator[Host]:
    with make(*SHAPES["one"], chips=3) as chain:
        yield Host(chain)


def reset(host: Host) -> None:
    """As after power is on, a host at that rate, and long answers."""
    host.chain.reset()
    host.chain.set_baud(baud_rate(RESET_DIVIDER))
    host.nonces.clear()
    host.write(Number.VERSION_ROLLING, version_rolling(0xFFFF))


def one_of(host: Host, number: int, address: int | None = None) -> int:
    (value,) = host.read(number, address)
    return value


def test_registers(one: Host, rng: random.Random) -> None:
    """Reset values; what is written is read back, or is not if it tells of the chip."""
    reset(one)
    commands = 1
    before = {}
    for register in REGISTERS:
        number = register.number
        before[number] = one_of(one, number)
        if number == Number.GOOD_COMMANDS:
            assert before[number] == commands
        elif number == Number.VERSION_ROLLING:
            assert before[number] == version_rolling(0xFFFF)
        elif number not in CLOCKS | FOUND_OUT:
            assert before[number] == register.reset_of(model(one.config.model)), number.name
        commands += 1
    assert before[Number.BUILD] == one.config.build
    assert before[Number.SHAPE] == one.config.core.lanes << 8 | one.config.cores
    unknown = rng.sample([number for number in range(256) if number not in BY_NUMBER], 12)
    written = {number: rng.getrandbits(32) for number in unknown}
    written |= {
        of.number: rng.getrandbits(32)
        for of in REGISTERS
        if of.access in (Access.STORED, Access.CONTROL, Access.READ_ONLY)
        and of.number not in LINE | CLOCKS
    }
    for number, value in written.items():
        one.write(number, value)
    for number, value in written.items():
        register = BY_NUMBER.get(number)
        due = value
        if register and register.access is Access.READ_ONLY:
            due = before[register.number]
        elif number == Number.PLL0:
            # It is locked whenever one looks.
            due |= 1 << 31
        assert one_of(one, number) == due, hex(number)


def test_counters(one: Host, rng: random.Random) -> None:
    """What is bad is counted as that, and changes nothing; counters go on from what is written."""
    reset(one)
    count = 0x00FF00FD
    counted = (Number.GOOD_COMMANDS, Number.BAD_COMMANDS, Number.GOOD_JOBS, Number.BAD_JOBS)
    for number in (*counted, Number.REPLACED_JOBS):
        one.write(number, count)
    one.write(Number.ERROR_FLAG, 0xFEFD1234)
    one.write(Number.TICKET_MASK, 0x55)
    job = bytes(some_job(rng, 0))
    for _ in range(3):
        # A check that is not that of the others, and nothing until the line has been silent.
        frame = bytes(WriteRegister(Number.TICKET_MASK, 0xAA))
        one.send(frame[:-1] + bytes([frame[-1] ^ rng.randrange(1, 32)]))
        one.send(job[:-1] + bytes([job[-1] ^ rng.randrange(1, 256)]))
    for _ in range(5):
        one.send(job)
    assert one_of(one, Number.TICKET_MASK) == 0x55
    assert one_of(one, Number.BAD_COMMANDS) == count + 3
    assert one_of(one, Number.BAD_JOBS) == count + 3
    assert one_of(one, Number.GOOD_JOBS) == count + 5
    # Each byte counts for itself, and begins again behind its last value.
    assert one_of(one, Number.ERROR_FLAG) == 0x01001234
    # The write of the count itself, six more, and five reads.
    assert one_of(one, Number.GOOD_COMMANDS) == count + 1 + 6 + 5
    assert one_of(one, Number.NONCE_ERRORS) == 0


def test_a_byte_without_a_stop_bit(one: Host) -> None:
    """Its frame is over with it, and counted as bad; the one that comes behind it is obeyed."""
    reset(one)
    frames = [bytes(WriteRegister(*of)) for of in ((Number.TICKET_MASK, 9), (Number.HIT_MASK, 7))]
    gap, bit = 2, LINK_CLOCK / baud_rate(RESET_DIVIDER)
    # The last bit of the first frame is low.
    end = len(frames[0]) * (10 + gap) - gap - 1
    one.chain.send(b"".join(frames), gap)
    one.chain.disturb(0, round(end * bit), round(bit), Disturbance.LOW)
    one.wait(4000)
    assert one_of(one, Number.TICKET_MASK) == 0
    assert one_of(one, Number.BAD_COMMANDS) == 1
    assert one_of(one, Number.HIT_MASK) == 7


def test_short_answers(one: Host) -> None:
    """Until versions are rolled, answers are two bytes shorter."""
    one.chain.reset()
    one.chain.send(bytes(ReadRegister(Number.IO_DRIVER_STRENGTH)))
    (answer,) = one.chain.frames(4000, 1, SHORT)
    assert isinstance(answer, RegisterResponse)
    assert (answer.register, answer.value) == (Number.IO_DRIVER_STRENGTH, 0x00012111)
    assert answer.address == 0
    assert one.chain.frames(4000, 1, SHORT) == []
    assert one.chain.discarded == 0


def test_addresses(three: Host) -> None:
    """Who has which address answers to it alone, and takes what is written to it alone."""
    reset(three)
    assert len(three.read(Number.CHIP_ID)) == 3
    # Nobody waits: all still have the first address.
    three.send(SetAddress(0x40))
    assert len(three.read(Number.CHIP_ID)) == 3
    three.send(ChainInactive())
    addresses = (0x10, 0x54, 0xC8)
    for address in addresses:
        three.send(SetAddress(address))
    for address in addresses:
        three.write(Number.CORE_MAILBOX, 0x01010101 * address, address)
    three.write(Number.CORE_MAILBOX, 0xBAD, 0x11)
    for address in addresses:
        assert one_of(three, Number.CORE_MAILBOX, address) == 0x01010101 * address
        assert one_of(three, Number.CHIP_ID, address) & 0xFF == address
    three.chain.send(bytes(ReadRegister(Number.CHIP_ID, 0x11)))
    assert three.chain.frames(20_000) == []
    three.write(Number.CORE_MAILBOX, 7)
    assert sorted(three.read(Number.CORE_MAILBOX)) == [7, 7, 7]


@pytest.mark.parametrize("divider", [0x1B, 0x65, 0x9A])
def test_rates(three: Host, divider: int) -> None:
    """All chips go on at the rate that is asked for, and one that is too fast is not taken."""
    reset(three)
    three.write(Number.UART_BAUD, 0x01300000)
    assert three.read(Number.UART_BAUD) == [0x01300000] * 3
    three.write(Number.UART_BAUD, 0x01300000 | divider << 8)
    three.wait(20 * DEAF)
    three.chain.set_baud(baud_rate(divider))
    assert three.read(Number.UART_BAUD) == [0x01300000 | divider << 8] * 3
    # Bytes of an answer follow each other exactly.
    three.chain.send(bytes(ReadRegister(Number.UART_BAUD)))
    three.chain.run(40 * DEAF)
    answer = three.chain.take()[:LONG]
    bit = LINK_CLOCK / baud_rate(divider)
    assert abs(answer[-1].cycle - answer[0].cycle - 10 * (len(answer) - 1) * bit) < bit / 2
    three.write(Number.UART_BAUD, 0x01301A00)
    three.wait(20 * DEAF)
    three.chain.set_baud(baud_rate(0x1A))
    assert three.read(Number.UART_BAUD) == [0x01301A00] * 3


def test_answers_before_a_new_rate(one: Host) -> None:
    """What is asked for before a new rate is written is answered at the old one, to the end."""
    reset(one)
    numbers, divider = range(8), 2 * RESET_DIVIDER
    reads = b"".join(bytes(ReadRegister(number)) for number in numbers)
    one.chain.send(reads + bytes(WriteRegister(Number.UART_BAUD, 0x01300000 | divider << 8)))
    answers = one.chain.frames(len(numbers) * 20 * DEAF, len(numbers), LONG)
    found = [of.register for of in answers if isinstance(of, RegisterResponse)]
    assert found == list(numbers)
    one.wait(20 * DEAF)
    one.chain.set_baud(baud_rate(divider))
    assert one.read(Number.UART_BAUD) == [0x01300000 | divider << 8]


@pytest.mark.parametrize("off", [-0.04, 0.04])
def test_a_host_whose_clock_is_off(one: Host, rng: random.Random, off: float) -> None:
    """By four per cent, of a byte's ten bits nearly half a bit: what it says is heard."""
    reset(one)
    rate = baud_rate(RESET_DIVIDER)
    one.chain.set_baud(rate * (1 + off))
    for _ in range(4):
        value = rng.getrandbits(32)
        one.write(Number.TICKET_MASK, value)
        one.chain.set_baud(rate)
        assert one_of(one, Number.TICKET_MASK) == value
        one.chain.set_baud(rate * (1 + off))


def test_more_reads_than_answers(one: Host) -> None:
    """What has no room in the queue is counted; what has is whole.

    Bodies of answers wait in it, and the first one that is dropped finds at least 240 bytes.
    """
    reset(one)
    reads, byte, body = 150, 80, LONG - 2
    start = one.chain.cycle
    # One after the other, so that it is seen which are missing.
    frames = [bytes(ReadRegister(number)) for number in range(reads)]
    one.chain.send(b"".join(frames))
    one.chain.run(2 * reads * LONG * byte)
    heard = one.chain.take()
    answers = [heard[place : place + LONG] for place in range(0, len(heard), LONG)]
    numbers = []
    for answer in answers:
        response = parse_response(bytes(of.value for of in answer))
        assert isinstance(response, RegisterResponse)
        assert response.value or response.register != Number.CHIP_ID
        numbers.append(response.register)
    assert numbers == sorted(set(numbers))
    dropped = next(number for number in range(reads) if number not in numbers)
    came = start + (dropped + 1) * len(frames[0]) * byte
    gone = sum(of.cycle - byte <= came for answer in answers for of in answer[2:])
    assert abs(body * dropped - gone - 242) <= 4
    assert one_of(one, Number.DROPPED_ANSWERS) == reads - len(answers) > 10


def all_of(host: Host) -> dict[Number, int]:
    """What a chip has in its registers after a reset."""
    host.write(Number.VERSION_ROLLING, version_rolling(0xFFFF))
    return {register.number: one_of(host, register.number) for register in REGISTERS}


def test_a_break(one: Host, rng: random.Random) -> None:
    """The line held low does what the pin does: all registers are as after a reset."""
    one.chain.set_ratio((1, 1))
    one.chain.reset()
    before = all_of(one)
    for number in (Number.CORE_MAILBOX, Number.TICKET_MASK, Number.BATCHES):
        one.write(number, rng.getrandbits(32))
    one.bring_up(hit_mask=0xFF)
    one.send(some_job(rng, 5))
    one.wait(rng.randrange(5000))
    one.write(Number.NONCE_OFFSET, 1 << 31 | rng.getrandbits(16))
    bit = LINK_CLOCK / baud_rate(RESET_DIVIDER)
    one.chain.disturb(0, 10, round((BREAK_BITS + 2) * bit), Disturbance.LOW)
    one.wait_for_silence(3 * DEAF)
    after = all_of(one)
    # The window of the clock may open a cycle sooner or later.
    assert abs(after.pop(Number.HASH_CLOCK) - before.pop(Number.HASH_CLOCK)) <= UNIT
    assert after == before
