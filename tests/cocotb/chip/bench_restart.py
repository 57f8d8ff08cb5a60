"""A host that restarts at 115,200 baud while the chip listens at 1 Mbaud, and has no reset wire."""

import os
import random

import cocotb

from tests.cocotb.chip.environment import RESET_RATE, Bench, answer, command, read, write

ROLLING, MISC, COUNTING, HIT_MASK = 0xA4, 0x18, 0x10, 0xE3
CHIP_ID = 0x13700000
#: What ESP-Miner begins with: version rolling three times, and who is there.
ROLL = write(ROLLING, 0x9000FFFF)


async def mine(bench, hits):
    """Bring the chip up as ESP-Miner does, and give it a job, with hits or without any."""
    await bench.host.send(ROLL * 3)
    await bench.ask(0, CHIP_ID)
    for frame in (command(0x53, 0, 0), command(0x40, 0, 0), write(MISC, 0xF000C100)):
        await bench.host.send(frame)
    await bench.host.send(write(HIT_MASK, 0 if hits else 0xFFFFFFFF))
    await bench.host.send(write(COUNTING, 0x1EB5))
    await bench.fast()
    await bench.ask(COUNTING, 0x1EB5)


@cocotb.test(timeout_time=100, timeout_unit="ms")
async def restart(dut):
    """It is found by the very first frames, with a break before, without one, or each once."""
    bench = Bench(dut)
    await bench.reset()
    await bench.listening()
    for broken in random.sample((False, True), int(os.environ["RESTARTS"])):
        await mine(bench, random.random() < 0.5)
        # Bytes that are under way are cut off.
        bench.sink.strict = bench.far.strict = False
        bench.rates(RESET_RATE)
        if broken:
            await bench.host.low(60)
        else:
            await bench.host.send(ROLL)
        await bench.host.send(ROLL * 2)
        await bench.host.idle(30)
        bench.sink.clear()
        bench.sink.strict = bench.far.strict = True
        await bench.host.send(read(0))
        await bench.expect(answer(CHIP_ID, 0))
        # As after a reset.
        await bench.ask(COUNTING, 0)
        await bench.ask(HIT_MASK, 0xFFFFFFFF)
        await bench.sink.silence(20)
