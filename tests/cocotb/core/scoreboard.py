"""What a core must do, cycle by cycle, from what is seen on its work bus."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import ClassVar

from sluice.rtl.core.interface import Control, work_words
from sluice.rtl.core.mining import header_inputs
from sluice.rtl.hls.job_program import JobProgram
from sluice.rtl.protocol.header import Header
from sluice.sim.reference import digest_word
from tests.cocotb.core.streams import Transaction
from tests.rtl.core.window import Window


@dataclass(frozen=True)
class Shape:
    """What a bench knows of a core.

    `delay` counts the cycles from a nonce's entry to its test, `queue` the hits that can wait;
    `window` says in which cycles nonces enter.
    """

    program: JobProgram
    delay: int
    latency: int
    queue: int
    window: Window


@dataclass(frozen=True)
class Write(Transaction):
    """A word on the work bus."""

    WIDTHS: ClassVar = (8, 32)

    address: int
    data: int


@dataclass(frozen=True)
class Report(Transaction):
    """A hit of a core with one lane."""

    WIDTHS: ClassVar = (32, 8, 1)

    nonce: int
    tag: int
    lanes: int


@dataclass(frozen=True)
class Job:
    """A header and the nonces to try."""

    header: Header
    first: int
    last: int
    mask: int
    tag: int

    def writes(self, shape: Shape) -> list[Write]:
        """The words that load and activate it."""
        words = self.header.words
        job_words = shape.program.run(header_inputs(words, [words[0]]))
        control = {"first": self.first, "last": self.last, "mask": self.mask, "tag": self.tag}
        return [Write(*word) for word in work_words(job_words, **control)]

    def hit(self, nonce: int) -> bool:
        """Whether the reference says so."""
        return not digest_word(self.header.with_w19(nonce)) & self.mask


@dataclass(frozen=True)
class Expected:
    """A hit that is due: the cycle in which it goes into the queue, and what is reported."""

    due: int
    report: Report


@dataclass
class Run:
    """A job from its activation on.

    Its nonces enter in the cycles after `start`, up to `end`, that take one: those of `entries`, in
    their order.
    """

    start: int
    end: int
    job: Job
    entries: list[int]

    def stop(self, cycle: int) -> None:
        """No nonce enters after a cycle."""
        self.end = min(self.end, cycle)
        self.entries = self.entries[: bisect_right(self.entries, self.end)]


@dataclass(frozen=True)
class Asked:
    """A job that is to be activated: since when, and whether the one before is to end first."""

    cycle: int
    job: Job
    waits: bool


@dataclass(frozen=True)
class Flags:
    """What the core says of itself in a cycle."""

    idle: bool
    hashing: bool
    starved: bool
    turned: bool


class Scoreboard:
    """Collects transfers from one reset to the next, and then compares.

    Jobs are announced in the order in which they are sent; which nonces each of them hashes follows
    from the cycles in which they are activated.
    """

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.clear(0)

    def clear(self, since: int) -> None:
        """Begin after a reset; `since` is the first cycle without it."""
        self.since = since
        self.announced: list[Job] = []
        self.runs: list[Run] = []
        self.reported: list[tuple[int, Report]] = []
        self.flags: list[Flags] = []
        self.changes: list[int] = []
        self.refused = 0
        self._asked: Asked | None = None
        self._asked_in: list[tuple[int, int]] = []
        self._range = {Control.FIRST: 0, Control.LAST: 0}

    def work(self, cycle: int, write: Write) -> None:
        """A word was taken."""
        self._follow(cycle)
        if self._asked:
            assert self._asked.waits, "a word was taken before a job was activated at once"
            self._settle(cycle)
        known = (*range(len(self.shape.program.results)), Control.MASK)
        match write.address:
            case Control.FIRST | Control.LAST:
                self._range[Control(write.address)] = write.data
            case Control.TAG | Control.NEXT:
                job = self.announced.pop(0)
                assert job.tag == write.data
                if self._range[Control.FIRST] > self._range[Control.LAST]:
                    self.refused += 1
                else:
                    self._asked = Asked(cycle, job, write.address == Control.NEXT)
            case Control.STOP:
                self._end(cycle)
            case address if address not in known:
                self.refused += 1

    def _follow(self, cycle: int) -> None:
        """Activate the job that is asked for, if that was before a cycle.

        In the cycle itself a word that is taken cancels it.
        """
        if asked := self._asked:
            start = asked.cycle + 1
            if asked.waits and self.runs:
                start = max(start, self.runs[-1].end)
            start = self._opens(start)
            if start < cycle:
                self._settle(start)
                self._activate(start, asked.job)

    def _settle(self, cycle: int) -> None:
        """What is asked for is not any more after a cycle."""
        assert self._asked
        if self._asked.waits:
            self.changes.append(cycle)
        self._asked_in.append((self._asked.cycle, cycle))
        self._asked = None

    def _opens(self, cycle: int) -> int:
        """The first cycle, from `cycle` on, before one that takes a nonce."""
        (entry,) = self._after(cycle, 1)
        return entry - 1

    def _after(self, cycle: int, amount: int) -> list[int]:
        """The next cycles that take a nonce."""
        entries = self.shape.window.after(cycle - self.since, amount)
        return [entry + self.since for entry in entries]

    def _activate(self, cycle: int, job: Job) -> None:
        self._end(cycle)
        entries = self._after(cycle, job.last - job.first + 1)
        self.runs.append(Run(cycle, entries[-1], job, entries))

    def _end(self, cycle: int) -> None:
        if self.runs:
            self.runs[-1].stop(cycle)

    def hit(self, cycle: int, report: Report) -> None:
        """A hit was taken."""
        self.reported.append((cycle, report))

    def expected(self, before: int) -> list[Expected]:
        """Hits of all jobs, in order, that go into the queue before a cycle."""
        found = []
        for run in self.runs:
            for nonce, entry in enumerate(run.entries, run.job.first):
                due = entry + self.shape.delay + 1
                if due < before and run.job.hit(nonce):
                    found.append(Expected(due, Report(nonce, run.job.tag, 1)))
        return found

    def check(self, cycle: int, lost: int, refused: int, *, finished: bool = True) -> None:
        """Compare what was seen until `cycle`, with the two counts of the core.

        Each hit is reported once, in order, not before its time, or it is among the lost ones; and
        hits are lost only while the queue is full. Unless `finished`, some are still waiting.
        """
        self._follow(cycle)
        assert refused == self.refused, (refused, self.refused)
        expected = self.expected(cycle)
        taken = {report: at for at, report in self.reported}
        assert len(taken) == len(self.reported), "a hit was reported twice"
        came = [hit for hit in expected if hit.report in taken]
        assert [hit.report for hit in came] == [report for _, report in self.reported]
        read = [taken[hit.report] for hit in came]
        for hit, at in zip(came, read, strict=True):
            # From the cycle in which it goes in, two to the end of the queue.
            assert at >= hit.due + 2, (hit, at)
        missing = [hit for hit in expected if hit.report not in taken]
        if finished:
            assert len(missing) == lost, (missing[:3], lost)
            self._check_full([hit.due for hit in came], read, [hit.due for hit in missing])
            self._check_flags(came, read)
        else:
            assert lost <= len(missing) <= lost + self.shape.queue, (missing[:3], lost)

    def _check_full(self, written: list[int], read: list[int], lost: list[int]) -> None:
        for cycle in lost:
            waiting = bisect_left(written, cycle) - bisect_left(read, cycle)
            assert waiting >= self.shape.queue, f"a hit was lost with {waiting} waiting"

    def _check_flags(self, came: list[Expected], read: list[int]) -> None:
        """The core says that it is idle, and that it hashes, in exactly the cycles in which it is.

        And each end of the wait of a job for another turns its flag.
        """
        busy = self._asked_in + [(run.start, run.end) for run in self.runs]
        busy += [(run.start, run.entries[-1] + self.shape.delay + 1) for run in self.runs]
        busy += [(hit.due, at) for hit, at in zip(came, read, strict=True)]
        cycles = range(self.since, self.since + len(self.flags))
        idle = dict.fromkeys(cycles, True)
        hashing = dict.fromkeys(cycles, False)
        for first, last in busy:
            idle.update(dict.fromkeys(range(first + 1, last + 1), False))
        for run in self.runs:
            hashing.update(dict.fromkeys(run.entries, True))
        for cycle, flags in zip(cycles, self.flags, strict=True):
            turned = bisect_left(self.changes, cycle) % 2 == 1
            starved = self.shape.window.open(cycle - self.since) and not hashing[cycle]
            expected = Flags(idle[cycle], hashing[cycle], starved, turned)
            assert flags == expected, f"{cycle - self.since} cycles after reset"
