"""One bit of a running chip changes: what comes of it, and what it takes to have it right again."""

from dataclasses import dataclass
from enum import Enum

from sluice.rtl.config import ChipConfig
from sluice.rtl.core import PipelineConfig
from sluice.rtl.protocol.commands import ChainInactive, ReadRegister, SetAddress, WriteRegister
from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.models import model
from sluice.rtl.protocol.registers import Number, version_rolling
from sluice.rtl.protocol.responses import NonceResponse, RegisterResponse
from sluice.rtl.protocol.versions import rolled, spread
from sluice.sim.chip import LINK_CLOCK, Disturbance
from sluice.sim.compile import Progress, silent
from sluice.sim.flips import FlippedChain, Place
from tests.faults.classes import Flip
from tests.rtl.core.model import header_hash_model

#: Few rounds compile and run fast; the controller, the link and the queues are those of any chip.
ROUNDS = 18
CONFIG = ChipConfig(core=PipelineConfig(rounds=ROUNDS), link_clock=LINK_CLOCK)

#: Each job has two versions of so many nonces, and is over then.
MASK, SPAN, HIT_MASK, ADDRESS = 1, 300, 0xFF, 0

#: Link cycles after which a job is over however many of its nonces had to be checked, and an
#: answer is not to come any more.
LIMIT, PATIENCE = 60_000, 10_000

#: Link cycles of a break that is one at the slowest rate that a flip can leave behind.
BREAK = 120_000


class Level(Enum):
    """What it took."""

    NOTHING = "no effect"
    JOB = "next job"
    REGISTERS = "registers"
    BREAK = "break"
    RESET = "reset"
    CONFIGURATION = "never"


@dataclass(frozen=True)
class Outcome:
    """What came of a flip.

    Attributes
    ----------
    level
        What it took until the chip answered and found the nonces of a job.
    wrong
        Results that the host refuses, in good frames.
    damaged
        Bytes that were no frame.
    silent
        Whether the chip answered no read after the flip before more was done.
    """

    flip: Flip
    level: Level
    wrong: int
    damaged: int
    silent: bool


@dataclass(frozen=True)
class Known:
    """A job, and what is to be found: rolled bits and nonces."""

    job: Job
    due: frozenset[tuple[int, int]]


def _passes(job: Job, bits: int, nonce: int) -> bool:
    version = rolled(job.header.version, bits)
    words = header_hash_model(job.header.with_version(version).with_w19(nonce).words, ROUNDS)
    return not words[7] & HIT_MASK


def known(job_id: int, first: int) -> Known:
    """A job of a header that is always the same."""
    data = bytes((job_id + 7 * place) & 0xFF for place in range(80))
    header = Header.from_bytes(data).with_version(0x20000000).with_w19(first)
    job = Job(job_id=job_id, header=header)
    versions = [spread(count, MASK) for count in range(2)]
    tried = [(bits, nonce) for bits in versions for nonce in range(first, first + SPAN)]
    due = frozenset(one for one in tried if _passes(job, *one))
    assert due
    return Known(job, due)


class Bench:
    """Tries flips, each on a chip of its own, during the first of two known jobs."""

    def __init__(self, progress: Progress = silent) -> None:
        self._progress = progress
        self.first, self.next = known(0x18, 0x1234), known(0x58, 0x4321)
        with self._chip() as chip:
            self.places = chip.places()
            host = _Host(chip, (self.first, self.next))
            host.bring_up()
            began = chip.cycle
            assert host.finds(self.first)
            #: Link cycles from the first bit of a job to its last result.
            self.span = chip.cycle - began

    def _chip(self) -> FlippedChain:
        return FlippedChain(CONFIG, progress=self._progress)

    def place(self, name: str) -> Place:
        """A place by its name."""
        return next(place for place in self.places if place.name == f"chip0.top.{name}")

    def attempt(self, flip: Flip) -> Outcome:
        """Change a bit, and do what it takes."""
        with self._chip() as chip:
            host = _Host(chip, (self.first, self.next))
            host.bring_up()
            found = host.finds(self.first, flip, round(flip.when * self.span))
            answers = host.answers()
            wrong = host.wrong
            right = host.finds(self.next) and host.answers()
            if right:
                clean = found and answers and not host.wrong and not chip.discarded
                level = Level.NOTHING if clean else Level.JOB
            else:
                level = self._mend(chip, host)
            wrong = host.wrong
            return Outcome(flip, level, wrong, chip.discarded, not answers)

    def _mend(self, chip: FlippedChain, host: "_Host") -> Level:
        host.set_up()
        if host.works(self.next):
            return Level.REGISTERS
        chip.disturb(0, 0, BREAK, Disturbance.LOW)
        host.hear(BREAK + PATIENCE)
        host.set_up()
        if host.works(self.next):
            return Level.BREAK
        chip.reset()
        host.set_up()
        return Level.RESET if host.works(self.next) else Level.CONFIGURATION


