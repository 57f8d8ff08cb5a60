"""Carry chains of the ECP5 that nothing enters or leaves.

Where the table of the first cell is 0 whatever its inputs, its carry in is not used (see
:mod:`sluice.rtl.target.ecp5`). Yosys ties it to zero, for which nextpnr puts a cell
more in front of the chain, with a wire to it; an open one needs neither. Behind the last cell
nextpnr puts one more as well, if its carry has a net, whether something reads that or not.
"""

from typing import Any

_CHAIN = "CCU2C"


def open_(netlist: dict[str, Any]) -> int:
    """Change a netlist of Yosys in place; the number of carries that are open now."""
    opened = 0
    for module in netlist["modules"].values():
        chains = [cell for cell in module["cells"].values() if cell["type"] == _CHAIN]
        used = _used(module)
        for cell in chains:
            wires = cell["connections"]
            if wires.get("CIN") in (["0"], ["1"]) and _first(cell, used):
                wires["CIN"] = ["x"]
                opened += 1
            if wires.get("COUT", ["x"]) != ["x"] and not used.intersection(wires["COUT"]):
                wires["COUT"] = ["x"]
                opened += 1
    return opened


def _used(module: dict[str, Any]) -> set[int]:
    """Wires that something reads."""
    read = {bit for port in module["ports"].values() for bit in port["bits"]}
    for cell in module["cells"].values():
        for pin, bits in cell["connections"].items():
            if cell["port_directions"][pin] != "output":
                read.update(bits)
    return read


def _first(cell: dict[str, Any], used: set[int]) -> bool:
    """Whether the lower half of a cell only makes a carry, without the carry into it.

    With C and D at one its table is the upper quarter of ``INIT0``.
    """
    wires = cell["connections"]
    tied = wires.get("C0") == ["1"] and wires.get("D0") == ["1"]
    quiet = not used.intersection(wires.get("S0", []))
    return tied and quiet and int(cell["parameters"]["INIT0"], 2) >> 12 == 0
