"""A schedule as an Amaranth component."""

from collections.abc import Iterator, Mapping
from functools import partial

from amaranth.hdl import Cat, Const, Module, Signal, Value
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.target import Technology

from ..check import check
from ..ir import BindingTime, Node, Source
from ..lifetimes import Wait, waits
from ..ops import GATED_SUMS, Op
from ..ram_plan import ram_plan
from ..schedule import Schedule
from .control import SlotLine
from .in_place import Turns
from .ram import carry
from .waiting import Waiting


def job_fields(schedule: Schedule) -> dict[tuple[Node, int], str]:
    """Names of the members of the job structure: a job word and the cycles before its use."""
    return {
        (node, cycle): f"job{i}_{node.name or 'sum'}_at{cycle}"
        for i, (node, cycles) in enumerate(schedule.job_uses.items())
        for cycle in cycles
    }


class Datapath(wiring.Component):
    """The operations of a schedule, its registers and its delay lines. Nothing in it is reset.

    A nonce enters in every cycle; its outputs leave :attr:`delay` cycles later. The nonce of cycle
    ``t`` meets the job words that stand in a field ``..._at{c}`` in cycle ``t + c``.

    Through a graph of several slots a nonce goes as often. Nonces enter during the first slot only,
    and the first word of the next slot follows the last one of this slot at once.

    Parameters
    ----------
    schedule
        What to compute, and when.
    technology
        How.
    ram_from
        The shortest wait that goes to block RAM, see :func:`~.lifetimes.waits`.
    registered
        Whether outputs go through a last register.
    constants
        Words in memories, in places above those that slots write to.
    lut_words
        The depth up to which the memory of a delay line is built of look-up tables.
    in_place_from
        The fewest cycles in registers for which a word stays in one of them, see
        :class:`~.in_place.InPlace`, instead of moving from one to the next; none for ``None``.
    line
        Where the number of the slot comes from, if not from :attr:`slot` and :attr:`thread`.

    Members
    -------
    enter : In(struct of words)
        The inputs that are known with the nonce, by name; each in its :meth:`arrival`.
    slot : In(range(slots))
        The number of the slot that enters in this cycle.
    thread : In(range(threads of the schedule))
        The number of the thread that enters; only memories, which have a part for each, depend on
        it.
    job : In(struct of words)
        A field for each job word and cycle of use, see :func:`job_fields`.
    out : Out(struct of words)
        The outputs that depend on the nonce, by name; and the taps, each in its cycle of the
        schedule.
    """

    def __init__(
        self,
        schedule: Schedule,
        *,
        technology: Technology,
        ram_from: int | None = 8,
        registered: bool = True,
        constants: Mapping[int, int] | None = None,
        lut_words: int = 0,
        in_place_from: int | None = None,
        line: SlotLine | None = None,
    ) -> None:
        if ram_from is not None and ram_from < 3:
            raise ValueError(f"ram_from must be at least 3 cycles, not {ram_from}")
        if in_place_from is not None and in_place_from < 2:
            raise ValueError(f"in_place_from must be at least 2 cycles, not {in_place_from}")
        check(schedule, constants)
        self._inputs = {node.name: node for node in schedule.nodes if node.kind is Source.INPUT}
        self._schedule = schedule
        self._technology = technology
        self._ram_from = ram_from
        self._registered = registered
        self._constants = dict(constants or {})
        self._lut_words = lut_words
        self._in_place_from = in_place_from
        self._given = line
        self._fields = job_fields(schedule)
        self._outputs = {
            name: node
            for name, node in schedule.graph.outputs.items()
            if node.known is BindingTime.NONCE
        }
        self._taps = schedule.graph.taps
        super().__init__(
            {
                "enter": In(data.StructLayout(dict.fromkeys(self._inputs, 32))),
                "slot": In(range(schedule.graph.slots)),
                "thread": In(range(max(1, schedule.threads))),
                "job": In(data.StructLayout(dict.fromkeys(self._fields.values(), 32))),
                "out": Out(data.StructLayout(dict.fromkeys([*self._outputs, *self._taps], 32))),
            }
        )

    @property
    def schedule(self) -> Schedule:
        """The schedule."""
        return self._schedule

    @property
    def delay(self) -> int:
        """Cycles from a nonce to its outputs: the latency of the schedule, and a last register."""
        return self._schedule.latency + self._registered

    def arrival(self, name: str) -> int:
        """The cycle of a slot in which an input is used."""
        return self._schedule.cycle[self._inputs[name]]

    def elaborate(self, platform: object) -> Module:
        """One signal a node and cycle in which it is used."""
        m = Module()
        schedule = self._schedule
        self._line = self._given or SlotLine(m, self.slot, self.thread)
        self._inverted = {
            key: Signal(32, name=f"{key[0].name or f'n{key[0].index}'}_not", reset_less=True)
            for key in self._subtracted()
        }
        waiting = Waiting(
            m,
            Turns(m),
            self._technology.ram_register,
            self._lut_words,
            self._in_place_from,
        )
        there: dict[tuple[Node, int], Value] = {}
        pending: dict[Node, list[Wait]] = {node: [] for node in schedule.nodes}
        for wait in waits(schedule, self._ram_from):
            pending[wait.node].append(wait)
        # What an earlier slot has made comes from a node further down.
        for value in schedule.graph.carried:
            there[value, schedule.cycle[value]] = Signal(32, name=f"{value.name}_before")
        for node in schedule.nodes:
            cycle = schedule.cycle[node]
            label = f"{node.name or f'n{node.index}'}"
            if (node, cycle) not in there:
                there[node, cycle] = Signal(32, name=f"{label}_c{cycle}")
                m.d.comb += there[node, cycle].eq(self._fire(m, node, cycle, there))
            own = pending[node]
            if own:
                inverted = {at: word for (of, at), word in self._inverted.items() if of is node}
                words = waiting.to_uses(label, there[node, cycle], own, inverted)
                there |= {(node, at): word for at, word in words.items()}
        preset = self._technology.preset_memories
        remember = partial(carry, m, line=self._line, threads=schedule.threads, preset=preset)
        for value, node in schedule.graph.carried.items():
            cycle = schedule.cycle[value]
            if value.kind is Source.RAM:
                plan = ram_plan(schedule, value, self._constants)
                made = there[node, schedule.cycle[node]]
                word = remember(plan, name=value.name, word=made)
            else:
                word = there[node, cycle + value.value * schedule.threads]
            m.d.comb += there[value, cycle].eq(word)
        for name, node in self._outputs.items():
            word = there[node, schedule.end]
            if self._registered:
                register = Signal(32, name=f"{name}_out", reset_less=True)
                m.d.sync += register.eq(word)
                word = register
            m.d.comb += self.out[name].eq(word)
        for name, value in self._taps.items():
            m.d.comb += self.out[name].eq(there[value, schedule.cycle[value]])
        return m

    def _fire(
        self, m: Module, node: Node, cycle: int, there: Mapping[tuple[Node, int], Value]
    ) -> Value:
        if isinstance(node.kind, Source):
            return self.enter[node.name]
        args: list[Value] = []
        table: Node | None = None
        for position, arg in enumerate(node.args):
            match arg.known:
                case BindingTime.NONCE:
                    args.append(there[arg, cycle])
                case BindingTime.JOB:
                    args.append(self.job[self._fields[arg, self._schedule.when(node, position)]])
                case BindingTime.CONSTANT:
                    args.append(Const(arg.value, 32))
                case BindingTime.SLOT:
                    table = arg
        if node.kind is Op.SELECT:
            return self._line.select(cycle, node.by_slot, args)
        if node.kind is Op.GATE:
            return self._technology.emit_gate(args[0], self._line.where(cycle, node.by_slot, 1))
        if node.kind in GATED_SUMS:
            first = self._line.where(cycle, node.by_slot, 1)
            return self._technology.emit_gated_sum(m, node.kind, args, first)
        if table is not None:
            (word,) = args
            assert node.kind is Op.ADD, node
            slot = self._line.number(cycle)
            return self._technology.emit_add_table(m, word, table.by_slot, slot)
        if node.kind is Op.SUB:
            key = self._in_register(node.args[1], cycle)
            inverted = self._inverted.get(key) if key else None
            if inverted is not None:
                # One chain, with a carry into the lowest bit.
                return (Cat(Const(1, 1), args[0]) + Cat(Const(1, 1), inverted))[1:33]
        return self._technology.emit(m, node.kind, args, node.which)

    def _subtracted(self) -> Iterator[tuple[Node, int]]:
        """The registers that hold a word inverted: whoever needs it as it is has a table for it."""
        if self._technology.inverts:
            for node, cycle in self._schedule.cycle.items():
                key = self._in_register(node.args[1], cycle) if node.kind is Op.SUB else None
                if key is not None:
                    yield key

    def _in_register(self, node: Node, cycle: int) -> tuple[Node, int] | None:
        """The word and the cycle of the register that `node` is read from, if it is in one."""
        if node.kind is Source.BACK_EDGE and cycle == self._schedule.cycle[node]:
            cycle += node.value * self._schedule.threads
            node = self._schedule.graph.carried[node]
        if cycle == self._schedule.cycle[node]:
            return None
        own = (wait for wait in waits(self._schedule, self._ram_from) if wait.node is node)
        in_ram = any(wait.in_ram and wait.start < cycle <= wait.end for wait in own)
        return None if in_ram else (node, cycle)
