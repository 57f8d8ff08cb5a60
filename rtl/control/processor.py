"""The processor: one instruction a cycle, on one 32-bit adder and two memories.

Three stages: *fetch* reads the code, *decode* makes the address of the operand and decides where to
go on, *execute* has the operand and changes registers or memory. After a jump one cycle is empty.
It runs as long as it is not in reset.
"""

from amaranth.hdl import Array, Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import data, stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from sluice.rtl.interface import ParameterWrite

from .constants import with_constants
from .core_array import BusWord, core_hit_layout
from .execute import accumulate, expected, send, tell
from .isa import (
    ADDRESS_BITS,
    CONDITION_SHIFT,
    COUNTER_BITS,
    FIELDS,
    INSTRUCTION_BITS,
    Condition,
    Event,
    Flow,
    Kind,
)
from .lut4 import small_function, small_source
from .microcode.image import Microcode
from .operand import function, source

#: A result: the nonce, the rolled bits in their places in ``W0``, the job id byte, and by how much
#: it is better.
Verdict = data.StructLayout({"nonce": 32, "rolled": 32, "job": 8, "excess": 8})

_FORMAT = data.StructLayout({name: width for name, (_, width) in FIELDS.items()})


class Processor(wiring.Component):
    """Steers the cores, and checks what they find.

    Parameters
    ----------
    microcode
        The programs.
    preset
        Whether the memory may have numbers from the start, see :func:`.constants.with_constants`.

    Members
    -------
    jobs : In(stream of words)
        Jobs, whole ones only: the job id first, then header words, ``W0`` last.
    parameter : In(ParameterWrite)
        A register that changes in this cycle; not in the first 20 after a reset.
    first, last : In(16)
        Bits 24:9 of the first and of the last nonce of this chip, for each core.
    hits : In(stream of hits with their core)
        What the cores found.
    turned : In(bit for each core)
        See :class:`~sluice.rtl.core.job_port.JobPort`; synchronous to this clock.
    running, room, counting : In(1)
        See :class:`~.isa.Condition`; `room` is for a result of each lane.
    bus : Out(stream of BusWord)
        Work for the cores.
    results : Out(stream of Verdict)
        What is to be reported. Nothing else is done until it is taken.
    error, batch, stale : Out(1)
        See :class:`~.isa.Event`; each up for a cycle.
    """

    def __init__(self, microcode: Microcode, *, preset: bool = True) -> None:
        self._microcode = microcode
        self._preset = preset
        self._hit = core_hit_layout(microcode.layout.lanes)
        super().__init__(
            {
                "jobs": In(stream.Signature(32)),
                "parameter": In(ParameterWrite),
                "first": In(16),
                "last": In(16),
                "hits": In(stream.Signature(self._hit)),
                "turned": In(microcode.cores),
                "running": In(1),
                "room": In(1),
                "counting": In(1),
                "bus": Out(stream.Signature(BusWord)),
                "results": Out(stream.Signature(Verdict)),
                "error": Out(1),
                "batch": Out(1),
                "stale": Out(1),
            }
        )

    @property
    def microcode(self) -> Microcode:
        """The programs."""
        return self._microcode

    def elaborate(self, platform: object) -> Module:
        """Build it."""
        m = Module()
        code = self._microcode.code
        layout = self._microcode.layout
        m.submodules.code = rom = Memory(
            shape=INSTRUCTION_BITS, depth=len(code), init=[step.encode() for step in code]
        )
        # A word is never read in the cycle in which a program writes it: code is spaced for that.
        # Registers change long before or after they are read, or it does not matter which it is.
        init = layout.contents() if self._preset else []
        m.submodules.memory = memory = Memory(
            shape=32, depth=layout.size, init=init, attrs={"no_rw_check": 1}
        )
        fetch, operand, store = rom.read_port(), memory.read_port(), memory.write_port()
        go = Signal()
        step, now = data.View(_FORMAT, fetch.data), Signal(_FORMAT)
        executing = Signal()
        self._count, self._index = Signal(COUNTER_BITS), Signal(ADDRESS_BITS)
        self._acc, self._carry = Signal(32), Signal()
        m.d.comb += [fetch.en.eq(go), operand.en.eq(go)]
        place = self._decode(m, go, fetch.addr, step, executing)
        m.d.comb += operand.addr.eq(place)
        with m.If(go):
            m.d.sync += [now.eq(step), now.address.eq(place)]
        word: Value = operand.data
        if not self._preset:
            word = with_constants(m, layout, word, place, go)

        # Execute.
        x, y = Signal(32), Signal(32)
        m.d.comb += [
            self.results.payload.nonce.eq(self.hits.payload.hit.nonce),
            self.results.payload.rolled.eq(x),
            self.results.payload.job.eq(y),
            self.results.payload.excess.eq(self._acc),
        ]

        def doing(kind: Kind) -> Value:
            return executing & (now.kind == kind)

        storing, taking = Signal(), Signal()
        m.d.comb += [
            storing.eq(doing(Kind.STORE)),
            taking.eq(doing(Kind.LATCH) & now.select[2]),
            self.bus.valid.eq(doing(Kind.SEND)),
            self.jobs.ready.eq(taking),
            go.eq(
                ~(
                    (self.bus.valid & ~self.bus.ready)
                    | (taking & ~self.jobs.valid)
                    | (self.results.valid & ~self.results.ready)
                    | (storing & self.parameter.valid)
                )
            ),
        ]
        send(m, self.bus.payload, now, self._count, self._acc, self._microcode.cores)
        ports = {
            Event.REPORT: self.results.valid,
            Event.ERROR: self.error,
            Event.BATCH: self.batch,
            Event.STALE: self.stale,
            Event.DONE: self.hits.ready,
        }
        tell(m, doing(Kind.SIGNAL), now, ports)
        if layout.compact:
            added = small_function(m, word, x, y, now.select)
        else:
            added = function(word, x, y, now.select)
        accumulate(m, executing & go, now, added, self._acc, self._carry)
        with m.If(go & doing(Kind.INDEX)):
            m.d.sync += self._index.eq(self._acc)
        with m.If(doing(Kind.LATCH) & now.select[0]):
            m.d.sync += x.eq(Mux(now.select[2], self.jobs.payload, word))
        with m.If(doing(Kind.LATCH) & now.select[1]):
            m.d.sync += y.eq(self._source(m, now.select, word))
        # Registers are written at once: they do not wait.
        m.d.comb += [
            store.en.eq(storing | self.parameter.valid),
            store.addr.eq(now.address),
            store.data.eq(Mux(self.parameter.valid, self.parameter.data, self._acc)),
        ]
        with m.If(self.parameter.valid):
            m.d.comb += store.addr.eq(layout.parameters | self.parameter.parameter)
        return m

    def _decode(
        self, m: Module, go: Value, pc: Signal, step: data.View, executing: Signal
    ) -> Value:
        """Where to go on, and the place of the operand."""
        decoding = Signal()
        back, count = Signal.like(pc), self._count
        after = Signal(range((1 << COUNTER_BITS) + 1))
        jump, offset = Signal(), Signal(ADDRESS_BITS)
        target, place = Signal.like(pc), Signal(ADDRESS_BITS)
        conditions = {
            Condition.ALWAYS: Const(1),
            Condition.CARRY: self._carry,
            Condition.SIGN: self._acc[-1],
            Condition.JOB: self.jobs.valid,
            Condition.RUNNING: self.running,
            Condition.HIT: self.hits.valid & self.room,
            Condition.SETTLED: expected(m, self.bus, self._microcode.cores) == self.turned,
            Condition.COUNTING: self.counting,
        }
        chosen = step.select[CONDITION_SHIFT : CONDITION_SHIFT + 3]
        holds = Array([conditions[which] for which in sorted(conditions)])[chosen]
        m.d.comb += [
            offset.eq(
                (count & step.base[0].replicate(COUNTER_BITS))
                | (self._index & step.base[1].replicate(ADDRESS_BITS))
            ),
            place.eq(step.address + offset),
            after.eq(count + 1),
            target.eq(step.address),
        ]
        flow = decoding & (step.kind == Kind.FLOW)
        with m.Switch(step.select[:CONDITION_SHIFT]):
            with m.Case(Flow.JUMP):
                m.d.comb += jump.eq(flow & (holds ^ step.negate))
            with m.Case(Flow.LOOP):
                m.d.comb += jump.eq(flow & ~after[-1])
            with m.Case(Flow.CALL):
                m.d.comb += jump.eq(flow)
            with m.Case(Flow.RETURN):
                m.d.comb += [jump.eq(flow), target.eq(back)]
        with m.If(go):
            m.d.sync += [
                pc.eq(Mux(jump, target, pc + 1)),
                decoding.eq(~jump),
                executing.eq(decoding),
            ]
            with m.If(flow), m.Switch(step.select[:CONDITION_SHIFT]):
                with m.Case(Flow.LOOP):
                    m.d.sync += count.eq(after)
                with m.Case(Flow.COUNT):
                    m.d.sync += count.eq(step.address)
                with m.Case(Flow.CALL):
                    m.d.sync += back.eq(pc)
        return place

    def _source(self, m: Module, select: Value, operand: Value) -> Value:
        """The operand, or a word from outside."""
        hit = self.hits.payload.hit
        several = self._microcode.layout.lanes > 1
        told = Cat(hit.tag, hit.lanes if several else Const(0, 0))
        ends = self.first, self.last
        if self._microcode.layout.compact:
            return small_source(select, operand, hit, told, *ends)
        return source(m, select, operand, hit, told, *ends)
