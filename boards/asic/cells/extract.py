"""Transistors and wires of a cell, out of its layout.

It is run as a program of its own, ``python extract.py FOLDER CELL…``, with KLayout's Python package
in its path: then this need not be installed. FOLDER is that of the cells of the wheel; a netlist is
printed for each.
"""

import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

#: Capacitance of wires: of the area in pF/µm² and of the edge in pF/µm. Those of li1 and met1 are
#: of the technology's LEF (CAPACITANCE and EDGECAPACITANCE, sky130_fd_sc_hd__nom.tlef); that of
#: poly over field is what KLayout-PEX has for the process (addSubstrateCap in its sky130A.cpp).
WIRES = {
    "li1": (36.9866e-6, 40.697e-6),
    "met1": (25.7784e-6, 40.567e-6),
    "poly": (106.13e-6, 55.27e-6),
}
#: Ohms of a contact between li1 and the diffusion of an n or a p transistor, as the foundry's own
#: extraction of these cells has them (licon1_NDIFF and licon1_PDIFF of the .pex.spice files).
CONTACT = {"n": 182.0, "p": 400.0}
#: Layer and data type, as in the layouts.
LAYERS = {
    "nwell": (64, 20), "diff": (65, 20), "tap": (65, 44), "poly": (66, 20), "licon": (66, 44),
    "li1": (67, 20), "mcon": (67, 44), "met1": (68, 20),
}  # fmt: skip
LABELS = {"li1": (67, 5), "met1": (68, 5), "nwell": (64, 5)}
RAILS = {"VGND", "VPWR", "VNB", "VPB"}
PREFIX = "sky130_fd_sc_hd__"


def contact(made: Any, licon: Any, regions: dict[str, Any], device: Any, net: Any) -> float:
    """Ohms of the contacts at one end of a transistor; 0 at one that has none."""
    import klayout.db as kdb

    letter = device.device_class().name[0]
    x, y = (round(part * 1000) for part in (device.trans.disp.x, device.trans.disp.y))
    middle = kdb.Region(kdb.Box(x - 1, y - 1, x + 1, y + 1))
    gate = regions[f"{letter}_gate"].merged().interacting(middle)
    end = made.shapes_of_net(net, regions[f"{letter}_source"], True).merged().interacting(gate)
    count = licon.merged().interacting(end).count()
    return CONTACT[letter] / count if count else 0.0


def near(regions: dict[str, Any], device: Any) -> float:
    """How near the edges of the diffusion are to a channel, in 1/µm: the mean of both sides.

    Trench isolation begins there, and its stress changes mobility and threshold. BSIM4 has them as
    functions of ``1/(SA + L/2) + 1/(SB + L/2)``, with the distances SA and SB from the gate to the
    edges (BSIM4 manual, stress effect model).
    """
    import klayout.db as kdb

    letter = device.device_class().name[0]
    x, y = (round(part * 1000) for part in (device.trans.disp.x, device.trans.disp.y))
    middle = kdb.Region(kdb.Box(x - 1, y - 1, x + 1, y + 1))
    gate = regions[f"{letter}_gate"].merged().interacting(middle).bbox()
    band = kdb.Region(kdb.Box(-1_000_000, gate.bottom, 1_000_000, gate.top))
    whole = ((regions[f"{letter}_gate"] + regions[f"{letter}_source"]) & band).merged()
    edges = whole.interacting(middle).bbox()
    sides, half = (gate.left - edges.left, edges.right - gate.right), device.parameter("L") / 2
    found: float = sum(1 / (side / 1000 + half) for side in sides) / 2
    return found