class _Host:
    """The other end of the line of one chip; it believes nothing."""

    def __init__(self, chip: FlippedChain, jobs: tuple[Known, ...]) -> None:
        self._chip = chip
        self._jobs = {one.job.job_id: one for one in jobs}
        self._model = model(CONFIG.model)
        self._found: set[tuple[int, int, int]] = set()
        self._read: dict[int, int] = {}
        self.wrong = 0

    def hear(self, cycles: int) -> None:
        """Let time pass, and sort what comes."""
        for frame in self._chip.frames(cycles):
            if isinstance(frame, RegisterResponse):
                self._read[frame.register] = frame.value
            elif isinstance(frame, NonceResponse):
                self._judge(frame)

    def _judge(self, frame: NonceResponse) -> None:
        job_id = self._model.job_id(frame.tag)
        one = self._jobs.get(job_id)
        if one and ((frame.bits, frame.w19) in one.due or _passes(one.job, frame.bits, frame.w19)):
            self._found.add((job_id, frame.bits, frame.w19))
        else:
            self.wrong += 1

    def _send(self, *frames: object) -> None:
        data = b"".join(bytes(frame) for frame in frames)
        self._chip.send(data)
        self.hear(80 * len(data) + 80)

    def set_up(self) -> None:
        """Everything that a host writes before the first job."""
        registers = {
            Number.VERSION_ROLLING: version_rolling(MASK),
            Number.MISC_CONTROL: 0xF000C100,
            Number.NONCE_SPAN: SPAN,
            Number.HIT_MASK: HIT_MASK,
            Number.TICKET_MASK: 0,
            Number.FIRST_VERSION: 0,
            Number.HASH_COUNTING_NUMBER: 0x1EB5,
        }
        self._send(ChainInactive(), SetAddress(ADDRESS))
        for number, value in registers.items():
            self._send(WriteRegister(number, value))

    def bring_up(self) -> None:
        """The same after power-up, of a chip that is whole."""
        self.set_up()
        assert self.answers()

    def answers(self) -> bool:
        """Whether the chip says who it is and what was set, on one of three attempts."""
        wanted = {Number.CHIP_ID: self._model.chip_id << 16, Number.HIT_MASK: HIT_MASK}
        for _ in range(3):
            self._read.clear()
            for number in wanted:
                self._send(ReadRegister(number))
                for _ in range(PATIENCE // 1000):
                    if number in self._read:
                        break
                    self.hear(1000)
            if self._read == wanted:
                return True
        return False

    def finds(self, one: Known, flip: Flip | None = None, when: int = 0) -> bool:
        """Give a job; whether all that is due is reported, and nothing that is wrong."""
        before = self.wrong
        self._found.clear()
        self._chip.send(bytes(one.job))
        if flip is not None:
            self.hear(when)
            self._chip.flip(flip.place, flip.word, flip.bit)
        due = {(one.job.job_id, *each) for each in one.due}
        for _ in range(LIMIT // 1000):
            self.hear(1000)
            if due <= self._found:
                break
        return due <= self._found and self.wrong == before

    def works(self, one: Known) -> bool:
        """Whether it answers and finds."""
        return self.answers() and self.finds(one)
