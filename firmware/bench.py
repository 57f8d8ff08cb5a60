"""`sluice bench-host`: what the host's part of mining costs, without any chips."""

import asyncio
import json
import random
import statistics
import sys
import time
from collections import deque
from dataclasses import dataclass

import click

from .benchline import BenchOwner, BenchPort
from .work.template import Epoch, Template

__all__ = ["bench_host"]

#: Results that are fed for one job, and in one piece.
PER_JOB, PIECE = 1000, 50

#: Results a second that go on while the latency is measured.
BACKGROUND = 2000

#: Jobs of the pool, and seconds between two.
JOBS, GAP = 300, 0.03


@dataclass(frozen=True, kw_only=True)
class Throughput:
    """Results verified."""

    results: int
    shares: int
    jobs: int
    seconds: float
    cpu_seconds: float


def template(rng: random.Random, difficulty: float) -> Template:
    """As a pool of today sends them: twelve branches."""
    return Template(
        source=0,
        epoch=Epoch(),
        job_id="bench",
        version=0x20000000,
        previous=rng.randbytes(32),
        bits=0x17023A04,
        time=1750362327,
        coinbase1=rng.randbytes(80),
        extranonce1=rng.randbytes(4),
        extranonce2_size=8,
        coinbase2=rng.randbytes(110),
        branch=tuple(rng.randbytes(32) for _ in range(12)),
        version_mask=0x1FFFE000,
        difficulty=difficulty,
        received=time.monotonic(),
    )


async def throughput(jobs: int, rng: random.Random) -> Throughput:
    """Feed results as fast as they are taken, a new job every :data:`PER_JOB` of them."""
    # One result in sixteen is a share.
    owner = BenchOwner(template(rng, 2.0**-28))
    port = BenchPort(owner, PER_JOB, rng)
    port.chain.start(port.line)
    begun, cpu = time.perf_counter(), time.process_time()
    for _ in range(jobs):
        port.feed(PIECE, PER_JOB)
        port.chain.renew()
        # Not faster than the line lets it; the event loop has its part in it too.
        while not port.fresh:
            await asyncio.sleep(0)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    port.chain.stop()
    return Throughput(
        results=owner.results,
        shares=owner.shares,
        jobs=port.chain.jobs,
        seconds=seconds,
        cpu_seconds=cpu,
    )


def _notify(rng: random.Random, number: int) -> bytes:
    params = [
        f"{number:x}",
        rng.randbytes(32).hex(),
        rng.randbytes(80).hex(),
        rng.randbytes(110).hex(),
        [rng.randbytes(32).hex() for _ in range(12)],
        "20000000",
        "17023a04",
        "685468d7",
        True,
    ]
    return json.dumps({"id": None, "method": "mining.notify", "params": params}).encode() + b"\n"


async def latency(jobs: int, rng: random.Random) -> list[float]:
    """Seconds from a pool's line to the first byte of the job that it makes, for each job.

    Both ends of the connection to the pool are in this process.
    """
    owner = BenchOwner(None)
    port = BenchPort(owner, PER_JOB, rng)
    port.chain.start(port.line)
    sent: deque[float] = deque()

    async def pool(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for reply in (
            {"id": 1, "result": {"version-rolling": True, "version-rolling.mask": "1fffe000"}},
            {"id": 2, "result": [[], "4128064f", 8]},
            {"id": 3, "result": True},
        ):
            writer.write(json.dumps(reply).encode() + b"\n")
        await asyncio.sleep(0.1)
        for number in range(jobs):
            line = _notify(rng, number)
            sent.append(time.perf_counter())
            writer.write(line)
            await asyncio.sleep(GAP)
        writer.close()

    async def background() -> None:
        while True:
            port.feed(PIECE // 5, PIECE // 5)
            await asyncio.sleep(PIECE / 5 / BACKGROUND)

    times: list[float] = []
    async with await asyncio.start_server(pool, "127.0.0.1", 0) as server:
        address = server.sockets[0].getsockname()
        port.on_job = lambda: times.append(time.perf_counter() - sent[-1])
        results = asyncio.create_task(background())
        await owner.listen(address[1], port.chain.renew)
        results.cancel()
        await asyncio.gather(results, return_exceptions=True)
    port.chain.stop()
    return times


@click.command("bench-host")
@click.option(
    "--jobs",
    type=click.IntRange(2, 100_000),
    default=40,
    show_default=True,
    metavar="N",
    help=f"Jobs to measure with, {PER_JOB} results each.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of everything random.")
def bench_host(jobs: int, seed: int) -> None:
    """Measure the host: results verified a second, and how soon a pool's job is on the wire."""
    rng = random.Random(seed)
    if sys.stderr.isatty():
        click.echo("a quarter of a minute ...", err=True)
    done = asyncio.run(throughput(jobs, rng))
    click.echo(
        f"{done.results / done.seconds:,.0f} results/s verified on one core "
        f"({done.results / done.cpu_seconds:,.0f} a second of processor time): {done.results:,} "
        f"results, {done.shares:,} shares, {done.jobs:,} jobs built, in {done.seconds:.2f} s"
    )
    times = asyncio.run(latency(JOBS, rng))
    percentiles = statistics.quantiles(times, n=100)
    click.echo(
        f"job change {statistics.median(times) * 1e3:.2f} ms median, "
        f"{percentiles[98] * 1e3:.2f} ms 99th percentile, pool line in to first job byte out, "
        f"{len(times)} jobs with {BACKGROUND:,} results/s besides"
    )
