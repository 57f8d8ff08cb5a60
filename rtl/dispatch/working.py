"""Programs that take jobs, and tell the cores what to hash.

The first batch of a job is computed as soon as the job is there, and started at once. From then on
the next batch is always ready in the cores, which go over to it by themselves. Checks of hits come
last: when there is nothing to prepare.

Nonces are split as the protocol has them: bits 31:25 of ``W19`` among the cores, bits 24:17 among
the chips of a chain; bits 16:0 and what is left of the others count. A core counts through a
segment, that is, one value of bits 31:25, before it begins the next one.
"""

from sluice.rtl.core.work import Control
from sluice.rtl.dataflow.program import JobProgram

from .assembler import Assembler
from .hashing import FIRST_NONCE, MIDSTATE, job_words
from .isa import Base, Condition, Event, Latch
from .layout import (
    RESET,
    ROW,
    SLOT_HIT_MASK,
    Layout,
    Place,
    Setting,
    Variable,
    counted,
)

assert Control.TAG == Control.NEXT + 1

#: Values of the top seven bits of a nonce, and the lowest of these bits.
TOPS, TOP = 128, 1 << 25
ONES = 0xFFFFFFFF
JOB_WORDS = 21

REST, HITS = "rest", "hits"


class Working:
    """Writes the programs.

    Parameters
    ----------
    asm
        Where to.
    layout
        The memory.
    cores
        Cores, a power of two up to 128.
    """

    def __init__(self, asm: Assembler, layout: Layout, cores: int) -> None:
        self._asm = asm
        self._layout = layout
        self._cores = cores
        # Of a core. A segment is kept less as much, so that the one after the last is a carry.
        self._segments = TOPS // cores * TOP

    @staticmethod
    def constants(cores: int, lanes: int, batches: int) -> set[int]:
        """Numbers that the programs use."""
        segments = TOPS // cores * TOP
        numbers = {0, 1, ONES, ROW, 0xFF, -TOP & ONES, batches - 1, TOP, 1 << 16}
        numbers |= {-segments & ONES, segments & ONES, ROW * lanes, RESET[Setting.VERSIONS]}
        return numbers

    def _v(self, variable: Variable) -> Place:
        return self._layout.variable(variable)

    def _c(self, value: int) -> Place:
        return self._layout.constant(value & ONES)

    def test(self, place: Place, target: str, *, holds: bool = True) -> None:
        """Go elsewhere if a flag is set, or if it is not."""
        self._asm.add(place)
        self._asm.jump(target, Condition.SIGN, holds=holds)

    def test_sum(self, target: str, *, holds: bool = True) -> None:
        """Go elsewhere if the accumulator is not zero, or if it is."""
        self._asm.add(self._c(ONES))
        self._asm.jump(target, Condition.CARRY, holds=holds)

    def reset(self) -> None:
        """What has to be so after a reset; the memory keeps its words."""
        asm, v = self._asm, self._v
        asm.store(v(Variable.HASHING), v(Variable.FRESH), v(Variable.MORE))
        for setting in Setting:
            if setting in RESET:
                asm.add(self._c(RESET[setting]))
            asm.store(self._layout.setting(setting))

    def rest(self) -> None:
        """Decide what to do."""
        asm, v = self._asm, self._v
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
        """Write a job that has come to the slot after that of the newest."""
        asm, v = self._asm, self._v
        asm.label("take")
        asm.add(v(Variable.NEWEST), self._c(ROW))
        asm.store(v(Variable.NEWEST), keep=True)
        # The job id comes first, and ``W0`` last.
        asm.store(v(Variable.P), keep=True)
        asm.index_sum()
        again = asm.count(JOB_WORDS)
        asm.input(Latch.JOB)
        asm.choose(self._c(ONES))
        asm.store(Place(JOB_WORDS - 1, Base.INDEX))
        asm.add(v(Variable.P), self._c(ONES))
        asm.store(v(Variable.P), keep=True)
        asm.index_sum()
        asm.loop(again)
        asm.add(self._c(ONES))
        asm.store(v(Variable.FRESH))
        asm.jump(REST)

    def new(self) -> None:
        """Begin with the newest job: its first version by its number, lowest bit first."""
        asm, v, setting = self._asm, self._v, self._layout.setting
        asm.label("new")
        asm.store(v(Variable.FRESH), v(Variable.VERSION), v(Variable.OVER), v(Variable.MASK))
        asm.add(self._c(ONES))
        asm.store(v(Variable.HASHING), v(Variable.MORE))
        asm.move(self._c(1), v(Variable.AT_ONCE), v(Variable.P))
        asm.move(self._c(1 << 16), v(Variable.Q))
        asm.add(v(Variable.NEWEST))
        asm.store(v(Variable.CURRENT), keep=True)
        asm.index_sum()
        asm.move(setting(Setting.HIT_MASK), self._layout.slot(SLOT_HIT_MASK))

        # All bits that may roll have been reset to one.
        asm.latch(x=self._c(RESET[Setting.VERSIONS]), y=self._c(0))
        asm.choose(setting(Setting.FIRST_VERSION))
        asm.store(v(Variable.FIRST))
        self.test(setting(Setting.VERSIONS), "fixed", holds=False)
        asm.move(setting(Setting.VERSIONS), v(Variable.MASK))
        again = asm.count(16)
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

    def advance(self) -> None:
        """The next segment, or the next version."""
        asm, v = self._asm, self._v
        asm.label("advance")
        self.test(v(Variable.BEGUN), "segment", holds=False)
        asm.add(self._layout.setting(Setting.SPAN))
        self.test_sum("version")
        asm.label("segment")
        asm.add(v(Variable.SEGMENT), self._c(TOP))
        asm.store(v(Variable.SEGMENT))
        asm.jump("share", Condition.CARRY, holds=False)
        asm.label("version")
        # Without any, the first nonce of the job is above all of this chip's.
        self.test(v(Variable.ANY), "exhausted", holds=False)
        self.test(v(Variable.OVER), "batch", holds=False)
        asm.label("exhausted")
        asm.store(v(Variable.MORE))
        asm.jump(REST)

    def batch(self) -> None:
        """Remember a batch, and compute the midstates of its versions and its job words."""
        asm, v, layout = self._asm, self._v, self._layout
        asm.label("batch")
        asm.add(v(Variable.TAG), self._c(1))
        asm.store(v(Variable.TAG))
        asm.latch(x=self._c(layout.batches - 1), y=self._c(0))
        asm.choose(v(Variable.TAG))
        if layout.lanes > 1:
            asm.store(v(Variable.ENTRY), keep=True)
        asm.index_sum()
        asm.latch(x=self._c(0xFF))
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
        again = asm.count(4)
        for source, target in ((4, 0), (0, 4)):
            target_place = counted(layout.midstate_row + target, 4, base)
            asm.move(counted(layout.result + source, 4), target_place)
        asm.loop(again)
        if layout.lanes > 1:
            asm.add(v(Variable.ENTRY), self._c(ROW))
            asm.store(v(Variable.ENTRY), keep=True)
            asm.index_sum()
            asm.add(v(Variable.LANE), self._c(ROW))
            asm.store(v(Variable.LANE), keep=True)
            asm.subtract(self._c(ROW * layout.lanes))
            asm.jump(lane, Condition.CARRY, holds=False)
        asm.index(v(Variable.CURRENT))
        asm.jump("job words")
        asm.label("computed")
        asm.signal(Event.BATCH)
        asm.store(v(Variable.ANY))
        # The first segment that is not below the first nonce of the job for every core.
        first = layout.slot(FIRST_NONCE)
        if self._cores > 1:
            asm.add(first)
            asm.subtract(self._c(-self._segments))
            asm.store(first := v(Variable.P))
            asm.jump("late", Condition.CARRY)
            asm.store(first)
            asm.label("late")
        asm.latch(x=self._c(-TOP), y=self._c(0))
        asm.choose(first)
        asm.add(self._c(-self._segments))
        asm.store(v(Variable.SEGMENT))

    def _roll(self) -> None:
        """The rolled bits of a version, and the next version."""
        asm, v, layout = self._asm, self._v, self._layout
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
        asm.latch(x=v(Variable.MASK), y=self._c(0))
        asm.add(v(Variable.VERSION))
        asm.subtract(v(Variable.MASK))
        asm.store(v(Variable.VERSION))
        asm.choose(v(Variable.VERSION))
        asm.store(v(Variable.VERSION), keep=True)
        self.test_sum(more := f"{again} more")
        asm.move(layout.constant(1 << 31), v(Variable.OVER))
        asm.label(more)

    def share(self) -> None:
        """Tell each core its range, and begin."""
        asm, v, layout = self._asm, self._v, self._layout
        first, last = v(Variable.FIRST), v(Variable.LAST)
        asm.label("share")
        asm.store(v(Variable.BEGUN), v(Variable.CORE))
        core = asm.count(self._cores)
        asm.index(v(Variable.CURRENT))
        asm.add(v(Variable.CORE), self._c(self._segments))
        asm.store(v(Variable.CORE), keep=True)
        asm.add(v(Variable.SEGMENT))
        asm.store(v(Variable.TOP), keep=True)
        asm.input(Latch.FIRST)
        asm.choose(self._c(0))
        asm.store(first, keep=True)
        asm.subtract(layout.slot(FIRST_NONCE))
        asm.jump("above", Condition.CARRY)
        asm.move(layout.slot(FIRST_NONCE), first)
        asm.label("above")
        asm.add(v(Variable.TOP))
        asm.input(Latch.LAST)
        asm.choose(self._c(0))
        asm.store(last, keep=True)
        asm.subtract(first)
        asm.store(v(Variable.P))
        asm.jump("none", Condition.CARRY, holds=False)
        # A span of zero is the longest.
        asm.add(layout.setting(Setting.SPAN), self._c(ONES))
        asm.store(v(Variable.Q), keep=True)
        asm.subtract(v(Variable.P))
        asm.jump("within", Condition.CARRY)
        asm.add(first, v(Variable.Q))
        asm.store(last)
        asm.label("within")
        asm.add(first)
        asm.send(Control.FIRST)
        asm.add(last)
        asm.send(Control.LAST)
        asm.index(v(Variable.AT_ONCE))
        asm.add(v(Variable.TAG))
        asm.send(Control.NEXT, Base.INDEX)
        asm.add(self._c(ONES))
        asm.store(v(Variable.BEGUN), v(Variable.ANY))
        asm.jump("next core")
        asm.label("none")
        # It has no part in a new job.
        asm.add(v(Variable.AT_ONCE))
        self.test_sum("next core", holds=False)
        asm.send(Control.STOP)
        asm.label("next core")
        asm.loop(core)
        self.test(v(Variable.BEGUN), "advance", holds=False)
        asm.store(v(Variable.AT_ONCE))
        asm.jump(REST)

    def job(self, program: JobProgram) -> None:
        """The job words."""
        self._asm.label("job words")
        job_words(self._asm, self._layout, program)
        self._asm.jump("computed")
