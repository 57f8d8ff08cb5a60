"""What work buses of rolled cores have in common: when a job is to take over."""

from amaranth.hdl import Module, Signal, Value
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Member, Out

from .work import WorkWord


class TurnJobs(wiring.Component):
    """A work bus whose jobs take over at the beginning of a turn.

    Parameters
    ----------
    count
        Words of a job.
    more
        Members besides those below.

    Members
    -------
    work : In(stream of WorkWord)
        Ready in every other clock, but not while a job waits to be activated at once, nor while one
        takes over.
    closed : In(1)
        A job may be taking over in the next clock.
    asked : Out(1)
        A job is to be activated; `waits` : Out(1) says that the running range is to end first.
    turn : In(1)
        One clock: it is activated.
    write : Out(1), place : Out(8), data : Out(32)
        A word for a memory.
    stop : Out(1)
        One clock: the running range ends.
    turned : Out(1)
        Changes when a job that was to wait is activated, or is cancelled.
    refused : Out(1)
        One clock: a word with an unknown address, or what else cannot be, was dropped.
    """

    def __init__(self, count: int, **more: Member) -> None:
        self._count = count
        super().__init__(
            {
                "work": In(stream.Signature(WorkWord)),
                "closed": In(1),
                "asked": Out(1),
                "waits": Out(1),
                "turn": In(1),
                "write": Out(1),
                "place": Out(8),
                "data": Out(32),
                "stop": Out(1),
                "turned": Out(1),
                "refused": Out(1),
                **more,
            }
        )

    def _readiness(self, ready: Signal) -> Value:
        """Whether a word can be taken in the next clock; `ready`, if one can in this clock."""
        return ~ready & ~self.closed & (~self.asked | self.waits)

    def _cancelled(self, m: Module) -> None:
        """A word has come: what was asked for before is not any more."""
        m.d.sync += self.asked.eq(0)
        with m.If(self.asked):
            m.d.sync += self.turned.eq(~self.turned)

    def _activated(self, m: Module) -> None:
        """In the clock of `turn`."""
        with m.If(self.waits):
            m.d.sync += self.turned.eq(~self.turned)
