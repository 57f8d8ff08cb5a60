"""`sluice sim`: real headers in, their nonces out, from the simulated hardware."""

import random
import sys
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from sluice.rtl.config import ChipConfig
from sluice.rtl.core import CoreConfig
from sluice.rtl.core.cli import config_from
from sluice.rtl.protocol.header import Header

from . import catalogue, screen
from .board import board_option, simulated
from .pty import check_options, pty_options, serve
from .search import LAST_NONCE, Job, Result, Searcher

#: Nonces searched where no other range is asked for.
WINDOW = 1 << 17

#: Zero bits of the search without a known outcome, at the end of the catalogue, and after how many
#: nonces it gives up: once in 3,000 runs.
FREE_BITS = 18
FREE_NONCES = 1 << (FREE_BITS + 3)


class Number(click.ParamType):
    """A number of 32 bits, decimal or with ``0x``."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Check the text."""
        try:
            number = int(str(value), 0)
        except ValueError:
            self.fail(f"{value!r} is not a number.", param, ctx)
        if not 0 <= number <= LAST_NONCE:
            self.fail(f"{value!r} is not a number of 32 bits.", param, ctx)
        return number


class HeaderText(click.ParamType):
    """A block header, 160 hexadecimal digits."""

    name = "header"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Header:
        """Check the text."""
        try:
            return Header.from_hex(value)
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


class BlockHeight(click.ParamType):
    """The height of a block of the catalogue."""

    name = "height"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> catalogue.Block:
        """Look it up."""
        try:
            return catalogue.block(int(value))
        except (KeyError, ValueError):
            known = ", ".join(str(block.height) for block in catalogue.blocks())
            self.fail(f"{value!r} is not in the catalogue, which has {known}.", param, ctx)


def _range(header: Header, window: int, first: int | None, last: int | None) -> tuple[int, int]:
    first = header.w19 if first is None else first
    last = min(first + window - 1, LAST_NONCE) if last is None else last
    if first > last:
        message = f"first must not be above last: {first:#010x} > {last:#010x}"
        raise click.BadParameter(message, param_hint="--first")
    return first, last


def _catalogue_jobs(window: int, mask_bits: int, rng: random.Random) -> list[tuple[str, Job]]:
    jobs = [
        (str(block.height), Job.window(block.header, window, rng.randrange(window), mask_bits))
        for block in catalogue.blocks()
    ]
    header = catalogue.blocks()[-1].header
    first = rng.randrange(1 << 31)
    free = Job(
        header=header,
        first=first,
        last=first + FREE_NONCES - 1,
        mask_bits=min(FREE_BITS, mask_bits),
        until_hit=True,
    )
    return [*jobs, ("free", free)]


def _cycles(job: Job, config: CoreConfig) -> int:
    """How many cycles a job takes, or may be expected to take."""
    nonces = (1 << job.mask_bits) // config.lanes if job.until_hit else job.last - job.first + 1
    return int(nonces / config.rate)


def _given(name: str) -> bool:
    source = click.get_current_context().get_parameter_source(name)
    return source is ParameterSource.COMMANDLINE


@click.command()
@click.option(
    "--block", type=BlockHeight(), metavar="HEIGHT", help="Search this block of the catalogue."
)
@click.option("--header", type=HeaderText(), metavar="HEX", help="Search this header, 80 bytes.")
@click.option(
    "--window",
    type=click.IntRange(1, LAST_NONCE + 1),
    default=WINDOW,
    show_default=True,
    metavar="N",
    help="How many nonces; a block's own is among them, a header's own is the first.",
)
@click.option(
    "--first",
    type=Number(),
    metavar="N",
    help="First nonce, as the hardware counts: the header's last four bytes, big-endian.",
)
@click.option("--last", type=Number(), metavar="N", help="Last nonce, likewise.")
@click.option(
    "--mask-bits",
    type=click.IntRange(0, 32),
    default=32,
    show_default=True,
    metavar="N",
    help="Zero bits at the start of a hash that is reported.",
)
@click.option(
    "--lanes", type=int, default=1, show_default=True, help="Versions of the header at once."
)
@board_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--wave",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="PATH",
    help="Write the waveform of the first cycles there, in FST.",
)
@click.option("--seed", type=int, metavar="N", help="Repeat a run: it decides where windows start.")
@pty_options
def sim(
    block: catalogue.Block | None,
    header: Header | None,
    window: int,
    first: int | None,
    last: int | None,
    mask_bits: int,
    lanes: int,
    board: ChipConfig | None,
    as_json: bool,
    wave: Path | None,
    seed: int | None,
    pty: bool,
    **served: Any,
) -> None:
    """Find the nonces of real blocks on the simulated hardware.

    Without --block or --header it searches all blocks of the catalogue, and then for a hash with 22
    zero bits. It fails if a nonce is not found, or if anything is reported that an independent
    SHA-256 does not confirm.

    With --pty it is a chain of simulated chips behind a serial port instead.
    """
    check_options(pty=pty)
    if board and _given("lanes"):
        raise click.UsageError("--lanes does not go with --board, which has a core")
    if pty:
        serve(config_from(lanes=lanes), board=board, **served)
        return
    if block and header:
        raise click.UsageError("--block and --header exclude each other")
    if not (block or header) and (first is not None or last is not None):
        raise click.UsageError("--first and --last need --block or --header")
    seed = random.SystemRandom().getrandbits(32) if seed is None else seed
    rng = random.Random(seed)
    config = simulated(board.core) if board else config_from(lanes=lanes)
    wanted = block.header if block else header
    if wanted is None:
        jobs = _catalogue_jobs(window, mask_bits, rng)
    elif header or first is not None or last is not None:
        start, end = _range(wanted, window, first, last)
        name = str(block.height) if block else "given"
        jobs = [(name, Job(header=wanted, first=start, last=end, mask_bits=mask_bits))]
    elif block:
        offset = rng.randrange(window)
        jobs = [(str(block.height), Job.window(wanted, window, offset, mask_bits))]
    results: list[tuple[str, Result]] = []
    with screen.Screen() as shown:
        searcher = Searcher(config, waves=wave, progress=shown.compiling)
        show = shown.searching(sum(_cycles(job, config) for _, job in jobs))
        before = 0
        for name, job in jobs:

            def tell(cycles: int, name: str = name, before: int = before) -> None:
                show(f"block {name}", before + cycles)

            results.append((name, searcher.search(job, tell)))
            before += _cycles(job, config)
        searcher.close()
    if as_json:
        screen.print_json(results)
    else:
        screen.print_table(results)
        screen.print_summary(results)
        click.echo(f"seed {seed}")
    screen.print_wrong(results)
    sys.exit(any(result.wrong for _, result in results))
