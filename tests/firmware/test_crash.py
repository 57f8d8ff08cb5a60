"""The daemon is killed at random moments while it finds blocks: none that it has found is lost.

SLUICE_KILLS=50 kills it fifty times.
"""

import asyncio
import contextlib
import os
import subprocess
from itertools import pairwise

from Crypto.Hash import SHA256

from sluice.rtl.protocol.models import BM1370
from tests.firmware.driver.fakechips import FakeChips
from tests.firmware.sources.fakenode import FakeNode
from tests.firmware.test_cli import SLUICE, config
from tests.patience import GUARD

KILLS = int(os.environ.get("SLUICE_KILLS", "3"))


def name_of(block):
    return SHA256.new(SHA256.new(block[:80]).digest()).digest()[::-1].hex()


class Crashes:
    """A daemon that is started again and again."""

    def __init__(self, folder, node, fake):
        self.folder, self.node, self.fake = folder, node, fake
        self.known = set()
        solo = (
            f'[[pools]]\nkind = "solo"\nurl = "http://127.0.0.1:{node.port}"\nuser = "me"\n'
            'password = "secret"\nnetwork = "regtest"\n'
            'address = "bcrt1q3vfn5wrgnychddsnwwypvfr60axn2l9weav648"'
        )
        chain = f'[[chains]]\nport = "{fake.path}"\nanswer_timeout = 0.2\nsilence = 60'
        self.path = config(folder, chain, solo)

    @contextlib.asynccontextmanager
    async def daemon(self):
        self.fake.reset()
        before = len(self.fake.jobs)
        process = await asyncio.create_subprocess_exec(
            SLUICE, "mine", "--config", self.path, stderr=subprocess.PIPE
        )
        log = asyncio.create_task(process.stderr.read())
        try:
            await self.fake.until(lambda: len(self.fake.jobs) > before)
            yield
        finally:
            process.kill()
            await process.wait()
            words = (await log).decode().split()
            # A block that it has told of, or written down, is found.
            self.known |= {w for was, w in pairwise(words) if was == "block"}
            self.known |= {path.stem for path in self.waiting()}

    def waiting(self):
        return list((self.folder / "state" / "blocks").glob("*.json"))


async def test_no_block_is_lost(rng, tmp_path):
    async with FakeNode() as node:
        with FakeChips(BM1370, sluice=True) as fake:
            crashes = Crashes(tmp_path, node, fake)
            for kill in range(KILLS):
                async with crashes.daemon():
                    job = fake.jobs[-1]
                    nonce = fake.mine(job, 16)
                    # Now and then the node does not take it before the end comes.
                    node.broken = rng.random() < 0.5
                    fake.report(job, nonce)
                    await asyncio.sleep(rng.random() * 0.1)
                print(f"{kill + 1}: {len(crashes.known)} found, {len(crashes.waiting())} waiting")
                node.broken = False
            async with crashes.daemon(), asyncio.timeout(GUARD):
                while crashes.waiting():
                    await asyncio.sleep(0.01)
            accepted = {name_of(block) for block in node.blocks}
            print(f"{len(crashes.known)} blocks found, {len(accepted)} at the node")
            assert crashes.known <= accepted
            assert len(node.blocks) == len(accepted)
