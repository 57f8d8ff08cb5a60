"""Transistors and nets of a layout, compared with those of a netlist; and the wires of nets.

Input: ``layout``, a file of GDS; ``instances``: of each its cell and the nets of its pins;
``cells``: subcircuits in SPICE, a file; ``ports``: nets that lead outside.

Written: ``result.json``, with ``match``; ``layout`` and ``netlist``, how many transistors and nets
each has; ``unlike``, the first of what differs; and, if all is alike, ``wires``: for each net the
capacitance of its wires outside the cells in fF, and their length in µm, by metal.

The layout is taken as it is, all of it flat: transistors are where poly crosses diffusion in an
implant, and nothing is known of cells. So a cell whose layout is not its netlist is found, too.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import klayout.db as kdb

from ..rules import CUTS, LAYERS, WIRES
from .shapes import flat

SUPPLIES, SUBSTRATE = ("vdd", "vss"), "substrate"
#: A number of layers that the process does not have.
OUTSIDE = 200
#: What differs, that is told.
TOLD = 10
_ALIKE = (
    kdb.NetlistCrossReference.Match,
    kdb.NetlistCrossReference.MatchWithWarning,
)
#: Capacitance of wires: of the area in fF/µm² and of the edge in fF/µm (CAPACITANCE and
#: EDGECAPACITANCE of sky130_fd_sc_hd__nom.tlef).
WIRE = {
    "li1": (0.0369866, 0.040697),
    "met1": (0.0257784, 0.040567),
    "met2": (0.0147703, 0.032918),
    "met3": (0.0111883, 0.037065),
    "met4": (0.00784019, 0.034169),
}
_SUBCIRCUIT = re.compile(r"^\.subckt (\S+) ([^\n]*)\n(.*?)^\.ends", re.MULTILINE | re.DOTALL)
_TRANSISTOR = re.compile(
    r"^M\S+ (\S+) (\S+) (\S+) (\S+) sky130_fd_pr__([np])fet_01v8__model l=(\S+) w=(\S+)",
    re.MULTILINE,
)
_KINDS = {"n": "nfet_01v8", "p": "pfet_01v8"}

Transistor = tuple[str, str, str, str, str, float, float]


def transistors(text: str) -> dict[str, list[Transistor]]:
    """Of each subcircuit: drain, gate, source, body, ``n`` or ``p``, length and width in µm."""
    return {
        name: [
            (*found[:4], found[4], float(found[5]) * 1e6, float(found[6]) * 1e6)
            for found in _TRANSISTOR.findall(body)
        ]
        for name, _, body in _SUBCIRCUIT.findall(text)
    }


def reference(name: str, given: dict[str, Any]) -> Any:
    """The netlist, all of it flat."""
    cells = transistors(Path(given["cells"]).read_text(encoding="utf-8"))
    netlist, circuit = kdb.Netlist(), kdb.Circuit()
    classes = {}
    for letter, kind in _KINDS.items():
        classes[letter] = kdb.DeviceClassMOS4Transistor()
        classes[letter].name = kind
        netlist.add(classes[letter])
    circuit.name = name
    netlist.add(circuit)
    nets: dict[str, Any] = {}

    def net(wire: str) -> Any:
        if wire not in nets:
            nets[wire] = circuit.create_net(wire)
        return nets[wire]

    for number, (kind, pins) in enumerate(given["instances"]):
        own = {**dict(zip(SUPPLIES, SUPPLIES, strict=True)), **pins}
        for *ends, letter, length, width in cells[kind]:
            device = circuit.create_device(classes[letter])
            for terminal, end in zip("DGSB", ends, strict=True):
                wire = own.get(end, f"{number}/{end}")
                below = terminal == "B" and wire == "vss"
                device.connect_terminal(terminal, net(SUBSTRATE if below else wire))
            device.set_parameter("W", width)
            device.set_parameter("L", length)
    for wire in (*SUPPLIES, *given["ports"]):
        circuit.connect_pin(circuit.create_pin(wire), net(wire))
    return netlist


def extract(path: str) -> tuple[Any, dict[str, Any], Any]:
    """What is in a layout, the regions of wires outside of cells, and taps of the substrate."""
    layout, top = flat(path)
    # What is routed is in the top cell; it becomes layers of its own before all is one cell.
    outside = {name: layout.layer(OUTSIDE, number) for number, name in enumerate(WIRES)}
    for name, index in outside.items():
        top.shapes(index).insert(kdb.Region(top.shapes(layout.layer(*LAYERS[name]))).merged())
    top.flatten(True)
    made = kdb.LayoutVsSchematic(kdb.RecursiveShapeIterator(layout, top, []))
    layer = {name: made.make_layer(layout.layer(*LAYERS[name]), name) for name in LAYERS}
    well, poly = layer["nwell"], layer["poly"]
    n_all, p_all = (layer["diff"] & layer[name] for name in ("nsdm", "psdm"))
    n_diff, p_diff = n_all - well, p_all & well
    parts = {
        "n_gate": n_diff & poly,
        "p_gate": p_diff & poly,
        "n_source": n_diff - poly,
        "p_source": p_diff - poly,
        "n_tap": n_all & well,
        "p_tap": p_all - well,
    }
    for name, region in parts.items():
        made.register(region, name)
    bulk = made.make_layer("bulk")
    for letter, body in (("p", well), ("n", bulk)):
        ends, gate = parts[f"{letter}_source"], parts[f"{letter}_gate"]
        made.extract_devices(
            kdb.DeviceExtractorMOS4Transistor(_KINDS[letter]),
            {"SD": ends, "G": gate, "P": poly, "W": body},
        )
    touched = [parts[name] for name in ("n_source", "p_source", "n_tap", "p_tap")] + [poly]
    for region in [*touched, well, *(layer[name] for name in ("licon", *WIRES, *CUTS))]:
        made.connect(region)
    for region in [*touched, layer["li1"]]:
        made.connect(layer["licon"], region)
    for cut, (below, above) in zip(CUTS, pairwise(WIRES), strict=True):
        made.connect(layer[below], layer[cut])
        made.connect(layer[cut], layer[above])
    wires = {name: made.make_layer(index, f"{name}_wire") for name, index in outside.items()}
    for name, region in wires.items():
        made.connect(region)
        made.connect(region, layer[name])
    made.connect(parts["n_tap"], well)
    # Taps are looked at on their own: if they joined the rails, nobody would miss straps.
    made.connect_global(bulk, SUBSTRATE)
    made.extract_netlist()
    return made, wires, parts["p_tap"]


def _count(circuit: Any) -> dict[str, int]:
    return {
        "transistors": sum(1 for _ in circuit.each_device()),
        "nets": sum(1 for _ in circuit.each_net()),
    }


def _differences(made: Any) -> Iterator[str]:
    """Nets and transistors that have none like them."""
    for circuits in made.xref().each_circuit_pair():
        for what, pairs in (
            ("net", made.xref().each_net_pair(circuits)),
            ("transistor", made.xref().each_device_pair(circuits)),
        ):
            for pair in pairs:
                if pair.status() not in _ALIKE:
                    sides = [
                        one.expanded_name() if one else "none"
                        for one in (pair.first(), pair.second())
                    ]
                    yield f"{what}: {sides[0]} in the layout, {sides[1]} in the netlist"


def compare(given: dict[str, Any]) -> dict[str, Any]:
    """All of it."""
    print("stage: extracting", flush=True)
    made, wires, taps = extract(given["layout"])
    found = made.netlist()
    found.flatten()
    top = max(found.each_circuit(), key=lambda one: sum(1 for _ in one.each_device()), default=None)
    if top is None:
        return {"match": False, "unlike": ["there is no transistor in the layout"]}
    wanted = reference(top.name, given)
    (circuit,) = wanted.each_circuit()
    counts = {"layout": _count(top), "netlist": _count(circuit)}
    # Fingers side by side are one transistor, in both.
    found.combine_devices()
    wanted.combine_devices()
    made.reference = wanted
    print("stage: comparing", flush=True)
    alike = made.compare(kdb.NetlistComparer())
    unlike = [] if alike else list(islice(_differences(made), TOLD))
    if alike and (stray := _stray(made, top, taps)):
        alike = False
        unlike = [f"taps of the substrate: {stray} are not joined with vss"]
    result = {"match": alike, **counts, "unlike": unlike}
    if alike:
        print("stage: measuring wires", flush=True)
        result["wires"] = dict(_wires(made, top, wires))
    return result


def _matched(made: Any, top: Any) -> Any:
    """The circuit of the layout and that of the netlist."""
    pairs = made.xref().each_circuit_pair()
    return next(pair for pair in pairs if pair.first() and pair.first().name == top.name)


def _stray(made: Any, top: Any, taps: Any) -> int:
    """How many taps of the substrate are on another net than the one that is ``vss``."""
    for pair in made.xref().each_net_pair(_matched(made, top)):
        if pair.second() is not None and pair.second().name == "vss":
            joined = made.shapes_of_net(pair.first(), taps, True)
            return int((taps.merged() - joined.merged()).count())
    return int(taps.merged().count())


def _wires(made: Any, top: Any, wires: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Capacitance and length of the wires of each net, by the net's name in the netlist."""
    for pair in made.xref().each_net_pair(_matched(made, top)):
        net, other = pair.first(), pair.second()
        if net is None or other is None or other.name in {*SUPPLIES, SUBSTRATE}:
            continue
        total, lengths = 0.0, Counter[str]()
        for name, region in wires.items():
            shapes = made.shapes_of_net(net, region, True).merged()
            area, edge = shapes.area() / 1e6, shapes.perimeter() / 1e3
            total += area * WIRE[name][0] + edge * WIRE[name][1]
            lengths[name] += round(edge / 2, 3)
        yield other.name, {"fF": round(total, 4), "length": {n: x for n, x in lengths.items() if x}}


if __name__ == "__main__":
    read = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path("result.json").write_text(json.dumps(compare(read)), encoding="utf-8")
