"""Clocks meet in listed places only: a look at each register, memory and output of a whole chip.

The chip is built with primitives that cannot be seen through in place of those that may lead from
one clock to another; then nothing that a register sees may come from a register of another clock.
"""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from amaranth.hdl import (
    ClockDomain,
    ClockSignal,
    Elaboratable,
    Fragment,
    Instance,
    Module,
    Signal,
)
from amaranth.hdl._ir import PortDirection, build_netlist
from amaranth.hdl._nir import (
    AssignmentList,
    AsyncReadPort,
    Cell,
    FlipFlop,
    Matches,
    Net,
    Netlist,
    Operator,
    Part,
    PriorityMatch,
    SyncReadPort,
    SyncWritePort,
    Top,
)
from amaranth.hdl._nir import Instance as InstanceCell
from amaranth.lib.cdc import AsyncFFSynchronizer, FFSynchronizer

from sluice.rtl.chip import Chip
from sluice.rtl.config import ChipConfig
from sluice.rtl.control.cdc import Crossing
from sluice.rtl.core import PipelineConfig
from sluice.rtl.core.serial_config import SerialConfig
from sluice.sim.chip import LINK_CLOCK

#: Pins that come with no clock of the chip.
PINS = {"rx", "next_rx"}


class Primitives:
    """What Amaranth asks for its primitives: a box, of which only the clocks are known."""

    def get_ff_sync(self, part: FFSynchronizer) -> Module:
        m = Module()
        clock = ClockSignal(part._o_domain)
        m.submodules += Instance("synchronizer", i_from=part.i, i_clock=clock, o_to=part.o)
        return m

    def get_async_ff_sync(self, part: AsyncFFSynchronizer) -> Module:
        m = Module()
        clock = ClockSignal(part._o_domain)
        m.submodules += Instance("reset", i_any=part.i, i_clock=clock, o_to=part.o)
        return m


def crossing(part: Crossing, platform: object) -> Module:
    """In place of :meth:`Crossing.elaborate`."""
    m = Module()
    m.submodules += Instance(
        "crossing",
        i_clock=ClockSignal(part._source),
        i_far_clock=ClockSignal(part._target),
        i_here=part.i.payload.as_value(),
        i_valid=part.i.valid,
        i_far_ready=part.o.ready,
        o_far_there=part.o.payload.as_value(),
        o_far_valid=part.o.valid,
        o_ready=part.i.ready,
    )
    return m


class Clocks:
    """Which clocks decide each net of a netlist.

    Parameters
    ----------
    netlist
        The netlist.
    """

    def __init__(self, netlist: Netlist) -> None:
        self._netlist = netlist
        self._known: dict[Net, frozenset[object]] = {}
        self._written: dict[int, set[Net]] = {}
        for cell in netlist.cells:
            if isinstance(cell, SyncWritePort):
                self._written.setdefault(cell.memory, set()).add(cell.clk)

    def _of(self, net: Net, cell: Cell) -> frozenset[object] | None:
        """The clocks of what holds a value; ``None`` if it comes through."""
        match cell:
            case Top():
                (name,) = (
                    name
                    for name, (start, width) in cell.ports_i.items()
                    if start <= net.bit < start + width
                )
                return frozenset({name}) if name in PINS else frozenset()
            case FlipFlop() | SyncReadPort():
                return frozenset({cell.clk})
            case InstanceCell():
                (name,) = (
                    name
                    for name, (start, width) in cell.ports_o.items()
                    if start <= net.bit < start + width
                )
                far = "far_clock" if name.startswith("far_") else "clock"
                return frozenset(cell.ports_i[far])
        return None

    def of(self, net: Net) -> frozenset[object]:
        """All clocks that decide a net, and pins without one, by name."""
        todo = [net]
        while todo:
            now = todo[-1]
            if now.is_const or now in self._known:
                todo.pop()
                continue
            cell = self._netlist.cells[now.cell]
            found = self._of(now, cell)
            if found is None:
                assert isinstance(
                    cell, (Operator, Part, Matches, PriorityMatch, AssignmentList, AsyncReadPort)
                ), cell
                before = [edge for edge, _ in cell.comb_edges_to(now.bit) if not edge.is_const]
                unknown = [edge for edge in before if edge not in self._known]
                if unknown:
                    todo += unknown
                    continue
                found = frozenset().union(*(self._known[edge] for edge in before))
                if isinstance(cell, AsyncReadPort):
                    found |= self._written.get(cell.memory, set())
            self._known[now] = found
            todo.pop()
        return frozenset() if net.is_const else self._known[net]


