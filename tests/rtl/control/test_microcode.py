"""The programs of the processor against the reference, and the generator on random programs."""

import random
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from Crypto.Hash import SHA256
from hypothesis import given
from hypothesis import strategies as st

from sluice.rtl.control.isa import Base, Condition, Event, Instruction, Kind, Select
from sluice.rtl.control.memory_map import MemoryMap, Place
from sluice.rtl.control.microcode.assembler import Assembler
from sluice.rtl.control.microcode.codegen import generate
from sluice.rtl.control.microcode.image import Microcode, microcode
from sluice.rtl.control.microcode.loops import Stretch, stretches
from sluice.rtl.control.microcode.sha256 import assemble
from sluice.rtl.control.model import ProcessorModel
from sluice.rtl.core import CoreConfig, PipelineConfig, SerialConfig
from sluice.rtl.core.interface import Control
from sluice.rtl.core.mining import header_inputs
from sluice.rtl.core.plan import plan
from sluice.rtl.hls.ir import BindingTime, Graph
from sluice.rtl.hls.job_program import job_program
from sluice.rtl.protocol.versions import spread
from sluice.sim.reference import leading_zeros
from tests.rtl.hls.direct import value
from tests.rtl.hls.graphs import JOB_INPUTS, graphs, job_inputs

from .world import (
    ROLLING,
    digest_words,
    give,
    job_words,
    programs,
    ready,
    rolled_place,
    small,
    some_header,
    version_word,
)

#: Words that are copied, straight, and in loops of several kinds.
CORES = {
    "one": (PipelineConfig(), False),
    "two": (PipelineConfig(lanes=2), False),
    "eight": (PipelineConfig(lanes=8), False),
    "compact": (SerialConfig(engines=2), True),
    "compact two": (SerialConfig(engines=1, lanes=2), True),
    "compact four": (SerialConfig(engines=1, lanes=4), True),
    "compact gated": (SerialConfig(engines=1, lanes=3, technology="ecp5"), True),
    "compact pipeline": (PipelineConfig(lanes=2), True),
}


@cache
def programs_of(core: CoreConfig, *, compact: bool) -> Microcode:
    program = plan(core).program
    return microcode(program, lanes=core.lanes, rounds=64, batches=2, compact=compact)


@pytest.mark.parametrize(("core", "compact"), CORES.values(), ids=CORES)
def test_job_words(core: CoreConfig, compact: bool, rng: random.Random) -> None:
    """Job words of all lanes are those of the job program in Python; the hit mask follows."""
    lanes, program = core.lanes, plan(core).program
    processor = ready(
        programs_of(core, compact=compact), hit_mask=0x12345678, version_rolling=ROLLING | 0xA5F0
    )
    for job_id in range(5):
        header = some_header(rng)
        processor.sent.clear()
        give(processor, job_id, header)
        versions = [version_word(header, spread(lane, 0xA5F0)) for lane in range(lanes)]
        expected = program.run(header_inputs(header.words, versions))
        words = [(address, word) for core, address, word in processor.sent if core is None]
        assert words.pop() == (Control.MASK, 0x12345678)
        assert sorted(words) == list(enumerate(expected))


@pytest.mark.parametrize(
    ("lanes", "batches", "compact"), [(1, 2, False), (1, 16, False), (4, 16, False), (4, 2, True)]
)
def test_check(lanes: int, batches: int, compact: bool, rng: random.Random) -> None:
    """The whole digest, of the right lane of the right batch, also of a job that was replaced."""
    made = programs(lanes, batches=batches, compact=compact)
    processor = ready(made, hit_mask=0, version_rolling=ROLLING | 0xFFFF)
    headers = [some_header(rng) for _ in range(batches)]
    for job_id, header in enumerate(headers):
        processor.memory[made.layout.parameters + 3] = 100 * job_id
        give(processor, 0x10 + job_id, header)
    for job_id in range(max(0, batches - 4), batches):
        lane = rng.randrange(lanes)
        bits = spread(100 * job_id + lane, 0xFFFF)
        header = headers[job_id].with_w19(rng.getrandbits(32))
        processor.hits.append((header.w19, job_id + 1, 1 << lane))
        processor.run("rest")
        hashed = header.with_version(header.version | bits << 13)
        digest = SHA256.new(SHA256.new(bytes(hashed)).digest()).digest()
        words = [int.from_bytes(digest[i : i + 4], "big") for i in range(0, 32, 4)]
        assert digest_words(made.layout, processor.memory) == words
        excess = max(0, leading_zeros(hashed) - 32)
        expected = (header.w19, 0x10 + job_id, rolled_place(bits), excess)
        assert processor.reported.pop() == expected
        assert not processor.hits


