"""The programs of the engine against the reference, and the generator on random programs."""

import random
from itertools import pairwise

import pytest
from Crypto.Hash import SHA256
from hypothesis import given
from hypothesis import strategies as st

from sluice.rtl.core import CoreConfig
from sluice.rtl.core.mining import header_inputs
from sluice.rtl.core.plan import plan
from sluice.rtl.core.work import Control
from sluice.rtl.dataflow.node import Binding, Graph
from sluice.rtl.dataflow.program import job_program
from sluice.rtl.dispatch.codegen import NOTHING, Place, generate, spaced
from sluice.rtl.dispatch.isa import Flow, Instruction, Kind, Told
from sluice.rtl.dispatch.layout import SLOT_HIT_MASK, SLOT_JOB, SLOT_WORDS
from sluice.rtl.dispatch.microcode import FIRST_NONCE, Microcode, microcode
from sluice.rtl.dispatch.model import EngineModel
from sluice.rtl.protocol.header import Header
from tests.rtl.dataflow.direct import value
from tests.rtl.dataflow.graphs import JOB_INPUTS, graphs, job_inputs


def programs(lanes: int) -> Microcode:
    return microcode(plan(CoreConfig(lanes=lanes)).program, lanes=lanes, rounds=64)


def loaded(made: Microcode, header: Header, slot: int) -> EngineModel:
    engine = EngineModel(made)
    start = slot * SLOT_WORDS
    engine.memory[start : start + 20] = header.words
    engine.memory[start + SLOT_JOB] = 0x5A
    engine.memory[start + SLOT_HIT_MASK] = 0x12345678
    return engine


@pytest.mark.parametrize("lanes", [1, 2, 8])
def test_job_words(lanes: int, rng: random.Random) -> None:
    """Midstates of all lanes, and the job words, are those of the job program in Python."""
    made = programs(lanes)
    for slot in range(4):
        header = Header.from_bytes(rng.randbytes(80)).with_version(0x20000000)
        engine = loaded(made, header, slot)
        rolled = [rng.getrandbits(16) for _ in range(lanes)]
        versions = [header.with_version(header.version | bits << 13).words[0] for bits in rolled]
        for lane, word in enumerate(versions):
            engine.run(made.midstate, slot=slot, lane=lane, rolled=word)
        engine.run(made.job, slot=slot)
        inputs = header_inputs(header.words, versions)
        expected = plan(CoreConfig(lanes=lanes)).program.run(inputs)
        steering = [(Control.MASK, 0x12345678), (FIRST_NONCE, header.w19)]
        assert engine.sent[-2:] == steering
        assert sorted(engine.sent[:-2]) == list(enumerate(expected))


@pytest.mark.parametrize("lanes", [1, 4])
def test_check(lanes: int, rng: random.Random) -> None:
    """A check tells the whole digest, last word first."""
    made = programs(lanes)
    header = Header.from_bytes(rng.randbytes(80))
    engine = loaded(made, header, 2)
    engine.run(made.midstate, slot=2, lane=lanes)
    engine.run(made.check, slot=2, nonce=header.w19)
    digest = SHA256.new(SHA256.new(bytes(header)).digest()).digest()
    words = [int.from_bytes(digest[i : i + 4], "big") for i in range(0, 32, 4)]
    told = [(int(Told.JOB), 0x5A), (int(Told.HIT_MASK), 0x12345678)]
    assert engine.told == told + [(i, words[i]) for i in range(7, -1, -1)]


@given(graphs(), job_inputs(), st.integers(0, 2**32 - 1))
def test_generator(graph: Graph, job: dict[str, int], nonce: int) -> None:
    """Any program of sums and functions, its results sent."""
    program = job_program([node for node in graph.nodes if node.binding is Binding.JOB][3:])
    places: dict = {name: Place(900 + i) for i, name in enumerate(JOB_INPUTS)}
    places |= {number: Place(910 + i) for i, number in enumerate(program.constants)}
    results = range(len(program.results))
    code = spaced(generate(program, places, list(results), Place(500)))
    halt = Instruction(kind=Kind.FLOW, select=Flow.HALT)
    base = programs(1)
    made = Microcode(base.layout, (*code, halt), 0, 0, 0)
    engine = EngineModel(made, memory=[nonce] * 1024)
    for name, number in job.items():
        engine.memory[places[name].address] = number
    for number in program.constants:
        engine.memory[places[number].address] = number
    engine.run(0)
    known: dict = {}
    nodes = [node for node in graph.nodes if node.binding is Binding.JOB][3:]
    assert sorted(engine.sent) == [(i, value(node, job, known)) for i, node in enumerate(nodes)]


def test_a_word_is_not_read_in_the_clock_after_its_store() -> None:
    for before, after in pairwise(programs(2).code):
        if before.kind is Kind.STORE and after.reads and after != NOTHING:
            assert before.base is after.base
            assert before.address != after.address


def test_refusals() -> None:
    with pytest.raises(ValueError, match="address must be a number of 10 bits: 1024"):
        Instruction(kind=Kind.ALU, address=1024)
    with pytest.raises(ValueError, match="memory of 128 words is too small"):
        programs(1).layout.contents(128)
