"""A cell library as its Liberty has it: the cells that mapping may use, with their wires."""

import re
from collections.abc import Iterator
from pathlib import Path

from .errors import AsicError
from .function import truth_table
from .liberty import Group, parse
from .library import Arc, Cell, Energy, Library, Pin, Table

#: Inputs of a cell whose function is still a number of 64 bits.
MOST_INPUTS = 6
#: What makes a cell one that mapping cannot use.
_OTHER = ("latch", "statetable", "test_cell", "memory", "bundle", "bus")
#: The attribute of a clock gate, and its value for the one that mapping uses.
_GATE, _POSITIVE_GATE = "clock_gating_integrated_cell", "latch_posedge"
_CAPS = ("capacitance", "rise_capacitance", "fall_capacitance")
_FARADS = {"pf": 1e3, "ff": 1.0}
_SECONDS = {"1ns": 1e3, "1ps": 1.0, "10ps": 10.0, "100ps": 100.0}
_WATTS = {"1mw": 1e6, "1uw": 1e3, "1nw": 1.0, "1pw": 1e-3, "10nw": 10.0, "100pw": 0.1, "10pw": 0.01}


def load(path: Path, wire: float, *, clock_gates: bool = False) -> Library:
    """A library from a file.

    Parameters
    ----------
    path
        Liberty.
    wire
        What the wire to each input takes, in fF: it is added to the input's own.
    clock_gates
        Whether registers with an enable are to have clock gates; else there are none in it.

    Raises
    ------
    AsicError
        It cannot be read, or lacks what a core needs: power, a flip-flop, an inverter, a NAND, or
        clock gates if they are wanted.
    """
    try:
        group = parse(path.read_text(encoding="utf-8", errors="replace"))
        library = _Reader(group, wire, clock_gates=clock_gates).library()
    except KeyError as error:
        raise AsicError(f"Liberty {path} has no {error.args[0]} where there must be one") from error
    except (OSError, ValueError, IndexError) as error:
        raise AsicError(f"Liberty {path} cannot be read: {error}") from error
    if not library.flip_flops:
        raise AsicError(
            f"Liberty {path} has no flip-flop that takes its next state from a pin with the "
            "rising edge of its clock"
        )
    if clock_gates and not library.clock_gates:
        raise AsicError(
            f"Liberty {path} has no clock gate of two inputs for flip-flops with a rising edge"
        )
    for cell in library.cells.values():
        if not any(pin.energies for pin in cell.pins) and cell.inputs:
            raise AsicError(f"Liberty {path} has no internal_power in cell {cell.name}")
    # What mapping needs besides is told where it is missing.
    _ = library.gate, library.inverter
    return library