def _inputs(cell: Cell) -> Iterator[tuple[Net, list[Net]]]:
    """What a cell that keeps something looks at, by the clock with which it does."""
    match cell:
        case FlipFlop():
            yield cell.clk, [*cell.data, cell.arst]
        case SyncWritePort():
            yield cell.clk, [*cell.data, *cell.addr, *cell.en]
        case SyncReadPort():
            yield cell.clk, [*cell.addr, cell.en]
        case InstanceCell(type="crossing"):
            (clock,), (far,) = cell.ports_i["clock"], cell.ports_i["far_clock"]
            yield clock, [*cell.ports_i["here"], *cell.ports_i["valid"]]
            yield far, [*cell.ports_i["far_ready"]]


def faults(make: Callable[[], Elaboratable], ports: dict[str, tuple]) -> list[str]:
    """All places where clocks meet that are not listed."""
    netlist = build_netlist(Fragment.get(make(), Primitives()), ports=ports)
    clocks, found = Clocks(netlist), []

    def at(cell: Cell) -> str:
        return f"{'.'.join(netlist.modules[cell.module_idx].name)}: {cell.src_loc}"

    read: dict[int, set[Net]] = {}
    for cell in netlist.cells:
        for clock, nets in _inputs(cell):
            others = frozenset().union(*(clocks.of(net) for net in nets)) - {clock}
            if others:
                found.append(f"{at(cell)}: of {clock}, sees {set(others)}")
        if isinstance(cell, (SyncReadPort, SyncWritePort)):
            read.setdefault(cell.memory, set()).add(cell.clk)
        if isinstance(cell, InstanceCell) and cell.type == "synchronizer":
            # A gate in front of it could let through what was never there.
            source = [netlist.cells[net.cell] for net in cell.ports_i["from"]]
            if not all(isinstance(of, (FlipFlop, Top, InstanceCell)) for of in source):
                found.append(f"{at(cell)}: no register in front of a synchronizer")
    found += [f"{at(netlist.cells[of])}: {used}" for of, used in read.items() if len(used) > 1]
    for name, nets in netlist.top.ports_o.items():
        several = frozenset().union(*(clocks.of(net) for net in nets))
        if len(several) > 1:
            found.append(f"{name}: of {set(several)}")
    return found


def chip(config: ChipConfig) -> list[str]:
    part = Chip(config)
    ports = {
        name: (
            getattr(part, name),
            PortDirection.Input if member.flow.name == "In" else PortDirection.Output,
        )
        for name, member in part.signature.members.items()
    }
    return faults(lambda: part, ports)


CONFIGS = {
    "pipeline": ChipConfig(core=PipelineConfig(lanes=2, rounds=18), cores=2, link_clock=LINK_CLOCK),
    "compact": ChipConfig(core=SerialConfig(engines=2), compact=True, link_clock=LINK_CLOCK),
}


@pytest.fixture(autouse=True)
def boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Crossing, "elaborate", crossing)


@pytest.mark.parametrize("name", CONFIGS)
def test_clocks_meet_in_listed_places_only(name: str) -> None:
    assert chip(CONFIGS[name]) == []


class Two(Elaboratable):
    """A bit of one clock that another one looks at."""

    def __init__(self, *, synchronized: bool = False, gate: bool = False) -> None:
        self._synchronized, self._gate = synchronized, gate

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.domains.far = ClockDomain(reset_less=True)
        bit, other, seen, kept = Signal(), Signal(), Signal(), Signal()
        m.d.comb += ClockSignal("far").eq(other)
        m.d.sync += [bit.eq(~bit), other.eq(~other)]
        if self._synchronized:
            m.submodules += FFSynchronizer(bit & other if self._gate else bit, seen, o_domain="far")
        else:
            m.d.comb += seen.eq(bit)
        m.d.far += kept.eq(seen)
        return m


def test_what_is_not_listed_is_found() -> None:
    assert faults(partial(Two, synchronized=True), {}) == []
    (fault,) = faults(Two, {})
    assert "sees" in fault
    (fault,) = faults(partial(Two, synchronized=True, gate=True), {})
    assert "no register in front" in fault
