"""Results of engines in step, gathered from broadcast stages and looked through in order."""

from dataclasses import dataclass

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Member, Out

from .pipe import later


@dataclass(frozen=True, kw_only=True)
class ScanShape:
    """How many results there are, and when they come.

    Parameters
    ----------
    stages, members, threads
        Broadcast stages, engines in each, and threads of an engine.
    width
        Bits of a result.
    far
        Whether the stages may be far away.
    in_luts
        Whether the device has memories of look-up tables.
    """

    stages: int
    members: int
    threads: int
    width: int
    far: bool
    in_luts: bool

    @property
    def together(self) -> int:
        """Results of a period: of each engine, one of each thread."""
        return self.stages * self.members * self.threads

    @property
    def spacing(self) -> int:
        """Cycles between the results of two stages.

        Each works a cycle later, and it has a cycle further to go, or as many as there are threads.
        """
        return max(2, self.threads)

    @property
    def gathering(self) -> int:
        """Cycles until all results of a period are there."""
        return (self.stages - 1) * self.spacing + self.threads

    @property
    def looking(self) -> int:
        """Cycles in which all of them are looked through."""
        return self.together + (6 if self.far else 2)

    def ports(self) -> dict[str, Member]:
        """Ports that bring the results of a period.

        Members
        -------
        test : In(1)
            One cycle: `amount` and `first` are those of the results that are looked at next.
        passed : In(bits of each engine of a stage)
            In the cycle of `test` those of the first stage and of the first thread. Those of the
            other threads follow a cycle after the other, and each stage is :attr:`spacing` cycles
            behind the one before.
        amount : In(range(together + 1)), first : In(32)
            How many results there are, and the number of the first one, which stays until all are
            looked through.
        """
        passed, amount = In(self.members * self.width), In(range(self.together + 1))
        return {"test": In(1), "passed": passed, "amount": amount, "first": In(32)}


class Scan(wiring.Component):
    """A memory with a word for each stage and thread, read in the order of the numbers.

    Parameters
    ----------
    shape
        Of the results.

    Members
    -------
    test, passed, amount, first : In
        See :meth:`ScanShape.ports`.
    arrives : In(1)
        The same as `test`, when `passed` has reached the memory.
    ready : In(1)
        What is looked at may be taken.
    looking : Out(1)
        Results are left.
    step : Out(1)
        One cycle: this one is looked at, and the next one follows.
    nonce : Out(32), lanes : Out(width)
        Its number, and its bits.
    """

    def __init__(self, shape: ScanShape) -> None:
        self._shape = shape
        super().__init__(
            {
                **shape.ports(),
                **dict.fromkeys(("arrives", "ready"), In(1)),
                **dict.fromkeys(("looking", "step"), Out(1)),
                "nonce": Out(32),
                "lanes": Out(shape.width),
            }
        )

    def elaborate(self, platform: object) -> Module:
        """What is left of the results, and where they are in the memory."""
        m = Module()
        gathered = Signal()
        index = Signal.like(self.amount, reset_less=True)
        left, amount = Signal.like(self.amount), Signal.like(self.amount, reset_less=True)
        self._remember(m, gathered)
        m.d.comb += [
            self.step.eq(self.looking & self.ready),
            self.nonce.eq(self.first + index),
        ]
        with m.If(self.step):
            m.d.sync += [index.eq(index + 1), left.eq(left - 1), self.looking.eq(left != 1)]
        with m.If(self.test):
            m.d.sync += [index.eq(0), amount.eq(self.amount)]
        # The memory may be far away.
        with m.If(later(m, gathered, int(self._shape.far), reset_less=False)):
            due = self.amount if self._shape.gathering == 1 else amount
            m.d.sync += [left.eq(due), self.looking.eq(due != 0)]
        return m

    def _remember(self, m: Module, gathered: Signal) -> None:
        """Write what passed; `gathered` is the last cycle of that. Then read it one by one."""
        shape = self._shape
        members, gathering, threads = shape.members, shape.gathering, shape.threads
        m.submodules.memory = memory = Memory(
            shape=len(self.passed),
            depth=shape.stages * threads,
            init=[],
            attrs={"ram_style": "distributed" if shape.in_luts else "logic"},
        )
        write, read = memory.write_port(), memory.read_port(domain="comb")
        cycle, taking = Signal(range(gathering)), Signal()
        # With one thread there is a cycle between two stages.
        between = shape.spacing - threads
        m.d.comb += [
            taking.eq(self.arrives | (cycle != 0)),
            gathered.eq(taking & (cycle == gathering - 1)),
            write.en.eq(taking & (cycle[:between] == 0)),
            write.addr.eq(cycle[between:]),
            write.data.eq(self.passed),
        ]
        with m.If(gathered):
            m.d.sync += cycle.eq(0)
        with m.Elif(taking):
            m.d.sync += cycle.eq(cycle + 1)

        thread = Signal(range(threads), reset_less=True)
        engine = Signal(range(members), reset_less=True)
        stage = Signal.like(read.addr, reset_less=True)
        m.d.comb += [
            read.addr.eq(stage + thread),
            self.lanes.eq(read.data.word_select(engine, shape.width)),
        ]
        with m.If(gathered):
            m.d.sync += [thread.eq(0), engine.eq(0), stage.eq(0)]
        with m.Elif(self.step):
            m.d.sync += thread.eq(thread + 1)
            with m.If(thread == threads - 1):
                m.d.sync += [thread.eq(0), engine.eq(engine + 1)]
                with m.If(engine == members - 1):
                    m.d.sync += [engine.eq(0), stage.eq(stage + threads)]
