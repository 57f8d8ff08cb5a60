"""Programs that hash, and that compute job words.

The steps of SHA-256 in them are traced from its text, like the pipeline, with words that stand for
places relative to the counter: the state of all rounds lies in memory as two sequences. Before
round ``t``, ``a`` to ``d`` are ``A[t + 3]`` to ``A[t]``, and ``e`` to ``h`` are ``E[t + 3]`` to
``E[t]``.
"""

from collections.abc import Sequence
from dataclasses import replace

from sluice.rtl.core.interface import Control
from sluice.rtl.core.mining import NONCE
from sluice.rtl.hls.ir import BindingTime, Graph, Node
from sluice.rtl.hls.job_program import JobProgram, job_program
from sluice.rtl.hls.trace import GraphWord
from sluice.rtl.sha256.function import round_, schedule

from ..isa import Base, Instruction
from ..memory_map import BANK_HIT_MASK, MemoryMap, Place, Variable, counted
from .assembler import Assembler
from .codegen import Target, generate
from .loops import Stretch, stretches

#: Padding of both blocks that are not full, and the lengths in bits of what is hashed.
PADDING, HEADER_BITS, DIGEST_BITS = 1 << 31, 640, 256

#: The first nonce of a job, in its bank.
FIRST_NONCE = NONCE

#: Subroutines. `MIDSTATE` computes that of the bank in use with the rolled bits; `BEGIN` and
#: `COMPRESS` go on from ``W[0]`` to ``W[15]``, the latter with the chaining value in the place of
#: the state before round 0. All leave the result, and zero in the accumulator.
MIDSTATE, BEGIN, COMPRESS = "midstate", "begin", "compress"


def _at(graph: Graph, address: int) -> GraphWord:
    """The word at an address relative to the counter; its name is the address."""
    return GraphWord.input(graph, str(address), BindingTime.JOB)


def _traced(layout: MemoryMap, word: Node, target: int, times: int) -> list[Instruction]:
    """Computes a word from words, all at addresses that move on in a loop."""
    program = job_program([word])
    places: dict[str | int, Place] = {name: counted(int(name), times) for name in program.inputs}
    return generate(program, places, [counted(target, times)], Place(layout.scratch))


def _schedule(asm: Assembler, layout: MemoryMap) -> None:
    """``W[t]`` from the sixteen words before it."""
    times = layout.rounds - 16
    graph = Graph()
    before = [_at(graph, layout.w + i) for i in range(16)]
    again = asm.count(times)
    asm.emit(_traced(layout, list(schedule(before, 17))[16].node, layout.w + 16, times))
    asm.loop(again)


def _rounds(asm: Assembler, layout: MemoryMap) -> None:
    """``A[t + 4]`` and ``E[t + 4]``."""
    times = layout.rounds
    graph = Graph()
    state = [_at(graph, first + 3 - i) for first in (layout.a, layout.e) for i in range(4)]
    after = round_(state, _at(graph, layout.k), _at(graph, layout.w))
    # a' is T1 + T2; T1 comes back as e' - d, which is still in the accumulator but for d.
    t1, t2 = after[0].node.args
    assert t1 in after[4].node.args
    again = asm.count(times)
    *summed, stored = _traced(layout, after[4].node, layout.e + 4, times)
    asm.emit([*summed, replace(stored, clear=False)])
    asm.subtract(counted(layout.a, times))
    asm.emit(_traced(layout, t2, layout.a + 4, times))
    asm.loop(again)


def chain(asm: Assembler, layout: MemoryMap, abcd: int, efgh: int) -> None:
    """Take a chaining value from two sequences."""
    again = asm.count(4)
    for source, target in ((abcd, layout.a), (efgh, layout.e)):
        asm.move(counted(source, 4), counted(target, 4))
    asm.loop(again)


def subroutines(asm: Assembler, layout: MemoryMap) -> None:
    """All three, one going on in the next."""
    asm.label(MIDSTATE)
    again = asm.count(16)
    asm.move(counted(0, 16, Base.INDEX | Base.COUNTER), counted(layout.w, 16))
    asm.loop(again)
    # A bit of the version is set if it is set in either.
    asm.latch(x=layout.constant(0xFFFFFFFF), y=layout.variable(Variable.ROLLED))
    asm.choose(Place(layout.w))
    asm.store(Place(layout.w))
    asm.label(BEGIN)
    chain(asm, layout, layout.initial, layout.initial + 4)
    asm.label(COMPRESS)
    if layout.rounds > 16:
        _schedule(asm, layout)
    _rounds(asm, layout)
    again = asm.count(4)
    for first, result in ((layout.a, layout.result + 4), (layout.e, layout.result)):
        asm.add(counted(first + layout.rounds, 4), counted(first, 4))
        asm.store(counted(result, 4))
    asm.loop(again)
    asm.back()


def pad(asm: Assembler, layout: MemoryMap, first: int, bits: int) -> None:
    """Fill the rest of a block."""
    asm.move(layout.constant(PADDING), Place(layout.w + first))
    again = asm.count(14 - first)
    asm.store(counted(layout.w + first + 1, 14 - first))
    asm.loop(again)
    asm.move(layout.constant(bits), Place(layout.w + 15))


def assemble(asm: Assembler, program: Sequence[Stretch]) -> None:
    """Instructions with loops."""
    for stretch in program:
        again = asm.count(stretch.times) if stretch.times > 1 else ""
        asm.emit(stretch.code)
        if again:
            asm.loop(again)


def job_words(asm: Assembler, layout: MemoryMap, program: JobProgram) -> None:
    """Put the words of a job on the bus: those of its program, and its hit mask."""
    places: dict[str | int, Place] = {f"w{i}": layout.bank(i) for i in range(16, 19)}
    places |= {value: layout.constant(value) for value in program.constants}
    for lane in range(layout.lanes):
        places |= {f"mid{lane}_{i}": layout.midstate(i, lane) for i in range(8)}
    targets: Sequence[Target] = range(len(program.results))
    code = generate(program, places, targets, Place(layout.scratch))
    assemble(asm, stretches(code) if layout.compact else [Stretch(1, tuple(code))])
    asm.add(layout.bank(BANK_HIT_MASK))
    asm.send(Control.MASK, to_all=True)
