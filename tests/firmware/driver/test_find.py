"""Ports are listed with what may be behind them, asked for their chips, and found by themselves."""

import asyncio
import json
import re

import click
import pytest
from click.testing import CliRunner
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from sluice.firmware.config import ChainSettings, ConfigError, load, parse
from sluice.firmware.driver.find import find, ports, probe_all
from sluice.firmware.driver.line import ChainError
from sluice.firmware.initial import init
from sluice.firmware.miner import Miner
from sluice.firmware.ports import list_ports as command
from sluice.firmware.stats import ChainState
from sluice.rtl.protocol.models import BM1366, BM1370
from tests.firmware.driver.fakechips import FakeChips
from tests.patience import GUARD

AUTO = ChainSettings(port="auto", answer_timeout=0.2)


@pytest.fixture
def there(monkeypatch):
    """Ports that the system knows of, to be added to."""
    found = []
    monkeypatch.setattr(list_ports, "comports", lambda: list(found))

    def add(device, maker=None, product=None, number=(None, None)):
        info = ListPortInfo(str(device))
        info.manufacturer, info.product = maker, product
        info.vid, info.pid = number
        found.append(info)

    return add


@pytest.mark.parametrize(
    ("product", "number", "board"),
    [
        ("iCEBreaker V1.0e", (0x0403, 0x6010), "icebreaker"),
        ("ULX3S FPGA 85K v3.0.8", (0x0403, 0x6015), "ulx3s"),
        ("UPduino v3.1c", (0x0403, 0x6010), "upduino"),
        ("Lattice ECP5 Evaluation Board", (0x0403, 0x6010), "ecp5-evn"),
        ("Dual RS232-HS", (0x0403, 0x6010), "hx8k, icebreaker, upduino or ecp5-evn"),
        ("USB Serial", (0x1A86, 0x7523), "any with a header, by an adapter"),
        (None, (None, None), ""),
    ],
)
def test_boards(there, product, number, board):
    there("/dev/ttyUSB0", "Maker", product, number)
    (port,) = ports()
    assert (port.device, port.maker, port.board) == ("/dev/ttyUSB0", "Maker", board)


async def test_the_only_one_that_answers(there, tmp_path):
    with FakeChips(BM1370, 2, sluice=True) as chips, FakeChips(BM1366, 0) as silent:
        there(silent.path)
        there(tmp_path / "gone")
        with pytest.raises(ChainError) as none:
            await find(AUTO)
        assert str(none.value) == (
            f"no chip: {silent.path}: no chip answers, {tmp_path / 'gone'}: there is no such port"
        )
        there(chips.path)
        assert await find(AUTO) == chips.path
        said = await probe_all([chips.path, silent.path], AUTO)
        assert list(map(str, said.values())) == ["2 x Sluice as bm1370", "no chip answers"]
        with FakeChips(BM1370) as other:
            there(other.path)
            one, two = chips.path, other.path
            with pytest.raises(ChainError, match=f"at ({one} and {two}|{two} and {one}): one"):
                await find(AUTO)
            wanted = ChainSettings(port="auto", chips=1, answer_timeout=0.2)
            assert await find(wanted) == other.path


@pytest.mark.usefixtures("there")
async def test_no_port_at_all():
    with pytest.raises(ChainError, match=r"^there is no serial port$"):
        await find(AUTO)


async def test_a_daemon_finds_its_port(there, tmp_path):
    with FakeChips(BM1370) as chips:
        settings = parse(
            f'[mining]\nstate = "{tmp_path}"\nlongest_wait = 0.2\n'
            '[[chains]]\nport = "auto"\nanswer_timeout = 0.2\nsilence = 60\n'
            '[[pools]]\nkind = "benchmark"\n'
        )
        miner = Miner(settings)
        task = asyncio.create_task(miner.run())
        try:
            async with asyncio.timeout(GUARD):
                while not miner.snapshot().chains[0].error:
                    await asyncio.sleep(0.01)
                there(chips.path)
                await chips.until(lambda: chips.jobs)
            chain = miner.snapshot().chains[0]
            assert (chain.path, chain.state) == (chips.path, ChainState.RUNNING)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_command(there):
    with FakeChips(BM1370) as chips:
        there(chips.path, "Maker", "iCEBreaker")
        run = CliRunner().invoke
        said = await asyncio.to_thread(run, command, ["--probe", "--json"])
        assert json.loads(said.stdout) == [
            {
                "device": chips.path,
                "maker": "Maker",
                "product": "iCEBreaker",
                "board": "icebreaker",
                "chips": "1 x bm1370",
            }
        ]
        said = await asyncio.to_thread(run, command, ["/dev/null", "--probe"])
        assert "it is no serial port" in said.stdout
        assert chips.path not in said.stdout
        assert chips.path in (await asyncio.to_thread(run, command)).stdout


@pytest.mark.usefixtures("there")
def test_command_without_ports():
    said = CliRunner().invoke(command, ["--probe"])
    assert (said.exit_code, said.stderr) == (0, "no serial port found\n")


@pytest.mark.parametrize("count", [0, 1, 2])
def test_init(there, tmp_path, count):
    """Nothing but pool and user has to be put in."""
    for number in range(count):
        there(f"/dev/ttyUSB{number}", "Maker", "iCEBreaker")
    path = tmp_path / "sluice.toml"
    assert CliRunner().invoke(init, ["--config", str(path)]).exit_code == 0
    with pytest.raises(ConfigError) as caught:
        load(path)
    (line,) = caught.value.lines
    assert line.startswith("pools.0.user: must be yours")
    text = path.read_text()
    path.write_text(text.replace("ADDRESS.WORKER", "me"))
    assert load(path).chains[0].port == ("/dev/ttyUSB0" if count == 1 else "auto")
    assert text.count("Maker iCEBreaker (icebreaker)") == count
    # What is commented out after the pool is right too, but for the address.
    before, after = path.read_text().split("[[pools]]", maxsplit=1)
    after = re.sub(r"(?m)^# (?=\[|\w+ = )", "", after)
    with pytest.raises(ConfigError) as caught:
        parse(f"{before}[[pools]]{after}")
    (line,) = caught.value.lines
    assert line.startswith("pools.1.address: is no Bitcoin address")
    with pytest.raises(click.UsageError, match="is there already"):
        init.main(["--config", str(path)], standalone_mode=False)
    assert path.read_text() == text.replace("ADDRESS.WORKER", "me")