def netlist(folder: Path, cell: str) -> str:
    """The subcircuit of a cell."""
    import klayout.db as kdb

    base = folder / cell.rsplit("_", 1)[0] / f"{PREFIX}{cell}"
    layout = kdb.Layout()
    layout.read(f"{base}.gds")
    top = layout.cell(PREFIX + cell)
    made = kdb.LayoutToNetlist(kdb.RecursiveShapeIterator(layout, top, []))
    layer = {n: made.make_layer(layout.layer(*where), n) for n, where in LAYERS.items()}
    text = {
        n: made.make_text_layer(layout.layer(*where), f"{n}_text") for n, where in LABELS.items()
    }
    inside, poly = layer["nwell"], layer["poly"]
    p_diff, n_diff = layer["diff"] & inside, layer["diff"] - inside
    regions = {
        "p_gate": p_diff & poly,
        "n_gate": n_diff & poly,
        "p_source": p_diff - poly,
        "n_source": n_diff - poly,
        "p_tap": layer["tap"] - inside,
        "n_tap": layer["tap"] & inside,
    }
    for name, region in regions.items():
        made.register(region, name)
    bulk = made.make_layer("bulk")
    for kind, gate, source, well in (
        ("pfet_01v8_hvt", "p_gate", "p_source", inside),
        ("nfet_01v8", "n_gate", "n_source", bulk),
    ):
        made.extract_devices(
            kdb.DeviceExtractorMOS4Transistor(kind),
            {"SD": regions[source], "G": regions[gate], "P": poly, "W": well},
        )
    touching = [regions[n] for n in ("p_source", "n_source", "p_tap", "n_tap")]
    for region in [*touching, poly, *(layer[n] for n in ("licon", "li1", "mcon", "met1"))]:
        made.connect(region)
    for region in [*touching, poly, layer["li1"]]:
        made.connect(layer["licon"], region)
    made.connect(inside)
    made.connect(layer["li1"], layer["mcon"])
    made.connect(layer["mcon"], layer["met1"])
    made.connect(regions["n_tap"], inside)
    for name, where in text.items():
        made.connect(layer[name], where)
    made.connect_global(bulk, "VNB")
    made.extract_netlist()
    circuit = made.netlist().circuit_by_name(PREFIX + cell)
    reference = Path(f"{base}.spice").read_text(encoding="utf-8")
    ports = re.findall(r"\.subckt\s+\S+\s+(.*)", reference)[0].split()
    names = {}
    for net in circuit.each_net():
        found = [word for word in re.split(r"[,|]", net.name or "") if word in ports]
        names[net.cluster_id] = found[0] if found else f"n{net.cluster_id}"
    lines = [f".subckt {PREFIX}{cell} {' '.join(ports)}"]
    widths: Counter[tuple[str, float]] = Counter()
    alike: dict[tuple[Any, ...], list[dict[str, float]]] = {}
    for device in circuit.each_device():
        ends = [(names[device.net_for_terminal(i).cluster_id], i) for i in (0, 2)]
        kind = device.device_class().name
        value = {n: device.parameter(n) for n in ("W", "L", "AS", "AD", "PS", "PD")}
        for end, terminal in (("S", 0), ("D", 2)):
            net = device.net_for_terminal(terminal)
            value[f"R{end}"] = contact(made, layer["licon"], regions, device, net)
        value["near"] = near(regions, device)
        widths[kind, round(value["W"], 2)] += 1
        # Which end is the source is the simulation's to say; here it is the first by name.
        (first, terminal), (second, _) = sorted(ends)
        if terminal:
            swapped = {
                f"{n}{end}": value[f"{n}{other}"] for n in "APR" for end, other in ("SD", "DS")
            }
            value |= swapped
        gate = names[device.net_for_terminal(1).cluster_id]
        key = (kind, second, gate, first, value["W"], value["L"])
        alike.setdefault(key, []).append(value)
    for number, (key, values) in enumerate(alike.items()):
        # Fingers side by side are one transistor several times, with the mean of their ends.
        kind, drain, gate, source, width, length = key
        names_of = [f"{n}{end}" for n in "APR" for end in "SD"]
        mean = {n: sum(value[n] for value in values) / len(values) for n in names_of}
        # One distance that does what all sides of all fingers do in the mean.
        close = sum(value["near"] for value in values) / len(values)
        body = "VNB" if str(kind).startswith("n") else "VPB"
        lines.append(
            f"X{number} {drain} {gate} {source} {body} {kind} w={width:.4g} l={length:.3g} "
            f"as={mean['AS']:.4g} ad={mean['AD']:.4g} ps={mean['PS']:.4g} pd={mean['PD']:.4g} "
            f"nrs={mean['RS']:.4g} nrd={mean['RD']:.4g} "
            f"sa={1 / close - length / 2:.4g} n={len(values)}"
        )
    wanted = Counter(
        (found[1].replace("special_", ""), round(float(found[2]) / 1e6, 2))
        for found in re.finditer(r"sky130_fd_pr__(\S+) w=([\d.e+]+)u", reference)
    )
    if widths != wanted:
        raise SystemExit(f"{cell}: the layout has transistors {widths}, its netlist {wanted}")
    for net in circuit.each_net():
        name = names[net.cluster_id]
        total = 0.0
        for wire, (area, edge) in WIRES.items():
            region = made.shapes_of_net(net, layer[wire], True).merged()
            if wire == "poly":
                # What is over diffusion is the transistor's.
                region -= layer["diff"]
            total += region.area() * 1e-6 * area + region.perimeter() * 1e-3 * edge
        if total and name not in RAILS:
            lines.append(f"C{net.cluster_id} {name} VGND {total:.6g}p")
    return "\n".join([*lines, ".ends"])


if __name__ == "__main__":
    for one in sys.argv[2:]:
        print(netlist(Path(sys.argv[1]), one))
