"""The programs of the engine: midstate, job words, and the check of a hit.

The steps of SHA-256 in them are traced from its text, like the pipeline, with words that stand for
places relative to a counter: the state of all rounds lies in memory as two sequences. Before round
``t``, ``a`` to ``d`` are ``A[t + 3]`` to ``A[t]``, and ``e`` to ``h`` are ``E[t + 3]`` to ``E[t]``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sluice.rtl.core.mining import NONCE
from sluice.rtl.core.work import Control
from sluice.rtl.dataflow.node import Binding, Graph
from sluice.rtl.dataflow.program import JobProgram, job_program
from sluice.rtl.dataflow.trace import GraphWord
from sluice.rtl.sha256.function import round_, schedule

from .codegen import Place, Target, generate, spaced
from .isa import Base, Flow, Instruction, Kind, Source, Told
from .layout import SLOT_HIT_MASK, SLOT_JOB, Layout

#: Padding of both blocks that are not full, and the lengths in bits of what is hashed.
PADDING, HEADER_BITS, DIGEST_BITS = 1 << 31, 640, 256

#: Where the first nonce of a job is sent to: no address of the work bus, which has eight bits.
FIRST_NONCE = 0x100


@dataclass(frozen=True)
class Microcode:
    """Programs and memory of an engine.

    Members
    -------
    layout
        The map of the memory.
    code
        All instructions.
    midstate, job, check
        Where the programs begin. `midstate` computes that of the slot, the rolled bits and the
        lane in use; `job` puts the job words on the work bus, from the midstates of all lanes,
        then the hit mask of the slot, and tells its first nonce at :data:`FIRST_NONCE`;
        `check` tells the hash of a nonce, from the midstate of the lane after the last.
    """

    layout: Layout
    code: tuple[Instruction, ...]
    midstate: int
    job: int
    check: int


def microcode(program: JobProgram, *, lanes: int, rounds: int) -> Microcode:
    """The programs for cores with this job program.

    Parameters
    ----------
    program
        From ``w16`` to ``w18`` and ``mid{lane}_{i}`` to the job words, in the order of their
        addresses.
    lanes, rounds
        As the cores have them.
    """
    own = (0, PADDING, HEADER_BITS, DIGEST_BITS)
    constants = own + tuple(value for value in program.constants if value not in own)
    layout = Layout(lanes, rounds, constants)
    code: list[Instruction] = []

    def add(steps: Iterable[Instruction]) -> int:
        start = len(code)
        code.extend(spaced([*steps]))
        return start

    compress = add(_compress(layout, 0))
    assert compress == 0
    midstate = add(_midstate(layout))
    job = add(_job(layout, program, lanes))
    check = add(_check(layout, lanes))
    return Microcode(layout, tuple(code), midstate, job, check)


def _flow(flow: Flow, address: int = 0) -> Instruction:
    return Instruction(kind=Kind.FLOW, select=flow, address=address)


_CALL = _flow(Flow.CALL, 0)


def _move(source: Place, target: Place) -> list[Instruction]:
    return [source.load(), target.store()]


def _input(source: Source) -> Instruction:
    return Instruction(kind=Kind.INPUT, select=source)


def _at(graph: Graph, address: int) -> GraphWord:
    """The word at an address relative to the counter; its name is the address."""
    return GraphWord.input(graph, str(address), Binding.JOB)


def _traced(layout: Layout, words: list[GraphWord], targets: list[int]) -> list[Instruction]:
    """Instructions that compute words from words, all at addresses relative to the counter."""
    program = job_program([word.node for word in words])
    places: dict[str | int, Place] = {
        name: Place(int(name), Base.COUNTER) for name in program.inputs
    }
    results: list[Target] = [Place(target, Base.COUNTER) for target in targets]
    return generate(program, places, results, Place(layout.scratch))


def _schedule_step(layout: Layout) -> list[Instruction]:
    """``W[t]`` from the sixteen words before it."""
    graph = Graph()
    before = [_at(graph, layout.w - 16 + i) for i in range(16)]
    return _traced(layout, [list(schedule(before, 17))[16]], [layout.w])


def _round_step(layout: Layout) -> list[Instruction]:
    """``A[t + 4]`` and ``E[t + 4]``."""
    graph = Graph()
    state = [_at(graph, first + 3 - i) for first in (layout.a, layout.e) for i in range(4)]
    after = round_(state, _at(graph, layout.k), _at(graph, layout.w))
    return _traced(layout, [after[0], after[4]], [layout.a + 4, layout.e + 4])


def _state(layout: Layout, index: int, rounds: int) -> Place:
    """Where word `index` of the state is after a number of rounds."""
    first = layout.a if index < 4 else layout.e
    return Place(first + rounds + 3 - index % 4)


def _compress(layout: Layout, start: int) -> list[Instruction]:
    """A subroutine: from ``W[0]`` to ``W[15]`` and the chaining value, in the place of the state
    before round 0, to `result`."""
    code: list[Instruction] = []

    def loop(first: int, body: list[Instruction]) -> None:
        code.append(_flow(Flow.COUNT, first))
        again = start + len(code)
        code.extend([*spaced(body), _flow(Flow.LOOP, again)])

    if layout.rounds > 16:
        loop(16, _schedule_step(layout))
    loop(0, _round_step(layout))
    for index in range(8):
        after = _state(layout, index, layout.rounds)
        before = _state(layout, index, 0)
        code += [after.load(), before.instruction(Kind.ALU), Place(layout.result + index).store()]
    return [*code, _flow(Flow.RETURN)]


def _chain(layout: Layout, source: Callable[[int], Place]) -> list[Instruction]:
    """Take a chaining value from its places."""
    moves = (_move(source(index), _state(layout, index, 0)) for index in range(8))
    return [step for move in moves for step in move]


def _pad(layout: Layout, first: int, bits: int) -> list[Instruction]:
    """Fill the rest of a block."""
    words = [PADDING, *[0] * (14 - first), bits]
    moves = [
        _move(layout.constant(word), Place(layout.w + first + i)) for i, word in enumerate(words)
    ]
    return [step for move in moves for step in move]


def _midstate(layout: Layout) -> list[Instruction]:
    code = [layout.slot(0).load(), _input(Source.ROLLED), Place(layout.w).store()]
    for index in range(1, 16):
        code += _move(layout.slot(index), Place(layout.w + index))
    code += [*_chain(layout, lambda index: Place(layout.initial + index)), _CALL]
    for index in range(8):
        code += _move(Place(layout.result + index), layout.midstate(index))
    return [*code, _flow(Flow.HALT)]


def _job(layout: Layout, program: JobProgram, lanes: int) -> list[Instruction]:
    places: dict[str | int, Place] = {f"w{i}": layout.slot(i) for i in range(16, 19)}
    places |= {value: layout.constant(value) for value in program.constants}
    for lane in range(lanes):
        places |= {f"mid{lane}_{i}": layout.midstate(i, lane) for i in range(8)}
    targets: list[Target] = list(range(len(program.results)))
    code = generate(program, places, targets, Place(layout.scratch))
    for index, address in ((SLOT_HIT_MASK, Control.MASK), (NONCE, FIRST_NONCE)):
        code += [layout.slot(index).load(), Instruction(kind=Kind.SEND, address=address)]
    return [*code, _flow(Flow.HALT)]


def _check(layout: Layout, lanes: int) -> list[Instruction]:
    code = _chain(layout, lambda index: layout.midstate(index, lanes))
    for index in range(3):
        code += _move(layout.slot(16 + index), Place(layout.w + index))
    code += [
        _input(Source.NONCE),
        Place(layout.w + 3).store(),
        *_pad(layout, 4, HEADER_BITS),
        _CALL,
    ]
    for index in range(8):
        code += _move(Place(layout.result + index), Place(layout.w + index))
    code += [*_pad(layout, 8, DIGEST_BITS)]
    code += [*_chain(layout, lambda index: Place(layout.initial + index)), _CALL]
    told = {Told.JOB: layout.slot(SLOT_JOB), Told.HIT_MASK: layout.slot(SLOT_HIT_MASK)}
    for index in range(Told.H7, Told.H0 - 1, -1):
        told[Told(index)] = Place(layout.result + index)
    for what, place in told.items():
        code += [place.load(), Instruction(kind=Kind.TELL, address=what)]
    return [*code, _flow(Flow.HALT)]