class _Reader:
    def __init__(self, group: Group, wire: float, *, clock_gates: bool = False) -> None:
        self._group = group
        self._gates = clock_gates
        attributes = group.attributes
        number, unit = group.lists["capacitive_load_unit"]
        self._farads = float(number) * _FARADS[unit.lower()]
        self._seconds = _SECONDS[attributes["time_unit"].lower()]
        self._watts = _WATTS[attributes.get("leakage_power_unit", "1nW").lower()]
        conditions = next(iter(group.of("operating_conditions")), None)
        voltage = conditions.number("voltage") if conditions else 0.0
        self._voltage = voltage or group.number("nom_voltage")
        if not self._voltage:
            raise ValueError("it has no nom_voltage")
        # Energies are in the unit of capacitances times a square volt.
        self._joules = self._farads
        self._wire = wire
        names = ("lu_table_template", "power_lut_template")
        self._templates = {made.arguments[0]: made for made in group.of(*names)}

    def library(self) -> Library:
        cells: dict[str, Cell] = {}
        kept: list[Group] = []
        for group in self._group.groups:
            if group.name != "cell":
                kept.append(group)
            elif (cell := self._cell(group)) is not None:
                cells[cell.name] = cell
                kept.append(self._wired(group))
        group = self._group
        made = Group(group.name, group.arguments, group.attributes, group.lists, kept)
        # What their wires take is in the pins.
        made.attributes = {
            name: value
            for name, value in made.attributes.items()
            if "wire_load" not in name and name != "default_operating_conditions"
        }
        made.groups = [one for one in made.groups if "wire_load" not in one.name]
        text = "\n".join(made.write())
        return Library(group.arguments[0], self._voltage, cells, text)

    def _wired(self, cell: Group) -> Group:
        for pin in cell.of("pin"):
            if pin.attributes["direction"] == "input":
                for name in _CAPS:
                    if name in pin.attributes:
                        more = pin.number(name) + self._wire / self._farads
                        pin.attributes[name] = f"{more:.8g}"
        return cell

    def _cell(self, group: Group) -> Cell | None:
        """A cell, or none if mapping cannot use it."""
        kinds = {made.name for made in group.groups}
        pins = [pin for pin in group.of("pin") if pin.attributes.get("direction") != "internal"]
        gate = group.attributes.get(_GATE) == _POSITIVE_GATE and len(pins) == 3 and self._gates
        others = {*_OTHER} - {"latch", "statetable"} if gate else {*_OTHER}
        if kinds & others or group.attributes.get("dont_use") == "true":
            return None
        directions = {pin.attributes.get("direction") for pin in pins}
        inputs = [pin.arguments[0] for pin in pins if pin.attributes["direction"] == "input"]
        flip_flop = next(iter(group.of("ff")), None)
        strange = any("three_state" in pin.attributes for pin in pins)
        if directions != {"input", "output"} or strange or len(inputs) > MOST_INPUTS:
            return None
        state: dict[str, int] = {}
        clock = ""
        if gate:
            clock = next(
                pin.arguments[0] for pin in pins if "clock_gate_clock_pin" in pin.attributes
            )
        elif flip_flop is not None:
            clock = flip_flop.attributes["clocked_on"].strip("() ")
            next_state = flip_flop.attributes["next_state"].strip("() ")
            free = {clock, next_state}
            # Mapping ties what sets and resets without the clock.
            for name in ("clear", "preset"):
                free.add(flip_flop.attributes.get(name, clock).strip("!'() "))
            if clock not in inputs or next_state not in inputs or free != {*inputs}:
                return None
            rows = truth_table(next_state, inputs)
            every = (1 << (1 << len(inputs))) - 1
            state = dict(zip(flip_flop.arguments, (rows, every ^ rows), strict=True))
        leakage = [one.number("value") for one in group.of("leakage_power")]
        mean = sum(leakage) / len(leakage) if leakage else 0.0
        return Cell(
            group.arguments[0],
            group.number("area"),
            group.number("cell_leakage_power", mean) * self._watts,
            tuple(self._pin(pin, inputs, state, gate=gate) for pin in pins),
            clock,
            gate,
        )

    def _pin(self, group: Group, inputs: list[str], state: dict[str, int], *, gate: bool) -> Pin:
        name = group.arguments[0]
        energies = tuple(self._energies(group))
        if group.attributes["direction"] == "input":
            capacitance = group.number("capacitance") * self._farads + self._wire
            return Pin(name, False, capacitance, energies=energies)
        if gate:
            # What it does depends on a state: whoever simulates it knows clock gates.
            return Pin(name, True, 0.0, 0, tuple(self._arcs(group)), energies)
        function = group.attributes["function"].strip()
        inverted = function.startswith("!") or function.endswith("'")
        bare = function.strip("!'() ")
        if bare in state:
            every = (1 << (1 << len(inputs))) - 1
            rows = state[bare] ^ (every if inverted else 0)
        else:
            rows = truth_table(function, inputs)
        return Pin(name, True, 0.0, rows, tuple(self._arcs(group)), energies)

    def _arcs(self, pin: Group) -> Iterator[Arc]:
        senses = {"positive_unate": 1, "negative_unate": -1}
        for timing in pin.of("timing"):
            kind = timing.attributes.get("timing_type", "combinational")
            if kind not in {"combinational", "rising_edge"}:
                continue
            sense = senses.get(timing.attributes.get("timing_sense", ""), 0)
            sense = 1 if kind == "rising_edge" else sense
            tables = {made.name: made for made in timing.groups}
            for rises, edge in ((True, "rise"), (False, "fall")):
                if f"cell_{edge}" not in tables:
                    continue
                delay = self._table(tables[f"cell_{edge}"], self._seconds)
                slew = self._table(tables[f"{edge}_transition"], self._seconds)
                for related in timing.attributes["related_pin"].split():
                    yield Arc(related, rises, sense, delay, slew)

    def _energies(self, pin: Group) -> Iterator[Energy]:
        for power in pin.of("internal_power"):
            related = power.attributes.get("related_pin", "").split() or [""]
            for table in power.groups:
                edges = {"rise_power": [True], "fall_power": [False], "power": [True, False]}
                for rises in edges.get(table.name, []):
                    for one in related:
                        yield Energy(one, rises, self._table(table, self._joules))

    def _table(self, group: Group, unit: float) -> Table:
        template = self._templates.get(group.arguments[0] if group.arguments else "")
        indices: dict[str, tuple[float, ...]] = {}
        for number in ("1", "2", "3"):
            source = group.lists.get(f"index_{number}")
            if source is None and template is not None:
                source = template.lists.get(f"index_{number}")
            if source is not None and template is not None:
                variable = template.attributes[f"variable_{number}"]
                indices[variable] = _numbers(source)
        values = _numbers(group.lists["values"])
        slews: tuple[float, ...] = (0.0,)
        loads: tuple[float, ...] = (0.0,)
        order = list(indices)
        for variable, index in indices.items():
            if "transition" in variable:
                slews = tuple(value * self._seconds for value in index)
            else:
                loads = tuple(value * self._farads for value in index)
        if len(order) == 2 and "capacitance" in order[0]:
            wide = len(slews)
            values = tuple(values[x * wide + y] for y in range(wide) for x in range(len(loads)))
        if len(values) != len(slews) * len(loads):
            raise ValueError(f"{group.name} has {len(values)} values")
        return Table(slews, loads, tuple(value * unit for value in values))


def _numbers(texts: list[str]) -> tuple[float, ...]:
    return tuple(float(number) for text in texts for number in re.split(r"[\s,]+", text.strip()))
