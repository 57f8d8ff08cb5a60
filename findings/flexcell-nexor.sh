#!/bin/sh
# What was run: c4m-flexcell 0.4.7 with c4m-pdk-sky130 0.2.7 makes the standard cells xor2_x0 and nexor2_x0
# (Python 3.11); the transistors of both are evaluated as switches in all four states of the inputs.
# Guess that was wrong: nexor2_x0, the cell of the default library that is named after an exclusive NOR, is
# one.
# What was seen: it has the transistors of xor2_x0 to the last one, and q is the exclusive OR of i0 and i1.
# A layout with it compares clean with its netlist at transistor level, and computes something else.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check c4m-flexcell==0.4.7 c4m-pdk-sky130==0.2.7
"$work/env/bin/python" - <<'PYTHON'
import asyncio
import itertools
import re
import sys

from c4m.pdk.sky130.pdkmaster import tech
from c4m.pdk.sky130.spice import netlistfab
from c4m.pdk.sky130.stdcell import StdCellFactory, stdcellcanvas
from pdkmaster.design.library import RoutingGaugeLibrary

# A cell has a second by the clock to be laid out; on a busy processor that is too little.
wait = asyncio.wait
asyncio.wait = lambda tasks, timeout=None: wait(tasks, timeout=60)
library = RoutingGaugeLibrary(name="cells", tech=tech, routinggauge=stdcellcanvas.routinggauge)
factory = StdCellFactory(lib=library)


def values(inverted):
    cell = factory.xor(inverted=inverted, drive=0)
    text = netlistfab.export_circuits(cell.circuit)
    found = re.findall(r"^M\S+ (\S+) (\S+) (\S+) \S+ \S*_([np])fet", text, re.M)
    result = []
    for i0, i1 in itertools.product((0, 1), repeat=2):
        net = {"vdd": 1, "vss": 0, "i0": i0, "i1": i1}
        for _ in found * 2:
            for drain, gate, source, kind in found:
                if net.get(gate) == (kind == "n"):
                    for one, other in ((drain, source), (source, drain)):
                        if one in net:
                            net.setdefault(other, net[one])
        result.append(net["q"])
    return cell.name, sorted(found), result


first, second = values(False), values(True)
for name, transistors, outputs in (first, second):
    print(f"{name}: {len(transistors)} transistors, q is {outputs} for i0, i1 = 00, 01, 10, 11")
sys.exit(not (second[0] == "nexor2_x0" and first[1:] == second[1:] and second[2] == [0, 1, 1, 0]))
PYTHON
