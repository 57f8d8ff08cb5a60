"""A schedule as an Amaranth component."""

from collections.abc import Mapping

from amaranth.hdl import Const, Module, Signal, Value
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from .delayline import DelayLine
from .node import Binding, Node, Source
from .schedule import Schedule
from .storage import Wait, waits
from .technology import Technology


def job_fields(schedule: Schedule) -> dict[tuple[Node, int], str]:
    """Names of the members of the job structure: a job word in a clock in which it is used."""
    return {
        (node, clock): f"job{i}_{node.name or 'sum'}_at{clock}"
        for i, (node, clocks) in enumerate(schedule.job_uses.items())
        for clock in clocks
    }


class Datapath(wiring.Component):
    """The operations of a schedule, its registers and its delay lines. Nothing in it is reset.

    A nonce enters in every clock; its outputs leave :attr:`delay` clocks later. The nonce of clock
    ``t`` meets the job words that stand in a field ``..._at{c}`` in clock ``t + c``.

    Parameters
    ----------
    schedule
        What to compute, and when.
    technology
        How.
    ram_from
        The shortest wait that goes to block RAM, see :func:`~.storage.waits`.

    Members
    -------
    nonce : In(32)
        The input that is known with the nonce.
    job : In(struct of words)
        A field for each job word and clock of use, see :func:`job_fields`.
    out : Out(struct of words)
        The outputs that depend on the nonce, by name.
    """

    def __init__(
        self, schedule: Schedule, *, technology: Technology, ram_from: int | None = 8
    ) -> None:
        if ram_from is not None and ram_from < 3:
            raise ValueError(f"ram_from must be at least 3 clocks, not {ram_from}")
        inputs = [node for node in schedule.nodes if node.kind is Source.INPUT]
        if len(inputs) != 1:
            names = ", ".join(node.name for node in inputs)
            raise ValueError(f"the schedule must have one input known with the nonce, not: {names}")
        self._schedule = schedule
        self._technology = technology
        self._ram_from = ram_from
        self._nonce = inputs[0]
        self._fields = job_fields(schedule)
        self._outputs = {
            name: node
            for name, node in schedule.graph.outputs.items()
            if node.binding is Binding.NONCE
        }
        super().__init__(
            {
                "nonce": In(32),
                "job": In(data.StructLayout(dict.fromkeys(self._fields.values(), 32))),
                "out": Out(data.StructLayout(dict.fromkeys(self._outputs, 32))),
            }
        )

    @property
    def schedule(self) -> Schedule:
        """The schedule."""
        return self._schedule

    @property
    def delay(self) -> int:
        """Clocks from a nonce to its outputs: the latency of the schedule and a last register."""
        return self._schedule.latency + 1

    def elaborate(self, platform: object) -> Module:
        """One signal a node and clock in which it is used."""
        m = Module()
        there: dict[tuple[Node, int], Value] = {}
        pending: dict[Node, list[Wait]] = {node: [] for node in self._schedule.nodes}
        for wait in waits(self._schedule, self._ram_from):
            pending[wait.node].append(wait)
        for node in self._schedule.nodes:
            clock = self._schedule.clock[node]
            label = f"{node.name or f'n{node.index}'}"
            there[node, clock] = Signal(32, name=f"{label}_c{clock}")
            m.d.comb += there[node, clock].eq(self._fire(m, node, clock, there))
            for wait in pending[node]:
                value = there[node, wait.start]
                if wait.in_ram:
                    line = DelayLine(width=32, clocks=wait.clocks)
                    m.submodules[f"wait_{label}_c{wait.start}"] = line
                    m.d.comb += line.i.eq(value)
                    there[node, wait.end] = line.o
                    continue
                for step in range(wait.start + 1, wait.end + 1):
                    register = Signal(32, name=f"{label}_c{step}", reset_less=True)
                    m.d.sync += register.eq(value)
                    value = there[node, step] = register
        for name, node in self._outputs.items():
            register = Signal(32, name=f"{name}_out", reset_less=True)
            m.d.sync += register.eq(there[node, self._schedule.latency])
            m.d.comb += self.out[name].eq(register)
        return m

    def _fire(
        self, m: Module, node: Node, clock: int, there: Mapping[tuple[Node, int], Value]
    ) -> Value:
        if isinstance(node.kind, Source):
            return self.nonce
        args: list[Value] = []
        for arg in node.args:
            if arg.binding is Binding.NONCE:
                args.append(there[arg, clock])
            elif arg.binding is Binding.JOB:
                args.append(self.job[self._fields[arg, clock]])
            else:
                args.append(Const(arg.value, 32))
        return self._technology.emit(m, node.kind, args, node.which)
