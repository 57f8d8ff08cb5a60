"""How templates come from a node: long polls that fail cost nothing, and time has its limits."""

import asyncio

import pytest

from sluice.firmware.addresses import Network
from sluice.firmware.sources import feed
from sluice.firmware.sources.networks import latest_time
from sluice.firmware.work.job import JobFactory
from tests.firmware.sources.fakenode import FakeNode
from tests.firmware.sources.test_solo import OTHERS, mining
from tests.patience import GUARD

REAL, EASIEST = 0x1C05A3F4, 0x1D00FFFF


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(feed, "ALONE", 0.05)
    monkeypatch.setattr(feed, "FIRST", 0.01)
    monkeypatch.setattr(feed, "LONGEST", 0.02)


async def until(condition):
    """Look again and again."""
    async with asyncio.timeout(GUARD):
        while not condition():
            await asyncio.sleep(0.01)


def said(listener):
    return [text for _, text in listener.said]


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        (504, "the node answers no JSON (HTTP 504)"),
        (503, "the node answers no JSON (HTTP 503)"),
        ("Out of memory", "the node says: Out of memory (-9)"),
    ],
)
async def test_a_long_poll_that_fails(tmp_path, cut, words):
    """Work goes on, new blocks are seen by polling, and the long poll is tried again."""
    async with FakeNode() as node:
        node.cut = cut
        async with mining(node, tmp_path, poll=600.0) as (_, listener, task):
            await listener.until(lambda: listener.templates)
            first = listener.templates[0]
            node.new_tip("33" * 32)
            await listener.until(lambda: listener.templates[-1].previous == b"\x33" * 32)
            assert not first.epoch.alive
            await until(lambda: len(node.longpolls) >= 5)
            assert said(listener) == [
                f"pools.0: long poll: {words}; the node is asked every 0.05 s meanwhile"
            ]
            assert not task.done()
            # As soon as it works again nothing is asked for without news.
            node.cut = None
            count = len(node.longpolls)
            await until(lambda: len(node.longpolls) > count)
            node.new_tip("44" * 32)
            await listener.until(lambda: listener.templates[-1].previous == b"\x44" * 32)
            count = len(node.longpolls)
            await until(lambda: len(node.longpolls) > count)
            calls = len(node.calls)
            await asyncio.sleep(0.3)
            assert len(node.calls) == calls


async def test_a_quiet_chain(tmp_path, monkeypatch):
    """A long poll without an answer is no failure: it is begun anew, and that is all."""
    monkeypatch.setattr(feed, "LONG_POLL", 0.1)
    async with FakeNode() as node, mining(node, tmp_path, poll=600.0) as (_, listener, task):
        await listener.until(lambda: listener.templates)
        await until(lambda: len(node.longpolls) >= 4)
        assert not task.done()
        assert said(listener) == []
        assert len(listener.templates) == 1
        assert listener.templates[0].epoch.alive


async def test_no_long_poll_is_offered(tmp_path):
    async with (
        FakeNode(longpoll=False) as node,
        mining(node, tmp_path, poll=600.0) as (_, listener, _),
    ):
        await listener.until(lambda: listener.templates)
        node.new_tip("33" * 32)
        await listener.until(lambda: listener.templates[-1].previous == b"\x33" * 32)
        assert said(listener) == []


async def test_a_long_poll_that_tells_of_no_block(tmp_path):
    """It never answers. The first block is seen after `poll`, the next ones sooner."""
    async with FakeNode() as node, mining(node, tmp_path, poll=0.5) as (_, listener, _):
        await listener.until(lambda: listener.templates)
        await until(lambda: node.longpolls)
        for tip in ("33", "44"):
            before = len(node.calls)
            node.tip, node.height = tip * 32, node.height + 1
            told = bytes.fromhex(node.tip)
            await listener.until(lambda told=told: listener.templates[-1].previous == told)
        assert len(node.calls) == before + 1
        count = len(node.calls)
        await asyncio.sleep(0.3)
        assert len(node.calls) >= count + 3


async def test_a_long_poll_that_is_not_allowed(tmp_path):
    """Not again without somebody who mends it, says BIP 22 of HTTP 403."""
    async with FakeNode() as node:
        node.cut = 403
        async with mining(node, tmp_path, poll=600.0) as (_, listener, _):
            await listener.until(lambda: len(listener.templates) > 4)
            assert len(node.longpolls) == 1
            (text,) = said(listener)
            assert "does not allow this user or host getblocktemplate (HTTP 403)" in text


