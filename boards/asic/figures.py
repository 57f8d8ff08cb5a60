"""The figures of a core in cells that are kept: those of a table, not paths and modules."""

import json
from dataclasses import asdict, dataclass

from ..flow.tools import tool
from .flow import Result
from .timing import opensta


@dataclass(frozen=True)
class BlockFigures:
    """Of a block: gate equivalents, and nJ a hash."""

    gates: float
    energy: float


@dataclass(frozen=True)
class CellFigures:
    """What a core takes.

    Members
    -------
    cells, flip_flops
        How many.
    area, gates
        In µm², and in gate equivalents.
    rate
        Hashes a cycle.
    period : ns
        Of the longest path.
    energy, clock : nJ
        A hash, and of that what the clock takes.
    glitches
        Edges for each that is needed.
    hashes
        That were measured, and whose digests are right.
    blocks
        By title.
    tools
        Identities of what has mapped and timed it.
    """

    cells: int
    flip_flops: int
    area: float
    gates: float
    rate: float
    period: float
    energy: float
    clock: float
    glitches: float
    hashes: int
    blocks: dict[str, BlockFigures]
    tools: list[str]

    #: A core in cells has no clock that it is asked for.
    met = True

    @classmethod
    def of(cls, result: Result) -> "CellFigures":
        """Those of a result whose energy was measured."""
        energy = result.energy
        assert energy is not None
        blocks = {
            title: BlockFigures(
                round(block.area / result.gate, 1), round(energy.blocks[title].total / 1e3, 4)
            )
            for title, block in result.blocks.items()
        }
        return cls(
            cells=result.cells,
            flip_flops=sum(block.flip_flops for block in result.blocks.values()),
            area=round(result.area, 1),
            gates=round(result.gates, 1),
            rate=result.rate,
            period=round(result.timing.period, 4),
            energy=round(energy.total / 1e3, 4),
            clock=round(energy.clock / 1e3, 4),
            glitches=round(energy.glitches, 3),
            hashes=energy.hashes,
            blocks=blocks,
            tools=[tool("yosys").identity, opensta().identity],
        )

    @property
    def place(self) -> tuple[float, float]:
        """Where it is in a picture: thousands of gate equivalents for a hash a cycle, and nJ."""
        return self.gates / self.rate / 1e3, self.energy

    def to_json(self) -> str:
        """As one JSON object."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "CellFigures":
        """The figures of :meth:`to_json`."""
        values = json.loads(text)
        blocks = {title: BlockFigures(**block) for title, block in values.pop("blocks").items()}
        return cls(**values, blocks=blocks)
