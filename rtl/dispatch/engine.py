"""The engine: one instruction a clock, on one 32-bit adder and two memories.

Three stages: *fetch* reads the code, *decode* makes the address of the operand and decides where to
go on, *execute* has the operand and changes accumulator, latches or memory. After a jump one clock
is empty.
"""

from amaranth.hdl import Array, Const, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

from sluice.rtl.dataflow.technology.word import ValueWord

from .isa import ADDRESS_BITS, FIELDS, INSTRUCTION_BITS, SIGMAS, Base, Flow, Kind, Select, Source
from .layout import SLOT_WORDS, SLOTS
from .microcode import Microcode
from .model import memory_size

#: A word with an address: into the memory, on to the work bus, or for the judge of hits.
Addressed = data.StructLayout({"address": ADDRESS_BITS, "data": 32})

_FORMAT = data.StructLayout({name: width for name, (_, width) in FIELDS.items()})


class Engine(wiring.Component):
    """Runs programs on words of jobs.

    Parameters
    ----------
    microcode
        The programs.

    Members
    -------
    start : In(1)
        Run from `entry`; only while not `busy`. The members up to `nonce` must stay until the end.
    entry : In
        Address of the first instruction.
    slot : In(2), lane : In(4), rolled : In(32), nonce : In(32)
        What the program is to work on; `rolled` are bits to set in ``W0``, in their places there.
    busy : Out(1)
        A program is running.
    write : In(stream of Addressed)
        Words for the memory; taken when the program does not write itself.
    send : Out(stream of Addressed)
        Job words.
    tell : Out(stream of Addressed)
        See :class:`~.isa.Told`.
    """

    def __init__(self, microcode: Microcode) -> None:
        self._microcode = microcode
        self._pc_bits = ceil_log2(len(microcode.code) + 1)
        super().__init__(
            {
                "start": In(1),
                "entry": In(self._pc_bits),
                "slot": In(range(SLOTS)),
                "lane": In(4),
                "rolled": In(32),
                "nonce": In(32),
                "busy": Out(1),
                "write": In(stream.Signature(Addressed)),
                "send": Out(stream.Signature(Addressed)),
                "tell": Out(stream.Signature(Addressed)),
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
        size = memory_size(self._microcode)
        m.submodules.code = rom = Memory(
            shape=INSTRUCTION_BITS, depth=len(code), init=[step.encode() for step in code]
        )
        # A word is never read in the clock in which it is written: code is spaced for that.
        m.submodules.memory = memory = Memory(
            shape=32,
            depth=size,
            init=self._microcode.layout.contents(size),
            attrs={"no_rw_check": 1},
        )
        fetch, operand, store = rom.read_port(), memory.read_port(), memory.write_port()

        go = Signal()
        pc, back = Signal(self._pc_bits), Signal(self._pc_bits)
        decoding = Signal()
        step = data.View(_FORMAT, fetch.data)
        m.d.comb += [fetch.addr.eq(pc), fetch.en.eq(go), operand.en.eq(go)]

        # Decode.
        count, after = Signal(7), Signal(7)
        jump, halt = Signal(), Signal()
        target = Signal(self._pc_bits)
        offsets = Array([Const(0, ADDRESS_BITS), count, self.slot * SLOT_WORDS, self.lane << 3])
        assert [*Base] == [0, 1, 2, 3]
        place = Signal(ADDRESS_BITS)
        m.d.comb += [
            place.eq(step.address + offsets[step.base]),
            operand.addr.eq(place),
            after.eq(count + 1),
            target.eq(step.address),
        ]
        with m.If(decoding & (step.kind == Kind.FLOW)), m.Switch(step.select):
            with m.Case(Flow.HALT):
                m.d.comb += halt.eq(1)
            with m.Case(Flow.LOOP):
                m.d.comb += jump.eq(after != self._microcode.layout.rounds)
            with m.Case(Flow.CALL):
                m.d.comb += jump.eq(1)
            with m.Case(Flow.RETURN):
                m.d.comb += [jump.eq(1), target.eq(back)]
        with m.If(go):
            m.d.sync += [pc.eq(Mux(jump, target, pc + 1)), decoding.eq(self.busy & ~jump & ~halt)]
            with m.If(halt):
                m.d.sync += self.busy.eq(0)
            with m.If(decoding & (step.kind == Kind.FLOW)), m.Switch(step.select):
                with m.Case(Flow.LOOP):
                    m.d.sync += count.eq(after)
                with m.Case(Flow.COUNT):
                    m.d.sync += count.eq(step.address)
                with m.Case(Flow.CALL):
                    m.d.sync += back.eq(pc)
        with m.If(self.start & ~self.busy):
            m.d.sync += [pc.eq(self.entry), self.busy.eq(1)]

        # Execute.
        executing = Signal()
        now = Signal(_FORMAT)
        with m.If(go):
            m.d.sync += [executing.eq(decoding), now.eq(step), now.address.eq(place)]
        acc, x, y = Signal(32), Signal(32), Signal(32)
        word = ValueWord(operand.data)
        functions = {
            Select.WORD: word,
            **{select: word.sigma(sigma) for select, sigma in SIGMAS.items()},
            Select.CHOOSE: word.choose(ValueWord(x), ValueWord(y)),
            Select.MAJORITY: word.majority(ValueWord(x), ValueWord(y)),
        }
        assert [*functions] == [*Select]
        value = Array([function.value for function in functions.values()])[now.select]
        term = Signal(32)
        m.d.comb += term.eq(value ^ now.negate.replicate(32))
        blocked = Signal()
        m.d.comb += go.eq(~blocked)
        for kind, port in ((Kind.SEND, self.send), (Kind.TELL, self.tell)):
            m.d.comb += [port.payload.address.eq(now.address), port.payload.data.eq(acc)]
            with m.If(executing & (now.kind == kind)):
                m.d.comb += [port.valid.eq(1), blocked.eq(~port.ready)]
        with m.If(executing & go), m.Switch(now.kind):
            with m.Case(Kind.ALU):
                m.d.sync += acc.eq(Mux(now.clear, 0, acc) + term + now.negate)
            with m.Case(Kind.LATCH_X):
                m.d.sync += x.eq(operand.data)
            with m.Case(Kind.LATCH_Y):
                m.d.sync += y.eq(operand.data)
            with m.Case(Kind.INPUT):
                rolled = acc | self.rolled
                m.d.sync += acc.eq(Mux(now.select == Source.NONCE, self.nonce, rolled))

        storing = Signal()
        m.d.comb += [
            storing.eq(executing & (now.kind == Kind.STORE)),
            self.write.ready.eq(~storing),
            store.en.eq(storing | self.write.valid),
            store.addr.eq(Mux(storing, now.address, self.write.payload.address)),
            store.data.eq(Mux(storing, acc, self.write.payload.data)),
        ]
        return m
