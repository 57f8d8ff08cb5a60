"""A small Liberty of round figures."""

#: Area and function of the cells: what mapping needs, and no more.
CELLS = {
    "INV": (1.0, "!A"),
    "BUF": (2.0, "A"),
    "NAND": (2.0, "!(A & B)"),
    "NOR": (2.0, "!(A + B)"),
    "XOR": (4.0, "A ^ B"),
}
#: Outputs of a full adder.
ADDER = {"S": "A ^ B ^ C", "CO": "(A & B) | (C & (A | B))"}
POWER = (
    'internal_power () { related_pin : "%s"; rise_power (scalar) { values ("0.002"); } '
    'fall_power (scalar) { values ("0.003"); } }'
)
TIMING = (
    'timing () { related_pin : "%s"; timing_sense : "non_unate"; %s'
    'cell_rise (scalar) { values ("0.1"); } cell_fall (scalar) { values ("0.2"); } '
    'rise_transition (scalar) { values ("0.05"); } fall_transition (scalar) { values ("0.05"); } }'
)
EDGE = 'timing_type : "rising_edge"; '
CHECK = (
    'timing () { related_pin : "CK"; timing_type : "%s_rising"; '
    'rise_constraint (scalar) { values ("0.05"); } fall_constraint (scalar) { values ("0.05"); } }'
)
#: Internal energy of the clock pin of a flip-flop: 4 fJ for an edge up, 6 fJ for one down.
CLOCK = (
    'internal_power () { rise_power (scalar) { values ("0.004"); } '
    'fall_power (scalar) { values ("0.006"); } }'
)

#: A clock gate: 1 and 2 fJ for edges of its clock, 2 and 3 for those that it lets through.
GATE = (
    "cell (ICG) { area : 5.0; cell_leakage_power : 1.0;\n"
    'clock_gating_integrated_cell : "latch_posedge";\n'
    'statetable ("CK EN", "IQ") { table : "L L : - : L, L H : - : H, H - : - : N"; }\n'
    'pin (IQ) { direction : internal; internal_node : "IQ"; }\n'
    "pin (CK) { direction : input; clock : true; capacitance : 0.003; clock_gate_clock_pin : true; "
    'internal_power () { rise_power (scalar) { values ("0.001"); } '
    'fall_power (scalar) { values ("0.002"); } } }\n'
    "pin (EN) { direction : input; capacitance : 0.002; clock_gate_enable_pin : true; "
    f"{CHECK % 'setup'} {CHECK % 'hold'} }}\n"
    'pin (GCK) { direction : output; state_function : "CK & IQ"; clock_gate_out_pin : true; '
    f"{TIMING % ('CK', '')} {POWER % 'CK'} }} }}\n"
).replace("non_unate", "positive_unate")


def cell(name: str, area: float, function: str, *, power: bool = True) -> str:
    """A gate: inputs of 2 fF, 100 ps to rise and 200 to fall, 2 and 3 fJ besides the net."""
    return _cell(name, area, [pin for pin in "AB" if pin in function], {"Y": function}, power)


def _cell(name: str, area: float, inputs: list[str], outputs: dict[str, str], power: bool) -> str:
    pins = "".join(f"pin ({pin}) {{ direction : input; capacitance : 0.002; }}\n" for pin in inputs)
    arcs = "".join(TIMING % (pin, "") + (POWER % pin if power else "") for pin in inputs)
    pins += "".join(
        f'pin ({pin}) {{ direction : output; function : "{function}"; {arcs} }}\n'
        for pin, function in outputs.items()
    )
    return f"cell ({name}) {{ area : {area}; cell_leakage_power : 1.0;\n{pins} }}\n"


def liberty(
    *, power: bool = True, flip_flop: bool = True, gate: bool = True, without: str = ""
) -> str:
    """The library, in ns and pF, at 1 V."""
    cells = [cell(n, a, f, power=power) for n, (a, f) in CELLS.items() if n != without]
    cells += [_cell("FA", 9.0, ["A", "B", "C"], ADDER, power)] if without != "FA" else []
    dff = (
        'cell (DFF) { area : 6.0; cell_leakage_power : 2.0;\nff (IQ, IQN) { clocked_on : "CK"; '
        'next_state : "D"; }\n'
        f"pin (CK) {{ direction : input; clock : true; capacitance : 0.001; {CLOCK} }}\n"
        "pin (D) { direction : input; capacitance : 0.002; "
        f"{CHECK % 'setup'} {CHECK % 'hold'} }}\n"
        f'pin (Q) {{ direction : output; function : "IQ"; {TIMING % ("CK", EDGE)} '
        f"{POWER % 'CK'} }} }}\n"
    )
    return (
        '/* round figures */\nlibrary (small) { delay_model : table_lookup; time_unit : "1ns";\n'
        'voltage_unit : "1V"; current_unit : "1mA"; leakage_power_unit : "1nW";\n'
        'pulling_resistance_unit : "1kohm"; capacitive_load_unit (1, pf); nom_voltage : 1.0;\n'
        "nom_process : 1.0; nom_temperature : 25.0;\n"
        "slew_lower_threshold_pct_rise : 20; slew_upper_threshold_pct_rise : 80;\n"
        "slew_lower_threshold_pct_fall : 20; slew_upper_threshold_pct_fall : 80;\n"
        "input_threshold_pct_rise : 50; input_threshold_pct_fall : 50;\n"
        "output_threshold_pct_rise : 50; output_threshold_pct_fall : 50;\n"
        + "".join(cells)
        + (dff if flip_flop else "")
        + (GATE if gate else "")
        + "}\n"
    )
