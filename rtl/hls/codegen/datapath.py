"""A schedule as an Amaranth component."""

from collections.abc import Iterator, Mapping

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import data, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from sluice.rtl.target import Technology

from ..check import check
from ..ir import Binding, Node, Source
from ..lifetimes import Wait, waits
from ..ops import PASSING, Op
from ..ram_plan import ram_plan
from ..schedule import Schedule
from .control import TurnLine
from .delay_line import DelayLine
from .pipe import later


def job_fields(schedule: Schedule) -> dict[tuple[Node, int], str]:
    """Names of the members of the job structure: a job word and the clocks before its use."""
    return {
        (node, clock): f"job{i}_{node.name or 'sum'}_at{clock}"
        for i, (node, clocks) in enumerate(schedule.job_uses.items())
        for clock in clocks
    }


class Datapath(wiring.Component):
    """The operations of a schedule, its registers and its delay lines. Nothing in it is reset.

    A nonce enters in every clock; its outputs leave :attr:`delay` clocks later. The nonce of clock
    ``t`` meets the job words that stand in a field ``..._at{c}`` in clock ``t + c``.

    Through a graph with loops a nonce goes several times. Nonces enter during the first pass only,
    and the first word of the next pass follows the last one of this pass at once.

    Parameters
    ----------
    schedule
        What to compute, and when.
    technology
        How.
    ram_from
        The shortest wait that goes to block RAM, see :func:`~.storage.waits`.
    registered
        Whether outputs go through a last register.
    kept
        Words in the memories of recalls, in places above those that passes write to.
    lut_words
        The depth up to which the memory of a delay line is built of look-up tables.
    turns
        Where the number of the pass comes from, if not from :attr:`turn` and :attr:`place`.

    Members
    -------
    enter : In(struct of words)
        The inputs that are known with the nonce, by name; each in its :meth:`arrival`.
    turn : In(range(passes))
        The number of the pass that enters in this clock.
    place : In(range(turn of the schedule))
        The number of the nonce that enters, of those in a pass; only the memories of recalls, which
        have places for each, depend on it.
    job : In(struct of words)
        A field for each job word and clock of use, see :func:`job_fields`.
    out : Out(struct of words)
        The outputs that depend on the nonce, by name; and the taps, each in its clock of the
        schedule.
    """

    def __init__(
        self,
        schedule: Schedule,
        *,
        technology: Technology,
        ram_from: int | None = 8,
        registered: bool = True,
        kept: Mapping[int, int] | None = None,
        lut_words: int = 0,
        turns: TurnLine | None = None,
    ) -> None:
        if ram_from is not None and ram_from < 3:
            raise ValueError(f"ram_from must be at least 3 clocks, not {ram_from}")
        check(schedule, kept)
        self._inputs = {node.name: node for node in schedule.nodes if node.kind is Source.INPUT}
        self._schedule = schedule
        self._technology = technology
        self._ram_from = ram_from
        self._registered = registered
        self._kept = dict(kept or {})
        self._lut_words = lut_words
        self._given = turns
        self._fields = job_fields(schedule)
        self._outputs = {
            name: node
            for name, node in schedule.graph.outputs.items()
            if node.binding is Binding.NONCE
        }
        self._taps = schedule.graph.taps
        super().__init__(
            {
                "enter": In(data.StructLayout(dict.fromkeys(self._inputs, 32))),
                "turn": In(range(schedule.graph.passes)),
                "place": In(range(max(1, schedule.turn))),
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
        """Clocks from a nonce to its outputs: the latency of the schedule, and a last register."""
        return self._schedule.latency + self._registered

    def arrival(self, name: str) -> int:
        """The clock of a pass in which an input is used."""
        return self._schedule.clock[self._inputs[name]]

    def elaborate(self, platform: object) -> Module:
        """One signal a node and clock in which it is used."""
        m = Module()
        schedule = self._schedule
        self._turns = self._given or TurnLine(m, self.turn, self.place)
        self._inverted = {
            key: Signal(32, name=f"{key[0].name or f'n{key[0].index}'}_not", reset_less=True)
            for key in self._subtracted()
        }
        there: dict[tuple[Node, int], Value] = {}
        pending: dict[Node, list[Wait]] = {node: [] for node in schedule.nodes}
        for wait in waits(schedule, self._ram_from):
            pending[wait.node].append(wait)
        # What a loop is comes from a node further down.
        for loop in schedule.graph.loops:
            there[loop, schedule.clock[loop]] = Signal(32, name=f"{loop.name}_loop")
        for node in schedule.nodes:
            clock = schedule.clock[node]
            label = f"{node.name or f'n{node.index}'}"
            if (node, clock) not in there:
                there[node, clock] = Signal(32, name=f"{label}_c{clock}")
                m.d.comb += there[node, clock].eq(self._fire(m, node, clock, there))
            for wait in pending[node]:
                value = there[node, wait.start]
                if wait.in_ram:
                    registered = self._technology.ram_register
                    line = DelayLine(
                        width=32,
                        clocks=wait.clocks,
                        registered=registered,
                        lut_words=self._lut_words,
                    )
                    m.submodules[f"wait_{label}_c{wait.start}"] = line
                    m.d.comb += line.i.eq(value)
                    there[node, wait.end] = line.o
                    continue
                for step in range(wait.start + 1, wait.end + 1):
                    register = Signal(32, name=f"{label}_c{step}", reset_less=True)
                    inverted = self._inverted.get((node, step))
                    if inverted is None:
                        m.d.sync += register.eq(value)
                    else:
                        m.d.sync += inverted.eq(~value)
                        m.d.comb += register.eq(~inverted)
                    value = there[node, step] = register
        for loop, node in schedule.graph.loops.items():
            clock = schedule.clock[loop]
            if loop.kind is Source.RECALL:
                word = self._recall(m, loop, there[node, schedule.clock[node]])
            else:
                word = there[node, clock + loop.value * schedule.turn]
            m.d.comb += there[loop, clock].eq(word)
        for name, node in self._outputs.items():
            word = there[node, schedule.end]
            if self._registered:
                register = Signal(32, name=f"{name}_out", reset_less=True)
                m.d.sync += register.eq(word)
                word = register
            m.d.comb += self.out[name].eq(word)
        for name, loop in self._taps.items():
            m.d.comb += self.out[name].eq(there[loop, schedule.clock[loop]])
        return m

    def _fire(
        self, m: Module, node: Node, clock: int, there: Mapping[tuple[Node, int], Value]
    ) -> Value:
        if isinstance(node.kind, Source):
            return self.enter[node.name]
        args: list[Value] = []
        table: Node | None = None
        for position, arg in enumerate(node.args):
            match arg.binding:
                case Binding.NONCE:
                    args.append(there[arg, clock])
                case Binding.JOB:
                    args.append(self.job[self._fields[arg, self._schedule.when(node, position)]])
                case Binding.CONSTANT:
                    args.append(Const(arg.value, 32))
                case Binding.PASS:
                    table = arg
        if node.kind is Op.SELECT:
            return self._turns.select(clock, node.passes, args)
        if node.kind is Op.GATE:
            return self._technology.emit_gate(args[0], self._turns.where(clock, node.passes, 1))
        if node.kind in PASSING:
            first = self._turns.where(clock, node.passes, 1)
            return self._technology.emit_passing(m, node.kind, args, first)
        if table is not None:
            (word,) = args
            assert node.kind is Op.ADD, node
            turn = self._turns.number(clock)
            return self._technology.emit_add_table(m, word, table.passes, turn)
        if node.kind is Op.SUB:
            key = self._in_register(node.args[1], clock)
            inverted = self._inverted.get(key) if key else None
            if inverted is not None:
                # One chain, with a carry into the lowest bit.
                return (Cat(Const(1, 1), args[0]) + Cat(Const(1, 1), inverted))[1:33]
        return self._technology.emit(m, node.kind, args, node.which)

    def _subtracted(self) -> Iterator[tuple[Node, int]]:
        """The registers that hold a word inverted: whoever needs it as it is has a table for it."""
        if self._technology.inverts:
            for node, clock in self._schedule.clock.items():
                key = self._in_register(node.args[1], clock) if node.kind is Op.SUB else None
                if key is not None:
                    yield key

    def _in_register(self, node: Node, clock: int) -> tuple[Node, int] | None:
        """The word and the clock of the register that `node` is read from, if it is in one."""
        if node.kind is Source.LOOP and clock == self._schedule.clock[node]:
            clock += node.value * self._schedule.turn
            node = self._schedule.graph.loops[node]
        if clock == self._schedule.clock[node]:
            return None
        own = (wait for wait in waits(self._schedule, self._ram_from) if wait.node is node)
        in_ram = any(wait.in_ram and wait.start < clock <= wait.end for wait in own)
        return None if in_ram else (node, clock)

    def _recall(self, m: Module, loop: Node, word: Value) -> Value:
        """A memory written with `word`, and read for the clock in which `loop` is used."""
        plan = ram_plan(self._schedule, loop, self._kept)
        turns = self._turns
        init = list(plan.init)
        number = Signal(range(plan.depth))
        if self._schedule.turn > 1:
            # The number of the nonce is above that of the pass.
            init += [0] * ((1 << len(number)) - len(init))
            init *= self._schedule.turn
        m.submodules[f"recall_{loop.name}"] = memory = Memory(
            shape=32, depth=len(init), init=init, attrs={"no_rw_check": 1}
        )
        write, read = memory.write_port(), memory.read_port()
        own: Value = turns.number(plan.written)[: plan.bits]
        if any(plan.others):
            other = turns.looked_up(plan.written, plan.others, len(number))
            elsewhere = [int(place > 0) for place in plan.others]
            own = Mux(turns.where(plan.written, elsewhere, 1), other, own)
        enable: Value = Const(1)
        if not all(plan.enabled):
            enable = turns.where(plan.written, plan.enabled, 1)
        m.d.comb += [
            write.en.eq(enable),
            write.data.eq(later(m, word, plan.registers)),
            number.eq(own),
            write.addr.eq(Cat(number, turns.place(plan.written))),
            read.addr.eq(
                Cat(turns.looked_up(plan.asked, plan.reads, len(number)), turns.place(plan.asked))
            ),
        ]
        return later(m, read.data, plan.registers)
