"""The netlist that is placed: cells and nets by their names."""

from collections import Counter
from dataclasses import dataclass

from ..errors import AsicError
from ..flat import Flat
from ..library import Library
from .flexcells import TIES

#: An instance: its name, its cell, the nets of its pins.
Instance = tuple[str, str, dict[str, str]]
#: Inputs that a tie drives.
TIE_FANOUT = 8
#: What Coriolis adds: buffers of the clock tree, and cells without a function.
BUFFER, FILLERS = "buf_x4", ("fill", "tie", "decap_w0", "diode_w1")
CLOCK = "clk__0"
#: What drives the ports.
OUTPUT = "buf_x2"


@dataclass(frozen=True)
class Placeable:
    """A netlist.

    Members
    -------
    instances
        All cells, ties among them.
    ports
        Of each its net, and whether it is an input.
    """

    instances: list[Instance]
    ports: list[tuple[str, bool]]


def placeable(flat: Flat, library: Library) -> Placeable:
    """A netlist out of a mapped one. What no cell is joined with is left out."""
    names = {
        net: f"{port}__{bit}" for port in flat.inputs for bit, net in enumerate(flat.names[port])
    }
    ways = dict.fromkeys(names.values(), True)
    instances: list[Instance] = []
    ties: Counter[int] = Counter()
    made: list[Instance] = []
    used: set[str] = set()
    for number, instance in enumerate(flat.instances):
        pins = {}
        for pin, net in zip(library.cells[instance.kind].pins, instance.nets, strict=True):
            if net in TIES and not pin.output:
                wire = f"tie{net}_{ties[net] // TIE_FANOUT}"
                if ties[net] % TIE_FANOUT == 0:
                    kind, output = TIES[net]
                    made.append((wire, kind, {output: wire}))
                ties[net] += 1
            elif net >= 0:
                wire = names.get(net, f"n{net}")
            else:
                continue
            pins[pin.name] = wire
            used.add(wire)
        instances.append((f"i{number}", instance.kind, pins))
    for port in flat.outputs:
        for bit, net in enumerate(flat.names[port]):
            wire = names.get(net, f"n{net}")
            if wire in used:
                # The router does not manage a net that leads to a pin from where it is used, too.
                outside = f"{port}__{bit}"
                made.append((f"to_{outside}", OUTPUT, {"i": wire, "q": outside}))
                ways[outside] = False
                used.add(outside)
    return Placeable([*instances, *made], [(net, way) for net, way in ways.items() if net in used])


def tree_of(before: list[Instance], after: list[Instance]) -> dict[str, list[str]]:
    """The clock tree that was put into a netlist: the nets of its buffers' inputs and outputs.

    Raises
    ------
    AsicError
        Something else was changed.
    """
    known = {name for name, _, _ in before}
    added = [instance for instance in after if instance[0] not in known]
    strange = [name for name, kind, _ in added if kind not in {BUFFER, *FILLERS}]
    if strange:
        raise AsicError(f"place and route has added {strange[0]}")
    driver = {pins["q"]: pins["i"] for _, kind, pins in added if kind == BUFFER}

    def root(net: str) -> str:
        while net in driver:
            net = driver[net]
        return net

    found = {name: (kind, pins) for name, kind, pins in after}
    for name, kind, pins in before:
        if name not in found:
            raise AsicError(f"place and route has lost {name}")
        now, nets = found[name]
        if now != kind or {pin: root(net) for pin, net in nets.items()} != pins:
            raise AsicError(f"place and route has changed {name}, a {kind}: {nets}, not {pins}")
    tree: dict[str, list[str]] = {}
    for output, entry in driver.items():
        if root(output) != CLOCK:
            raise AsicError(
                f"place and route has put a buffer behind {entry}, not behind the clock"
            )
        tree.setdefault(entry, []).append(output)
    return tree
