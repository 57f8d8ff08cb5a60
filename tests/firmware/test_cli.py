"""The command: a mistake is one line and exit code 2; signals end it well; logs tell no secret."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest
import structlog

from sluice.firmware.cli import mine
from sluice.firmware.config import load
from sluice.firmware.running import running, running_daemon
from sluice.rtl.protocol.models import BM1370
from tests.firmware.driver.fakechips import FakeChips
from tests.firmware.peers.stratum import StratumPool
from tests.firmware.sources.fakenode import FakeNode
from tests.ports import free_port
from tests.terminal import Terminal

SLUICE = Path(sys.executable).with_name("sluice")
POOL = '[[pools]]\nkind = "benchmark"\n'


def config(folder, *tables, **ports):
    apis = "".join(
        f"[api.{name}]\nenabled = {str(name in ports).lower()}\n"
        f"port = {ports.get(name, 5000 + index)}\n"
        for index, name in enumerate(("rest", "metrics", "cgminer"))
    )
    path = folder / "sluice.toml"
    path.write_text("\n".join([f'[mining]\nstate = "{folder / "state"}"', apis, *tables]))
    return path


def elsewhere(folder):
    """Variables for a daemon that has state and ports of its own."""
    ports = {f"SLUICE_API_{name}_PORT": str(free_port()) for name in ("REST", "METRICS", "CGMINER")}
    return {"SLUICE_MINING_STATE": str(folder / "state"), **ports}


async def sluice(*args, **environment):
    process = await asyncio.create_subprocess_exec(
        SLUICE,
        *map(str, args),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
    )
    out, error = await process.communicate()
    return process.returncode, out.decode(), error.decode()


def one_line(result, text):
    code, out, error = result
    assert code == 2
    assert all(line.endswith(": in order") for line in out.splitlines())
    assert error.count("\n") == 1
    assert text in error


async def complains(text, *args):
    """The command does, on one line."""
    (line,) = await complaints(*args)
    assert text in line


async def complaints(*args):
    """What it says, a line each, without a process of its own: to start one takes long."""
    with pytest.raises(click.UsageError) as caught:
        # It brings an event loop of its own.
        await asyncio.to_thread(mine.main, [*map(str, args)], standalone_mode=False)
    structlog.reset_defaults()
    return caught.value.message.splitlines()


async def test_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    await complains("there is no sluice.toml: 'sluice init' writes one, or name --pool and --user")
    await complains("--pool needs --user", "--pool", "stratum+tcp://pool.example:1")
    await complains("--user goes with --pool", "--user", "me")
    url = "http://pool.example"
    await complains(
        f"pools.0.url: must start with stratum+tcp:// or stratum+ssl://, not '{url}' (--pool)",
        *("--pool", url, "--user", "me", "--port", tmp_path / "tty"),
    )


async def test_each_mistake_is_a_line(tmp_path):
    path = config(tmp_path, POOL, "[[chains]]\nport = 5\nbuad = 3")
    code, out, error = await sluice("mine", "--config", path)
    assert (code, out) == (2, "")
    assert error.splitlines() == [
        f"sluice mine: {path}: chains.0.port: must be a string, not 5",
        f"sluice mine: {path}: chains.0.buad: there is no such key: did you mean baud?",
    ]


@pytest.mark.parametrize("form", ["options", "variables"])
async def test_without_a_file(seed, tmp_path, form):
    async with StratumPool(seed) as pool:
        with FakeChips(BM1370, sluice=True) as fake:
            options = ["--pool", pool.url, "--user", "me", "--port", fake.path]
            variables = elsewhere(tmp_path)
            if form == "variables":
                options = []
                variables |= {
                    "SLUICE_POOLS_0_URL": pool.url,
                    "SLUICE_POOLS_0_USER": "me",
                    "SLUICE_CHAINS_0_PORT": fake.path,
                }
            async with Terminal(SLUICE, "mine", *options, cwd=tmp_path, **variables) as terminal:
                await terminal.until(lambda _: fake.jobs)
                code, out, _ = await sluice("mine", "--check", *options, **variables)
                assert code == 0
                assert out.splitlines() == [
                    f"{fake.path}: in use by the daemon that runs, process {terminal.process.pid}",
                    f"{pool.url}: in order",
                ]
            assert terminal.code == 130
            assert pool.sessions[0].user == "me"


async def test_two_daemons_on_one_folder(tmp_path):
    path = config(tmp_path, f'[[chains]]\nport = "{tmp_path}/tty"', POOL)
    with running(load(path)):
        one_line(await sluice("mine", "--config", path), "mining.state: another daemon runs on it")


async def test_what_a_dead_daemon_left_is_not_its_own(tmp_path):
    path = config(tmp_path, f'[[chains]]\nport = "{tmp_path}/tty"', POOL)
    with running(load(path)):
        assert running_daemon(load(path)).process == os.getpid()
    assert running_daemon(load(path)) is None
    await complains("chains.0.port: there is no such port", "--check", "--config", path)


async def test_missing_file(tmp_path):
    await complains(
        "none.toml: cannot be read: No such file or directory",
        "--config",
        tmp_path / "none.toml",
    )


async def test_mistake(tmp_path):
    path = config(tmp_path, POOL, "[[chains]]\nport = 5")
    one_line(await sluice("mine", "--config", path), "chains.0.port: must be a string, not 5")


async def test_check_finds_everything_in_order(seed, tmp_path):
    async with StratumPool(seed) as pool:
        with FakeChips(BM1370) as fake:
            chain = f'[[chains]]\nport = "{fake.path}"'
            stratum = f'[[pools]]\nurl = "{pool.url}"\nuser = "me"'
            path = config(tmp_path, chain, stratum, rest=free_port())
            code, out, error = await sluice("mine", "--check", "--config", path)
            assert (code, error) == (0, "")
            assert out == f"{fake.path}: in order\n{pool.url}: in order\n"


async def test_check_finds_a_missing_port(tmp_path):
    path = config(tmp_path, f'[[chains]]\nport = "{tmp_path}/tty"', POOL)
    await complains(
        f"chains.0.port: there is no such port: '{tmp_path}/tty'", "--check", "--config", path
    )


async def test_check_finds_what_is_no_port(tmp_path):
    (tmp_path / "file").write_text("")
    path = config(tmp_path, f'[[chains]]\nport = "{tmp_path}/file"', POOL)
    await complains("chains.0.port: it is no serial", "--check", "--config", path)


async def test_check_finds_an_unreachable_pool(tmp_path):
    with FakeChips(BM1370) as fake:
        chain, url = f'[[chains]]\nport = "{fake.path}"', f"stratum+tcp://127.0.0.1:{free_port()}"
        path = config(tmp_path, chain, f'[[pools]]\nurl = "{url}"\nuser = "me"')
        await complains("pools.0.url: no connection: Conn", "--check", "--config", path)


async def test_check_finds_the_wrong_network(tmp_path):
    async with FakeNode() as node:
        with FakeChips(BM1370) as fake:
            solo = (
                f'[[pools]]\nkind = "solo"\nurl = "http://127.0.0.1:{node.port}"\nuser = "me"\n'
                'password = "secret"\naddress = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"'
            )
            path = config(tmp_path, f'[[chains]]\nport = "{fake.path}"', solo)
            await complains(
                "pools.0.network: is main, but the node's is regtest", "--check", "--config", path
            )
            one_line(
                await sluice("mine", "--check", "--config", path, SLUICE_POOLS_0_PASSWORD="wrong"),
                "pools.0.url: the node refuses user and password",
            )


@pytest.mark.parametrize("check", [True, False])
async def test_port_in_use(tmp_path, check):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        path = config(
            tmp_path, f'[[chains]]\nport = "{tmp_path}/tty"', POOL, rest=taken.getsockname()[1]
        )
        if check:
            first, second = await complaints("--check", "--config", path)
            assert "the port is in use" in first
            assert "chains.0.port: there is no such port" in second
        else:
            one_line(await sluice("mine", "--config", path), "the port is in use")


async def test_state_that_cannot_be_written(tmp_path):
    (tmp_path / "state").write_text("")
    path = config(tmp_path, f'[[chains]]\nport = "{tmp_path}/tty"', POOL)
    one_line(await sluice("mine", "--config", path), "mining.state: ")


@pytest.mark.parametrize(
    ("number", "code", "last"),
    [(signal.SIGTERM, 0, b""), (signal.SIGINT, 130, b"sluice: interrupted\n")],
)
async def test_signals(seed, tmp_path, number, code, last):
    async with StratumPool(seed) as pool:
        with FakeChips(BM1370, sluice=True) as fake:
            path = config(
                tmp_path,
                f'[[chains]]\nport = "{fake.path}"\nanswer_timeout = 0.2\nsilence = 60',
                f'[[pools]]\nurl = "{pool.url}"\nuser = "me"',
                f'[log]\nformat = "json"\nlevel = "debug"\nfile = "{tmp_path}/log"',
            )
            process = await asyncio.create_subprocess_exec(
                SLUICE,
                "mine",
                "--config",
                path,
                env={**os.environ, "SLUICE_POOLS_0_PASSWORD": "hunter2"},
                stderr=asyncio.subprocess.PIPE,
            )
            await fake.until(lambda: fake.jobs)
            process.send_signal(number)
            _, errors = await process.communicate()
            assert (process.returncode, errors) == (code, last)
            await fake.until(lambda: fake.stopped)
            lines = (tmp_path / "log").read_text().splitlines()
            assert any("work now comes from" in json.loads(line)["event"] for line in lines)
            assert not any("hunter2" in line for line in lines)