@pytest.mark.parametrize("uri", ["/longpoll", "http://127.0.0.1:{}/longpoll"])
async def test_where_long_polls_go(tmp_path, uri):
    async with FakeNode() as node:
        node.changes = {"longpolluri": uri.format(node.port)}
        async with mining(node, tmp_path, poll=600.0) as (_, listener, _):
            await listener.until(lambda: listener.templates)
            await until(lambda: node.longpolls)
            assert node.longpolls == ["/longpoll"]


async def test_long_polls_go_to_nobody_else(tmp_path):
    """Who would see the password."""
    async with FakeNode() as node:
        node.changes = {"longpolluri": "http://elsewhere.example/longpoll"}
        async with mining(node, tmp_path, poll=600.0) as (_, listener, _):
            await listener.until(lambda: len(listener.templates) > 2)
            assert node.longpolls == []
            (text,) = said(listener)
            assert "longpolluri leads to another host, 'http://elsewhere.example" in text


async def test_templates_that_expire(tmp_path):
    async with FakeNode() as node:
        node.changes = {"expires": 2}
        async with mining(node, tmp_path, poll=600.0) as (_, listener, _):
            await listener.until(lambda: len(listener.templates) > 1)


@pytest.mark.parametrize(
    ("network", "height", "bits", "parent", "expected"),
    [
        ("testnet4", 100_001, REAL, 1000, 2200),
        ("test", 100_001, REAL, 1000, 2200),
        ("test", 100_001, REAL, None, 0),
        # The easiest bits are right for ever; the first block of a period has no exception.
        ("test", 100_001, EASIEST, 1000, None),
        ("testnet4", 2016 * 50, REAL, 1000, None),
        ("testnet4", 2016 * 50 + 1, REAL, 1000, 2200),
        ("main", 100_001, REAL, 1000, None),
        ("signet", 100_001, REAL, 1000, None),
        ("regtest", 100_001, 0x207FFFFF, 1000, None),
    ],
)
def test_the_time_that_a_header_may_have(network, height, bits, parent, expected):
    assert latest_time(Network(network), height, bits, parent) == expected


async def test_minimum_difficulty(tmp_path):
    """No header goes beyond 20 minutes after its parent, where its bits would be wrong; and in the
    second in which they would be, the node is asked for those that are right then."""
    async with FakeNode() as node:
        node.chain, node.parent_time = "testnet4", 1_700_000_000
        crossing = node.parent_time + 1200
        node.changes = {"bits": f"{REAL:08x}", "curtime": crossing - 1}
        node.changes |= {"maxtime": crossing + 6000}
        address = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"
        settings = {"network": "testnet4", "address": address, "poll": 600.0}
        async with mining(node, tmp_path, **settings) as (_, listener, _):
            await listener.until(lambda: listener.templates)
            (first,) = listener.templates
            for later in (0, 1, 2, 600, 10_000):
                job = JobFactory().next(first, first.received + later)
                assert job.time == min(crossing - 1 + later, crossing)
            await until(lambda: node.longpolls)
            # The parent's time is asked for once.
            node.transactions = OTHERS[:1]
            node.news()
            await listener.until(lambda: len(listener.templates) > 1)
            begun = asyncio.get_running_loop().time()
            node.changes |= {"bits": f"{EASIEST:08x}", "curtime": crossing + 1}
            await listener.until(lambda: len(listener.templates) > 2)
            assert asyncio.get_running_loop().time() - begun > 1.5
            second = listener.templates[2]
            assert (second.bits, second.time) == (EASIEST, crossing + 1)
            # From there on time moves as it always does, and nothing is asked for without news.
            assert second.roll == 600
            assert node.calls.count("getblockheader") == 1
            # What was found for the old bits is good as long as the block before is the same.
            assert first.epoch.alive


async def test_the_time_of_a_parent_that_nobody_tells(tmp_path):
    """Then time stands still: the template's own is right."""
    async with FakeNode() as node:
        node.chain = "test"
        node.missing = {"getblockheader"}
        node.changes = {"bits": f"{REAL:08x}"}
        address = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"
        async with mining(node, tmp_path, network="test", address=address) as (_, listener, _):
            await listener.until(lambda: listener.templates)
            assert listener.templates[0].roll == 0
