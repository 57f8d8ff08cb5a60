"""The daemon as a process, its chips simulated hardware, on pools and a node that judge it."""

import asyncio
import random
import subprocess
import time

import httpx
import pytest

from sluice.firmware.demo.chips import sluice
from tests.firmware.bench import mining, stratum, tapped_chips
from tests.firmware.crash import crash
from tests.firmware.needs import needs_node
from tests.firmware.peers.account import GRACE, audit
from tests.firmware.peers.hostile import Leaves, Step, Talks
from tests.firmware.peers.judge import Mode, Verdict
from tests.firmware.peers.session import Manners
from tests.firmware.peers.stratum import StratumPool
from tests.firmware.peers.tls import authority
from tests.firmware.soak import BITS, DIFFICULTY, soak
from tests.patience import GUARD

#: Verdicts that an honest pool never has to give.
BAD = (Verdict.DUPLICATE, Verdict.LOW, Verdict.MALFORMED)


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """Where simulated chips are, for all tests here: to start some takes longer than a test."""
    folder = tmp_path_factory.mktemp("chips")
    link, log, errors = folder / "chips", folder / "log", folder / "errors"
    command = [sluice(), "sim", "--pty", "--link", link]
    with log.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
    try:
        # Its first line comes when the chips are there.
        while b"\n" not in log.read_bytes():
            assert process.poll() is None, errors.read_text()
            time.sleep(0.05)
        yield link
    finally:
        process.terminate()
        process.wait(GUARD)


async def shares(pool, count):
    async with asyncio.timeout(GUARD):
        await pool.until(lambda: pool.verdicts[Verdict.ACCEPTED] >= count)


def honest(seed, **options):
    return StratumPool(seed, **{"difficulty": DIFFICULTY, "bits": BITS, **options})


async def ended_well(daemon, pool, folder):
    """Nothing bad was submitted, nothing unexpected happened, and it ends when it is told to."""
    code, said = await daemon.stop()
    log = (folder / "daemon.log").read_text()
    assert code == 0, said
    assert "Traceback" not in said + log
    assert {verdict: pool.verdicts[verdict] for verdict in BAD} == dict.fromkeys(BAD, 0)


@pytest.mark.parametrize(
    ("mode", "version", "tls"),
    [
        (Mode.OR, 0x30000000, False),
        (Mode.XOR, 0x30000000, True),
        (Mode.BIP310, 0x20000000, False),
    ],
)
async def test_modes(seed, tmp_path, port, mode, version, tls):
    """Jobs with bits in the mask and without; each share arrives once, rolled ones among them."""
    mine = authority(tmp_path)
    options = {"ssl": mine.server} if tls else {}
    more = {"ca_file": str(mine.ca_file)} if tls else {}
    async with (
        tapped_chips(tmp_path, port) as tap,
        honest(seed, mode=mode, version=version, **options) as pool,
        mining(tmp_path, tap, [stratum(pool, **more)]) as (daemon, _),
    ):
        await shares(pool, 8)
        # All that have been found by now arrive, be it late where the machine is loaded.
        tap.read()
        found = asyncio.get_running_loop().time()
        async with asyncio.timeout(GUARD):
            while (account := audit(tap, pool, until=found + GRACE)).lost:
                await pool.news()
        assert account.due >= 6
        assert account.lost == []
        await ended_well(daemon, pool, tmp_path)
        assert {share.verdict for share in pool.shares} == {Verdict.ACCEPTED}
        versions = {int.from_bytes(share.header[:4], "little") for share in pool.shares}
        assert any(version & 0x1FFFE000 & ~0x10000000 for version in versions)


async def test_nonces_that_run_out_before_the_next_job_can_be_there(seed, tmp_path, port):
    """No job is lost on a line that is slower than it says, and the chips soon need fewer."""
    async with (
        tapped_chips(tmp_path, port) as tap,
        honest(seed) as pool,
        mining(tmp_path, tap, [stratum(pool)], rolling=False) as (daemon, served),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{served}", trust_env=False) as session,
    ):
        await shares(pool, 4)
        now = (await session.get("/api/v1/status")).json()
        chain = now["chains"][0]
        assert set(now["dropped"]) <= {"below-target", "stale"}
        # The chips say how many they have taken, by their own count.
        assert chain["chips"][0]["bad_jobs"] == 0
        said = [event["text"] for event in now["events"] if "nonce_span" in event["text"]]
        # Where the machine simulates slower than the line brings jobs there is nothing to say; the
        # tests of the pace have virtual time.
        assert len(said) <= 1, said
        for text in said:
            assert "16384 nonces are done before the line can bring the next job" in text
        await ended_well(daemon, pool, tmp_path)


