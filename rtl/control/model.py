"""The processor in Python: runs the same instructions; the hardware is compared with it."""

from collections import deque
from dataclasses import dataclass, field

from sluice.rtl.sha256.model import Word32

from .isa import (
    ADDRESS_BITS,
    CONDITION_SHIFT,
    SIGMAS,
    Base,
    Condition,
    Event,
    Flow,
    Instruction,
    Kind,
    Latch,
    Select,
)
from .memory_map import ROW
from .microcode.image import Microcode

_MASK = (1 << 32) - 1


@dataclass
class ProcessorModel:
    """A processor between two instructions, and what is around it.

    Members
    -------
    microcode
        Its programs.
    memory
        Its words.
    pc
        The next instruction.
    acc, carry, x, y, index, count, back
        Its registers.
    jobs
        Words of jobs that wait.
    hits
        Hits that wait: nonce, tag and lanes.
    conditions
        Those that come from outside and hold, but for jobs and hits.
    chips
        Bits 24:17 of the first and the last nonce of the chip.
    sent
        What went to the work bus: the core, or None for all, address and data.
    reported
        Results: nonce, job id, rolled bits as in ``W0``, and excess.
    events
        What else it has told.
    cycles
        Cycles until now.
    """

    microcode: Microcode
    memory: list[int] = field(default_factory=list)
    pc: int = 0
    acc: int = 0
    carry: int = 0
    x: int = 0
    y: int = 0
    index: int = 0
    count: int = 0
    back: int = 0
    jobs: deque[int] = field(default_factory=deque)
    hits: deque[tuple[int, int, int]] = field(default_factory=deque)
    conditions: set[Condition] = field(default_factory=lambda: {Condition.RUNNING})
    chips: tuple[int, int] = (0, 0xFF)
    sent: list[tuple[int | None, int, int]] = field(default_factory=list)
    reported: list[tuple[int, int, int, int]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    cycles: int = 0

    def __post_init__(self) -> None:
        self.memory = self.memory or self.microcode.layout.contents()

    def run(self, until: str) -> int:
        """Run until a label; how many cycles that took."""
        start = self.cycles
        self.step()
        while self.pc != self.microcode.labels[until]:
            self.step()
        return self.cycles - start

    def step(self) -> None:
        """Run an instruction."""
        step = self.microcode.code[self.pc]
        self.pc += 1
        self.cycles += 1
        offset = self.count if step.base & Base.COUNTER else 0
        offset |= self.index if step.base & Base.INDEX else 0
        address = (step.address + offset) % (1 << ADDRESS_BITS)
        place = address % len(self.memory)
        operand = self.memory[place]
        match step.kind:
            case Kind.ADD:
                term = int(self._function(Select(step.select), Word32(operand)))
                total = self.acc + (term ^ _MASK) + 1 if step.negate else self.acc + term
                self.acc, self.carry = total & _MASK, total >> 32
            case Kind.STORE:
                self.memory[place] = self.acc
            case Kind.LATCH:
                self._latch(Latch(step.select), operand)
            case Kind.INDEX:
                self.index = self.acc % (1 << ADDRESS_BITS)
            case Kind.SEND:
                core = None if step.select else self.count & (self.microcode.cores - 1)
                self.sent.append((core, address, self.acc))
            case Kind.SIGNAL:
                self._signal(Event(step.address))
            case Kind.FLOW:
                self._flow(step)
        if step.clear:
            self.acc = 0

    def _function(self, select: Select, word: Word32) -> Word32:
        if select in SIGMAS:
            return word.sigma(SIGMAS[select])
        if select is Select.CHOOSE:
            return word.choose(self.x, self.y)
        if select is Select.MAJORITY:
            return word.majority(self.x, self.y)
        return word

    def _latch(self, what: Latch, operand: int) -> None:
        if what & Latch.X:
            self.x = self.jobs.popleft() if what == Latch.JOB else operand
        together = operand if self.microcode.layout.compact else 0
        match what:
            case Latch.Y:
                self.y = operand
            case Latch.NONCE:
                self.y = together | self.hits[0][0]
            case Latch.HIT:
                _, tag, lanes = self.hits[0]
                self.y = together | tag | (lanes << 8 if self.microcode.layout.lanes > 1 else 0)
            case Latch.FIRST:
                self.y = together | self.chips[0] << 17
            case Latch.LAST:
                self.y = together | self.chips[1] << 17 | 0x1FFFF

    def _signal(self, event: Event) -> None:
        if event & Event.REPORT:
            self.reported.append((self.hits[0][0], self.y & 0xFF, self.x, self.acc))
        if event & Event.DONE:
            self.hits.popleft()
        self.events.append(event)

    def _holds(self, condition: Condition) -> bool:
        match condition:
            case Condition.ALWAYS:
                return True
            case Condition.CARRY:
                return bool(self.carry)
            case Condition.SIGN:
                return bool(self.acc >> 31)
            case Condition.JOB:
                return bool(self.jobs)
            case Condition.HIT:
                return bool(self.hits)
            case _:
                return condition in self.conditions

    def _flow(self, step: Instruction) -> None:
        target: int | None = None
        match Flow(step.select & 7):
            case Flow.JUMP:
                if self._holds(Condition(step.select >> CONDITION_SHIFT)) != step.negate:
                    target = step.address
            case Flow.LOOP:
                self.count = (self.count + 1) % ROW
                target = step.address if self.count else None
            case Flow.CALL:
                target, self.back = step.address, self.pc
            case Flow.RETURN:
                target = self.back
            case Flow.COUNT:
                self.count = step.address
        if target is not None:
            # The instruction behind a jump is fetched in vain.
            self.cycles += 1
            self.pc = target
