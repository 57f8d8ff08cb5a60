"""What `sluice mine --check` refuses `sluice mine` does not mine for, and the other way round."""

import asyncio
import contextlib
import re

import pytest

from sluice.firmware import check
from sluice.firmware.config import ConfigError, parse
from sluice.firmware.miner import Miner
from sluice.firmware.sources import failover, trial
from sluice.rtl.protocol.models import BM1370
from tests.firmware.driver.fakechips import FakeChips
from tests.firmware.peers.session import Manners
from tests.firmware.peers.stratum import StratumPool
from tests.firmware.peers.tls import authority
from tests.firmware.sources.fakenode import FakeNode
from tests.patience import GUARD

TESTS = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"
REGTEST = "bcrt1q3vfn5wrgnychddsnwwypvfr60axn2l9weav648"


def solo(port, network="regtest", address=REGTEST, scheme="http"):
    return (
        f'[[pools]]\nkind = "solo"\nurl = "{scheme}://127.0.0.1:{port}"\nuser = "me"\n'
        f'password = "secret"\nnetwork = "{network}"\naddress = "{address}"\n'
    )


def stratum(port, scheme="stratum+tcp"):
    return f'[[pools]]\nurl = "{scheme}://127.0.0.1:{port}"\nuser = "nobody"\n'


@contextlib.asynccontextmanager
async def node(network="regtest", address=REGTEST, **attributes):
    async with FakeNode() as fake:
        for name, value in attributes.items():
            setattr(fake, name, value)
        yield solo(fake.port, network, address)


@contextlib.asynccontextmanager
async def speaking(said, configured=stratum, **options):
    """Something that is no pool and no node, and says `said` when it has heard something."""

    async def talk(reader, writer):
        with contextlib.suppress(OSError):
            await reader.read(100)
            if said is None:
                await reader.read()
            else:
                writer.write(said)
                await writer.drain()
                if said and writer.can_write_eof():
                    # Words that are not read when it closes are answered with a reset, which may
                    # overtake what it has said.
                    writer.write_eof()
                    while await reader.read(4096):
                        pass
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0, **options) as server:
        yield configured(server.sockets[0].getsockname()[1])


class Unfriendly(Manners):
    """Refuses every user, with the job that it gives all the same."""

    async def answer(self, session, request, answer):
        if request["method"] == "mining.authorize":
            answer = {"id": request["id"], "result": False, "error": [24, "Unauthorized", None]}
        await super().answer(session, request, answer)


class Hasty(Unfriendly):
    """Gives work first, and looks into its list of users afterwards."""

    async def answer(self, session, request, answer):
        if request["method"] == "mining.authorize":
            session.begin()
            await asyncio.sleep(0.3)
        await super().answer(session, request, answer)


class Workless(Manners):
    """Answers everybody, and has nothing to do."""

    async def answer(self, session, request, answer):
        if request["method"] == "mining.authorize":
            session.send(answer)
            await session.reader.read()
        await super().answer(session, request, answer)


@contextlib.asynccontextmanager
async def pool(manners):
    async with StratumPool(1, manners=manners) as fake:
        yield stratum(fake.port)


@contextlib.asynccontextmanager
async def encrypted(folder, configured):
    async with speaking(None, configured, ssl=authority(folder).server) as text:
        yield text


