"""Instructions: the processor does in each stage what its instruction set says, for all words.

:mod:`sluice.rtl.control.processor` is compared with what :mod:`sluice.rtl.control.isa` says, and
:class:`~sluice.rtl.control.model.ProcessorModel` does: any instruction in any place of the code,
with any registers, any memory, and anything around it. Stage by stage, from any state at all, so
for all times: what is fetched and where it goes on; the place of an operand, and that the word is
the one that is there; what an instruction changes and tells; and that one that has to wait changes
nothing until it need not.
"""

from amaranth.asserts import AnyConst
from amaranth.hdl import (
    Array,
    Assert,
    Assume,
    Cat,
    Const,
    Elaboratable,
    Module,
    Mux,
    ResetSignal,
    Signal,
    Value,
)
from amaranth.lib import data

from sluice.rtl.control.execute import accumulate, expected
from sluice.rtl.control.isa import (
    CONDITION_SHIFT,
    FIELDS,
    SIGMAS,
    Condition,
    Event,
    Flow,
    Kind,
    Latch,
    Select,
)
from sluice.rtl.control.microcode.image import Microcode, microcode
from sluice.rtl.control.processor import Processor
from sluice.rtl.core.config import PipelineConfig
from sluice.rtl.core.interface import Control
from sluice.rtl.core.plan import plan
from sluice.rtl.core.serial_config import SerialConfig
from tests.formal.property import Opened, Property, let_free

_FORMAT = data.StructLayout({name: width for name, (_, width) in FIELDS.items()})

CORES = 2


def programs(*, compact: bool) -> Microcode:
    """Any programs: all that is looked at of them is the size of the memories."""
    config = SerialConfig(engines=1) if compact else PipelineConfig(lanes=2, rounds=18)
    return microcode(
        plan(config).program,
        lanes=config.lanes,
        rounds=config.rounds,
        cores=CORES,
        batches=2,
        compact=compact,
    )


def sigma(word: Value, which: Select) -> Value:
    """A sigma, by rotations and shifts."""
    of = SIGMAS[which]
    total: Value = Const(0, 32)
    for amount in of.rotr:
        total = total ^ Cat(word[amount:], word[:amount])
    for amount in of.shr:
        total = total ^ (word >> amount)
    return total[:32]


