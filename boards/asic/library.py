"""A cell library: what its cells do, and what they take."""

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from .errors import AsicError

#: The slew of the clock and of ports, in ps, and the load of ports, in fF.
CLOCK_SLEW, OUTPUT_LOAD = 100.0, 30.0

#: Truth tables of a full adder's outputs.
_PARITY, _MAJORITY = 0x96, 0xE8
_FULL_ADDER = {_PARITY, _MAJORITY}


@dataclass(frozen=True)
class Table:
    """A table over slew and load.

    Members
    -------
    slews : ps
        Or one zero.
    loads : fF
        Or one zero.
    values
        In ps or fJ: for each slew one for each load.
    """

    slews: tuple[float, ...]
    loads: tuple[float, ...]
    values: tuple[float, ...]

    def at(self, slew: float, load: float) -> float:
        """The value between the four nearest ones; outside, as they go on, as OpenSTA does it."""
        i, p = _place(self.slews, slew)
        j, q = _place(self.loads, load)
        wide = len(self.loads)

        def row(number: int) -> float:
            left = self.values[min(number, len(self.slews) - 1) * wide + j]
            right = self.values[min(number, len(self.slews) - 1) * wide + min(j + 1, wide - 1)]
            return left * (1 - q) + right * q

        return row(i) * (1 - p) + row(i + 1) * p


@dataclass(frozen=True)
class Arc:
    """From an input to one edge of an output.

    Members
    -------
    input
        The pin.
    rises
        The edge of the output.
    sense
        1 if the input has the same edge, -1 for the other one, 0 for both.
    delay, slew
        In ps, over the input's slew.
    """

    input: str
    rises: bool
    sense: int
    delay: Table
    slew: Table


@dataclass(frozen=True)
class Energy:
    """What a cell takes when a pin switches, besides what its net takes; in fJ."""

    related: str
    rises: bool
    table: Table


@dataclass(frozen=True)
class Pin:
    """A pin.

    Members
    -------
    function
        Rows of an output, see :func:`~.function.truth_table`; of a flip-flop those of its next
        state, inverted if the output is.
    capacitance : fF
        Of an input, with the wire that leads to it.
    """

    name: str
    output: bool
    capacitance: float
    function: int = 0
    arcs: tuple[Arc, ...] = ()
    energies: tuple[Energy, ...] = ()


@dataclass(frozen=True)
class Cell:
    """A cell that mapping may use.

    Members
    -------
    area : µm²
        As the library has it.
    leakage : nW
        The mean over states, where they are told apart.
    clock
        The clock pin of a flip-flop, which takes its next state with the rising edge; or of a clock
        gate.
    gate
        Whether it is a clock gate: its output is its clock in the cycles before which its other
        input, the enable, is one.
    """

    name: str
    area: float
    leakage: float
    pins: tuple[Pin, ...]
    clock: str = ""
    gate: bool = False

    @property
    def register(self) -> bool:
        """Whether it is a flip-flop."""
        return bool(self.clock) and not self.gate

    @property
    def enable(self) -> Pin:
        """The input of a clock gate that is not its clock."""
        return next(pin for pin in self.inputs if pin.name != self.clock)

    @property
    def inputs(self) -> list[Pin]:
        """Input pins, in order."""
        return [pin for pin in self.pins if not pin.output]

    @property
    def outputs(self) -> list[Pin]:
        """Output pins, in order."""
        return [pin for pin in self.pins if pin.output]


@dataclass(frozen=True)
class Library:
    """A library.

    Members
    -------
    name, voltage
        As it says.
    cells
        Those that are used, by name.
    text
        As Liberty, with those cells only, and with the wires.
    """

    name: str
    voltage: float
    cells: dict[str, Cell]
    text: str = field(repr=False)

    @cached_property
    def gate(self) -> Cell:
        """The smallest NAND of two inputs: the area of a gate equivalent."""
        return self._smallest("two-input NAND", 2, 0b0111)

    @cached_property
    def inverter(self) -> Cell:
        """The smallest one."""
        return self._smallest("inverter", 1, 0b01)

    def buffers(self) -> list[Cell]:
        """Buffers, the smallest first."""
        return self._all(1, 0b10)

    @property
    def flip_flops(self) -> list[Cell]:
        """Flip-flops whose next state is a pin."""
        return [cell for cell in self.cells.values() if cell.register]

    @property
    def clock_gates(self) -> list[Cell]:
        """Clock gates, the smallest first."""
        found = [cell for cell in self.cells.values() if cell.gate]
        return sorted(found, key=lambda cell: (cell.area, cell.name))

    def full_adder(self) -> tuple[Cell, Pin, Pin] | None:
        """The smallest cell that adds three bits, with its pins of the sum and of the carry."""
        found = [
            (cell.area, cell.name, cell, pins[_PARITY], pins[_MAJORITY])
            for cell in self.cells.values()
            if not cell.clock
            and len(cell.inputs) == 3
            and (pins := {pin.function: pin for pin in cell.outputs}).keys() == _FULL_ADDER
        ]
        return min(found)[2:] if found else None

    def _all(self, inputs: int, rows: int) -> list[Cell]:
        found = [
            cell
            for cell in self.cells.values()
            if not cell.clock
            and len(cell.inputs) == inputs
            and [pin.function for pin in cell.outputs] == [rows]
        ]
        return sorted(found, key=lambda cell: (cell.area, cell.name))

    def _smallest(self, what: str, inputs: int, rows: int) -> Cell:
        found = self._all(inputs, rows)
        if not found:
            raise AsicError(f"Liberty {self.name} has no {what}")
        return found[0]


def _place(index: tuple[float, ...], value: float) -> tuple[int, float]:
    """The entry before a value, and how far it is to the next one: 0 to 1 within the table."""
    if len(index) == 1:
        return 0, 0.0
    at = min(max(bisect_right(index, value) - 1, 0), len(index) - 2)
    return at, (value - index[at]) / (index[at + 1] - index[at])
