"""Netlists that the flow changes between synthesis and placement: they do the same as before.

Of a design, what Yosys makes of it in cells of the ECP5, and that after the change, both by Yosys'
models of the cells, with the same inputs in every cycle.

``open_carries``: :mod:`sluice.boards.flow.carry`; whatever an open carry is, nothing else changes.
``moved_registers``: :mod:`sluice.boards.flow.outreg`. Of a block RAM there is no model, and none is
needed: what the RAM puts out is anything at all, but the same in both, where everything that goes
into it is the same. Its register is a flip-flop of its clock (ECP5 and ECP5-5G Memory Usage Guide,
FPGA-TN-02204).
"""

import copy
from functools import cache

from amaranth.asserts import AnySeq
from amaranth.hdl import Assert, ClockSignal, Elaboratable, Instance, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from sluice.boards.flow.carry import open_
from sluice.boards.flow.outreg import absorb
from sluice.rtl.hls.ops import Op
from sluice.rtl.target import by_name
from tests.formal.netlists import Cells, Netlist, of_ecp5
from tests.formal.property import Property

CHAIN, RAM = "CCU2C", "DP16KD"


class Sums(wiring.Component):
    """Sums of the target, and one of Yosys' own, with a carry into it."""

    a: In(32)
    b: In(32)
    c: In(32)
    d: In(32)
    o: Out(128)

    def elaborate(self, platform: object) -> Module:
        m, technology = Module(), by_name("ecp5")
        for place, (op, args) in enumerate(
            (
                (Op.ADD, [self.a, self.b]),
                (Op.SUB, [self.b, self.c]),
                (Op.ADD_CHOOSE, [self.a, self.b, self.c, self.d]),
            )
        ):
            m.d.comb += self.o.word_select(place, 32).eq(technology.emit(m, op, args, None))
        m.d.comb += self.o[96:].eq(self.c - self.d)
        return m


class Reads(wiring.Component):
    """A memory with a register behind it, and one whose register has an enable."""

    address: In(10)
    word: In(18)
    write: In(1)
    enable: In(1)
    o: Out(36)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        for place, moves in enumerate((True, False)):
            m.submodules[f"memory{place}"] = memory = Memory(shape=18, depth=1024, init=[])
            read, write = memory.read_port(), memory.write_port()
            m.d.comb += [
                read.addr.eq(self.address),
                write.addr.eq(self.address + 1),
                write.data.eq(self.word),
                write.en.eq(self.write),
            ]
            behind = Signal(18, reset_less=True)
            with m.If(moves | self.enable):
                m.d.sync += behind.eq(read.data)
            m.d.comb += self.o.word_select(place, 18).eq(behind)
        return m


@cache
def sums() -> tuple[Netlist, Netlist]:
    """Before, and after."""
    before = of_ecp5(Sums())
    after = copy.deepcopy(before)
    assert open_(after) > 0, "nothing has changed"
    return before, after


@cache
def reads() -> tuple[Netlist, Netlist]:
    """Before, and after."""
    before = of_ecp5(Reads())
    after = copy.deepcopy(before)
    assert absorb(after) >= 18, "nothing has changed"
    return before, after


def with_open_carries(netlist: Netlist) -> tuple[Cells, int]:
    """Carries that nothing drives come from a port, and ends that nothing reads are none."""
    cells, opened = Cells(netlist), []
    for cell in cells.cells.values():
        wires = cell["connections"]
        if cell["type"] == CHAIN and wires.get("CIN") == ["x"]:
            opened.append(cells.wire())
            wires["CIN"] = [opened[-1]]
        if cell["type"] == CHAIN and wires.get("COUT") == ["x"]:
            del wires["COUT"]
    cells.port("open", "input", opened)
    return cells, len(opened)


