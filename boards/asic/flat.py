"""The flat netlist of a mapped core: its cells, its nets, and their names in the design."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .blocks import Block, Blocks
from .errors import AsicError
from .library import Cell, Library
from .mapping import CORE, Mapped

#: A net with more inputs than this has buffers.
MAX_FANOUT = 16
#: Ports that are clocks: of a core, and of a chip besides.
CLOCKS = ("clk", "hash_clk")
#: Bits of constants are the first two nets; what is not driven is zero.
_CONSTANTS = {"0": 0, "x": 0, "z": 0, "1": 1}
#: The name of a cell: where it is, and what Yosys calls it there.
_PATH = re.compile(r"(?:\$flatten)?(.*?)\.?\$(?:abc|auto|techmap|procdff|proc).*")


@dataclass
class Instance:
    """A cell of the netlist.

    Members
    -------
    kind
        The cell of the library.
    name
        A wire that it drives, or where it is.
    block
        What it belongs to.
    nets
        By the order of the pins of its kind; -1 where nothing is.
    """

    kind: str
    name: str
    block: Block
    nets: list[int]


@dataclass
class Flat:
    """A netlist.

    Members
    -------
    instances
        All cells.
    nets
        How many nets there are; 0 and 1 are the constants.
    names
        Nets of named wires, bit 0 first.
    inputs, outputs
        Names of its ports.
    top
        Its own name.
    """

    instances: list[Instance]
    nets: int
    names: dict[str, list[int]]
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    top: str = CORE

    def verilog(self, library: Library) -> Iterator[str]:
        """Its lines, for tools: nets are ``n0``, …, instances ``i0``, …, ports bit by bit."""
        ports = {
            name: [f"{name}__{bit}" for bit in range(len(self.names[name]))]
            for name in (*self.inputs, *self.outputs)
        }
        yield f"module {self.top} ({', '.join(port for bits in ports.values() for port in bits)});"
        for way, names in (("input", self.inputs), ("output", self.outputs)):
            for port in (port for name in names for port in ports[name]):
                yield f"{way} {port};"
        for net in range(2, self.nets):
            yield f"wire n{net};"
        for name in self.inputs:
            for port, net in zip(ports[name], self.names[name], strict=True):
                yield f"assign n{net} = {port};"
        for name in self.outputs:
            for port, net in zip(ports[name], self.names[name], strict=True):
                yield f"assign {port} = {_net(net)};"
        for number, instance in enumerate(self.instances):
            pins = zip(library.cells[instance.kind].pins, instance.nets, strict=True)
            wired = ", ".join(f".{pin.name}({_net(net)})" for pin, net in pins if net >= 0)
            yield f"{instance.kind} i{number} ({wired});"
        yield "endmodule"

    def areas(self, library: Library) -> dict[Block, tuple[int, int, float]]:
        """For each block cells, flip-flops and area."""
        found = dict.fromkeys(Block, (0, 0, 0.0))
        for instance in self.instances:
            cells, registers, area = found[instance.block]
            kind = library.cells[instance.kind]
            found[instance.block] = (cells + 1, registers + kind.register, area + kind.area)
        return found


def _net(net: int) -> str:
    return f"n{net}" if net > 1 else f"1'b{net}"


def read_flat(mapped: Mapped, library: Library, blocks: Blocks | None = None) -> Flat:
    """Read what Yosys has written, and buffer nets with many inputs.

    Parameters
    ----------
    mapped, library
        Of what, and in which cells.
    blocks
        Of a core; without them no block is told from others.

    Raises
    ------
    AsicError
        A cell is none of the library: mapping found nothing for it.
    """
    text = (mapped.folder / "flat.json").read_text(encoding="utf-8")
    module: dict[str, Any] = json.loads(text)["modules"][mapped.top]
    numbers: dict[Any, int] = dict(_CONSTANTS)
    names: dict[str, list[int]] = {}
    known: dict[int, list[str]] = defaultdict(list)
    public: dict[int, str] = {}

    def number(bit: Any) -> int:
        if bit not in numbers:
            numbers[bit] = len(numbers) - 2
        return numbers[bit]

    for name, wire in module["netnames"].items():
        if name.startswith("$"):
            continue
        names[name] = nets = [number(bit) for bit in wire["bits"]]
        own = blocks is not None and blocks.of_wire(name) is not None
        for bit, net in enumerate(nets):
            if own:
                known[net].append(name)
            if own or net not in public:
                public[net] = f"{name}[{bit}]" if len(nets) > 1 else name
    # What an operation makes is named where it is used.
    results: dict[str, list[str]] = {
        name[:-2]: known[nets[-1]] for name, nets in names.items() if name.endswith(".y")
    }
    instances: list[Instance] = []
    for name, cell in module["cells"].items():
        kind = library.cells.get(cell["type"])
        if kind is None:
            raise AsicError(
                f"Liberty {library.name} has no cell for {cell['type'].lstrip('$')}: {name}"
            )
        wired = cell["connections"]
        nets = [number(wired[pin.name][0]) if wired.get(pin.name) else -1 for pin in kind.pins]
        found = _PATH.fullmatch(name.replace("\\", ""))
        where = found[1] if found else name
        driven = [net for pin, net in zip(kind.pins, nets, strict=True) if pin.output and net >= 0]
        wires = [one for net in driven for one in known[net]] or results.get(where, [])
        block = Block.JOBS
        if blocks is not None:
            block = blocks.of_cell(f"{where}.", wires, register=bool(kind.clock))
        own_name = next((public[net] for net in driven if net in public), None)
        # The result of an operation says what a cell within it works for.
        inside = results.get(where) or [where]
        instances.append(Instance(kind.name, own_name or f"in {inside[0]}", block, nets))
    ways: dict[str, list[str]] = {"input": [], "output": []}
    for name, port in module["ports"].items():
        ways[port["direction"]].append(name)
    flat = Flat(instances, len(numbers) - 2, names, ways["input"], ways["output"], mapped.top)
    gated = _clone_gates(flat, library)
    _buffer(flat, library, gated)
    return flat


def _clone_gates(flat: Flat, library: Library) -> set[int]:
    """A clock gate more for each :data:`MAX_FANOUT` flip-flops that have one; the gated clocks."""
    gates = {}
    for instance in flat.instances:
        kind = library.cells[instance.kind]
        if kind.gate:
            at = next(place for place, pin in enumerate(kind.pins) if pin.output)
            gates[instance.nets[at]] = (instance, at)
    if not gates:
        return set()
    clock = library.flip_flops[0].clock
    load = next(pin.capacitance for pin in library.flip_flops[0].inputs if pin.name == clock)
    strong = _strong(library.clock_gates, load)
    sinks: dict[int, list[tuple[Instance, int]]] = defaultdict(list)
    for instance in flat.instances:
        for place, pin in enumerate(library.cells[instance.kind].pins):
            if not pin.output and instance.nets[place] in gates:
                sinks[instance.nets[place]].append((instance, place))
    for net, (gate, at) in list(gates.items()):
        gate.kind = strong.name
        for begin in range(MAX_FANOUT, len(sinks[net]), MAX_FANOUT):
            made = Instance(gate.kind, f"{gate.name} (clone)", gate.block, [*gate.nets])
            made.nets[at] = flat.nets
            for instance, place in sinks[net][begin : begin + MAX_FANOUT]:
                instance.nets[place] = flat.nets
            flat.instances.append(made)
            gates[flat.nets] = (made, at)
            flat.nets += 1
    return {*gates}


def _buffer(flat: Flat, library: Library, gated: set[int]) -> None:
    """Trees of buffers for nets with many inputs; not for clocks, whose trees are estimated."""
    clocks = gated | {flat.names[name][0] for name in flat.inputs if name in CLOCKS}
    sinks: dict[int, list[tuple[Instance, int]]] = defaultdict(list)
    drivers: dict[int, Instance] = {}
    for instance in flat.instances:
        for place, (pin, net) in enumerate(
            zip(library.cells[instance.kind].pins, instance.nets, strict=True)
        ):
            if pin.output and net >= 0:
                drivers[net] = instance
            elif net > 1 and net not in clocks:
                sinks[net].append((instance, place))
    crowded = {net: found for net, found in sinks.items() if len(found) > MAX_FANOUT}
    if not crowded:
        return
    buffers = library.buffers()
    if not buffers:
        raise AsicError(f"Liberty {library.name} has no buffer")
    buffer = _strong(buffers, library.gate.inputs[0].capacitance)
    for net, found in crowded.items():
        driver = drivers.get(net)
        block = driver.block if driver else Block.JOBS
        name = driver.name if driver else "an input"
        level = found
        while len(level) > MAX_FANOUT:
            above: list[tuple[Instance, int]] = []
            for at in range(0, len(level), MAX_FANOUT):
                made = Instance(buffer.name, f"{name} (buffer)", block, [-1] * len(buffer.pins))
                for place, pin in enumerate(buffer.pins):
                    if pin.output:
                        made.nets[place] = flat.nets
                    else:
                        made.nets[place] = net
                        above.append((made, place))
                for instance, place in level[at : at + MAX_FANOUT]:
                    instance.nets[place] = flat.nets
                flat.nets += 1
                flat.instances.append(made)
            level = above


def _strong(cells: Sequence[Cell], load: float) -> Cell:
    """The smallest of some cells that takes at most a third longer than the best one.

    Each drives :data:`MAX_FANOUT` inputs, of `load` fF each.
    """

    def delay(cell: Cell) -> float:
        arcs = cell.outputs[0].arcs
        return max(arc.delay.at(arc.delay.slews[0], MAX_FANOUT * load) for arc in arcs)

    best = min(map(delay, cells))
    return next(cell for cell in cells if delay(cell) <= best * 4 / 3)