@pytest.mark.parametrize("age", [3, 4, 16])
def test_hits_of_jobs_that_are_forgotten(age: int, rng: random.Random) -> None:
    """A bank, or a batch, has been written again: the hit is counted, and nothing reported."""
    made = small() if age < 16 else programs()
    assert made.layout.banks == (4 if age < 16 else 8)
    processor = ready(made, hit_mask=0, version_rolling=ROLLING | 0xFFFF)
    give(processor, 1, some_header(rng))
    for number in range(age):
        # Taken, but not begun: the batch is still the first one.
        processor.conditions.clear()
        give(processor, number, some_header(rng))
    processor.hits.append((5, 1, 1))
    processor.run("rest")
    assert processor.events[-1] == (Event.DONE if age < 4 else Event.STALE | Event.DONE)
    assert len(processor.reported) == (age < 4)
    processor.hits.append((5, 3, 1))
    processor.run("rest")
    assert processor.events[-1] == Event.STALE | Event.DONE


@pytest.mark.parametrize("hit", [0b0001, 0b1010, 0b1111])
def test_forgotten_hits_of_lanes(hit: int, rng: random.Random) -> None:
    """Each lane that has hit is a result that is lost."""
    made = small(SerialConfig(engines=1, lanes=4))
    processor = ready(made, hit_mask=0, version_rolling=ROLLING | 0xFFFF)
    for number in range(1, 7):
        processor.conditions.clear()
        give(processor, number, some_header(rng))
    processor.events.clear()
    processor.hits.append((5, 1, hit))
    processor.run("rest")
    assert processor.events == [Event.STALE] * hit.bit_count() + [Event.DONE]
    assert not processor.reported


@given(graphs(), job_inputs(), st.integers(0, 2**32 - 1), st.booleans())
def test_generator(graph: Graph, job: dict[str, int], nonce: int, loops: bool) -> None:
    """Any program of sums and functions, its results sent."""
    program = job_program([node for node in graph.nodes if node.known is BindingTime.JOB][3:])
    places: dict = {name: Place(900 + i) for i, name in enumerate(JOB_INPUTS)}
    places |= {number: Place(910 + i) for i, number in enumerate(program.constants)}
    results = range(len(program.results))
    asm = Assembler()
    code = generate(program, places, list(results), Place(500))
    assemble(asm, stretches(code) if loops else [Stretch(1, tuple(code))])
    asm.jump(asm.label("end"))
    layout = programs(1).layout
    made = Microcode(layout, 1, asm.code, asm.labels)
    processor = ProcessorModel(made, memory=[nonce] * 1024)
    for name, number in job.items():
        processor.memory[places[name].address] = number
    for number in program.constants:
        processor.memory[places[number].address] = number
    processor.run("end")
    known: dict = {}
    nodes = [node for node in graph.nodes if node.known is BindingTime.JOB][3:]
    expected = [(i, value(node, job, known)) for i, node in enumerate(nodes)]
    assert sorted((address, word) for _, address, word in processor.sent) == expected
    assert processor.acc == 0


def copies(*words: tuple[int, int], base: Base = Base.ZERO) -> list[Instruction]:
    """Words at these places, sent to these addresses."""
    code = []
    for place, address in words:
        code.append(Place(place, base).instruction(Kind.ADD, select=Select.WORD))
        code.append(Instruction(kind=Kind.SEND, select=1, address=address, clear=True))
    return code


