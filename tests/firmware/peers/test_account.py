"""The account itself: a share that is lost is noticed, and one that could not arrive is excused."""

import pytest

from tests.firmware.peers.account import GRACE, audit
from tests.firmware.peers.client import Client, search
from tests.firmware.peers.judge import Verdict, difficulty_of
from tests.firmware.peers.stratum import StratumPool
from tests.firmware.peers.tap import Found


class Heard:
    """A tap that has heard what it is given."""

    def __init__(self, *found):
        self.found = list(found)


def header_of(params, job):
    """What chips would have hashed."""
    return job.header(
        bytes.fromhex(params[2]),
        int(params[3], 16),
        int(params[4], 16),
        job.version ^ int(params[5], 16),
    )


@pytest.fixture
async def logged_in(seed):
    async with StratumPool(seed) as pool:
        client = await Client.connect(pool.port)
        await client.log_in()
        yield pool, client, pool.sessions[0]
        await client.close()


async def test_accounts(logged_in):
    pool, client, session = logged_in
    job = session.newest
    first = search(job)
    second = search(job, first=int(first[4], 16) + 1)
    assert await client.call("mining.submit", *first) == (True, None)
    now = session.now()
    easy = search(job, at_least=0, below=job.difficulty)
    tap = Heard(*(Found(now, now, 0, header_of(params, job)) for params in (first, second, easy)))
    account = audit(tap, pool, until=now + 2 * GRACE)
    assert (account.due, account.easy, account.unknown) == (2, 1, 0)
    assert [found.header for found, _, _ in account.lost] == [header_of(second, job)]
    # It was only a moment ago.
    assert audit(tap, pool, until=now).excused == {"too late to say": 2}
    # A header that came from nowhere.
    assert audit(Heard(Found(now, now, 0, bytes(80))), pool, until=now + 9).unknown == 1


async def test_excuses(logged_in):
    pool, _, session = logged_in
    job = session.newest
    good = search(job, rolled=0x2000)
    now = session.now()
    tap = Heard(Found(now, now, 0, header_of(good, job)))

    def excused():
        account = audit(tap, pool, until=now + 2 * GRACE)
        assert account.lost == [] or not account.excused
        return [*account.excused]

    assert excused() == []
    session.set_mask(0x6000)
    assert excused() == ["the version mask changed"]
    session.notify(clean=True)
    assert excused() == ["the job was gone"]
    session.close()
    await pool.until(lambda: not session.alive)
    assert excused() == ["the connection was gone"]


async def test_a_refused_share_is_a_lost_one(logged_in):
    """One that is sent twice, or changed on the way, does not count as arrived."""
    pool, client, session = logged_in
    job = session.newest
    good = search(job)
    header = header_of(good, job)
    changed = [*good[:4], f"{int(good[4], 16) ^ 1:08x}", good[5]]
    result, error = await client.call("mining.submit", *changed)
    # By chance the changed one may be good too.
    assert result is True or error[0] == 23
    now = session.now()
    account = audit(Heard(Found(now, now, 0, header)), pool, until=now + 2 * GRACE)
    assert [found.header for found, _, _ in account.lost] == [header]
    assert difficulty_of(header) >= job.difficulty
    assert pool.verdicts[Verdict.ACCEPTED] <= 1
