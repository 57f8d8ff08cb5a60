"""A long run against a pool that misbehaves in every way: nothing may crash, leak or get lost.

`python -m tests.firmware.soak --minutes 30` prints memory, tasks and file handles of the daemon as
time goes by, and what became of the shares that the simulated chips found.
"""

import asyncio
import random
import statistics
import sys
import tempfile
from pathlib import Path

import click

from tests.firmware.bench import mining, stratum, tapped_chips
from tests.firmware.peers.account import audit
from tests.firmware.peers.hostile import Everything
from tests.firmware.peers.judge import Verdict
from tests.firmware.peers.stratum import StratumPool

#: Difficulty of shares: six a second, about, from one simulated chip.
DIFFICULTY = 2e-5

#: Of the network: no share is a block.
BITS = 0x1D00FFFF

#: KiB and handles that a long run may end with beyond what it had after its first quarter.
MORE_MEMORY, MORE_HANDLES, MORE_TASKS = 6144, 3, 3

COLUMNS = "{:>7} {:>10} {:>6} {:>8} {:>12} {:>9} {:>6} {:>5} {:>4} {:>6} {:>5}"
TITLES = "seconds memoryKiB tasks handles connections accepted stale low dup excused lost"


def row(seconds, usage, pool, account):
    verdicts = pool.verdicts
    return COLUMNS.format(
        seconds,
        usage["memory"],
        usage["tasks"],
        usage["handles"],
        len(pool.sessions),
        verdicts[Verdict.ACCEPTED],
        verdicts[Verdict.STALE],
        verdicts[Verdict.LOW],
        verdicts[Verdict.DUPLICATE],
        account.excused.total(),
        len(account.lost),
    )


def typical(usage, name):
    return statistics.median(entry[name] for entry in usage)


def complaints(usage, pool, account):
    """What must not be, in words."""
    quarter = max(1, len(usage) // 4)
    begin, end = usage[quarter : 2 * quarter] or usage, usage[-quarter:]
    for name, more in (
        ("memory", MORE_MEMORY),
        ("tasks", MORE_TASKS),
        ("handles", MORE_HANDLES),
    ):
        before, after = typical(begin, name), typical(end, name)
        if after > before + more:
            yield f"{name} grew from {before} to {after}"
    verdicts = pool.verdicts
    if verdicts[Verdict.DUPLICATE]:
        yield f"{verdicts[Verdict.DUPLICATE]} shares were submitted twice"
    if verdicts[Verdict.LOW]:
        yield f"{verdicts[Verdict.LOW]} shares were too easy"
    for session, params, reason in pool.malformed:
        yield f"connection {session} submitted {params}: {reason}"
    for found, job, share in account.lost:
        verdict = "never came" if share is None else f"came and was {share.verdict}"
        yield f"a share of job {job.job_id} {verdict}: {found.header.hex()}"
    if not verdicts[Verdict.ACCEPTED]:
        yield "no share was accepted"


async def soak(folder, seconds, every, rng, say, *, port=None, haste=1):
    """Run it, perhaps with chips that are there and so many times the surprises; complaints."""
    loop = asyncio.get_running_loop()
    manners = Everything(rng, pause=0.5 / haste, honest=4.0 / haste)
    async with (
        tapped_chips(folder, port, say=say) as tap,
        StratumPool(rng.getrandbits(32), difficulty=DIFFICULTY, bits=BITS, manners=manners) as pool,
        mining(folder, tap, [stratum(pool)]) as (daemon, _),
    ):
        await daemon.until_up()
        say(COLUMNS.format(*TITLES.split()))
        start = loop.time()
        while loop.time() < start + seconds:
            await asyncio.sleep(min(every, start + seconds - loop.time()))
            if daemon.process.returncode is not None:
                break
            if daemon.usage:
                account = audit(tap, pool, until=loop.time())
                say(row(round(loop.time() - start), daemon.usage[-1], pool, account))
        until = loop.time()
        alive = daemon.process.returncode is None
        account = audit(tap, pool, until=until)
        code, said = await daemon.stop()
        found = list(complaints(daemon.usage, pool, account)) if daemon.usage else []
        if not alive or code:
            found.append(f"the daemon ended with code {code}: {said}")
        if "Traceback" in said or "Traceback" in (folder / "daemon.log").read_text():
            found.append(f"it told of an exception: {said}")
        say(f"due {account.due}, excused {dict(account.excused)}, no shares {account.easy}")
        say(f"of jobs never given {account.unknown}, puzzling {tap.puzzling}")
        say(
            f"malformed {len(pool.malformed)}, lines unreadable "
            f"{sum(session.unreadable for session in pool.sessions)}"
        )
        say(f"surprises {manners.counts}")
        return found


@click.command()
@click.option("--minutes", type=float, default=30.0, show_default=True)
@click.option("--every", type=float, default=30.0, show_default=True, help="Seconds between rows.")
@click.option("--haste", type=float, default=1.0, show_default=True, help="Times the surprises.")
@click.option("--seed", type=int, help="Repeat a run, as far as time allows.")
@click.option("--keep", type=click.Path(path_type=Path), help="Leave all logs there.")
def main(minutes, every, haste, seed, keep):
    """Mine on a hostile pool, and look whether anything leaks or gets lost."""
    seed = random.SystemRandom().getrandbits(32) if seed is None else seed
    click.echo(f"seed {seed}")
    with tempfile.TemporaryDirectory(prefix="sluice-soak-") as scratch:
        folder = keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        found = asyncio.run(
            soak(folder, 60 * minutes, every, random.Random(seed), click.echo, haste=haste)
        )
    for complaint in found:
        click.echo(f"wrong: {complaint}", err=True)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
