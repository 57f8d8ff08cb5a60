"""The work bus of a rolled core: words of jobs in memories of two banks."""

from amaranth.hdl import Module, Signal
from amaranth.lib.wiring import In, Out

from .turnjobs import TurnJobs
from .work import Control


class RolledJobs(TurnJobs):
    """Writes the words of the next job to the bank that is not in use.

    The words of a job are written all or none: with none, the next job has the words of this one
    and another range.

    Parameters
    ----------
    count
        Words of a job.

    Members
    -------
    work, closed, asked, waits, turn, stop, turned
        See :class:`~.turnjobs.TurnJobs`; words are read from `turn` on.
    change : In(1)
        One clock: its mask and tag are used from now on.
    write : Out(1), place : Out(8), data : Out(32)
        A word of a job, for a memory; its place is its address.
    bank : Out(1)
        The bank in use; words are written to the other one.
    first, last_not : Out(32)
        The range of the job that takes over; `last_not` is the last nonce with each bit inverted:
        then a sum is what compares nonces.
    mask : Out(32), tag : Out(8)
        For the nonces that are tested.
    refused : Out(1)
        One clock: a word with an unknown address, or a job with `first` above `last`, was dropped.
    """

    def __init__(self, count: int) -> None:
        super().__init__(
            count,
            change=In(1),
            bank=Out(1),
            first=Out(32),
            last_not=Out(32),
            mask=Out(32),
            tag=Out(8),
        )

    def elaborate(self, platform: object) -> Module:
        """Registers of the range, and what is asked for."""
        m = Module()
        word = self.work.payload
        taken, fresh = Signal(), Signal()
        # Whether the range is one takes a clock to find out, and so does whether one is ready.
        good, ready = Signal(), Signal()
        next_mask, next_tag = Signal(32, reset_less=True), Signal(8, reset_less=True)
        m.d.comb += [
            self.work.ready.eq(ready),
            taken.eq(self.work.valid & self.work.ready),
            self.place.eq(word.address),
            self.data.eq(word.data),
        ]
        m.d.sync += [
            good.eq(~(self.first + self.last_not)[32]),
            ready.eq(self._readiness(ready)),
        ]
        with m.If(taken):
            self._cancelled(m)
            with m.Switch(word.address):
                with m.Case(*range(self._count)):
                    m.d.comb += self.write.eq(1)
                    m.d.sync += fresh.eq(1)
                with m.Case(Control.FIRST):
                    m.d.sync += self.first.eq(word.data)
                with m.Case(Control.LAST):
                    m.d.sync += self.last_not.eq(~word.data)
                with m.Case(Control.MASK):
                    m.d.sync += next_mask.eq(word.data)
                with m.Case(Control.STOP):
                    m.d.comb += self.stop.eq(1)
                with m.Case(Control.TAG, Control.NEXT):
                    with m.If(good):
                        m.d.sync += [
                            self.asked.eq(1),
                            self.waits.eq(word.address == Control.NEXT),
                            next_tag.eq(word.data),
                        ]
                    with m.Else():
                        m.d.comb += self.refused.eq(1)
                with m.Default():
                    m.d.comb += self.refused.eq(1)
        with m.If(self.turn):
            m.d.sync += [self.asked.eq(0), self.bank.eq(self.bank ^ fresh), fresh.eq(0)]
            self._activated(m)
        with m.If(self.change):
            m.d.sync += [self.mask.eq(next_mask), self.tag.eq(next_tag)]
        return m
