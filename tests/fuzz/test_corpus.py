"""Inputs that the search has kept, and those that once broke something, on every parser."""

import gc
import tracemalloc
from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS, Target

CORPUS = Path(__file__).with_name("corpus")

#: Bytes that may be left behind by reading all inputs of a target again: what grows with each of
#: them is more.
LEFT = 4096


def test_each_target_has_a_corpus() -> None:
    assert {path.name for path in CORPUS.iterdir() if path.is_dir()} == set(TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_corpus(name: str) -> None:
    """Nothing is raised but what is documented, and nothing is left behind."""
    inputs = [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]
    assert inputs
    target = TARGETS[name]
    tracemalloc.start()
    try:
        # What replaces something from before would look like more than there was.
        before, after = (_held(target, inputs) for _ in range(2))
    finally:
        tracemalloc.stop()
    assert after - before < LEFT


def _held(target: Target, inputs: list[bytes]) -> int:
    """Bytes that are there after three readings, of those since tracing began."""
    for _ in range(3):
        for data in inputs:
            target(data)
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
