"""Blocks drawn to their regions by block RAM that is fixed there.

nextpnr keeps a cell where its attribute ``BEL`` says. Neither a carry chain nor distributed RAM can
have one before it is packed: both halves of a CCU2C would get the same, a TRELLIS_DPR16X4 loses its
attributes. So a block's block RAM alone is fixed, in the middle of its region. The placer starts
from what is fixed, and the rest of the block follows.
"""

import re
from collections import defaultdict
from typing import Any

from .grid import Grid
from .regions import Region, RegionError, regions

#: Changes when the same netlist comes out otherwise: the cache keeps what goes in by it.
RULES = "block RAM in the middle of regions, 1"

_RAM = "DP16KD"

#: A block: a core, or that part of one that a broadcast stage feeds.
_BLOCK = re.compile(r"\bcore(\d+)\.(?:stage(\d+)\.)?")

#: How much of a region's width its block RAM is spread over.
_SPREAD = 0.8

#: A block's number: of its core, and of its stage.
Block = tuple[int, int]


def blocks_of(module: dict[str, Any]) -> dict[Block, list[str]]:
    """Names of block RAM in each block of a module, in the order of blocks.

    A core that is in stages has other block RAM too; it belongs to no block.
    """
    found: defaultdict[Block, list[str]] = defaultdict(list)
    for name, cell in module["cells"].items():
        block = _BLOCK.search(name)
        if cell["type"] == _RAM and block:
            found[int(block[1]), -1 if block[2] is None else int(block[2])].append(name)
    staged = {core for core, stage in found if stage >= 0}
    kept = sorted(block for block in found if block[1] >= 0 or block[0] not in staged)
    return {block: sorted(found[block]) for block in kept}


def anchor(module: dict[str, Any], grid: Grid) -> dict[Block, Region]:
    """Fix the block RAM of all blocks of a module of Yosys' netlist; the region of each.

    Raises
    ------
    RegionError
        There are no blocks with block RAM, or a region has too few of them.
    """
    blocks = blocks_of(module)
    if not blocks:
        raise RegionError("regions are for cores that have block RAM, and none has")
    placed = dict(zip(blocks, regions(grid, len(blocks)), strict=True))
    taken: set[tuple[int, int]] = set()
    for block, region in placed.items():
        names = blocks[block]
        columns = [x for x in grid.memory_columns if region.left <= x <= region.right]
        free = [x for x in columns if (x, region.memory_row) not in taken]
        if len(free) < len(names):
            raise RegionError(f"a region has {len(free)} block RAM, a block {len(names)}")
        middle, width = (region.left + region.right) / 2, region.right - region.left
        for number, name in enumerate(names):
            offset = ((number + 0.5) / len(names) - 0.5) * width * _SPREAD
            column = min(free, key=lambda x: abs(x - middle - offset))
            free.remove(column)
            taken.add((column, region.memory_row))
            module["cells"][name]["attributes"]["BEL"] = grid.memory(column, region.memory_row)
    return placed
