"""The whole daemon: chips behind a pseudo-terminal at one end, a pool or a node at the other."""

import asyncio
import contextlib

import pytest

from sluice.firmware.config import parse
from sluice.firmware.miner import Miner
from sluice.firmware.sources import failover
from sluice.firmware.sources import solo as solo_source
from sluice.firmware.stats import ChainState, PoolState
from sluice.rtl.protocol.models import BM1370
from tests.firmware.driver.fakechips import FakeChips
from tests.firmware.peers.judge import Verdict
from tests.firmware.peers.session import Manners
from tests.firmware.peers.stratum import StratumPool
from tests.firmware.sources.fakenode import FakeNode
from tests.patience import GUARD

ADDRESS = "bcrt1q3vfn5wrgnychddsnwwypvfr60axn2l9weav648"


@contextlib.asynccontextmanager
async def mining(folder, ports, pools):
    chains = "".join(
        f'[[chains]]\nport = "{port}"\nanswer_timeout = 0.2\nsilence = 60\n' for port in ports
    )
    settings = parse(f'[mining]\nstate = "{folder}"\nlongest_wait = 0.2\n{chains}{pools}')
    miner = Miner(settings)
    task = asyncio.create_task(miner.run())
    try:
        yield miner
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition):
    """Look again and again."""
    async with asyncio.timeout(GUARD):
        while not condition():
            await asyncio.sleep(0.01)


def stratum(pool):
    return f'[[pools]]\nurl = "{pool.url}"\nuser = "me"\n'


def solo(node):
    return (
        f'[[pools]]\nkind = "solo"\nurl = "http://127.0.0.1:{node.port}"\nuser = "me"\n'
        f'password = "secret"\nnetwork = "regtest"\naddress = "{ADDRESS}"\n'
    )


async def test_a_share(seed, tmp_path):
    async with StratumPool(seed, difficulty=1e-6) as pool:
        with FakeChips(BM1370, 2, sluice=True) as fake:
            async with mining(tmp_path, [fake.path], stratum(pool)) as miner:
                await fake.until(lambda: fake.jobs)
                job = fake.jobs[-1]
                fake.report(job, fake.mine(job, 16, bits=0x21), 0x21)
                await until(lambda: miner.snapshot().accepted)
                assert pool.verdicts[Verdict.ACCEPTED] == 1
                now = miner.snapshot()
                assert (now.results, now.rejected, now.stale, now.dropped) == (1, 0, 0, {})
                assert now.pools[0].state is PoolState.ACTIVE
                assert now.pools[0].counts.accepted_difficulty == pytest.approx(1e-6)
                # Of the easiest hash with 16 zero bits.
                assert now.best_difficulty > 2**-16 * 0xFFFF / 0x10000
                assert now.rates.shares.average > 0
                assert now.rates.results.average > now.rates.shares.average
                assert now.rates.expected is None
                assert now.chains[0].work == now.chains[0].chips[0].work == 1 << 16
                assert (now.pools[0].block_version, now.tip.seen) == (job.header.version, 1)
                assert now.pools[0].extranonce_subscribe
                shares = now.chains[0].shares
                assert (shares.accepted, shares.last_share_pool) == (1, 0)
                assert shares.accepted_difficulty == now.pools[0].counts.accepted_difficulty
                (score,) = now.scores
                assert (score.difficulty, score.bits) == (now.best_difficulty, 0x21 << 13)
            # Kept for the next time.
            async with mining(tmp_path, [fake.path], stratum(pool)) as miner:
                assert miner.snapshot().best_difficulty == 0
                assert miner.snapshot().best_difficulty_ever == now.best_difficulty


async def test_pause_and_resume(seed, tmp_path):
    async with StratumPool(seed) as pool:
        with FakeChips(BM1370, sluice=True) as fake:
            async with mining(tmp_path, [fake.path], stratum(pool)) as miner:
                await fake.until(lambda: fake.jobs)
                miner.pause()
                miner.pause()
                await fake.until(lambda: fake.stopped)
                assert miner.snapshot().paused
                assert miner.snapshot().chains[0].state is ChainState.PAUSED
                jobs = len(fake.jobs)
                miner.resume()
                await fake.until(lambda: len(fake.jobs) > jobs)
                assert miner.snapshot().chains[0].state is ChainState.RUNNING
                texts = [event.text for event in miner.snapshot().events]
                assert texts[-2:] == ["paused", "resumed"]


async def test_several_ports_of_which_one_is_missing(seed, tmp_path):
    async with StratumPool(seed) as pool:
        with FakeChips(BM1370, sluice=True) as first, FakeChips(BM1370, sluice=True) as second:
            ports = [first.path, str(tmp_path / "none"), second.path]
            async with mining(tmp_path, ports, stratum(pool)) as miner:
                await first.until(lambda: first.jobs)
                await second.until(lambda: second.jobs)
                states = [chain.state for chain in miner.snapshot().chains]
                assert states[::2] == [ChainState.RUNNING] * 2
                # The one that is missing stays failed while it is tried again.
                seen = set()
                async with asyncio.timeout(GUARD):
                    while (chain := miner.snapshot().chains[1]).attempts < 3:
                        seen.add(chain.state)
                        await asyncio.sleep(0)
                assert seen == {ChainState.FAILED}
                # No two chains do the same.
                assert first.jobs[0].header.merkle_root != second.jobs[0].header.merkle_root


