"""A mutant of Yosys: what it changes, and whether a proof notices."""

import re
import tempfile
import time
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from tests.formal.catalogue import properties
from tests.formal.property import Property
from tests.formal.prove import (
    READ,
    ToolError,
    base_case,
    induction,
    possible,
    write_hardware,
    write_model,
    yosys,
)

#: All of the hardware, and nothing of what asserts: that is the module ``top`` itself.
_HARDWARE = "top.*"

#: A clock: the model has but one, and no edges.
_CLOCK = re.compile(r"-port \S*CLK\b")

#: The mutated module beside itself, with the same inputs and equal registers.
_EQUIVALENT = """
design -stash gold
{read}
{change}
design -stash gate
design -copy-from gold -as gold {module}
design -copy-from gate -as gate {module}
flatten
memory_map
async2sync
opt_clean
equiv_make gold gate equiv
hierarchy -top equiv
opt_clean
equiv_simple -seq 3
equiv_induct -seq 6
equiv_status -assert
"""


class Fate(Enum):
    """What became of a mutant."""

    #: The proof ends with a run from reset that goes wrong.
    REFUTED = "refuted"
    #: The proof fails, by its induction.
    UNPROVED = "not proved"
    #: What must be possible is not any more.
    STUCK = "stuck"
    #: It is the same hardware: shown by Yosys, from equal registers.
    EQUIVALENT = "equivalent"
    #: The proof holds although the hardware is another one.
    SURVIVED = "survived"
    #: A tool does not take it, or not in time.
    BROKEN = "no verdict"


@dataclass(frozen=True)
class Mutation:
    """One change of the netlist.

    Members
    -------
    block
        The property whose hardware it changes.
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
    """What became of a mutant, and how long that took to find out."""

    mutation: Mutation
    fate: Fate
    seconds: float
    said: str = ""


@cache
def _hardware(name: str) -> str:
    with tempfile.TemporaryDirectory(prefix="mutation-") as scratch:
        write_hardware(properties()[name], Path(scratch))
        return (Path(scratch) / "top.il").read_text()


def mutations(block: str, count: int, seed: int) -> list[Mutation]:
    """As many mutants of a block, drawn evenly from all that there are, the same for a seed."""
    with tempfile.TemporaryDirectory(prefix="mutation-") as scratch:
        folder = Path(scratch)
        (folder / "top.il").write_text(_hardware(block))
        # Some more than are asked for: those of clocks are left out.
        drawn = count + count // 4 + 8
        script = f"{READ}mutate -list {drawn} -seed {seed} -o list.txt {_HARDWARE}\n"
        code, said = yosys(script, folder)
        if code:
            raise ToolError(f"{block}: yosys: {said[-2000:]}")
        lines = (folder / "list.txt").read_text().splitlines()
    # Where they were written is for the reader alone.
    commands = [re.sub(r" -(src|wire|wirebit) \S+", "", line) for line in lines]
    changes = [command for command in dict.fromkeys(commands) if not _CLOCK.search(command)]
    return [Mutation(block, command) for command in changes[:count]]


def _fate(prop: Property, mutation: Mutation, folder: Path) -> Fate:
    write_model(prop, folder, mutation.command + "\n")
    held, _ = base_case(prop, folder)
    if not held:
        return Fate.REFUTED
    held, _ = possible(prop, folder)
    if not held:
        return Fate.STUCK
    if prop.induction:
        held, _ = induction(prop, folder)
        if not held:
            return Fate.UNPROVED
    script = READ + _EQUIVALENT.format(read=READ, change=mutation.command, module=mutation.module)
    code, _ = yosys(script, folder)
    return Fate.SURVIVED if code else Fate.EQUIVALENT


def attempt(mutation: Mutation) -> Outcome:
    """Change the netlist, and prove again."""
    began = time.monotonic()
    prop = properties()[mutation.block]
    with tempfile.TemporaryDirectory(prefix="mutation-") as scratch:
        folder = Path(scratch)
        (folder / "top.il").write_text(_hardware(mutation.block))
        try:
            fate, said = _fate(prop, mutation, folder), ""
        except (ToolError, OSError, TimeoutError) as error:
            fate, said = Fate.BROKEN, str(error)
    return Outcome(mutation, fate, time.monotonic() - began, said)
