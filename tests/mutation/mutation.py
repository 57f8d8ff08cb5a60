"""A mutant of Yosys: what it changes, where all mutants of a block are, and what became of one.

All mutants of a block are in one netlist: each changes something only while the input ``mutant`` is
its number (``mutate -ctrl``). So a block is compiled, or becomes a model for the solver, once.
"""

import re
import tempfile
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from tests.formal.prove import READ, ToolError, yosys
from tests.mutation.blocks import blocks

#: The input that chooses a mutant, and its bits. 0 is the hardware as it is.
SELECT, WIDTH = "mutant", 16

#: A clock: the models have but edges of one. And a register's own output, with which its value
#: after reset would be lost: what reads it, and what it becomes, is changed as well.
_LEFT_OUT = re.compile(r"-port (\S*CLK|Q)\b")


class Fate(Enum):
    """What became of a mutant."""

    #: The proof ends with a run from reset that goes wrong.
    REFUTED = "refuted"
    #: The proof fails, by its induction.
    UNPROVED = "not proved"
    #: A test fails.
    FAILED = "failed"
    #: What must be possible is not any more; or a test goes on for too many cycles.
    STUCK = "stuck"
    #: It is the same hardware.
    EQUIVALENT = "equivalent"
    #: All hold although the hardware is another one.
    SURVIVED = "survived"
    #: A tool does not take it, or not in time.
    BROKEN = "no verdict"


@dataclass(frozen=True)
class Mutation:
    """One change of the netlist.

    Members
    -------
    block
        Whose hardware it changes.
    command
        For Yosys.
    """

    block: str
    command: str

    @property
    def module(self) -> str:
        """The module that is changed."""
        found = re.search(r"-module (\S+)", self.command)
        assert found, self.command
        return found[1]


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant, how long that took to find out, and who noticed."""

    mutation: Mutation
    fate: Fate
    seconds: float
    said: str = ""


@dataclass(frozen=True)
class Drawing:
    """Mutants of a block, drawn evenly from all that there are: the same ones for a seed."""

    block: str
    count: int
    seed: int

    @property
    def mutations(self) -> list[Mutation]:
        """The mutants, in the order of their numbers, the first of which is 1."""
        return _drawn(self)

    @property
    def changes(self) -> str:
        """Commands of Yosys that put all of them into the netlist."""
        chosen = f"mutate -ctrl {SELECT} {WIDTH}"
        return "".join(
            f"{chosen} {number} {mutation.command.removeprefix('mutate ')}\n"
            for number, mutation in enumerate(self.mutations, 1)
        )

    @property
    def netlist(self) -> str:
        """The RTLIL of the block, without them."""
        return _netlist(self.block)


@cache
def _netlist(block: str) -> str:
    return blocks()[block].netlist()


@cache
def _drawn(drawing: Drawing) -> list[Mutation]:
    count, block = drawing.count, blocks()[drawing.block]
    with tempfile.TemporaryDirectory(prefix="mutation-") as scratch:
        folder = Path(scratch)
        (folder / "top.il").write_text(drawing.netlist)
        # More than are asked for: some are left out.
        draw = f"mutate -list {2 * count} -seed {drawing.seed} -o list.txt"
        # What a memory holds at first is no hardware.
        cells = " ".join(f"{pattern} t:$meminit* %d" for pattern in block.modules)
        script = f"{READ}{draw} {cells}\n"
        code, said = yosys(script, folder)
        if code:
            raise ToolError(f"{block.name}: yosys: {said[-2000:]}")
        lines = (folder / "list.txt").read_text().splitlines()
    # Where they were written is for the reader alone.
    commands = [re.sub(r" -(src|wire|wirebit) \S+", "", line) for line in lines]
    changes = [command for command in dict.fromkeys(commands) if not _LEFT_OUT.search(command)]
    return [Mutation(block.name, command) for command in changes[:count]]
