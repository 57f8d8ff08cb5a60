"""Inputs that the search has kept, and those that once broke something, on every parser."""

import gc
import tracemalloc
from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS

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
    for _ in range(3):
        for data in inputs:
            target(data)
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(3):
            for data in inputs:
                target(data)
        gc.collect()
        left = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert left < LEFT
