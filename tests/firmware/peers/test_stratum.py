"""The pool for tests, with a client for tests: before it may judge the daemon."""

import ssl

import pytest

from tests.firmware.peers.client import Client, search
from tests.firmware.peers.judge import NEVER_GIVEN, Mode, Verdict
from tests.firmware.peers.stratum import StratumPool
from tests.firmware.peers.tls import authority

IN_MASK = 0x30000000


async def test_verdicts(seed):
    async with StratumPool(seed) as pool:
        client = await Client.connect(pool.port)
        configured, subscribed = await client.log_in()
        session = pool.sessions[0]
        assert configured["version-rolling.mask"] == "1fffe000"
        assert subscribed[1:] == [session.extranonce1.hex(), 4]
        assert client.told[0] == ("mining.set_difficulty", [1e-6])
        job = session.newest
        good = search(job, rolled=0x00B44000)
        assert await client.call("mining.submit", *good) == (True, None)
        assert (await client.call("mining.submit", *good))[1][0] == 22
        low = search(job, at_least=0, below=job.difficulty)
        assert (await client.call("mining.submit", *low))[1][0] == 23
        late = search(job, first=int(good[4], 16) + 1)
        pool.new_block()
        session.notify(clean=True)
        assert (await client.call("mining.submit", *late))[1][0] == 21
        fresh = search(session.newest)
        for place, wrong in ((2, "00"), (3, "00000000"), (4, "zzzzzzzz"), (5, "80000000"), (4, 5)):
            params = [*fresh[:place], wrong, *fresh[place + 1 :]]
            assert (await client.call("mining.submit", *params))[1][0] == 20
        for name in ("unknown", NEVER_GIVEN):
            assert (await client.call("mining.submit", "u", name, *fresh[2:]))[1][0] == 21
        assert pool.verdicts == {
            Verdict.ACCEPTED: 1,
            Verdict.DUPLICATE: 1,
            Verdict.LOW: 1,
            Verdict.STALE: 1,
            Verdict.MALFORMED: 6,
        }
        assert pool.serial(pool.shares[0].header) == (job, session)
        await client.close()


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("version", [0x20000000, IN_MASK])
async def test_modes(seed, mode, version):
    """`header XOR job` suits OR and XOR; it suits BIP310 if the job has no bits in the mask."""
    async with StratumPool(seed, mode=mode, version=version, difficulty=1e-5) as pool:
        client = await Client.connect(pool.port)
        await client.log_in()
        result, error = await client.call(
            "mining.submit", *search(pool.sessions[0].newest, rolled=0x00B44000)
        )
        if mode is Mode.BIP310 and version == IN_MASK:
            assert error[0] == 23
        else:
            assert result is True
        await client.close()


async def test_changes_on_the_way(seed):
    async with StratumPool(seed) as pool:
        client = await Client.connect(pool.port)
        await client.log_in()
        session = pool.sessions[0]
        old = session.newest
        session.set_difficulty(2e-6)
        session.set_extranonce(b"\x01\x02", 8)
        session.set_mask(0x00006000)
        new = session.notify()
        # What was given out before stays as it was.
        for job in (old, new):
            assert await client.call("mining.submit", *search(job)) == (True, None)
        assert (new.difficulty, new.extranonce1, new.size) == (2e-6, b"\x01\x02", 8)
        outside = search(new)
        outside[5] = "00008000"
        assert (await client.call("mining.submit", *outside))[1][0] == 20
        told = [method for method, _ in client.told]
        assert told[-4:] == [
            "mining.set_difficulty",
            "mining.set_extranonce",
            "mining.set_version_mask",
            "mining.notify",
        ]
        session.close()
        await pool.until(lambda: not session.alive)
        await client.close()


async def test_tls(seed, tmp_path):
    mine = authority(tmp_path)
    async with StratumPool(seed, ssl=mine.server) as pool:
        assert pool.url == f"stratum+ssl://127.0.0.1:{pool.port}"
        trusted = ssl.create_default_context(cafile=mine.ca_file)
        client = await Client.connect(pool.port, ssl=trusted, server_hostname="127.0.0.1")
        await client.log_in()
        await client.close()
        with pytest.raises(ssl.SSLCertVerificationError):
            await Client.connect(pool.port, ssl=ssl.create_default_context())
