"""The whole core at its ports: jobs in, hits out, against the reference in every cycle."""

import os
import random
from dataclasses import replace

import cocotb

from sluice.rtl.core.interface import Control
from sluice.sim.catalogue import blocks
from sluice.sim.reference import block_hash, target_of
from tests.cocotb.core.environment import LAST, MASKS, SHAPE, Bench
from tests.cocotb.core.scoreboard import Job, Write
from tests.cocotb.core.streams import bursts, never


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def real_blocks(dut):
    """A block of the main chain is found, and nothing else, at the first cycle it can be."""
    bench = await Bench(dut).start()
    for block in random.sample(blocks(), 2):
        header = block.header
        before = random.randrange(min(40, header.w19))
        first, last = header.w19 - before, min(LAST, header.w19 + random.randrange(40))
        job = bench.send(bench.job(header, first=first, last=last, mask=LAST))
        await bench.finish()
        cycle, report = bench.scoreboard.reported[-1]
        found = job.header.with_w19(report.nonce)
        assert found == header, f"block {block.height}"
        assert int(block_hash(found), 16) <= target_of(found)
        # From its activation to the first nonce is one cycle, which the latency counts.
        assert cycle == bench.scoreboard.runs[-1].entries[before] - 1 + SHAPE.latency
    assert len(bench.reported) == 2


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def edges_of_the_range(dut):
    """Ranges of one nonce, at both ends of the numbers, and none beyond their end."""
    bench = await Bench(dut).start()
    ranges = [(0, 0), (LAST, LAST), (LAST - 5, LAST), (0x7FFFFFFE, 0x80000001)]
    for first, last in random.sample(ranges, len(ranges)):
        bench.send(bench.job(first=first, last=last, mask=0))
        await bench.finish()
    assert len(bench.reported) == 1 + 1 + 6 + 4


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def jobs_change(dut):
    """Jobs replace each other at any time: each nonce belongs to one of them, and none is lost.

    Some wait for the end of the one before, or are cancelled by the next; some are stopped. Both
    streams pause now and then, the sink only where hits are rarer than every other nonce.
    """
    bench = await Bench(dut).start()
    for masks, sink in ((MASKS, never), (MASKS[3:], bursts(0.4))):
        bench.sink.pauses = sink
        for _ in range(int(os.environ["JOBS"])):
            bench.source.pauses = random.choice((never, bursts(0.3)))
            activate = random.choice((Control.TAG, Control.TAG, Control.NEXT))
            bench.send(bench.job(mask=random.choice(masks)), activate)
            if random.random() < 0.2:
                bench.source.queue.append(Write(Control.STOP, 0))
            await bench.loaded()
            await bench.cycles(random.choice((0, 1, 2, random.randrange(2 * SHAPE.latency))))
        await bench.finish()
        assert sink is not never or bench.counts() == (0, 0)


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def jobs_follow(dut):
    """A job that waits for the end of the one before begins in the cycle after its last nonce.

    On a ring, in the next cycle that takes one: no nonce is missing in any block.
    """
    bench = await Bench(dut).start()
    for _ in range(4):
        job = bench.job(mask=0)
        # The next job is loaded meanwhile, a word in every other cycle, its range and mask besides.
        words = len(SHAPE.program.results) + len(Control)
        length = SHAPE.latency + 2 * words + random.randrange(30)
        bench.send(replace(job, last=job.first + length - 1), Control.NEXT)
        turned = int(dut.turned.value)
        while int(dut.turned.value) == turned:
            await bench.cycles(1)
    await bench.finish()
    since = bench.scoreboard.since + SHAPE.latency - 1
    cycles = [cycle - since for cycle, _ in bench.scoreboard.reported]
    assert cycles == SHAPE.window.after(cycles[0] - 1, len(cycles))
    assert len({report.tag for report in bench.reported}) == 4


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def back_pressure(dut):
    """A hit that finds the queue full is counted; all others come, in order."""
    bench = await Bench(dut).start()
    for share in (1.0, 0.5, 0.9):
        lost, _ = bench.counts()
        bench.sink.pauses = bursts(share)
        bench.send(bench.job(first=5, last=150, mask=0))
        await bench.loaded()
        await bench.cycles(SHAPE.latency + 150 * SHAPE.window.slots)
        assert bench.counts()[0] > lost
        bench.sink.pauses = bursts(0.2)
        await bench.finish()
        # After that as before.
        bench.send(bench.job(first=7, last=60, mask=0x3))
        bench.sink.pauses = never
        await bench.finish()


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def refused(dut):
    """What is wrong is counted and changes nothing: the job goes on."""
    bench = await Bench(dut).start()
    job = bench.send(bench.job(first=100, last=400, mask=0))
    await bench.loaded()
    for _ in range(3):
        known = len(SHAPE.program.results)
        address = random.choice((known, 0xEF, 0xF4, 0xFD, random.randrange(known, 0xF0)))
        bench.source.queue.append(Write(address, random.getrandbits(32)))
        wrong = Job(job.header, 8, 7, 0, 99)
        activate = Write(random.choice((Control.TAG, Control.NEXT)), 99)
        bench.write(wrong, Write(Control.FIRST, 8), Write(Control.LAST, 7), activate)
        await bench.loaded()
        await bench.cycles(random.randrange(30))
    await bench.finish()
    assert [report.nonce for report in bench.reported] == list(range(100, 401))
    assert bench.counts() == (0, 6)


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def job_words_stay(dut):
    """A second range of the same header needs its first and last nonce and a tag, no more."""
    bench = await Bench(dut).start()
    job = bench.send(bench.job(mask=0x3))
    await bench.loaded()
    await bench.cycles(random.randrange(SHAPE.latency))
    again = bench.job(job.header, mask=0x3)
    writes = Write(Control.LAST, again.last), Write(Control.FIRST, again.first)
    bench.write(again, *writes, Write(Control.TAG, again.tag))
    await bench.finish()
    assert {report.tag for report in bench.reported} >= {again.tag}


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def reset_while_loading(dut):
    """A job that is half written when the reset comes is gone; one that is active, too."""
    bench = await Bench(dut).start()
    for active in (False, True, True):
        bench.source.pauses = bursts(0.2)
        if active:
            bench.send(bench.job(mask=0))
            await bench.loaded()
            await bench.cycles(SHAPE.delay + random.randrange(20))
        bench.send(bench.job(mask=0))
        await bench.cycles(random.randrange(1, len(SHAPE.program.results)))
        await bench.reset()
        await bench.cycles(random.choice((0, SHAPE.latency + 5)))
        assert not bench.reported
        bench.send(bench.job(mask=0x5))
        await bench.finish()


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def reset_in_flight(dut):
    """Nothing of a job comes after a reset, and the next is as if it were the first."""
    bench = await Bench(dut).start()
    waits = [0, 1, SHAPE.latency - 1, *(random.randrange(1, 2 * SHAPE.latency) for _ in "abc")]
    for wait in waits:
        bench.sink.pauses = bursts(random.random())
        bench.send(bench.job(first=0, last=999, mask=random.choice((0, 3))))
        await bench.loaded()
        await bench.cycles(wait)
        await bench.reset()
        assert not bench.reported
        bench.sink.pauses = never
        bench.send(bench.job(first=500, last=560, mask=1))
        await bench.finish()
        assert {report.tag for report in bench.reported} <= {bench.tags}
