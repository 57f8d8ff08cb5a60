"""Patterns match what they must, nothing that they must not, and are no more than it takes."""

from hypothesis import given
from hypothesis import strategies as st

from sluice.rtl.hls.codegen.patterns import patterns


def matched(found: list[str], width: int) -> set[int]:
    """All numbers that match one of the patterns, bit by bit."""
    return {
        number
        for number in range(1 << width)
        for pattern in found
        if all(
            one in ("-", other) for one, other in zip(pattern, f"{number:0{width}b}", strict=True)
        )
    }


@given(st.integers(1, 6).flatmap(lambda width: st.tuples(st.just(width), _sets(width))))
def test_numbers(drawn: tuple[int, tuple[set[int], set[int]]]) -> None:
    width, (on, free) = drawn
    found = patterns(on, free, width)
    assert all(len(pattern) == width for pattern in found)
    assert on - free <= matched(found, width) <= on | free
    for index, pattern in enumerate(found):
        fewer = [*found[:index], *found[index + 1 :]]
        assert not on - free <= matched(fewer, width)
        for bit, value in enumerate(pattern):
            if value != "-":
                wider = [pattern[:bit] + "-" + pattern[bit + 1 :]]
                assert not matched(wider, width) <= on | free


def _sets(width: int) -> st.SearchStrategy[tuple[set[int], set[int]]]:
    numbers = st.sets(st.integers(0, (1 << width) - 1))
    return st.tuples(numbers, numbers)


def test_a_slot_of_seventy_two() -> None:
    """Of numbers up to 71 only one of eight has bit 6: the bits between need no look."""
    assert patterns(range(64, 72), range(72, 128), 7) == ["1------"]
