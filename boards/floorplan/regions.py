"""A rectangle of the fabric for each of a chip's blocks, around the block RAM that it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from .grid import Grid

#: Rows of block RAM that are nearer to each other than this many rows count as one.
APART = 20

#: What the rest of a chip takes, in blocks.
REST = Fraction(1, 2)


class RegionError(ValueError):
    """Blocks that a fabric has no regions for. The message says how many."""


@dataclass(frozen=True)
class Region:
    """First and last column, first and last row, both inclusive, and its row of block RAM."""

    left: int
    right: int
    top: int
    bottom: int
    memory_row: int


def _strips(grid: Grid, most: int) -> list[tuple[int, int, int]]:
    """First and last row of what lies around each row of block RAM, and that row."""
    kept: list[int] = []
    for row in grid.memory_rows:
        if not kept or row - kept[-1] >= APART:
            kept.append(row)
    kept = kept[:most]
    first, last = grid.rows
    ends = [(upper + lower) // 2 for upper, lower in pairwise(kept)]
    tops = [first, *(end + 1 for end in ends)]
    return list(zip(tops, [*ends, last], kept, strict=True))


def _shares(heights: Sequence[int], blocks: int) -> list[int]:
    """How many of the blocks each strip gets, in proportion to its rows."""
    ideal = [Fraction(height, sum(heights)) * (blocks + REST) for height in heights]
    shares = [int(share) for share in ideal]
    by_rest = sorted(range(len(ideal)), key=lambda strip: shares[strip] - ideal[strip])
    for strip in by_rest[: blocks - sum(shares)]:
        shares[strip] += 1
    return shares


def regions(grid: Grid, blocks: int) -> list[Region]:
    """A region for each of so many blocks, in an order in which neighbours touch.

    Strips of rows, each around a row of block RAM, are cut into columns, and numbered to and fro.
    The strip with most room to spare keeps it at its left end, for the rest of the chip.

    Raises
    ------
    RegionError
        There are none.
    """
    if blocks < 1:
        raise RegionError(f"regions are for one block or more, not for {blocks}")
    strips = _strips(grid, blocks)
    heights = [bottom - top + 1 for top, bottom, _ in strips]
    shares = _shares(heights, blocks)
    width = grid.columns[1] - grid.columns[0] + 1
    area = Fraction(width * sum(heights)) / (blocks + REST)
    room = [width - share * area / height for share, height in zip(shares, heights, strict=True)]
    roomy = room.index(max(room))
    found: list[Region] = []
    for index, ((top, bottom, memory_row), share) in enumerate(zip(strips, shares, strict=True)):
        if share == 0:
            continue
        left = grid.columns[0] + (int(room[index]) if index == roomy and room[index] > 0 else 0)
        span = Fraction(grid.columns[1] + 1 - left, share)
        cuts = [left + int(span * number) for number in range(share + 1)]
        row = [Region(a, b - 1, top, bottom, memory_row) for a, b in pairwise(cuts)]
        found += row if index % 2 == 0 else reversed(row)
    return found
