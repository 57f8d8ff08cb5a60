"""Figures of cells as Liberty."""

from collections.abc import Iterator

from ..liberty import Group
from .catalogue import PREFIX, Kind, kind_of
from .characterise import CellFigures
from .gate import LOADS, SLEWS, ArcFigures, Grid, State
from .limits import Limits
from .spice import SUPPLY, TEMPERATURE

#: The name of the library, as the foundry names the corner.
LIBRARY = f"{PREFIX.rstrip('_')}__tt_025C_1v80"
_EDGES = ((True, "rise"), (False, "fall"))


def library(cells: dict[str, CellFigures]) -> Group:
    """The library: ns, pF, pJ, nW."""
    thresholds = {
        f"{name}_threshold_pct_{edge}": str(percent)
        for name, percent in (("slew_lower", 20), ("slew_upper", 80), ("input", 50), ("output", 50))
        for _, edge in _EDGES
    }
    attributes = {
        "delay_model": "table_lookup",
        "time_unit": "1ns",
        "voltage_unit": "1V",
        "current_unit": "1mA",
        "leakage_power_unit": "1nW",
        "pulling_resistance_unit": "1kohm",
        "nom_process": "1",
        "nom_temperature": str(TEMPERATURE),
        "nom_voltage": str(SUPPLY),
        "default_max_transition": "1.5",
        **thresholds,
    }
    groups = [
        Group(
            f"{name}_template",
            [f"{short}_{a}_{b}"],
            {"variable_1": first, "variable_2": "total_output_net_capacitance"},
            {"index_1": [_row(range(1, a + 1))], "index_2": [_row(range(1, b + 1))]},
        )
        for a, b in ((len(SLEWS), len(LOADS)), (2, 2))
        for name, short, first in (
            ("lu_table", "time", "input_net_transition"),
            ("power_lut", "energy", "input_transition_time"),
        )
    ]
    groups += [_cell(cell, figures) for cell, figures in cells.items()]
    return Group("library", [LIBRARY], attributes, {"capacitive_load_unit": ["1", "pf"]}, groups)


def _cell(cell: str, figures: CellFigures) -> Group:
    kind, _ = kind_of(cell)
    leakage = figures.leakage
    mean = sum(leakage.values()) / len(leakage)
    made = Group("cell", [PREFIX + cell])
    made.attributes = {"area": f"{figures.area:g}", "cell_leakage_power": f"{mean:.6g}"}
    made.groups = [
        Group("leakage_power", [], {"when": when, "value": f"{value:.6g}"})
        for when, value in leakage.items()
    ]
    made.groups += _memory(kind)
    if kind.memory == "gate":
        made.attributes["clock_gating_integrated_cell"] = "latch_posedge"
        made.groups.append(Group("pin", ["IQ"], {"direction": "internal", "internal_node": "IQ"}))
    made.groups += [_input(kind, pin, figures) for pin in kind.inputs]
    arcs = [arc for pin in figures.pins.values() for arc in pin.arcs]
    made.groups += [_output(kind, name, arcs) for name in kind.functions]
    return made


def _memory(kind: Kind) -> list[Group]:
    state = ["IQ", "IQ_N"]
    if kind.memory == "ff":
        return [Group("ff", state, {"clocked_on": kind.clock, "next_state": kind.data})]
    if kind.memory == "latch":
        return [Group("latch", state, {"enable": kind.clock, "data_in": kind.data})]
    if kind.memory == "gate":
        rows = "L L : - : L, L H : - : H, H - : - : N"
        return [Group("statetable", [f"{kind.clock} {kind.data}", "IQ"], {"table": rows})]
    return []


def _input(kind: Kind, name: str, figures: CellFigures) -> Group:
    pin = figures.pins[name]
    mean = sum(pin.capacitance.values()) / len(pin.capacitance)
    made = Group("pin", [name], {"direction": "input", "capacitance": f"{mean:.6g}"})
    for rises, edge in _EDGES:
        made.attributes[f"{edge}_capacitance"] = f"{pin.capacitance[rises]:.6g}"
    if name == kind.clock:
        made.attributes["clock"] = "true"
    if kind.memory == "gate":
        role = "clock" if name == kind.clock else "enable"
        made.attributes[f"clock_gate_{role}_pin"] = "true"
    if any(pin.hidden.values()):
        tables = [_scalar(f"{edge}_power", pin.hidden[rises]) for rises, edge in _EDGES]
        made.groups.append(Group("internal_power", [], {}, {}, tables))
    limits = figures.limits.get(name, {})
    made.groups += [_limit(kind, limits, what) for what in ("setup", "hold") if limits]
    return made


def _limit(kind: Kind, limits: Limits, what: str) -> Group:
    # A latch takes what it has when it closes.
    edge = "falling" if kind.memory == "latch" else "rising"
    attributes = {"related_pin": kind.clock, "timing_type": f"{what}_{edge}"}
    tables = [_scalar(f"{name}_constraint", limits[what, rises]) for rises, name in _EDGES]
    return Group("timing", [], attributes, {}, tables)


def _output(kind: Kind, name: str, arcs: list[ArcFigures]) -> Group:
    own = [arc for arc in arcs if arc.output == name]
    loads = max((arc.loads for arc in own), key=len)
    function = kind.functions[name]
    made = Group("pin", [name], {"direction": "output", "max_capacitance": f"{loads[-1]:g}"})
    if kind.memory == "gate":
        made.attributes |= {"state_function": function, "clock_gate_out_pin": "true"}
    else:
        made.attributes["function"] = function
    for arc in own:
        alone = sum(one.input == arc.input for one in own) == 1
        when = {} if alone else {"when": _when(arc.state)}
        timing = {"related_pin": arc.input, **when, **_kind_of_arc(kind, arc)}
        made.groups.append(Group("timing", [], timing, {}, list(_times(arc))))
        power = {"related_pin": arc.input, **when}
        tables = [_table(f"{edge}_power", "energy", arc, arc.energy[up]) for up, edge in _EDGES]
        made.groups.append(Group("internal_power", [], power, {}, tables))
    return made


def _kind_of_arc(kind: Kind, arc: ArcFigures) -> dict[str, str]:
    if kind.memory in {"ff", "latch"} and arc.input == kind.clock:
        return {"timing_type": "rising_edge", "timing_sense": "non_unate"}
    sense = "negative_unate" if arc.inverts else "positive_unate"
    return {"timing_type": "combinational", "timing_sense": sense}


def _when(state: State) -> str:
    return "&".join(name if high else f"!{name}" for name, high in state.items())


def _times(arc: ArcFigures) -> Iterator[Group]:
    for rises, edge in _EDGES:
        yield _table(f"cell_{edge}", "time", arc, arc.delay[rises])
        yield _table(f"{edge}_transition", "time", arc, arc.slew[rises])


def _table(name: str, template: str, arc: ArcFigures, grid: Grid) -> Group:
    lists = {
        "index_1": [_row(arc.slews)],
        "index_2": [_row(arc.loads)],
        "values": [_row(row) for row in grid],
    }
    return Group(name, [f"{template}_{len(arc.slews)}_{len(arc.loads)}"], {}, lists)


def _scalar(name: str, value: float) -> Group:
    return Group(name, ["scalar"], {}, {"values": [f"{value:.6g}"]})


def _row(values: "tuple[float, ...] | list[float] | range") -> str:
    return ", ".join(f"{value:.6g}" for value in values)
