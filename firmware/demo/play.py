"""The demonstration from its beginning to its end."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ..config import parse
from ..ways import ways
from .chips import SimulatedChips
from .consensus import Verdict, replay
from .daemon import Daemon, Ports, configuration
from .node import RegtestNode
from .npm import install

__all__ = ["Report", "play"]

#: Version of a template that nobody has rolled.
BASE_VERSION = 0x20000000


@dataclass(frozen=True, kw_only=True)
class Report:
    """What came of it.

    Attributes
    ----------
    found
        Blocks that the daemon found.
    accepted
        Those that the node took; they are its chain.
    verdicts
        What Bitcoin Core's consensus code says of the chain.
    seconds
        From the start of the daemon to its end.
    interrupted
        By Ctrl-C.
    """

    found: int
    accepted: int
    verdicts: list[Verdict]
    seconds: float
    interrupted: bool

    @property
    def valid(self) -> int:
        """Blocks that are valid."""
        return sum(verdict.valid for verdict in self.verdicts)

    @property
    def rolled(self) -> int:
        """Blocks with rolled version bits."""
        return sum(verdict.version != BASE_VERSION for verdict in self.verdicts)


async def play(
    folder: Path,
    *,
    blocks: int | None,
    api_port: int,
    chips: int,
    shown: bool,
    say: Callable[[str], None],
) -> Report:
    """Mine on a new regtest chain.

    Parameters
    ----------
    folder
        For the daemon's state, its log, and the log of the chips.
    blocks
        Stop after so many; go on until SIGINT if it is ``None``.
    api_port
        For the REST API and the web page.
    chips
        How many there are in the simulated chain.
    shown
        Whether the daemon has the terminal.
    say
        Told what is going on before and after that.

    Raises
    ------
    DemoError
        Something did not start, or did not end well.
    """
    program = await asyncio.to_thread(install, say)
    stopped, told = asyncio.Event(), set[signal.Signals]()
    loop = asyncio.get_running_loop()

    def end(number: signal.Signals) -> None:
        told.add(number)
        stopped.set()

    # Ctrl-C reaches the daemon too, which ends by itself; what follows is ours to finish.
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end, number)
    try:
        report = await _play(folder, program, stopped, blocks, api_port, chips, shown, say)
        return replace(report, interrupted=signal.SIGINT in told)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def _play(
    folder: Path,
    program: Path,
    stopped: asyncio.Event,
    blocks: int | None,
    api_port: int,
    chips: int,
    shown: bool,
    say: Callable[[str], None],
) -> Report:
    port = folder / "chips"
    say("Starting the simulated chips; the first time they are compiled")
    async with (
        SimulatedChips(port, folder / "chips.log", count=chips, say=say),
        RegtestNode(program) as node,
    ):
        config = folder / "sluice.toml"
        log = folder / "daemon.log"
        config.touch(mode=0o600)
        text = configuration(node, port, folder, Ports.near(api_port), log=log)
        config.write_text(text)
        say("Mining. The terminal has a screen, where ? is help; more is to be seen there:")
        # The environment goes before the file, here as in the daemon.
        for way in ways(parse(text, os.environ).api):
            say(f"  {way.name:<13} {way.address}")
        start = time.monotonic()
        found = 0
        async with Daemon(config, api_port, shown=shown) as daemon:
            wanted = asyncio.create_task(daemon.until_blocks(blocks or 1 << 62))
            asked = asyncio.create_task(stopped.wait())
            try:
                await asyncio.wait({wanted, asked}, return_when=asyncio.FIRST_COMPLETED)
                if wanted.done():
                    wanted.result()
                now = await daemon.status()
                found = now["blocks_found"] if now else 0
            finally:
                wanted.cancel()
                asked.cancel()
        seconds = time.monotonic() - start
        chain = await node.blocks()
    verdicts = await asyncio.to_thread(replay, chain)
    return Report(
        found=max(found, len(chain)),
        accepted=len(chain),
        verdicts=verdicts,
        seconds=seconds,
        interrupted=False,
    )
