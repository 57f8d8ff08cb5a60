"""`sluice prove-netlist`: Verilog of a built chip mines a real header at its serial port.

The Verilog is what came out of place and route or of a bitstream, under a module ``top`` with the
ports of a chip. It is driven as a host drives a board, and what it answers is compared with what
the header, by pycryptodome, and the wire format say.
"""

import json
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import click

from sluice.rtl.config import ChipConfig
from sluice.rtl.core import ConfigError, PipelineConfig
from sluice.rtl.protocol.commands import (
    ChainInactive,
    Command,
    ReadRegister,
    SetAddress,
    WriteRegister,
)
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.models import MODELS, model
from sluice.rtl.protocol.registers import IDENTITY, Number, value_of, version_rolling
from sluice.rtl.protocol.responses import LONG, NonceResponse, RegisterResponse
from sluice.rtl.protocol.versions import ROLLED_SHIFT

from .catalogue import Block, blocks
from .chip import CompiledChain, Until
from .compile import Progress
from .reference import block_hash, leading_zeros
from .screen import Screen

#: Link cycles after a reset until the chip is out of its own, beyond :data:`~.chip.DEAF`.
RESET = 2048

#: Link cycles in which an answer, or a nonce, comes or never.
PATIENCE = 1 << 19

#: How many nonces before the block's own the job starts.
BEFORE = 20

JOB_ID = 0x28

#: How far the clock that a chip has measured may be from the one it has.
_MEASURED = 0.01
ROLLED_MASK = 0xFFFF << ROLLED_SHIFT


class Disproved(click.ClickException):
    """The netlist has not done what it must. The message says what; the exit code is 1."""


@dataclass(frozen=True)
class Proof:
    """What was shown.

    Parameters
    ----------
    block
        Height of the block whose nonce was found.
    hash
        Its hash.
    nonce
        Its nonce as the hardware counts.
    frame
        The answer on the line, in hexadecimal digits.
    build
        The build number that the chip gave.
    link_cycles, hash_cycles
        How long the simulation was.
    """

    block: int
    hash: str
    nonce: str
    frame: str
    build: str
    link_cycles: int
    hash_cycles: int


class _Host:
    """The other end of the line."""

    def __init__(self, chain: CompiledChain) -> None:
        self.chain = chain

    def send(self, frame: Command | Job) -> None:
        self.chain.send(bytes(frame))
        self.chain.run(PATIENCE, Until.SENT)

    def read(self, register: Number) -> int:
        self.send(ReadRegister(register, None))
        for frame in self.chain.frames(PATIENCE, 1, LONG):
            if isinstance(frame, RegisterResponse) and frame.register == register:
                return int(frame.value)
        raise Disproved(f"no answer to a read of register {register.name}")

    def expect(self, register: Number, value: int) -> None:
        found = self.read(register)
        if found != value:
            raise Disproved(f"register {register.name} is {found:#010x}, not {value:#010x}")

    def expect_clock(self, hertz: float) -> None:
        """The chip has measured the clock that the simulation gives it."""
        found = self.read(Number.HASH_CLOCK) * 1e3
        if abs(found / hertz - 1) > _MEASURED:
            raise Disproved(f"register HASH_CLOCK is {found / 1e6} MHz, not {hertz / 1e6:g}")


def _ratio(config: ChipConfig) -> tuple[int, int]:
    ratio = Fraction(config.hash_clock / config.link_clock).limit_denominator(100)
    return ratio.numerator, ratio.denominator


