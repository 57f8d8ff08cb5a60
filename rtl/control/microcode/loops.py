"""Loops for words of jobs that are copied: the instructions of each are those of another, with
addresses one further.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from ..isa import Base, Instruction, Kind
from ..memory_map import ROW, counted

#: From one accumulator of zero to the next.
_Block = tuple[Instruction, ...]

#: Instructions that begin and end a loop.
_AROUND = 2


@dataclass(frozen=True)
class Stretch:
    """Instructions that are run a number of times; with addresses relative to the counter, if it
    is more than one.
    """

    times: int
    code: _Block


def stretches(code: Sequence[Instruction]) -> list[Stretch]:
    """Programs that do the same as `code`, one after the other.

    What uses the counter or the index is left alone, and words that are sent to all cores one after
    the other may come in another order.
    """
    found: list[Stretch] = []
    for plain, blocks in groupby(_blocks(code), _is_plain):
        if plain:
            found += _looped(sorted(blocks, key=lambda block: block[-1].address))
        else:
            found += [Stretch(1, block) for block in blocks]
    return found


def _blocks(code: Sequence[Instruction]) -> list[_Block]:
    ends = [i + 1 for i, step in enumerate(code) if step.clear]
    return [tuple(code[first:end]) for first, end in pairwise([0, *ends])]


def _is_plain(block: _Block) -> bool:
    """Whether it sends a sum to all cores, and does nothing else."""
    *sums, last = block
    sends = last.kind is Kind.SEND and bool(last.select)
    added = all(step.kind is Kind.ADD for step in sums)
    return sends and added and all(step.base is Base.ZERO for step in block)


def _looped(blocks: list[_Block]) -> list[Stretch]:
    found: list[Stretch] = []
    while blocks:
        first, times = blocks[0], 1
        further = _further(*blocks[:2]) if len(blocks) > 1 else None
        while further and times < len(blocks) and times < ROW:
            if _further(*blocks[times - 1 : times + 1]) != further:
                break
            times += 1
        if further and len(first) * times > len(first) + _AROUND:
            steps = zip(first, further, strict=True)
            body = tuple(_counted(step, times) if moves else step for step, moves in steps)
            found.append(Stretch(times, body))
        else:
            times = 1
            found.append(Stretch(1, first))
        del blocks[:times]
    return found


def _further(first: _Block, second: _Block) -> list[bool] | None:
    """Which addresses of the second are one further; None if they do not differ just so."""
    if [replace(step, address=0) for step in first] != [replace(s, address=0) for s in second]:
        return None
    steps = [after.address - before.address for before, after in zip(first, second, strict=True)]
    return [bool(step) for step in steps] if set(steps) <= {0, 1} else None


def _counted(step: Instruction, times: int) -> Instruction:
    place = counted(step.address, times)
    return replace(step, base=place.base, address=place.address)
