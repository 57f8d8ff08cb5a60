"""The function that is mined, its graph, and its job program, against the reference."""

import pytest
from Crypto.Hash import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.rtl.core import PipelineConfig
from sluice.rtl.core.mining import header_inputs, mining_graph
from sluice.rtl.core.plan import plan
from sluice.rtl.hls.interpret import interpret
from sluice.rtl.hls.ir import BindingTime, Graph, reached
from sluice.sim.catalogue import blocks

from .model import header_hash_model, header_hashes

HEADERS = st.binary(min_size=80, max_size=80)


def hashed(header: bytes) -> bytes:
    """The reference."""
    return SHA256.new(SHA256.new(header).digest()).digest()


def split(header: bytes) -> list[int]:
    return [int.from_bytes(header[i : i + 4], "big") for i in range(0, 80, 4)]


@given(HEADERS)
def test_model(header: bytes) -> None:
    words = header_hash_model(split(header))
    assert b"".join(word.to_bytes(4, "big") for word in words) == hashed(header)


def test_model_on_real_blocks() -> None:
    for block in blocks():
        header = bytes(block.header)
        assert header_hash_model(split(header))[7] == 0
        assert header_hash_model(split(header))[6] == int.from_bytes(hashed(header)[24:28], "big")


@settings(max_examples=20)
@given(HEADERS, st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=5), st.integers(18, 63))
def test_model_of_many(header: bytes, nonces: list[int], rounds: int) -> None:
    """All nonces of a header at a time: the reference, and with fewer rounds the other model."""
    each = [header[:76] + nonce.to_bytes(4, "big") for nonce in nonces]
    whole = zip(*header_hashes(split(header), nonces), strict=True)
    for one, words in zip(each, whole, strict=True):
        assert b"".join(int(word).to_bytes(4, "big") for word in words) == hashed(one)
    fewer = zip(*header_hashes(split(header), nonces, rounds), strict=True)
    for one, words in zip(each, fewer, strict=True):
        assert header_hash_model(split(one), rounds) == tuple(int(word) for word in words)


@pytest.fixture(scope="module")
def graphs() -> dict[int, Graph]:
    return {lanes: plan(PipelineConfig(lanes=lanes)).schedule.graph for lanes in (1, 3)}


@pytest.mark.parametrize("lanes", [1, 3])
def test_graph_and_job_program(lanes: int, graphs: dict[int, Graph]) -> None:
    """The words that the job program computes are what the graph has in their places."""
    graph = graphs[lanes]
    words = list(plan(PipelineConfig(lanes=lanes)).schedule.job_uses)
    program = plan(PipelineConfig(lanes=lanes)).program

    @settings(max_examples=20)
    @given(HEADERS, st.lists(st.integers(0, 2**32 - 1), min_size=lanes, max_size=lanes))
    def check(header: bytes, versions: list[int]) -> None:
        inputs = header_inputs(split(header), versions)
        outputs = dict(zip(graph.outputs, interpret(graph.outputs.values(), inputs), strict=True))
        assert outputs["nonce"] == int.from_bytes(header[76:], "big")
        for lane, version in enumerate(versions):
            rolled = version.to_bytes(4, "big") + header[4:]
            assert outputs[f"h7_{lane}"] == int.from_bytes(hashed(rolled)[28:], "big")
        assert program.run(inputs) == interpret(words, inputs)

    check()


def test_what_is_pruned() -> None:
    """The last three rounds and the first three are not in the pipeline, nor is the midstate."""
    graph = mining_graph()
    names = {node.name for node in graph.reached() if node.known is BindingTime.NONCE}
    assert {"p_e4_0", "p_w18_0", "p_e64_0", "s_e1_0", "s_e60_0"} <= names
    assert not {"p_e3_0", "p_w17_0", "s_e62_0", "s_e63_0", "s_e64_0", "s_a59_0"} & names


def test_lanes_share_the_schedule() -> None:
    one, two = (
        [node for node in mining_graph(lanes).reached() if node.known is BindingTime.NONCE]
        for lanes in (1, 2)
    )
    schedule = [node for node in one if node.name.startswith("p_w")]
    assert len(schedule) > 40
    shared = len(reached(schedule)) - sum(
        n.known is not BindingTime.NONCE for n in reached(schedule)
    )
    assert len(two) <= 2 * len(one) - shared


@pytest.mark.parametrize("rounds", [18, 33])
def test_fewer_rounds(rounds: int) -> None:
    config = PipelineConfig(rounds=rounds)
    graph = plan(config).schedule.graph
    header = list(range(1, 21))
    found = interpret(graph.outputs.values(), header_inputs(header, [header[0]], rounds))
    assert found == [20, header_hash_model(header, rounds)[7]]
