"""Registers and memories of a model, and the parts in which they may differ."""

import re
from dataclasses import dataclass
from functools import cached_property

#: Words of a memory that are looked at one by one.
FEW_WORDS = 16

#: A counter has more bits.
FEW_BITS = 4


@dataclass(frozen=True)
class Item:
    """What may differ: a register, a memory, or a part of one.

    Members
    -------
    name
        Of the function of a state.
    part
        How a part is made of the whole, which is in braces.
    """

    name: str
    part: str = "{}"

    def of(self, term: str) -> str:
        """This part of the whole."""
        return self.part.format(term)


@dataclass(frozen=True)
class Register:
    """A register or a memory of the model.

    Members
    -------
    name
        Of the function of a state.
    path
        In the hardware, with dots.
    sort
        Of SMT-LIB.
    """

    name: str
    path: str
    sort: str

    @property
    def component(self) -> str:
        """Where it is."""
        return self.path.rpartition(".")[0]

    @cached_property
    def items(self) -> list[Item]:
        """It, or its words, or its bits."""
        found = re.fullmatch(r"\(Array \(_ BitVec (\d+)\) .*\)", self.sort)
        if found and 1 << int(found[1]) <= FEW_WORDS:
            bits = int(found[1])
            words = range(1 << bits)
            return [Item(self.name, f"(select {{}} #b{word:0{bits}b})") for word in words]
        if 1 < self.bits <= FEW_BITS:
            bits = self.bits
            return [Item(self.name, f"((_ extract {bit} {bit}) {{}})") for bit in range(bits)]
        return [Item(self.name)]

    @property
    def bits(self) -> int:
        """Of a register; too many of a memory."""
        found = re.fullmatch(r"\(_ BitVec (\d+)\)", self.sort)
        return int(found[1]) if found else 1 << 30


def clocks_of(netlist: str) -> dict[str, set[str]]:
    """The clocks of each component of a netlist in RTLIL, by its path; that of ``top`` is empty."""
    modules = re.findall(r"^module \\top(\S*)\n(.*?)^end$", netlist, re.MULTILINE | re.DOTALL)
    return {
        name.removeprefix("."): set(re.findall(r"connect \\(?:\w*_)?CLK \\(\S+)", body))
        for name, body in modules
    }