def test_stretches() -> None:
    """What is a loop, and what is none."""

    def times(code: list[Instruction]) -> list[int]:
        return [stretch.times for stretch in stretches(code)]

    three = copies((7, 2), (6, 1), (8, 3))
    assert times(three) == [3]
    # A loop of two would be as long.
    assert times(three[:4]) == [1, 1]
    # A place, or an address, of its own; and words that are all the same.
    assert times(copies((6, 1), (7, 2), (9, 3))) == [1, 1, 1]
    assert times(copies((6, 1), (7, 2), (8, 4))) == [1, 1, 1]
    assert times(copies((6, 1), (6, 2), (6, 3))) == [3]
    assert times(copies(*((i, i) for i in range(200)))) == [128, 72]
    for base in (Base.COUNTER, Base.INDEX):
        assert times(copies((6, 1), (7, 2), (8, 3), base=base)) == [1, 1, 1]
    # A word that is kept in between, and one that is for one core.
    kept = [three[0], Instruction(kind=Kind.STORE, address=8, clear=True)]
    assert times([*three[:4], *kept, *three[4:]]) == [1, 1, 1, 1]
    assert times([replace(step, select=step.select & 16) for step in three]) == [1, 1, 1]


@pytest.mark.parametrize(("core", "compact"), CORES.values(), ids=CORES)
def test_a_word_is_not_read_in_the_clock_of_its_store(core: CoreConfig, compact: bool) -> None:
    """Only the instruction behind a store in the code is decoded in the clock of the store."""
    made = programs_of(core, compact=compact)
    for before, after in pairwise(made.code):
        if before.kind is Kind.STORE and after.reads:
            assert before.base is after.base
            assert (before.address - after.address) % made.layout.size
        # A result waits until it is taken, and what is told with it would be told as often.
        if before.kind is Kind.SIGNAL and before.address & Event.REPORT:
            assert before.address == Event.REPORT


def test_clocks(rng: random.Random) -> None:
    """What docs/chip.md says, of the programs alone: words wait for the bus besides."""
    made = small()
    # Seven block RAMs of iCE40, also with all the lanes that there can be.
    for one in (made, small(SerialConfig(engines=1, lanes=4))):
        assert len(one.code) <= 512
        assert one.layout.size == 512
    processor = ready(
        made, hit_mask=0, version_rolling=ROLLING | 0xFFFF, first_version=0xFFF0, nonce_span=5
    )
    processor.jobs.extend(job_words(1, some_header(rng)))
    assert processor.run("rest") <= 221
    assert processor.run("rest") <= 2450
    processor.conditions.add(Condition.SETTLED)
    assert processor.run("rest") <= 2050
    processor.conditions.remove(Condition.SETTLED)
    processor.hits.append((5, 2, 1))
    assert 4700 <= processor.run("rest") <= 5100


def test_refusals() -> None:
    with pytest.raises(ValueError, match="address must be a number of 10 bits: 1024"):
        Instruction(kind=Kind.ADD, address=1024)
    with pytest.raises(ValueError, match="a sum cannot clear the accumulator"):
        Instruction(kind=Kind.ADD, clear=True)
    with pytest.raises(ValueError, match="memory of 1024 words is too small"):
        MemoryMap(lanes=8, rounds=64, batches=16, constants=range(400), scratch=20)
    with pytest.raises(ValueError, match="cores must be a power of two from 1 to 128, not 3"):
        programs(cores=3)


def test_whatever_the_memory_holds(rng: random.Random) -> None:
    """Without a preset memory: all but the numbers is anything when the chip is switched on."""
    core = SerialConfig(engines=2)
    program = plan(core).program
    made = microcode(program, lanes=1, rounds=64, batches=2, compact=True, preset=False)
    layout = made.layout
    memory = [rng.getrandbits(32) for _ in range(layout.size)]
    for first, numbers in layout.numbers().items():
        memory[first : first + len(numbers)] = numbers
    zeroed, anything = ProcessorModel(made), ProcessorModel(made, memory=memory)
    headers = [some_header(rng) for _ in range(3)]
    for processor in (zeroed, anything):
        processor.run("rest")
        for job_id, header in enumerate(headers):
            give(processor, job_id, header)

    def words(processor: ProcessorModel) -> list[tuple[int | None, int, int]]:
        # Batches are numbered on from whatever was there.
        return [word for word in processor.sent if word[1] != Control.TAG]

    assert words(zeroed)
    assert words(anything) == words(zeroed)
