"""Who is there while a block is run: chips, a pool, a daemon; and the folder it is run in."""

import asyncio
import contextlib
import os
import shutil
import sys
from pathlib import Path

from sluice.rtl.protocol.models import BM1370
from sluice.sim import catalogue
from tests.docs.blocks import ROOT, minimal
from tests.firmware.driver.fakechips import FakeChips
from tests.firmware.peers.judge import Verdict
from tests.firmware.peers.stratum import StratumPool
from tests.ports import free_ports
from tests.terminal import Terminal

#: Of the APIs.
TOKEN = "correct-horse"

BIN = Path(sys.executable).parent

#: What of the repository is copied into the folder, because commands write there.
COPIED = ("docs",)


class Company:
    """Everything that a block may have around it. It is an asynchronous context manager."""

    def __init__(self, folder, seed):
        self.folder = folder
        self._seed = seed
        self._stack = contextlib.AsyncExitStack()
        self._names = dict(zip(("rest", "metrics", "cgminer"), free_ports(3), strict=True))
        self.pool = self.chips = self._daemon = None

    async def __aenter__(self):
        for path in ROOT.iterdir():
            if path.name in COPIED:
                shutil.copytree(path, self.folder / path.name)
            elif path.name not in ("build", ".venv", ".git"):
                (self.folder / path.name).symlink_to(path)
        # As `make` leaves it: nothing has to be installed, and above all not from this folder.
        (self.folder / ".venv").mkdir()
        (self.folder / ".venv" / "bin").symlink_to(BIN)
        (self.folder / ".venv" / ".installed").touch()
        (self.folder / "sluice.toml").write_text(minimal(), encoding="utf-8")
        await self._stack.__aenter__()
        return self

    async def __aexit__(self, *error):
        await self._stack.__aexit__(*error)

    @property
    def known(self):
        """What stands for a name in braces."""
        there = {"port": self.chips.path, "url": self.pool.url} if self.pool else {}
        header = bytes(catalogue.block(850752).header).hex()
        return {**self._names, **there, "folder": self.folder, "token": TOKEN, "header": header}

    def environment(self):
        """Variables for the daemon, if there is anything for it to work with."""
        variables = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
        if self.pool:
            variables |= {
                "SLUICE_CHAINS_0_PORT": self.chips.path,
                "SLUICE_POOLS_0_URL": self.pool.url,
                "SLUICE_MINING_STATE": str(self.folder / "state"),
                "SLUICE_API_REST_TOKEN": TOKEN,
                "SLUICE_POOLS_0_USER": "bc1q….worker",
            }
            for name, port in self._names.items():
                variables[f"SLUICE_API_{name.upper()}_PORT"] = str(port)
        return variables

    async def come(self, who):
        """Have chips and a pool come, and a daemon too if `who` is one."""
        if who and self.pool is None:
            self.pool = await self._stack.enter_async_context(StratumPool(self._seed))
            self.chips = self._stack.enter_context(FakeChips(BM1370, sluice=True))
        if who == "daemon" and self._daemon is None:
            self._daemon = await self._stack.enter_async_context(self.terminal("sluice mine"))
            await share(self._daemon, self.chips, self.pool)

    def terminal(self, command):
        """A command on a terminal in the folder."""
        shell = ("bash", "-c", command)
        return Terminal(*shell, cwd=self.folder, columns=120, **self.environment())


async def share(terminal, chips, pool):
    """Have chips report nonces until the pool has accepted a share of one more."""
    before, start = pool.verdicts[Verdict.ACCEPTED], 0
    await terminal.until(lambda _: chips.jobs)
    while pool.verdicts[Verdict.ACCEPTED] == before:
        assert terminal.code is None, terminal.text
        job = chips.jobs[-1]
        nonce = chips.mine(job, 13, start=start)
        chips.report(job, nonce)
        start = nonce + 1
        with contextlib.suppress(TimeoutError):  # that job may be gone
            async with asyncio.timeout(2):
                await pool.until(lambda: pool.verdicts[Verdict.ACCEPTED] > before)
