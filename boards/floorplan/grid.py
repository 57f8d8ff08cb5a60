"""The fabric of an ECP5: where its logic and its block RAM lie.

Coordinates are nextpnr's: columns from the left, rows from the top, in tiles. Rows of logic are
interrupted by rows of block RAM and of multipliers.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The fabric of a device.

    Parameters
    ----------
    columns, rows
        First and last column and row of logic.
    memory_rows
        Rows of block RAM.
    memory_groups
        The first columns of groups of four block RAM, two columns apart.
    """

    columns: tuple[int, int]
    rows: tuple[int, int]
    memory_rows: tuple[int, ...]
    memory_groups: tuple[int, ...]

    @property
    def memory_columns(self) -> dict[int, int]:
        """Columns with block RAM, and the number of each in its group."""
        return {first + 2 * k: k for first in self.memory_groups for k in range(4)}

    @property
    def memories(self) -> int:
        """How many block RAM there are."""
        return len(self.memory_rows) * len(self.memory_columns)

    def memory(self, column: int, row: int) -> str:
        """nextpnr's name of the block RAM at a place."""
        return f"X{column}/Y{row}/EBR{self.memory_columns[column]}"


#: Fabrics by thousands of LUTs, as Project Trellis' database has them; the counts of block RAM are
#: those of FPGA-DS-02012, table 1.1 (56, 108, 208).
GRIDS = {
    24: Grid(
        columns=(2, 70),
        rows=(2, 48),
        memory_rows=(25, 37),
        memory_groups=(4, 13, 22, 33, 42, 51, 60),
    ),
    44: Grid(
        columns=(2, 88),
        rows=(2, 69),
        memory_rows=(10, 34, 58),
        memory_groups=(4, 13, 22, 31, 42, 51, 60, 69, 78),
    ),
    84: Grid(
        columns=(2, 124),
        rows=(2, 93),
        memory_rows=(22, 46, 70, 82),
        memory_groups=(4, 13, 22, 31, 40, 49, 58, 69, 78, 87, 96, 105, 114),
    ),
}


def grid_of(device: str) -> Grid:
    """The fabric of a device by its name: LFE5U-85F, or LFE5UM5G-85F.

    A 12F is a 25F under another name.
    """
    thousands = int(device.partition("-")[2].partition("F")[0])
    return GRIDS[{12: 24, 25: 24, 45: 44, 85: 84}[thousands]]