async def test_leaving_at_every_step(seed, tmp_path, port):
    """Each connection ends somewhere else; the one after all of them gets shares."""

    class EachStep(Manners):
        def manners(self, session):
            steps = list(Step)
            return Leaves(steps[session.number]) if session.number < len(steps) else Manners()

        async def connected(self, session):
            await self.manners(session).connected(session)

        async def answer(self, session, request, answer):
            await self.manners(session).answer(session, request, answer)

        async def serving(self, session):
            await self.manners(session).serving(session)

    async with (
        tapped_chips(tmp_path, port) as tap,
        honest(seed, manners=EachStep()) as pool,
        mining(tmp_path, tap, [stratum(pool)], wait=0.2) as (daemon, _),
    ):
        async with asyncio.timeout(GUARD):
            await pool.until(
                lambda: any(
                    share.session >= len(Step) and share.verdict is Verdict.ACCEPTED
                    for share in pool.shares
                )
            )
        await ended_well(daemon, pool, tmp_path)
        # It kept nothing of the connections that ended.
        assert daemon.usage[-1]["handles"] <= daemon.usage[:2][-1]["handles"] + 4


async def test_everything_wrong_there_is(seed, tmp_path, port):
    """After messages of wrong types and ranges, some of which it leaves for, it mines as before."""
    talks = Talks(random.Random(seed))
    async with (
        tapped_chips(tmp_path, port) as tap,
        honest(seed, manners=talks) as pool,
        mining(tmp_path, tap, [stratum(pool)], wait=0.2) as (daemon, _),
    ):
        async with asyncio.timeout(GUARD):
            while not talks.done.is_set():
                await asyncio.sleep(0.1)
                assert daemon.process.returncode is None
        await shares(pool, pool.verdicts[Verdict.ACCEPTED] + 5)
        code, said = await daemon.stop()
        assert code == 0, said
        assert "Traceback" not in said + (tmp_path / "daemon.log").read_text()
        assert "\x1b" not in (tmp_path / "daemon.log").read_text()


async def test_short_soak(seed, tmp_path, port):
    complaints = await soak(tmp_path, 12, 4, random.Random(seed), print, port=port, haste=3)
    # That is too short to tell a leak from a start, and may bring no share.
    late = (" grew from ", "no share was accepted")
    assert [text for text in complaints if not any(words in text for words in late)] == []


@needs_node
async def test_few_kills(seed, tmp_path, port):
    assert await crash(tmp_path, 3, random.Random(seed), print, port=port) == []


async def test_apis_of_a_daemon_that_mines(seed, tmp_path, port):
    """What the pool counts is what the API says."""
    async with (
        tapped_chips(tmp_path, port) as tap,
        honest(seed) as pool,
        mining(tmp_path, tap, [stratum(pool)]) as (daemon, served),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{served}", trust_env=False) as session,
    ):
        await shares(pool, 3)
        async with asyncio.timeout(GUARD):
            while True:
                now = (await session.get("/api/v1/status")).json()
                if now["accepted"] >= 3:
                    break
                await asyncio.sleep(0.05)
        assert now["pools"][0]["state"] == "active"
        assert now["pools"][0]["difficulty"] == DIFFICULTY
        assert now["accepted"] <= pool.verdicts[Verdict.ACCEPTED]
        assert now["chains"][0]["chips"][0]["sluice"] is True
        info = (await session.get("/api/system/info")).json()
        assert (info["ASICModel"], info["asicCount"]) == ("BM1370", 1)
        assert info["sharesAccepted"] >= 3
        assert (await session.get("/api/v1/openapi.json")).status_code == 200
        await ended_well(daemon, pool, tmp_path)
