"""Pools that are in order although their first connection comes to nothing, and one that is not."""

import pytest

from sluice.firmware.config import ConfigError, StratumSettings
from sluice.firmware.sources.trial import try_source
from tests.firmware.peers.hostile import HangsUp, Refuses
from tests.firmware.peers.session import Manners
from tests.firmware.peers.stratum import StratumPool


class Redirects(Manners):
    """Sends each client elsewhere."""

    def __init__(self, port):
        self.port = port

    async def connected(self, session):
        session.tell("client.reconnect", "", self.port)


async def tried(pool):
    await try_source(0, StratumSettings(url=pool.url, user="me"), rolling=True)


async def test_hangs_up_on_extensions(seed):
    async with StratumPool(seed, manners=HangsUp("mining.configure")) as pool:
        await tried(pool)
        assert len(pool.sessions) == 2


async def test_redirects(seed):
    async with (
        StratumPool(seed) as second,
        StratumPool(seed, manners=Redirects(second.port)) as first,
    ):
        await tried(first)
        assert (len(first.sessions), len(second.sessions)) == (1, 1)


async def test_only_redirects(seed):
    async with StratumPool(seed) as second, StratumPool(seed) as first:
        first.manners, second.manners = Redirects(second.port), Redirects(first.port)
        wanted = r"^pools\.0\.url: it wants to be called again, and gives no work: 'stratum\+tcp"
        with pytest.raises(ConfigError, match=wanted):
            await tried(first)


async def test_refused_subscription(seed):
    async with StratumPool(seed, manners=Refuses("mining.subscribe")) as pool:
        wanted = r"^pools\.0\.url: refused mining\.subscribe: not here: 'stratum\+tcp"
        with pytest.raises(ConfigError, match=wanted):
            await tried(pool)


async def test_hangs_up_on_everything(seed):
    async with StratumPool(seed, manners=HangsUp("mining.subscribe")) as pool:
        with pytest.raises(ConfigError, match=r"^pools\.0\.url: the "):
            await tried(pool)
