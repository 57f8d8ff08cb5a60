"""All programs of the processor, and its memory."""

from collections.abc import Mapping
from dataclasses import dataclass

from sluice.rtl.hls.job_program import JobProgram

from ..isa import Instruction
from ..memory_map import MemoryMap
from .assembler import Assembler
from .codegen import scratch_words
from .intake import Working
from .ranges import TOPS, Sharing
from .sha256 import DIGEST_BITS, HEADER_BITS, PADDING, subroutines
from .verify import Checking

#: What the steps of a compression take for a time.
_SCRATCH = 4


@dataclass(frozen=True)
class Microcode:
    """Programs and memory of a processor.

    Members
    -------
    layout
        The map of the memory.
    cores
        Cores that it works for.
    code
        All instructions. It begins at the first one.
    labels
        Addresses in it, by their names.
    """

    layout: MemoryMap
    cores: int
    code: tuple[Instruction, ...]
    labels: Mapping[str, int]


def microcode(
    program: JobProgram,
    *,
    lanes: int,
    rounds: int,
    cores: int = 1,
    batches: int = 16,
    compact: bool = False,
    preset: bool = True,
) -> Microcode:
    """The programs for cores with this job program.

    Parameters
    ----------
    program
        From ``w16`` to ``w18`` and ``mid{lane}_{i}`` to the job words, in the order of their
        addresses.
    lanes, rounds
        As the cores have them.
    cores
        Cores, a power of two up to 128.
    batches
        Batches whose hits can still be checked, a power of two.
    compact
        Less code, for few block RAMs: words of jobs that are copied are copied in loops.
    preset
        Whether the memory may have numbers from the start.

    Raises
    ------
    ValueError
        The number of cores is no such number, or the memory would be too small.
    """
    if not 1 <= cores <= TOPS or cores & (cores - 1):
        raise ValueError(f"cores must be a power of two from 1 to {TOPS}, not {cores}")
    numbers = {PADDING, HEADER_BITS, DIGEST_BITS, *program.constants}
    numbers |= Working.constants(lanes, batches) | Sharing.constants(cores)
    numbers |= Checking.constants(lanes)
    scratch = max(_SCRATCH, scratch_words(program))
    layout = MemoryMap(
        lanes=lanes,
        rounds=rounds,
        batches=batches,
        constants=sorted(numbers),
        scratch=scratch,
        compact=compact,
    )
    asm = Assembler()
    working, sharing = Working(asm, layout), Sharing(asm, layout, cores)
    working.reset(preset=preset)
    working.rest()
    working.take()
    working.new()
    sharing.advance()
    working.batch()
    sharing.begin()
    sharing.share()
    Checking(asm, layout).check()
    subroutines(asm, layout)
    # It may be long, and only its beginning is jumped to.
    working.job(program)
    return Microcode(layout, cores, asm.code, asm.labels)