#: How each is made, the key that is named, and what is said of it.
CASES = {
    "another network": (
        lambda _: node("test", TESTS),
        "network",
        "is test, but the node's is regtest",
    ),
    "testnet3 is not testnet4": (
        lambda _: node("test", TESTS, chain="testnet4"),
        "network",
        "is test, but the node's is testnet4",
    ),
    "a signet that wants signatures": (
        lambda _: node("signet", TESTS, chain="signet", challenge="5121" + "03" * 33 + "51ae"),
        "network",
        "is signet, and blocks of the node's need a signature, .*: signet_challenge 512103",
    ),
    "a template that wants signatures": (
        lambda _: node("signet", TESTS, chain="signet", changes={"signet_challenge": "00" * 22}),
        "network",
        "is signet, and blocks of the node's need a signature",
    ),
    "an unknown rule": (
        lambda _: node(changes={"rules": ["!segwit", "!covenants"]}),
        "url",
        r"template: rules: '!covenants' has to be understood to make a block \(BIP 9\)",
    ),
    "a node that has no template": (
        lambda _: node(broken=True),
        "url",
        r"the node says: Loading \(-28\)",
    ),
    "a node that does not allow it": (
        lambda _: node(forbidden={"getblockchaininfo"}),
        "url",
        r"the node does not allow this user or host getblockchaininfo \(HTTP 403\)",
    ),
    "a user that the pool refuses": (
        lambda _: pool(Unfriendly()),
        "user",
        "nobody is refused by the pool: Unauthorized",
    ),
    "a user that the pool refuses later": (
        lambda _: pool(Hasty()),
        "user",
        "nobody is refused by the pool: Unauthorized",
    ),
    "a pool without work": (lambda _: pool(Workless()), "url", "no work for 1.5 s"),
    "a pool that does not speak": (
        lambda _: speaking(None),
        "url",
        "a connection, but not a word for 1.5 s",
    ),
    "a pool that hangs up": (
        lambda _: speaking(b""),
        "url",
        "the pool closed the connection without a word",
    ),
    "Stratum to HTTP": (
        lambda _: speaking(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        "url",
        "what answers there speaks HTTP, not Stratum",
    ),
    "Stratum to TLS": (
        lambda _: speaking(b"\x15\x03\x01\x00\x02\x02\x46"),
        "url",
        "what answers there speaks TLS, not Stratum",
    ),
    "Stratum to SSH": (
        lambda _: speaking(b"SSH-2.0-OpenSSH_9.2\r\n"),
        "url",
        "what answers there speaks SSH, not Stratum",
    ),
    "TLS to Stratum": (
        lambda _: speaking(b'{"id": 1}\n', lambda port: stratum(port, "stratum+ssl")),
        "url",
        "what answers there speaks no TLS",
    ),
    "HTTP to Stratum": (
        lambda _: speaking(b'{"id": null}\n', solo),
        "url",
        r"what answers there speaks no HTTP: is it the RPC port of a node\?",
    ),
    "HTTP to what hangs up": (
        lambda _: speaking(b"", solo),
        "url",
        r"(what answers there|the connection broke before an answer: [A-Z]).*RPC port of a node\?",
    ),
    "HTTP to no node": (
        lambda _: speaking(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", solo),
        "url",
        r"the node answers no JSON \(HTTP 200\)",
    ),
    "HTTPS to HTTP": (
        lambda _: speaking(
            b"HTTP/1.1 400 Bad Request\r\n\r\n", lambda port: solo(port, scheme="https")
        ),
        "url",
        "what answers there speaks no TLS",
    ),
    "HTTPS that is not trusted": (
        lambda folder: encrypted(folder, lambda port: solo(port, scheme="https")),
        "url",
        "its certificate is not trusted: ",
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_both_refuse(tmp_path, monkeypatch, case):
    made, key, message = CASES[case]
    # Who says something has all the time there is.
    patience = 1.5 if " for 1.5 s" in message else GUARD
    monkeypatch.setattr(trial, "WORK", patience)
    monkeypatch.setattr(failover, "PATIENCE", patience)
    with FakeChips(BM1370, sluice=True) as fake:
        async with made(tmp_path) as pools:
            settings = parse(
                f'[mining]\nstate = "{tmp_path}"\nlongest_wait = 0.2\n'
                "[api.rest]\nenabled = false\n[api.metrics]\nenabled = false\n"
                "[api.cgminer]\nenabled = false\n"
                f'[[chains]]\nport = "{fake.path}"\nanswer_timeout = 0.1\nsilence = 60\n{pools}'
            )
            # It brings an event loop of its own.
            with pytest.raises(ConfigError) as caught:
                await asyncio.to_thread(check.check, settings, lambda _: None)
            (line,) = caught.value.lines
            assert re.match(rf"pools\.0\.{key}: {message}", line), line

            miner = Miner(settings)
            running = asyncio.create_task(miner.run())
            try:
                async with asyncio.timeout(GUARD):
                    while not (running.done() or _complaints(miner)):
                        await asyncio.sleep(0.01)
                if key == "network":
                    # Nothing mends it but another configuration.
                    with pytest.raises(ConfigError, match=rf"^pools\.0\.network: {message}"):
                        await running
                said = _complaints(miner)[0]
                assert re.match(rf"pools\.0(\.network|\.user)?: {message}", said), said
                await asyncio.sleep(0.1)
                # What may be mended elsewhere is tried again.
                assert running.done() == (key == "network")
                assert not fake.jobs or key == "user"
                assert miner.snapshot().active_pool is None
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)


def _complaints(miner):
    return [event.text for event in miner.snapshot().events if event.text.startswith("pools.0")]


async def test_a_check_that_takes_long_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(check, "PATIENCE", 0.05)
    monkeypatch.setattr(trial, "WORK", 0.5)
    told = []
    with FakeChips(BM1370, sluice=True) as fake:
        async with speaking(None) as pools:
            settings = parse(
                f'[mining]\nstate = "{tmp_path}"\n[[chains]]\nport = "{fake.path}"\n'
                "[api.rest]\nenabled = false\n[api.metrics]\nenabled = false\n"
                f"[api.cgminer]\nenabled = false\n{pools}"
            )
            with pytest.raises(ConfigError):
                await asyncio.to_thread(check.check, settings, lambda _: None, told.append)
    assert told == ["waiting for ports, pools and nodes: 20 s at most"]


async def test_both_take_what_is_right(tmp_path):
    """A signet that anybody may mine on, and a node that cannot tell its network."""
    right = [
        node("signet", TESTS, chain="signet", challenge="51", changes={"signet_challenge": "51"}),
        node("testnet4", TESTS, chain="testnet4"),
        node("main", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", chain="mainnet"),
        node(missing={"getblockchaininfo"}),
    ]
    for made in right:
        with FakeChips(BM1370, sluice=True) as fake:
            async with made as pools:
                settings = parse(
                    f'[mining]\nstate = "{tmp_path}"\n[[chains]]\nport = "{fake.path}"\n{pools}'
                )
                await trial.try_source(0, settings.pools[0], rolling=True)
                miner = Miner(settings)
                running = asyncio.create_task(miner.run())
                await fake.until(lambda: fake.jobs)
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