def prove(
    verilog: str, config: ChipConfig, solved: Block, before: int, progress: Progress
) -> Proof:
    """Bring a netlist up, give it a block's header a few nonces early, and take its answer.

    Parameters
    ----------
    verilog
        The netlist.
    config
        What it must say of itself: model, cores, lanes, build; and its clocks.
    solved
        The block.
    before
        How many nonces early.
    progress
        Told what is being done.

    Raises
    ------
    Disproved
        It does not answer, or not what it must.
    ~.compile.CompileError
        The netlist is no Verilog.
    """
    kind = model(config.model)
    header = solved.header
    bits = (header.version & ROLLED_MASK) >> ROLLED_SHIFT
    base = header.with_version(header.version & ~ROLLED_MASK)
    share = (1 << 32) // config.cores
    start = max(header.w19 - before, header.w19 // share * share)
    job = Job(job_id=JOB_ID, header=base.with_w19(start))
    chain = CompiledChain(config, hash_per_link=_ratio(config), verilog=verilog, progress=progress)
    with chain:
        host = _Host(chain)
        progress("bring-up", 0, 0)
        chain.run(RESET)
        # What is read comes in the long form once rolling is on.
        host.send(WriteRegister(Number.VERSION_ROLLING, version_rolling(0xFFFF), None))
        host.expect(Number.CHIP_ID, value_of(Number.CHIP_ID, id=kind.chip_id))
        host.expect(Number.IDENTITY, IDENTITY)
        shape = value_of(Number.SHAPE, lanes=config.core.lanes, cores=config.cores)
        host.expect(Number.SHAPE, shape)
        host.expect(Number.BUILD, config.build)
        host.expect_clock(config.hash_clock)
        host.send(ChainInactive())
        host.send(SetAddress(0))
        for register, value in (
            (Number.MISC_CONTROL, value_of(Number.MISC_CONTROL, reporting=0xF)),
            (Number.FIRST_VERSION, bits),
            (Number.HASH_COUNTING_NUMBER, 0x1EB5),
        ):
            host.send(WriteRegister(register, value, None))
        progress("mining", 0, 0)
        host.send(job)
        found = chain.frames(PATIENCE, 1, LONG)
        excess = leading_zeros(header) - 32
        expected = NonceResponse.of(
            kind, w19=header.w19, job_id=job.job_id, bits=bits, excess=excess
        )
        if [bytes(frame) for frame in found] != [bytes(expected)]:
            came = ", ".join(bytes(frame).hex() for frame in found) or "nothing"
            raise Disproved(f"{bytes(expected).hex()} was due, {came} came")
        return Proof(
            block=solved.height,
            hash=block_hash(header),
            nonce=f"{header.w19:08x}",
            frame=bytes(expected).hex(),
            build=f"{config.build:08x}",
            link_cycles=chain.cycle,
            hash_cycles=chain.hash_cycle,
        )


def _block(height: int) -> Block:
    found = {known.height: known for known in blocks()}
    if height not in found:
        known = ", ".join(map(str, found))
        raise click.BadParameter(f"{height} is none of {known}", param_hint="--block")
    return found[height]


#: The last block of the catalogue whose miner rolled versions.
DEFAULT = max(found.height for found in blocks() if found.rolled)


@click.command("prove-netlist")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", "kind", type=click.Choice(list(MODELS)), default=ChipConfig.model)
@click.option("--cores", type=int, default=1, metavar="N", help="Cores it must say it has.")
@click.option("--lanes", type=int, default=1, metavar="N", help="Lanes, likewise.")
@click.option("--build", type=int, default=0, metavar="N", help="Build number, likewise.")
@click.option("--link-clock", type=float, default=ChipConfig.link_clock, metavar="HZ")
@click.option("--hash-clock", type=float, default=ChipConfig.hash_clock, metavar="HZ")
@click.option("--block", type=int, default=DEFAULT, show_default=True, metavar="HEIGHT")
@click.option(
    "--before",
    type=click.IntRange(0),
    default=BEFORE,
    show_default=True,
    metavar="N",
    help="How many nonces before the block's own the job starts.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def prove_netlist(
    file: Path,
    kind: str,
    cores: int,
    lanes: int,
    build: int,
    link_clock: float,
    hash_clock: float,
    block: int,
    before: int,
    as_json: bool,
) -> None:
    """Let the Verilog of a built chip find a real block's nonce.

    FILE has a module `top` with the ports of a chip; `sluice prove` makes it from a bitstream.
    """
    try:
        config = ChipConfig(
            model=kind,
            cores=cores,
            core=PipelineConfig(lanes=lanes),
            link_clock=link_clock,
            hash_clock=hash_clock,
            build=build,
        )
    except ConfigError as error:
        raise click.UsageError(str(error)) from error
    solved = _block(block)
    with Screen() as shown:
        text = file.read_text(encoding="utf-8")
        proof = prove(text, config, solved, before, shown.compiling)
    if as_json:
        click.echo(json.dumps(asdict(proof)))
        return
    click.echo(f"block {proof.block}  {proof.hash}")
    click.echo(f"nonce {proof.nonce} in frame {proof.frame}, as due")
    click.echo(
        f"build {proof.build}; {proof.link_cycles:,} link cycles, {proof.hash_cycles:,} hash cycles"
    )
