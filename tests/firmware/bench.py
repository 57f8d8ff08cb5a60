"""Chips, tap, pool and daemon, put together: what the soak and the short tests have in common."""

import asyncio
import contextlib
import json
import signal
import sys

from sluice.firmware.demo.chips import SimulatedChips
from tests.firmware.peers.tap import Tap
from tests.patience import GUARD
from tests.ports import free_ports


def configuration(folder, port, pools, *, wait=1.0, rolling=True, **served):
    """A `sluice.toml` for chips at `port` and pools given as tables; APIs on the ports given."""
    lines = ["[mining]", f'state = "{folder}"', f"longest_wait = {wait}"]
    lines += [] if rolling else ["version_rolling = false"]
    for pool in pools:
        lines.append("[[pools]]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in pool.items()]
    lines += ["[[chains]]", f'port = "{port}"', "nonce_span = 16384", "job_interval = 5.0"]
    for name in ("rest", "metrics", "cgminer"):
        lines += [f"[api.{name}]"]
        lines += [f"port = {served[name]}"] if name in served else ["enabled = false"]
    lines += ["[log]", f'file = "{folder / "daemon.log"}"']
    return "\n".join(lines) + "\n"


class WatchedDaemon:
    """The daemon as a process; `usage` holds what it said of itself. An async context manager."""

    def __init__(self, config, every=1.0):
        self._config, self._every = config, every
        self.usage = []

    async def __aenter__(self):
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.firmware.watched",
            str(self._config),
            str(self._every),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        self._reading = asyncio.create_task(self._read())
        self._errors = asyncio.create_task(self.process.stderr.read())
        return self

    async def until_up(self):
        """Wait until it runs, which takes long on a loaded machine, or has ended."""
        while not self.usage and self.process.returncode is None:
            await asyncio.sleep(0.02)

    async def _read(self):
        while line := await self.process.stdout.readline():
            self.usage.append(json.loads(line))

    async def stop(self):
        """End it; its code, and what it said on standard error."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(GUARD):
            code = await self.process.wait()
        await self._reading
        return code, (await self._errors).decode()

    async def __aexit__(self, *_):
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        await self._reading
        await self._errors


@contextlib.asynccontextmanager
async def tapped_chips(folder, port=None, **options):
    """Simulated chips with a tap on their line; those at `port`, if they are running already."""
    if port is not None:
        async with Tap(port) as tap:
            yield tap
        return
    chips = SimulatedChips(folder / "chips", folder / "chips.log", **options)
    async with chips, Tap(folder / "chips") as tap:
        yield tap


@contextlib.asynccontextmanager
async def mining(folder, tap, pools, *, wait=1.0, rolling=True, **served):
    """A daemon that mines; yields it and the port of its REST API."""
    served = served or {"rest": free_ports(1)[0]}
    config = folder / "sluice.toml"
    config.write_text(configuration(folder, tap.path, pools, wait=wait, rolling=rolling, **served))
    async with WatchedDaemon(config) as daemon:
        yield daemon, served["rest"]


def stratum(pool, **more):
    """The table of a Stratum pool; it is given up after a few seconds of silence."""
    return {"kind": "stratum", "url": pool.url, "user": "tests.1", "silence": 5.0, **more}
