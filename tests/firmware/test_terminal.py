"""The daemon on a terminal, where its screen is."""

from sluice.rtl.protocol.models import BM1370
from tests.firmware.driver.fakechips import FakeChips
from tests.firmware.peers.stratum import StratumPool
from tests.firmware.test_cli import SLUICE, config
from tests.ports import free_port
from tests.terminal import Terminal


async def test_screen_without_a_log_file(seed, tmp_path):
    async with StratumPool(seed) as pool:
        with FakeChips(BM1370, sluice=True) as fake:
            path = config(
                tmp_path,
                f'[[chains]]\nport = "{fake.path}"',
                f'[[pools]]\nurl = "{pool.url}"\nuser = "me"',
                rest=free_port(),
            )
            async with Terminal(SLUICE, "mine", "--config", path) as terminal:
                await terminal.until(lambda text: "running" in text and fake.jobs)
                terminal.interrupt()
                assert await terminal.end() == 130
            assert terminal.text.rstrip().endswith("sluice: interrupted")
            assert "Traceback" not in terminal.text