def without_memories(netlist: Netlist) -> tuple[Cells, int, int]:
    """What goes into memories goes to a port, what comes from them comes from one."""
    cells, into, out = Cells(netlist), [], []
    for name, ram in sorted(cells.cells.items()):
        if ram["type"] != RAM:
            continue
        del cells.cells[name]
        for pin, bits in sorted(ram["connections"].items()):
            if ram["port_directions"].get(pin, "input") == "output":
                raw = cells.wire()
                out.append(raw)
                if bits and isinstance(bits[0], int):
                    registered = ram["parameters"].get("REGMODE_B") == "OUTREG"
                    cells.cells[f"{name}.{pin}"] = _behind(raw, bits[0], ram, registered)
            elif not pin.startswith("OCE"):
                into += bits
    cells.port("into", "output", ["0" if bit in ("x", "z") else bit for bit in into])
    cells.port("out", "input", out)
    return cells, len(into), len(out)


def _behind(raw: int, bit: int, ram: dict, registered: bool) -> dict:
    """What is between the memory and a wire: its register, or nothing."""
    directions = {"A": "input", "Y": "output"}
    if not registered:
        wires = {"A": [raw], "Y": [bit]}
        parameters = {"A_SIGNED": "0", "A_WIDTH": f"{1:032b}", "Y_WIDTH": f"{1:032b}"}
        return _cell("$pos", parameters, directions, wires)
    parameters = {"CLK_POLARITY": "1", "WIDTH": f"{1:032b}"}
    directions = {"CLK": "input", "D": "input", "Q": "output"}
    wires = {"CLK": ram["connections"]["CLKB"], "D": [raw], "Q": [bit]}
    return _cell("$dff", parameters, directions, wires)


def _cell(kind: str, parameters: dict, directions: dict, wires: dict) -> dict:
    return {
        "hide_name": 0,
        "type": kind,
        "parameters": parameters,
        "attributes": {},
        "port_directions": directions,
        "connections": wires,
    }


class Carries(Elaboratable):
    """Before, and after with any carry where one is open."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        words = {name: AnySeq(32) for name in "abcd"}
        made = [Signal(128, name=name) for name in ("before", "after")]
        for netlist, name, of in zip(sums(), ("before", "after"), made, strict=True):
            inputs = {f"i_{port}": value for port, value in words.items()}
            if count := with_open_carries(netlist)[1]:
                inputs["i_open"] = AnySeq(count)
            m.submodules += Instance(name, **inputs, o_o=of)
        m.d.comb += Assert(made[0] == made[1])
        return m


class Registers(Elaboratable):
    """Before, and after."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        (_, into, out), _ = (without_memories(netlist) for netlist in reads())
        given = {"address": 10, "word": 18, "write": 1, "enable": 1, "out": out}
        inputs = {f"i_{name}": AnySeq(width) for name, width in given.items()}
        found = []
        for name in ("before", "after"):
            made, goes = Signal(36, name=f"{name}_o"), Signal(into, name=f"{name}_into")
            m.submodules += Instance(
                name, i_clk=ClockSignal(), i_rst=0, **inputs, o_o=made, o_into=goes
            )
            found.append((made, goes))
        # Registers may begin with anything, and then they follow what is read.
        fresh = Signal()
        m.d.sync += fresh.eq(1)
        (one, into_one), (other, into_other) = found
        m.d.comb += [Assert(into_one == into_other), Assert(~fresh | (one[:18] == other[:18]))]
        m.d.comb += Assert(one[18:] == other[18:])
        return m


def carry_modules() -> str:
    """RTLIL of both netlists."""
    pairs = zip(sums(), ("before", "after"), strict=True)
    return "".join(with_open_carries(netlist)[0].rtlil(name) for netlist, name in pairs)


def register_modules() -> str:
    """RTLIL of both netlists."""
    pairs = zip(reads(), ("before", "after"), strict=True)
    return "".join(without_memories(netlist)[0].rtlil(name) for netlist, name in pairs)


PROPERTIES = [
    Property(
        name="open_carries",
        make=Carries,
        modules=carry_modules,
        depth=1,
        bounded="it has no state",
        mutable=False,
    ),
    Property(
        name="moved_registers", make=Registers, modules=register_modules, depth=2, mutable=False
    ),
]
