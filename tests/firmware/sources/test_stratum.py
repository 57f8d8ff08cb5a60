"""Connections to a pool of our own, which judges by itself: honest, encrypted, broken."""

import asyncio
import contextlib

import pytest
import trustme

from sluice.firmware.config import StratumSettings
from sluice.firmware.sources import stratum
from sluice.firmware.sources.base import SourceError
from sluice.firmware.sources.lines import LONGEST, lines
from sluice.firmware.sources.stratum import StratumSource
from tests.firmware.peers.judge import Mode, Verdict
from tests.firmware.peers.stratum import StratumPool
from tests.firmware.sources.recorder import Recorder, solve
from tests.ports import free_port


@contextlib.asynccontextmanager
async def mining(url, **settings):
    listener = Recorder()
    source = StratumSource(0, StratumSettings(url=url, user="me", **settings), listener)
    task = asyncio.create_task(source.session())
    try:
        yield source, listener, task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("version", [0x20000000, 0x30006000])
@pytest.mark.parametrize("mode", [Mode.OR, Mode.XOR])
async def test_shares_with_rolled_bits(seed, mode, version):
    async with (
        StratumPool(seed, mode=mode, version=version, difficulty=1e-9) as pool,
        mining(pool.url) as (source, listener, _),
    ):
        await listener.until(lambda: listener.templates and listener.templates[-1].version_mask)
        template = listener.templates[-1]
        rollable = template.rollable >> 13
        for bits in (0, rollable & 0x1555, rollable):
            extranonce2 = bits.to_bytes(template.extranonce2_size, "big")
            source.submit(solve(template, lambda r: r.is_share, extranonce2, bits))
        await listener.until(lambda: len(listener.shares) == 3)
        assert pool.verdicts[Verdict.ACCEPTED] == 3
        assert source.counts.accepted == 3
        assert source.counts.responses.last > 0
        assert source.peer == "127.0.0.1"


async def test_tls(seed, tmp_path):
    authority, other = trustme.CA(), trustme.CA()
    for name, ca in (("good", authority), ("other", other)):
        ca.cert_pem.write_to_path(tmp_path / f"{name}.pem")
    context = stratum.ssl.create_default_context(stratum.ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    async with StratumPool(seed, ssl=context) as pool:
        async with mining(pool.url, ca_file=tmp_path / "good.pem") as (_, listener, _):
            await listener.until(lambda: listener.templates)
        for ca_file in (tmp_path / "other.pem", None):
            async with mining(pool.url, ca_file=ca_file) as (_, _, task):
                with pytest.raises(SourceError, match=r"^its certificate is not trusted: "):
                    await task


async def test_no_tls_where_it_is_expected():
    def plain(_, writer):
        writer.write(b'{"id":null}\n')
        writer.close()

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        url = f"stratum+ssl://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with mining(url) as (_, _, task):
            with pytest.raises(SourceError, match=r"^what answers there speaks no TLS$"):
                await task


async def test_no_pool():
    async with mining(f"stratum+tcp://127.0.0.1:{free_port()}") as (_, _, task):
        with pytest.raises(SourceError, match=r"^no connection: "):
            await task


async def test_end_of_a_connection(seed):
    async with StratumPool(seed) as pool, mining(pool.url) as (source, listener, task):
        await listener.until(lambda: listener.templates)
        template = listener.templates[-1]
        pool.sessions[0].writer.close()
        with pytest.raises(SourceError, match=r"^the pool closed the connection$"):
            await task
        assert not template.epoch.alive
        assert source.template is None
        source.submit(solve(template, bool))  # goes nowhere, and does no harm


async def test_silence(seed):
    async with (
        StratumPool(seed) as pool,
        mining(pool.url, silence=1.0) as (_, listener, task),
    ):
        await listener.until(lambda: listener.templates)
        with pytest.raises(SourceError, match=r"^silent, or without work, for 1 s$"):
            await task


async def test_reconnect(seed):
    async with StratumPool(seed) as pool, mining(pool.url) as (_, listener, task):
        await listener.until(lambda: listener.templates)
        pool.sessions[0].tell("client.reconnect")
        await task
        assert "asks to reconnect" in listener.said[-1][1]


async def test_lines():
    reader = asyncio.StreamReader()
    for piece in (b"a\nb", b"c\n\n", b"x" * LONGEST, b"y" * 70_000, b"z\nlast\n", b"rest"):
        reader.feed_data(piece)
    reader.feed_eof()
    assert [line async for line in lines(reader)] == [b"a", b"bc", b"", None, b"last", b"rest"]
