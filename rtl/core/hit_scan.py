"""Nonces that are tested together, looked through one after the other."""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from sluice.rtl.hls.codegen.pipe import later

from .config import HashConfig


class HitScan(wiring.Component):
    """A memory with a word for each broadcast stage and thread, read in the order of the nonces.

    Parameters
    ----------
    config
        Of the core.

    Members
    -------
    test : In(1)
        One cycle: `amount` and `first` are those of the nonces that are looked through next.
    arrives : In(1)
        The same, when `passed` has reached the memory: in this cycle it is that of the first stage
        and of the first thread. Those of the other threads follow a cycle after the other, and each
        stage is `spacing` cycles of the configuration behind the one before.
    passed : In(bit for each lane of each engine of a stage)
        Whether a nonce passes the mask there; the lanes of an engine are next to each other.
    amount : In(range(together + 1)), first : In(32)
        How many nonces there are, and the first one, which stays until all are looked through.
    ready : In(1)
        There is room for a hit, or it does not matter.
    looking : Out(1)
        Nonces are left.
    step : Out(1)
        One cycle: this nonce is looked at, and the next one follows.
    nonce : Out(32), lanes : Out(bit for each lane)
        The nonce, and where it has passed.
    """

    def __init__(self, config: HashConfig) -> None:
        self._config = config
        lanes = config.lanes
        super().__init__(
            {
                "test": In(1),
                "arrives": In(1),
                "passed": In(config.members * lanes),
                "amount": In(range(config.together + 1)),
                "first": In(32),
                "ready": In(1),
                "looking": Out(1),
                "step": Out(1),
                "nonce": Out(32),
                "lanes": Out(lanes),
            }
        )

    def elaborate(self, platform: object) -> Module:
        """What is left of the nonces, and where they are in the memory."""
        m = Module()
        gathered, gathering = Signal(), self._config.gathering
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
        with m.If(later(m, gathered, int(self._config.distance > 0), reset_less=False)):
            due = self.amount if gathering == 1 else amount
            m.d.sync += [left.eq(due), self.looking.eq(due != 0)]
        return m

    def _remember(self, m: Module, gathered: Signal) -> None:
        """Write what passed; `gathered` is the last cycle of that. Then read it nonce by nonce."""
        config = self._config
        members, gathering, threads = config.members, config.gathering, config.threads or 1
        style = "distributed" if config.make_technology().lut_words else "logic"
        m.submodules.memory = memory = Memory(
            shape=len(self.passed),
            depth=config.stages * threads,
            init=[],
            attrs={"ram_style": style},
        )
        write, read = memory.write_port(), memory.read_port(domain="comb")
        cycle, taking = Signal(range(gathering)), Signal()
        # With one thread there is a cycle between two stages.
        between = config.spacing - threads
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
            self.lanes.eq(read.data.word_select(engine, config.lanes)),
        ]
        with m.If(gathered):
            m.d.sync += [thread.eq(0), engine.eq(0), stage.eq(0)]
        with m.Elif(self.step):
            m.d.sync += thread.eq(thread + 1)
            with m.If(thread == threads - 1):
                m.d.sync += [thread.eq(0), engine.eq(engine + 1)]
                with m.If(engine == members - 1):
                    m.d.sync += [engine.eq(0), stage.eq(stage + threads)]
