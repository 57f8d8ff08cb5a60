"""How fast a whole simulated chip hashes, with its link and its controller running."""

from collections.abc import Callable
from time import perf_counter

from sluice.rtl.config import ChipConfig
from sluice.rtl.protocol.commands import Command, ReadRegister, WriteRegister
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.registers import Number, value_of, version_rolling
from sluice.rtl.protocol.responses import RegisterResponse

from . import catalogue
from .chip import CompiledChain, Until
from .compile import CompileError, Progress

#: Hash cycles in so many link cycles: those of a chip at 100 MHz and 25 MHz.
RATIO = (4, 1)

#: Link cycles in which the chip prepares a job, or answers.
PREPARES = 1 << 14


def chip_rates(
    config: ChipConfig,
    hashes: int,
    repeat: int,
    compiling: Progress,
    tell: Callable[[int], None],
) -> list[float]:
    """Hashes a second, for each repetition.

    Parameters
    ----------
    config
        Of the chip.
    hashes
        At least so many nonces of a repetition.
    repeat
        Repetitions.
    compiling
        Called while the model is compiled.
    tell
        Called with the nonces done.

    Raises
    ------
    CompileError
        The chip counted fewer hashes than cycles have passed.
    """
    cycles = max(1, hashes * RATIO[1] // RATIO[0])
    lanes = config.cores * config.core.lanes
    with CompiledChain(config, hash_per_link=RATIO, progress=compiling) as chain:
        start: list[Command] = [
            WriteRegister(Number.VERSION_ROLLING, version_rolling(0xFFFF)),
            WriteRegister(Number.MISC_CONTROL, value_of(Number.MISC_CONTROL, reporting=0xF)),
            WriteRegister(Number.HASH_COUNTING_NUMBER, 1),
        ]
        job = Job(job_id=8, header=catalogue.block(0).header.with_w19(0))
        chain.send(b"".join(bytes(command) for command in start) + bytes(job))
        chain.run(10 * PREPARES, Until.SENT)
        chain.run(PREPARES)
        first = chain.hash_cycle
        rates = []
        for _ in range(repeat):
            before, began = chain.hash_cycle, perf_counter()
            chain.run(cycles)
            passed = chain.hash_cycle - before
            rates.append(passed * lanes / (perf_counter() - began))
            tell(chain.hash_cycle - first)
        measured = (chain.hash_cycle - first) * lanes
        # The count stands still while it is read.
        chain.send(bytes(WriteRegister(Number.HASH_COUNTING_NUMBER, 0)))
        chain.run(PREPARES)
        chain.send(bytes(ReadRegister(Number.HASH_COUNT_LOW)))
        answers = chain.frames(PREPARES, 1)
    match answers:
        case [RegisterResponse(value=counted)] if counted >= measured:
            return rates
    raise CompileError(f"the chip did not count {measured} hashes: {answers}")
