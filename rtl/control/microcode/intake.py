"""Programs that take jobs, and compute batches.

The first batch of a job is computed as soon as the job is there, and started at once. From then on
the next batch is always ready in the cores, which go over to it by themselves. Checks of hits have
the time that is left; where batches are so short that none is, one has its turn after each batch.
"""

from sluice.rtl.core.interface import Control
from sluice.rtl.hls.job_program import JobProgram
from sluice.rtl.interface import Parameter
from sluice.rtl.protocol.registers import Number, field_of

from ..isa import Base, Condition, Event, Latch
from ..memory_map import BANK_HIT_MASK, RESET, ROW, Place, Variable, counted
from .base import HITS, ONES, REST, Programs
from .sha256 import MIDSTATE, job_words

JOB_WORDS = 21


#: Versions that may roll, in the lowest bits; and at which of them a job starts.
MASK = field_of(Number.VERSION_ROLLING, "mask")
COUNTER = field_of(Number.FIRST_VERSION, "counter")


class Working(Programs):
    """Writes them."""

    @staticmethod
    def constants(lanes: int, batches: int) -> set[int]:
        """Numbers that the programs use."""
        return {
            0,
            1,
            ONES,
            ROW,
            0xFF,
            batches - 1,
            1 << 16,
            ROW * lanes,
            COUNTER.ones,
        }

    def reset(self, *, preset: bool = True) -> None:
        """What has to be so after a reset; the memory keeps its words.

        Without a `preset` memory they were anything when the chip was switched on.
        """
        asm, v = self._asm, self.v
        more = [] if preset else [v(Variable.NEWEST)]
        asm.store(v(Variable.HASHING), v(Variable.FRESH), v(Variable.MORE), *more)
        for parameter in Parameter:
            if parameter in RESET:
                asm.add(self.c(RESET[parameter]))
            asm.store(self._layout.parameter(parameter))

    def rest(self) -> None:
        """Decide what to do."""
        asm, v = self._asm, self.v
        asm.label(REST)
        asm.jump("take", Condition.JOB)
        asm.jump("halted", Condition.RUNNING, holds=False)
        self.test(v(Variable.FRESH), "new")
        self.test(v(Variable.MORE), HITS, holds=False)
        asm.jump("advance", Condition.SETTLED)
        asm.label(HITS)
        asm.jump("check", Condition.HIT)
        asm.jump(REST)

        asm.label("halted")
        self.test(v(Variable.HASHING), HITS, holds=False)
        asm.label("stop")
        asm.send(Control.STOP, to_all=True)
        asm.store(v(Variable.HASHING), v(Variable.MORE))
        asm.jump(REST)

    def take(self) -> None:
        """Write a job that has come to the bank after that of the newest."""
        asm, v = self._asm, self.v
        asm.label("take")
        asm.add(v(Variable.NEWEST), self.c(ROW))
        asm.store(v(Variable.NEWEST), keep=True)
        # The job id comes first, and ``W0`` last.
        asm.store(v(Variable.P), keep=True)
        asm.index_sum()
        again = asm.count(JOB_WORDS)
        asm.input(Latch.JOB)
        asm.choose(self.c(ONES))
        asm.store(Place(JOB_WORDS - 1, Base.INDEX))
        asm.add(v(Variable.P), self.c(ONES))
        asm.store(v(Variable.P), keep=True)
        asm.index_sum()
        asm.loop(again)
        asm.add(self.c(ONES))
        asm.store(v(Variable.FRESH))
        asm.jump(REST)

    def new(self) -> None:
        """Begin with the newest job: its first version by its number, lowest bit first."""
        asm, v, parameter = self._asm, self.v, self._layout.parameter
        asm.label("new")
        asm.store(v(Variable.FRESH), v(Variable.VERSION), v(Variable.OVER), v(Variable.MASK))
        asm.add(self.c(ONES))
        asm.store(v(Variable.HASHING), v(Variable.MORE))
        asm.move(self.c(1), v(Variable.AT_ONCE), v(Variable.P))
        asm.move(self.c(1 << 16), v(Variable.Q))
        asm.add(v(Variable.NEWEST))
        asm.store(v(Variable.CURRENT), keep=True)
        asm.index_sum()
        asm.move(parameter(Parameter.HIT_MASK), self._layout.bank(BANK_HIT_MASK))

        asm.latch(x=self.c(COUNTER.ones), y=self.c(0))
        asm.choose(parameter(Parameter.FIRST_VERSION))
        asm.store(v(Variable.FIRST))
        self.test(parameter(Parameter.VERSION_ROLLING), "fixed", holds=False)
        asm.move(parameter(Parameter.VERSION_ROLLING), v(Variable.MASK))
        again = asm.count(32 - MASK.width)
        asm.add(v(Variable.MASK), v(Variable.MASK))
        asm.store(v(Variable.MASK))
        asm.loop(again)
        asm.label("fixed")

        # P is a bit of the number, Q one of the version.
        bit = asm.label()
        asm.latch(x=v(Variable.MASK))
        asm.choose(v(Variable.Q))
        self.test_sum("fixed bit", holds=False)
        asm.latch(x=v(Variable.P))
        asm.choose(v(Variable.FIRST))
        self.test_sum("clear bit", holds=False)
        asm.add(v(Variable.VERSION), v(Variable.Q))
        asm.store(v(Variable.VERSION))
        asm.label("clear bit")
        asm.add(v(Variable.P), v(Variable.P))
        asm.store(v(Variable.P))
        asm.label("fixed bit")
        asm.add(v(Variable.Q), v(Variable.Q))
        asm.store(v(Variable.Q))
        asm.jump(bit, Condition.CARRY, holds=False)
        # Are there so many versions?
        asm.add(v(Variable.FIRST))
        asm.subtract(v(Variable.P))
        asm.jump("stop", Condition.CARRY)
        asm.jump("batch")

    def batch(self) -> None:
        """Remember a batch, and compute the midstates of its versions and its job words."""
        asm, v, layout = self._asm, self.v, self._layout
        asm.label("batch")
        asm.add(v(Variable.TAG), self.c(1))
        asm.store(v(Variable.TAG))
        asm.latch(x=self.c(layout.batches - 1), y=self.c(0))
        asm.choose(v(Variable.TAG))
        if layout.lanes > 1:
            asm.store(v(Variable.ENTRY), keep=True)
        asm.index_sum()
        asm.latch(x=self.c(0xFF))
        asm.choose(v(Variable.TAG))
        asm.store(layout.entry(layout.tags))
        asm.move(v(Variable.CURRENT), layout.entry(layout.jobs))
        if layout.lanes > 1:
            asm.store(v(Variable.LANE))
        lane = asm.label()
        self._roll()
        asm.index(v(Variable.CURRENT))
        asm.call(MIDSTATE)
        if layout.lanes > 1:
            asm.index(v(Variable.LANE))
        base = Base.COUNTER if layout.lanes == 1 else Base.COUNTER | Base.INDEX
        times, parts = (8, [(0, 0)]) if layout.compact else (4, [(4, 0), (0, 4)])
        again = asm.count(times)
        for source, target in parts:
            target_place = counted(layout.midstate_row + target, times, base)
            asm.move(counted(layout.result + source, times), target_place)
        asm.loop(again)
        if layout.lanes > 1:
            asm.add(v(Variable.ENTRY), self.c(ROW))
            asm.store(v(Variable.ENTRY), keep=True)
            asm.index_sum()
            asm.add(v(Variable.LANE), self.c(ROW))
            asm.store(v(Variable.LANE), keep=True)
            asm.subtract(self.c(ROW * layout.lanes))
            asm.jump(lane, Condition.CARRY, holds=False)
        asm.index(v(Variable.CURRENT))
        asm.jump("job words")
        asm.label("computed")
        asm.signal(Event.BATCH)
        asm.store(v(Variable.ANY))

    def _roll(self) -> None:
        """The rolled bits of a version, and the next version."""
        asm, v, layout = self._asm, self.v, self._layout
        asm.store(v(Variable.ROLLED))
        asm.move(v(Variable.VERSION), v(Variable.P))
        # Header version bits 28:13.
        again = asm.count(16)
        asm.add(v(Variable.P), v(Variable.P))
        asm.store(v(Variable.P))
        asm.jump(clear := f"{again} clear", Condition.CARRY, holds=False)
        asm.add(v(Variable.ROLLED), counted(layout.bits + 3, 16))
        asm.store(v(Variable.ROLLED))
        asm.label(clear)
        asm.loop(again)
        asm.add(v(Variable.ROLLED), v(Variable.OVER))
        asm.store(layout.rolled())
        asm.latch(x=v(Variable.MASK), y=self.c(0))
        asm.add(v(Variable.VERSION))
        asm.subtract(v(Variable.MASK))
        asm.store(v(Variable.VERSION))
        asm.choose(v(Variable.VERSION))
        asm.store(v(Variable.VERSION), keep=True)
        self.test_sum(more := f"{again} more")
        asm.move(layout.constant(1 << 31), v(Variable.OVER))
        asm.label(more)

    def job(self, program: JobProgram) -> None:
        """The job words."""
        self._asm.label("job words")
        job_words(self._asm, self._layout, program)
        self._asm.jump("computed")
