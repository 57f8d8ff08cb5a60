"""Whether pyasic, in an environment of its own, takes the daemon's APIs for a miner.

`python -m tests.firmware.fleet` looks at a daemon that mines with a simulated chip on a pool for
tests; with `--shown` at what tests of the APIs show, and with `--address` at any other. pyasic
looks for miners on ports 80 and 4028 and nowhere else, so these have to be free to use (as root, or
with the sysctl `net.ipv4.ip_unprivileged_port_start`).
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import click
import platformdirs

from sluice.firmware.api import serve
from sluice.firmware.config import ApiSettings
from tests.firmware.api.daemon import Daemon
from tests.firmware.bench import mining, stratum, tapped_chips
from tests.firmware.peers.judge import Verdict
from tests.firmware.peers.stratum import StratumPool

ADDRESS = "127.0.0.28"
CLIENT = Path(__file__).with_name("client.py")


def environment():
    """A Python that has pyasic; made the first time."""
    home = platformdirs.user_cache_path("sluice") / "pyasic"
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        click.echo("Installing pyasic in an environment of its own", err=True)
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "pyasic"], check=True)
        (home / "ready").touch()
    return python


async def seen(python, address):
    process = await asyncio.create_subprocess_exec(
        python, "-W", "ignore", CLIENT, address, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    if process.returncode:
        sys.exit(process.returncode)
    return json.loads(said.splitlines()[-1])


async def that_mines(python):
    with tempfile.TemporaryDirectory(prefix="sluice-fleet-") as scratch:
        folder = Path(scratch)
        async with (
            tapped_chips(folder) as tap,
            StratumPool(1, difficulty=2e-5, bits=0x1D00FFFF) as pool,
            mining(folder, tap, [stratum(pool)], rest=80, cgminer=4028),
        ):
            await pool.until(lambda: pool.verdicts[Verdict.ACCEPTED] >= 20)
            found = await seen(python, "127.0.0.1")
    found["pool's own count"] = pool.verdicts[Verdict.ACCEPTED]
    return found


async def that_shows(python):
    tables = {"rest": 80, "metrics": 9420, "cgminer": 4028}
    settings = ApiSettings.model_validate(
        {name: {"host": ADDRESS, "port": port} for name, port in tables.items()}
    )
    async with serve(Daemon(), settings):
        return await seen(python, ADDRESS)


@click.command()
@click.option("--address", help="Look at a daemon that runs, with api.rest.port = 80.")
@click.option("--shown", is_flag=True, help="Look at what tests show.")
def main(address, shown):
    """Let pyasic look for a miner, and print what it finds."""
    python = environment()
    look = seen(python, address) if address else that_shows(python) if shown else that_mines(python)
    found = asyncio.run(look)
    for name, value in (found or {}).items():
        click.echo(f"{name:16} {value}")
    if found is None:
        sys.exit("pyasic found no miner")
    assert found["class"] == "BitAxeGamma", found
    assert found["hashrate"] > 0, found
    assert found["accepted"] > 0, found
    assert found["expected"] == found["daemon expects"], found
    if shown:
        assert (found["hashrate"], found["expected"]) == (312e6, 600e6), found
        assert found["pools"] == ["stratum+tcp://pool.example.com:3333"], found
        assert (found["accepted"], found["cgminer accepted"]) == (98, 98), found


if __name__ == "__main__":
    main()
