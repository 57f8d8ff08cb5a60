"""Bits of a running chip change: a sample of what `make faults` draws, and what must be seen."""

from collections.abc import Iterator

import pytest

from tests.faults.classes import PATTERNS, Flip, class_of, draw
from tests.faults.trial import Bench, Level

#: What is in force from configuration on, programs and constants, no reset can bring back.
RESET = [kind for kind in PATTERNS if kind not in {"microcode", "processor memory"}]


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    return Bench()


def test_each_class_has_state(bench: Bench) -> None:
    """All of a chip's state is in a class, and the memories that hold the most are there."""
    assert {class_of(place.name) for place in bench.places} == set(PATTERNS)
    depths = {place.name: place.depth for place in bench.places if place.depth > 256}
    memories = ("link.registers.memory", "controller.processor.memory", "controller.processor.code")
    assert {f"chip0.top.{name}" for name in memories} == set(depths)


@pytest.mark.parametrize("kind", RESET)
def test_sample(bench: Bench, kind: str) -> None:
    """After a flip in what a reset sets there is a way back."""
    (flip,) = draw(bench.places, kind, 1, seed=2)
    outcome = bench.attempt(flip)
    assert outcome.level is not Level.CONFIGURATION, str(flip)


def test_effects_are_seen(bench: Bench) -> None:
    """A host's register is wrong until it is written again; a baud rate, until there is a break."""

    def level(name: str, word: int, bit: int) -> Level:
        place = bench.place(name)
        return bench.attempt(Flip(class_of(place.name), place, word, bit, 0.5)).level

    assert level("link.divider", 0, 5) is Level.BREAK
    assert level("controller.array.core0.shadow0", 0, 31) in {Level.NOTHING, Level.JOB}
