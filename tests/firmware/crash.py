"""kill -9 at random moments while the daemon mines for itself: no block that it found may be lost.

`python -m tests.firmware.crash --kills 50` mines on a regtest node with a simulated chip. Half of
the kills come within moments after the chip has reported a block.
"""

import asyncio
import random
import sys
import tempfile
from pathlib import Path

import click

from sluice.firmware.demo import npm
from sluice.firmware.demo.consensus import replay
from sluice.firmware.demo.daemon import ADDRESS
from sluice.firmware.demo.node import RegtestNode, RpcError
from tests.firmware.bench import mining, tapped_chips
from tests.firmware.peers.judge import sha256d
from tests.patience import GUARD

#: Seconds until a daemon that has found a block is killed, at most, and how long the last one goes
#: on mining.
LIFE, LAST = 2.0, 0.5


def name_of(header):
    return sha256d(header)[::-1].hex()


def solo(node):
    """The table of a node."""
    return {
        "kind": "solo",
        "url": node.url,
        "user": "sluice",
        "password": node.password,
        "network": "regtest",
        "address": ADDRESS,
    }


class Life:
    """From before a daemon starts until it was killed."""

    def __init__(self, tap):
        self._tap, self._jobs = tap, tap.jobs
        self._read = self._handled = float("inf")

    async def until_found(self, count):
        """Until the chips have found so many with jobs of this life."""
        async with asyncio.timeout(GUARD):
            while len(self.found()) < count:
                await asyncio.sleep(0.002)

    def end(self):
        """It is over: what the daemon has not read by now it never will."""
        self._read = self._tap.read()
        self._handled = self._tap.handled

    def found(self):
        """What the chips found that the daemon has read."""
        return [
            found
            for found in self._tap.found
            if found.job > self._jobs and found.byte <= self._read
        ]

    def handled(self):
        """Headers of those that it was done with when it ended: after them it read others."""
        return {found.header for found in self.found() if found.byte <= self._handled}


async def one_life(folder, tap, node, rng):
    """Let a daemon live for a while, and kill it."""
    life = Life(tap)
    async with mining(folder, tap, [solo(node)]) as (daemon, _):
        await life.until_found(1)
        await asyncio.sleep(rng.uniform(0, LIFE))
        if rng.random() < 0.5:
            await life.until_found(len(life.found()) + 1)
            await asyncio.sleep(rng.expovariate(1 / 0.015))
        daemon.process.kill()
        await daemon.process.wait()
        life.end()
        return life


async def known(node, name):
    try:
        await node.rpc("getblockheader", name)
    except RpcError:
        return False
    return True


def saved(folder):
    """Blocks on their way; what was being written when the daemon was killed is none of them."""
    return [path.name for path in (folder / "blocks").glob("[!.]*.json")]


def said_of(folder, name):
    """What the daemon said of a block, in all its lives."""
    log = (folder / "daemon.log").read_text().splitlines()
    return [line for line in log if name in line]


def declared(folder):
    """Hashes of the blocks that the daemon said it had found."""
    told = set()
    for line in said_of(folder, "block"):
        words = line.split()
        if "block" in words and words[-1] == "found":
            told.add(words[words.index("block") + 1])
    return told


def firsts(lives):
    """The first block that the chips found on each block, where the daemon was done with it."""
    seen = set()
    for life in lives:
        handled = life.handled()
        for found in life.found():
            previous = found.header[4:36]
            if previous not in seen and found.header in handled:
                yield name_of(found.header)
            seen.add(previous)


async def crash(folder, kills, rng, say, *, port=None):
    """Complaints; perhaps with chips that are there."""
    program = await asyncio.to_thread(npm.install, say)
    async with tapped_chips(folder, port, say=say) as tap, RegtestNode(program) as node:
        lives, wrong = [], []
        for kill in range(1, kills + 1):
            lives.append(await one_life(folder, tap, node, rng))
            waiting = saved(folder)
            say(
                f"kill {kill:3}: chain {await node.rpc('getblockcount'):4}, "
                f"results {len(tap.found):4}, blocks on their way {len(waiting)}"
            )
        # A last life hands in what is left, and ends in peace.
        before = saved(folder)
        life = Life(tap)
        async with mining(folder, tap, [solo(node)]) as (daemon, _):
            await life.until_found(3)
            async with asyncio.timeout(GUARD):
                while set(before) & set(saved(folder)):
                    await asyncio.sleep(0.01)
            await asyncio.sleep(LAST)
            life.end()
            lives.append(life)
            code, said = await daemon.stop()
        if code:
            wrong.append(f"the daemon ended with code {code}: {said}")
        left = sorted(set(before) & set(saved(folder)))
        wrong += [f"block {name} is still on its way" for name in left]
        told = declared(folder)
        must = set(firsts(lives))
        lost = [name for name in told | must if not await known(node, name)]
        for name in lost:
            whose = "the daemon told of" if name in told else "the chips reported"
            wrong.append(f"block {name}, which {whose}, is lost: {said_of(folder, name)}")
        chain = await node.blocks()
    verdicts = replay(chain)
    wrong += [f"block {v.hash} is invalid: {v.reason}" for v in verdicts if not v.valid]
    say(
        f"{kills} kills; {len(told)} blocks that the daemon told of and {len(must)} first ones that"
        f" the chips reported, {len(lost)} of them lost; a chain of {len(chain)}, all valid:"
        f" {all(verdict.valid for verdict in verdicts)}"
    )
    return wrong


@click.command()
@click.option("--kills", type=int, default=50, show_default=True)
@click.option("--seed", type=int, help="Repeat a run, as far as time allows.")
@click.option("--keep", type=click.Path(path_type=Path), help="Leave all logs there.")
def main(kills, seed, keep):
    """Kill the daemon again and again, and look for the blocks it had found."""
    seed = random.SystemRandom().getrandbits(32) if seed is None else seed
    click.echo(f"seed {seed}")
    with tempfile.TemporaryDirectory(prefix="sluice-crash-") as scratch:
        folder = keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        found = asyncio.run(crash(folder, kills, random.Random(seed), click.echo))
    for complaint in found:
        click.echo(f"wrong: {complaint}", err=True)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
