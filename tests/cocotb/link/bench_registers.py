"""One link: its registers, and its address."""

import random

import cocotb
from cocotb.triggers import Timer
from line import (
    BIT,
    PERIOD,
    control,
    status,
)
from onelink import COMPACT, MODEL, RESET_CONTROL, ROLLING, Bench

from sluice.rtl.interface import Counter, Parameter
from sluice.rtl.protocol.commands import ChainInactive, ReadRegister, SetAddress, WriteRegister
from sluice.rtl.protocol.registers import BY_NUMBER, IDENTITY, REGISTERS, Access, Number


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def registers(dut):
    """Reset values, what is written is read back, what tells of the chip is told."""
    bench = Bench(dut)
    shape = {"build": 0xFEEDC0DE, "cores": 17, "lanes": 4, "rate": 0x0100BEEF}
    dut.status.value = status(**shape)
    await bench.start()
    hashes, lost, gaps, clock = 0, 0x0A0B0C0D, 0x00C0FFEE, 103_008
    for amount in (0xFFFFFFFF, 0x00010203, 0, 0x01FF, *(random.getrandbits(32) for _ in range(30))):
        bench.increments.put(counter=Counter.HASHES, amount=amount)
        hashes += amount
    bench.increments.put(counter=Counter.LOST, amount=lost - 2)
    bench.increments.put(counter=Counter.GAPS, amount=gaps)
    bench.increments.put(counter=Counter.CLOCK, amount=clock)
    for event, times in (("nonce_error", 3), ("batch", 258), ("stale", 2)):
        for _ in range(times):
            dut.status.value = status(**shape, **{event: 1})
            await Timer(PERIOD, unit="ns")
            assert event != "stale" or int(dut.counting.value)
            dut.status.value = status(**shape)
            await Timer(30 * PERIOD, unit="ns")
            assert not int(dut.counting.value)
    await Timer(800 * PERIOD, unit="ns")
    assert not bench.increments.queue
    told = {
        Number.NONCE_ERRORS: 3,
        Number.TOTAL_COUNT: hashes >> 32,
        Number.HASH_COUNT_LOW: hashes & 0xFFFFFFFF,
        Number.RESULT_OVERFLOWS: lost,
        Number.BUILD: shape["build"],
        Number.SHAPE: 0x00000411,
        Number.BATCHES: 258,
        Number.BATCH_GAPS: gaps,
        Number.HASH_CLOCK: clock,
        Number.HASH_RATE: shape["rate"],
        Number.IDENTITY: IDENTITY,
        Number.SENSOR_RESULT: (not COMPACT) << 31,
        Number.ADC_RESULT: 1 << 31,
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
    enabled, offset = divmod(values[Number.NONCE_OFFSET], 1 << 31)
    assert control(dut) == {
        "rolling": 1,
        "running": 1,
        "reporting": int(values[Number.MISC_CONTROL] >> 28 > 0),
        "first": offset & 0xFFFF if enabled else 0,
        "last": 0xFFFF,
    }
    numbers = {Number[parameter.name] for parameter in Parameter}
    assert bench.parameters.values == {number: values[number] for number in numbers}
    await bench.host.send(bytes(WriteRegister(Number.HASH_COUNTING_NUMBER, 0)))
    await Timer(12 * BIT, unit="ns")
    assert not control(dut)["running"]


def has_a_place(number):
    """Whether a compact link keeps a register that it does not know."""
    if number in (0x88, 0x89, 0x8A, 0x8B):
        return True
    if number < 0x80:
        return number < 0x60 and number % 4 == 0
    if number < 0xC0:
        return number & 2 == 0 and number & 1 == number >> 4 & 1
    return number >= 0xE0


@cocotb.test(timeout_time=40, timeout_unit="ms")
async def unknown_numbers(dut):
    """They are stored, or read zero if there is no place; nothing else changes."""
    bench = await Bench(dut).start(ROLLING)
    unknown = [number for number in range(256) if number not in BY_NUMBER]
    random.shuffle(unknown)
    values = {number: random.getrandbits(32) or 1 for number in unknown}
    for number, value in values.items():
        await bench.host.send(bytes(WriteRegister(number, value)))
    for number, value in values.items():
        kept = not COMPACT or has_a_place(number)
        assert await bench.read(number) == (value if kept else 0), hex(number)
    commands = 1 + 2 * len(unknown)
    for register in REGISTERS:
        expected = register.reset_of(MODEL)
        if register.number == Number.VERSION_ROLLING:
            expected = ROLLING.value
        elif register.number == Number.GOOD_COMMANDS:
            expected = commands
        elif COMPACT and not has_a_place(register.number):
            expected = 0
        assert await bench.read(register.number) == expected, register.name
        commands += 1
    assert control(dut) == {**RESET_CONTROL, "rolling": 1}


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
    # Nobody has been heard from behind: there may be no next chip for that address.
    assert (control(dut)["first"], control(dut)["last"]) == (0x2A00, 0xFFFF)
    for address in (0, 0x54, 0x2B):
        await bench.host.send(bytes(WriteRegister(Number.TICKET_MASK, 0xBAD, address)))
        await bench.host.send(bytes(ReadRegister(Number.TICKET_MASK, address)))
    await bench.sink.silence()
    assert await bench.read(Number.TICKET_MASK) == 0
    await bench.host.send(bytes(WriteRegister(Number.TICKET_MASK, 0xF0, 0x2A)))
    assert await bench.read(Number.TICKET_MASK, 0x2A) == 0xF0
    assert await bench.read(Number.CHIP_ID) == MODEL.chip_id << 16 | 0x2A
