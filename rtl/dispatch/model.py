"""The engine in Python: runs the same instructions, and is what the hardware is compared with."""

from dataclasses import dataclass, field

from sluice.rtl.sha256.model import Word32

from .isa import SIGMAS, Base, Flow, Instruction, Kind, Select, Source
from .layout import SLOT_WORDS
from .microcode import Microcode


@dataclass
class EngineModel:
    """An engine between two instructions.

    Members
    -------
    microcode
        Its programs.
    memory
        Its words.
    sent, told
        Addresses and words that went to the work bus, and to the unit that judges hits.
    """

    microcode: Microcode
    memory: list[int] = field(default_factory=list)
    sent: list[tuple[int, int]] = field(default_factory=list)
    told: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.memory = self.memory or self.microcode.layout.contents(memory_size(self.microcode))

    def run(
        self, entry: int, *, slot: int = 0, lane: int = 0, rolled: int = 0, nonce: int = 0
    ) -> int:
        """Run from `entry` until the end; how many instructions that took."""
        code, pc, back, count, taken = self.microcode.code, entry, 0, 0, 0
        acc, x, y = Word32(0), 0, 0
        while True:
            step = code[pc]
            pc, taken = pc + 1, taken + 1
            offset = {Base.COUNTER: count, Base.SLOT: SLOT_WORDS * slot, Base.LANE: 8 * lane}
            address = step.address + offset.get(step.base, 0)
            match step.kind:
                case Kind.ALU:
                    value = _function(step, self.memory[address], x, y)
                    start = Word32(0) if step.clear else acc
                    acc = start - value if step.negate else start + value
                case Kind.LATCH_X:
                    x = self.memory[address]
                case Kind.LATCH_Y:
                    y = self.memory[address]
                case Kind.STORE:
                    self.memory[address] = int(acc)
                case Kind.SEND:
                    self.sent.append((address, int(acc)))
                case Kind.TELL:
                    self.told.append((address, int(acc)))
                case Kind.INPUT:
                    acc = Word32(nonce if step.select == Source.NONCE else acc | rolled)
                case Kind.FLOW:
                    match step.select:
                        case Flow.HALT:
                            return taken
                        case Flow.COUNT:
                            count = address
                        case Flow.LOOP:
                            count += 1
                            pc = address if count != self.microcode.layout.rounds else pc
                        case Flow.CALL:
                            pc, back = address, pc
                        case Flow.RETURN:
                            pc = back


def _function(step: Instruction, operand: int, x: int, y: int) -> Word32:
    word = Word32(operand)
    select = Select(step.select)
    if select in SIGMAS:
        return word.sigma(SIGMAS[select])
    if select is Select.CHOOSE:
        return word.choose(x, y)
    if select is Select.MAJORITY:
        return word.majority(x, y)
    return word


def memory_size(microcode: Microcode) -> int:
    """Words that the memory of an engine must have: a power of two."""
    layout = microcode.layout
    used = 1 + max(
        step.address + (layout.rounds if step.base is Base.COUNTER else 0)
        for step in microcode.code
        if step.reads or step.kind is Kind.STORE
    )
    return 1 << (used - 1).bit_length()
