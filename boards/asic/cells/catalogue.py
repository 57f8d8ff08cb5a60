"""Which cells are made, and what they do: functions as the cells' own Verilog has them."""

from dataclasses import dataclass

PREFIX = "sky130_fd_sc_hd__"
SUPPLIES = ("VPWR", "VGND", "VPB", "VNB")


@dataclass(frozen=True)
class Kind:
    """A cell without its strength.

    Members
    -------
    functions
        Of its outputs; that of one with a memory is ``IQ``.
    strengths
        That are made.
    clock
        The pin with whose rising edge a flip-flop takes its next state; the pin that opens a latch
        or a clock gate while it is high.
    data
        The next state of a flip-flop, what a latch takes, the enable of a clock gate.
    memory
        ``ff``, ``latch`` or ``gate``; empty without.
    drive
        What it drives, as a part of what an inverter of its strength does: less where transistors
        in series lead to the supply.
    """

    functions: dict[str, str]
    strengths: tuple[int, ...]
    clock: str = ""
    data: str = ""
    memory: str = ""
    drive: float = 1.0

    @property
    def inputs(self) -> list[str]:
        """Its inputs, in the order of the alphabet."""
        functions = [*self.functions.values(), self.clock, self.data]
        return sorted({pin for function in functions for pin in _pins(function)} - {"IQ"})


def _pins(function: str) -> set[str]:
    for mark in "!&|^()":
        function = function.replace(mark, " ")
    return set(function.split())


_ALL = (1, 2, 4)

KINDS: dict[str, Kind] = {
    "inv": Kind({"Y": "!A"}, (1, 2, 4, 8)),
    "buf": Kind({"X": "A"}, _ALL),
    "clkbuf": Kind({"X": "A"}, (1, 2, 4, 8)),
    "nand2": Kind({"Y": "!(A&B)"}, _ALL),
    "nand3": Kind({"Y": "!(A&B&C)"}, (1, 2)),
    "nor2": Kind({"Y": "!(A|B)"}, _ALL, drive=0.6),
    "nor3": Kind({"Y": "!(A|B|C)"}, (1, 2), drive=0.4),
    "and2": Kind({"X": "A&B"}, _ALL),
    "and3": Kind({"X": "A&B&C"}, (1,)),
    "or2": Kind({"X": "A|B"}, _ALL),
    "or3": Kind({"X": "A|B|C"}, (1,)),
    "nand2b": Kind({"Y": "!(!A_N&B)"}, (1,)),
    "nor2b": Kind({"Y": "!(A|!B_N)"}, (1,), drive=0.6),
    "xor2": Kind({"X": "A^B"}, (1, 2), drive=0.6),
    "xnor2": Kind({"Y": "!(A^B)"}, (1, 2), drive=0.6),
    "mux2": Kind({"X": "(A0&!S)|(A1&S)"}, (1, 2)),
    "maj3": Kind({"X": "(A&B)|(A&C)|(B&C)"}, (1,)),
    "a21oi": Kind({"Y": "!((A1&A2)|B1)"}, _ALL, drive=0.6),
    "o21ai": Kind({"Y": "!((A1|A2)&B1)"}, _ALL, drive=0.6),
    "a22oi": Kind({"Y": "!((A1&A2)|(B1&B2))"}, (1,), drive=0.6),
    "o22ai": Kind({"Y": "!((A1|A2)&(B1|B2))"}, (1,), drive=0.6),
    "a21o": Kind({"X": "(A1&A2)|B1"}, (1,)),
    "o21a": Kind({"X": "(A1|A2)&B1"}, (1,)),
    "a31oi": Kind({"Y": "!((A1&A2&A3)|B1)"}, (1,), drive=0.6),
    "o31ai": Kind({"Y": "!((A1|A2|A3)&B1)"}, (1,), drive=0.4),
    "a211oi": Kind({"Y": "!((A1&A2)|B1|C1)"}, (1,), drive=0.4),
    "o211ai": Kind({"Y": "!((A1|A2)&B1&C1)"}, (1,), drive=0.6),
    "ha": Kind({"COUT": "A&B", "SUM": "A^B"}, (1,)),
    "fa": Kind({"COUT": "(A&B)|(A&CIN)|(B&CIN)", "SUM": "A^B^CIN"}, (1,)),
    "dfxtp": Kind({"Q": "IQ"}, _ALL, "CLK", "D", "ff"),
    "edfxtp": Kind({"Q": "IQ"}, (1,), "CLK", "(D&DE)|(IQ&!DE)", "ff"),
    "dlxtp": Kind({"Q": "IQ"}, (1,), "GATE", "D", "latch"),
    "dlclkp": Kind({"GCLK": "CLK&IQ"}, _ALL, "CLK", "GATE", "gate"),
}

#: All cells, by their names without the library's.
CELLS = [f"{name}_{strength}" for name, kind in KINDS.items() for strength in kind.strengths]


def kind_of(cell: str) -> tuple[Kind, int]:
    """The kind of a cell, and its strength."""
    name, strength = cell.rsplit("_", 1)
    return KINDS[name], int(strength)