async def test_blocks_of_a_node(tmp_path):
    async with FakeNode() as node:
        with FakeChips(BM1370, sluice=True) as fake:
            async with mining(tmp_path, [fake.path], solo(node)) as miner:
                await fake.until(lambda: fake.jobs)
                for _ in range(2):
                    job, blocks = fake.jobs[-1], len(node.blocks)
                    fake.report(job, fake.mine(job, 16))
                    await until(lambda before=blocks: len(node.blocks) > before)
                    await fake.until(
                        lambda: (
                            fake.jobs[-1].header.previous.hex()
                            == bytes.fromhex(node.tip)[::-1].hex()
                        )
                    )
                # The long poll may tell of a block before the node has answered for it.
                await until(lambda: miner.snapshot().pools[0].counts.blocks == 2)
                now = miner.snapshot()
                assert now.blocks_found == 2
                assert [(block.height, block.accepted) for block in now.blocks] == [
                    (201, True),
                    (202, True),
                ]
                assert (now.tip.hash, now.tip.seen) == (node.tip, 3)
                assert now.tip.since <= now.at
                assert now.pools[0].block_version == fake.jobs[-1].header.version
                assert sum(now.pools[0].counts.responses.classes) == 2


async def test_a_block_at_the_end(tmp_path, monkeypatch):
    """The node has it when the daemon has ended, though that was told to end as it found it."""
    monkeypatch.setattr(solo_source, "FAREWELL", GUARD)
    async with FakeNode() as node:
        with FakeChips(BM1370, sluice=True) as fake:
            async with mining(tmp_path, [fake.path], solo(node)) as miner:
                found = asyncio.Event()
                monkeypatch.setattr(miner, "on_block", lambda *_, **__: found.set())
                await fake.until(lambda: fake.jobs)
                fake.report(fake.jobs[-1], fake.mine(fake.jobs[-1], 16))
                async with asyncio.timeout(GUARD):
                    await found.wait()
                assert node.blocks == []
            assert len(node.blocks) == 1
            assert list((tmp_path / "blocks").glob("*.json")) == []


async def test_network_difficulty(tmp_path):
    """It is known from the first template on, while a block is on its way too."""
    async with FakeNode(longpoll=False) as node:
        with FakeChips(BM1370, sluice=True) as fake:
            async with mining(tmp_path, [fake.path], solo(node)) as miner:
                assert miner.snapshot().network_difficulty is None
                await fake.until(lambda: fake.jobs)
                regtest = pytest.approx(0xFFFF / 0x7FFFFF / (1 << 24), rel=1e-9)
                assert miner.snapshot().network_difficulty == regtest
                node.deaf = True
                fake.report(fake.jobs[-1], fake.mine(fake.jobs[-1], 16))
                await until(lambda: node.blocks)
                assert miner.next_job() is None
                assert miner.snapshot().network_difficulty == regtest
                node.deaf = False


class Hangs(Manners):
    """Answers until it is told to hang; then it keeps its connections, and takes new ones."""

    hung = False

    async def connected(self, session):
        if self.hung:
            await session.reader.read()

    async def answer(self, session, request, answer):
        if not self.hung:
            await super().answer(session, request, answer)


async def test_a_pool_that_hangs(seed, tmp_path, monkeypatch):
    """Shares that nobody answers are the sign, and the next pool gives work in the moment."""
    monkeypatch.setattr(failover, "UNANSWERED", 0.3)
    monkeypatch.setattr(failover, "LOOK", 0.05)
    manners = Hangs()
    async with (
        StratumPool(seed, difficulty=2.0**-20, manners=manners) as hanging,
        StratumPool(seed + 1, difficulty=2.0**-20) as backup,
    ):
        with FakeChips(BM1370, sluice=True) as fake:
            async with mining(tmp_path, [fake.path], stratum(hanging) + stratum(backup)) as miner:
                await fake.until(lambda: fake.jobs)
                job = fake.jobs[-1]
                manners.hung = True
                fake.report(job, fake.mine(job, 16))
                await until(lambda: miner.snapshot().active_pool == 1)
                newest = next(iter(backup.sessions[0].jobs.values()))
                await fake.until(lambda: fake.jobs[-1].header.previous == newest.previous)
                texts = [event.text for event in miner.snapshot().events]
                assert "pools.0: no answer to 1 share for 0.3 s" in texts
                assert "no source of work is left" not in texts


async def test_return_to_the_primary(seed, tmp_path):
    async with StratumPool(seed) as backup, StratumPool(seed + 1) as primary:
        await primary.stop()
        with FakeChips(BM1370, sluice=True) as fake:
            pools = stratum(primary) + stratum(backup)
            async with mining(tmp_path, [fake.path], pools) as miner:
                await until(lambda: miner.snapshot().active_pool == 1)
                await fake.until(lambda: fake.jobs)
                await primary.start()
                await until(lambda: miner.snapshot().active_pool == 0)
                previous = {job.previous for job, _ in primary.by_serial.values()}
                await fake.until(lambda: fake.jobs[-1].header.previous in previous)


async def test_benchmark(tmp_path):
    pools = '[[pools]]\nkind = "benchmark"\ndifficulty = 1e-6\n'
    with FakeChips(BM1370, sluice=True) as fake:
        async with mining(tmp_path, [fake.path], pools) as miner:
            await fake.until(lambda: fake.jobs)
            fake.report(fake.jobs[0], fake.mine(fake.jobs[0], 16))
            await until(lambda: miner.snapshot().accepted == 1)
