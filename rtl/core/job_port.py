"""The job port: the work bus of a core, and when the job that was written takes over."""

from amaranth.hdl import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from .interface import JOB_WORDS, Control, WorkWord


class Handover(wiring.Signature):
    """Between the port and the range: what is written, and when that job takes over.

    Members
    -------
    word : Out(WorkWord), taken : Out(1)
        What is written in this cycle.
    stop : Out(1)
        One cycle: the running range ends.
    due : Out(1)
        A job can be activated in this cycle.
    good : In(1)
        The range that has been written has a nonce.
    free : In(1)
        No nonce of the running range is left to enter.
    activate : In(1)
        One cycle in which a job is `due`: it is activated.
    closed : In(1)
        A job is taking over: words that have been written are still needed as they are.
    """

    def __init__(self) -> None:
        super().__init__(
            {
                "word": Out(WorkWord),
                **dict.fromkeys(("taken", "stop", "due"), Out(1)),
                "good": In(1, init=1),
                **dict.fromkeys(("free", "activate", "closed"), In(1)),
            }
        )


class JobPort(wiring.Component):
    """Takes words, tells the other parts of them, and keeps what is asked for.

    The words of the next job are written in any order; ``TAG`` activates it as soon as it can be,
    ``NEXT`` when the running range has ended. Any word that is written before that cancels it.
    ``STOP`` ends the running range.

    Parameters
    ----------
    count
        Job words, at the addresses from 0 on.

    Members
    -------
    work : In(stream of WorkWord)
        Ready in every other cycle, but not while a job waits to be activated at once, nor after a
        cycle in which the range or the store is closed.
    closed : In(1)
        The store is: see :class:`Handover`.
    jobs : Out(Handover)
        Jobs, for the range.
    job_word : Out(1)
        What is written has the address of a job word.
    asked : Out(1)
        A job is to be activated.
    turned : Out(1)
        Changes when a job that was to wait is activated, or is cancelled.
    refused : Out(1)
        One cycle: a word with an unknown address, or a job without a nonce, was dropped.

    Raises
    ------
    ValueError
        There are more job words than addresses.
    """

    def __init__(self, count: int) -> None:
        if count > JOB_WORDS:
            raise ValueError(f"job words must be at most {JOB_WORDS}, not {count}")
        self._count = count
        super().__init__(
            {
                "work": In(stream.Signature(WorkWord)),
                "jobs": Out(Handover()),
                "closed": In(1),
                **dict.fromkeys(("job_word", "asked", "turned", "refused"), Out(1)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        """A switch, and what is asked for."""
        m = Module()
        jobs = self.jobs
        ready, waits = Signal(), Signal()
        m.d.comb += [
            self.work.ready.eq(ready),
            jobs.word.eq(self.work.payload),
            jobs.taken.eq(self.work.valid & ready),
            jobs.due.eq(self.asked & (~waits | jobs.free) & ~jobs.taken),
        ]
        m.d.sync += ready.eq(~ready & ~(self.closed | jobs.closed) & (~self.asked | waits))
        with m.If(jobs.taken):
            m.d.sync += self.asked.eq(0)
            with m.Switch(jobs.word.address):
                with m.Case(*range(self._count)):
                    m.d.comb += self.job_word.eq(1)
                with m.Case(Control.FIRST, Control.LAST, Control.MASK):
                    pass
                with m.Case(Control.STOP):
                    m.d.comb += jobs.stop.eq(1)
                with m.Case(Control.TAG, Control.NEXT):
                    m.d.comb += self.refused.eq(~jobs.good)
                    m.d.sync += [
                        self.asked.eq(jobs.good),
                        waits.eq(jobs.word.address == Control.NEXT),
                    ]
                with m.Default():
                    m.d.comb += self.refused.eq(1)
        with m.If(jobs.activate):
            m.d.sync += self.asked.eq(0)
        with m.If(self.asked & (jobs.taken | (jobs.activate & waits))):
            m.d.sync += self.turned.eq(~self.turned)
        return m