class Processing(Elaboratable):
    """A processor, and what it has to make of each cycle."""

    def __init__(self, *, compact: bool) -> None:
        self._compact = compact

    def elaborate(self, platform: object) -> Module:
        m = Module()
        self._part = part = Processor(programs(compact=self._compact))
        m.submodules.part = self._inside = inside = Opened(part, accumulate, expected)
        let_free(m, part.jobs.valid, part.jobs.payload, part.parameter, part.first, part.last)
        let_free(m, part.hits.valid, part.hits.payload, part.turned, part.running, part.room)
        let_free(m, part.counting, part.bus.ready, part.results.ready)
        # What a reset does is seen wherever the processor runs.
        m.d.comb += Assume(~ResetSignal("sync"))
        self._go, self._executing = inside["go"], inside["executing"]
        self._decoding, self._pc = inside["decoding"], inside.part("fetch").addr
        self._step = data.View(_FORMAT, inside.part("fetch").data)
        self._now = data.View(_FORMAT, inside["now"])
        self._operand = inside.part("operand").data
        self._acc, self._carry = inside["acc"], inside["carry"]
        self._x, self._y = inside["x"], inside["y"]
        self._index, self._count = part._index, part._count
        self._fetches(m)
        self._decodes(m)
        self._executes(m)
        self._tells(m)
        return m

    def _before(self, m: Module, value: Value) -> Signal:
        """What it was a cycle ago."""
        was = Signal.like(Value.cast(value), reset_less=True)
        m.d.sync += was.eq(value)
        return was

    def _becomes(self, m: Module, register: Value, value: Value, when: Value | int = 1) -> None:
        """A register is a value in the next cycle, at certain times."""
        due, then = self._before(m, value), self._before(m, Value.cast(when))
        m.d.comb += Assert(~then.any() | (register == due[: len(register)]))

    def _fetches(self, m: Module) -> None:
        """The code at the counter; and where that goes on."""
        go, step, pc = self._go, self._step, self._pc
        there, code = self._inside.peek("rom")
        m.d.comb += there.eq(pc)
        self._becomes(m, step.as_value(), Mux(go, code, step.as_value()))
        flow = self._decoding & (step.kind == Kind.FLOW)
        which = step.select[:CONDITION_SHIFT]
        condition, holds = step.select[CONDITION_SHIFT:][:3], Signal()
        part = self._part
        with m.Switch(condition):
            for case, value in {
                Condition.ALWAYS: Const(1),
                Condition.CARRY: self._carry,
                Condition.SIGN: self._acc[31],
                Condition.JOB: part.jobs.valid,
                Condition.RUNNING: part.running,
                Condition.HIT: part.hits.valid & part.room,
                Condition.SETTLED: self._inside["expected"] == part.turned,
                Condition.COUNTING: part.counting,
            }.items():
                with m.Case(case):
                    m.d.comb += holds.eq(value)
        counted = (self._count + 1)[: len(self._count)]
        back, jumps, target = self._inside["back"], Signal(), Signal.like(pc)
        m.d.comb += target.eq(step.address)
        with m.If(flow), m.Switch(which):
            with m.Case(Flow.JUMP):
                m.d.comb += jumps.eq(holds != step.negate)
            with m.Case(Flow.LOOP):
                m.d.comb += jumps.eq(counted != 0)
            with m.Case(Flow.CALL):
                m.d.comb += jumps.eq(1)
            with m.Case(Flow.RETURN):
                m.d.comb += [jumps.eq(1), target.eq(back)]
        following = Mux(jumps, target, (pc + 1)[: len(pc)])
        self._becomes(m, pc, Mux(go, following, pc))
        # What is fetched behind a jump is not obeyed.
        self._becomes(m, self._decoding, Mux(go, ~jumps, self._decoding))
        counts = Mux(which == Flow.LOOP, counted, self._count)
        counts = Mux(which == Flow.COUNT, step.address[: len(counted)], counts)
        self._becomes(m, self._count, Mux(go & flow, counts, self._count))
        self._becomes(m, back, Mux(go & flow & (which == Flow.CALL), pc, back))

    def _decodes(self, m: Module) -> None:
        """The operand: the word that is in the memory when it is looked for."""
        go, step, now = self._go, self._step, self._now
        there, word = self._inside.peek("memory")
        self._any, self._word = AnyConst(len(there)), word
        offset = Mux(step.base[0], self._count, 0) | Mux(step.base[1], self._index, 0)
        place = (step.address + offset)[: len(step.address)]
        m.d.comb += there.eq(self._any)
        self._becomes(m, self._executing, Mux(go, self._decoding, self._executing))
        for name in _FORMAT.members:
            due = place if name == "address" else step[name]
            self._becomes(m, now[name], Mux(go, due, now[name]))
        looked = go & (place[: len(there)] == self._any)
        self._becomes(m, self._operand, word, looked)
        self._becomes(m, self._operand, self._operand, ~go)

    def _executes(self, m: Module) -> None:
        """Registers and memory."""
        now, acc, operand, part = self._now, self._acc, self._operand, self._part
        x, y, done = self._x, self._y, self._go & self._executing
        of = {kind: now.kind == kind for kind in Kind}
        known = Cat(now.select == which for which in Select).any()
        latch = Cat(now.select == int(which) for which in Latch.__members__.values()).any()
        term, total = Signal(32), Signal(33)
        with m.Switch(now.select):
            for which in SIGMAS:
                with m.Case(which):
                    m.d.comb += term.eq(sigma(operand, which))
            with m.Case(Select.WORD):
                m.d.comb += term.eq(operand)
            with m.Case(Select.CHOOSE):
                m.d.comb += term.eq((operand & x) | (~operand & y))
            with m.Case(Select.MAJORITY):
                m.d.comb += term.eq((operand & x) | (operand & y) | (x & y))
        m.d.comb += [
            Assume(~of[Kind.ADD] | (known & ~now.clear)),
            Assume(~of[Kind.LATCH] | latch),
            total.eq(acc + Mux(now.negate, ~term, term) + now.negate),
        ]
        adds = done & of[Kind.ADD]
        self._becomes(m, acc, Mux(adds, total[:32], Mux(done & now.clear, 0, acc)))
        self._becomes(m, self._carry, Mux(adds, total[32], self._carry))
        self._becomes(m, self._index, Mux(done & of[Kind.INDEX], acc, self._index))
        hit = part.hits.payload.hit
        several = self._part.microcode.layout.lanes > 1
        outside = {
            Latch.NONCE: hit.nonce,
            Latch.FIRST: part.first << 9,
            Latch.LAST: (part.last << 9) | 0x1FF,
            Latch.HIT: hit.tag | (hit.lanes << 8) if several else hit.tag,
        }
        latching, taken = done & of[Kind.LATCH], Signal(32)
        m.d.comb += taken.eq(operand)
        for which, value in outside.items():
            with m.If(now.select == int(which)):
                m.d.comb += taken.eq(value | operand if self._compact else value)
        is_job = now.select == int(Latch.JOB)
        self._becomes(m, x, Mux(is_job, part.jobs.payload, operand), latching & now.select[0])
        self._becomes(m, y, taken, latching & now.select[1])
        # They stay where nothing is latched.
        idle = ~(self._executing & of[Kind.LATCH])
        self._becomes(m, x, x, idle | ~now.select[0])
        self._becomes(m, y, y, idle | ~now.select[1])
        # A register that the host writes is written at once.
        layout, parameter = self._part.microcode.layout, part.parameter
        own = parameter.valid & ((layout.parameters | parameter.parameter) == self._any)
        stored = done & of[Kind.STORE] & (now.address[: len(self._any)] == self._any)
        due = Mux(own, parameter.data, Mux(stored, acc, self._word))
        self._becomes(m, self._word, due)

    def _tells(self, m: Module) -> None:
        """What others see of an instruction that is executed, and when it has to wait."""
        now, part, executing = self._now, self._part, self._executing
        of = {kind: executing & (now.kind == kind) for kind in Kind}
        told = [
            (Event.REPORT, part.results.valid),
            (Event.ERROR, part.error),
            (Event.BATCH, part.batch),
            (Event.STALE, part.stale),
            (Event.DONE, part.hits.ready),
        ]
        bus, results, jobs = part.bus, part.results, part.jobs
        is_job = of[Kind.LATCH] & (now.select == int(Latch.JOB))
        reports = of[Kind.SIGNAL] & now.address[0]
        payload, word = results.payload, bus.payload
        waits = Signal()
        m.d.comb += [
            *(
                Assert(port == (of[Kind.SIGNAL] & now.address[event.bit_length() - 1]))
                for event, port in told
            ),
            Assert(bus.valid == of[Kind.SEND]),
            Assert(word.all == now.select[0]),
            Assert(word.core == self._count[: (CORES - 1).bit_length()]),
            Assert(word.word.address == now.address[: len(word.word.address)]),
            Assert(word.word.data == self._acc),
            Assert(jobs.ready == is_job),
            Assert(payload.nonce == part.hits.payload.hit.nonce),
            Assert(payload.rolled == self._x),
            Assert(payload.job == self._y[:8]),
            Assert(payload.excess == self._acc[:8]),
            waits.eq(
                Mux(of[Kind.SEND], ~bus.ready, 0)
                | Mux(is_job, ~jobs.valid, 0)
                | Mux(reports, ~results.ready, 0)
                | Mux(of[Kind.STORE], part.parameter.valid, 0)
            ),
            Assert(self._go == ~waits),
        ]
        # Each core is expected to go over once for what it is given next.
        due = self._inside["expected"]
        given = bus.valid & bus.ready & ~word.all & (word.word.address == Control.NEXT)
        bits = Array(1 << core for core in range(CORES))
        self._becomes(m, due, due ^ Mux(given, bits[word.core[:1]], 0))


def _property(name: str, *, compact: bool) -> Property:
    return Property(
        name=name,
        make=lambda: Processing(compact=compact),
        depth=2,
        skip=1,
        any_state=True,
        mutable=not compact,
    )


PROPERTIES = [
    _property("instructions", compact=False),
    _property("instructions_of_small_chips", compact=True),
]
