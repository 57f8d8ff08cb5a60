"""The work bus of a core that keeps the words of jobs: all of them go into one memory."""

from amaranth.hdl import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from . import keptslots as slots
from .work import Control, WorkWord

#: Where what is no job word waits.
PLACES = {
    Control.MASK: slots.MASK_SLOT,
    Control.LAST: slots.LAST_SLOT,
    Control.FIRST: slots.NONCE_SLOT,
    Control.NEXT: slots.TAG_PLACE,
    Control.TAG: slots.TAG_PLACE,
}


class KeptJobs(wiring.Component):
    """Tells where the words of the next job wait, and when it is to take over.

    Words that are not written stay those of the last job.

    Parameters
    ----------
    count
        Words of a job.

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
        One clock: it is activated; its words have been read.
    write : Out(1), place : Out(8), data : Out(32)
        A word for the memory: of the job, at its address, or what is in :data:`PLACES`, all of them
        above :data:`~.keptslots.LOAD_FROM`. The last nonce has each bit inverted: then a sum is
        what compares nonces.
    stop : Out(1)
        One clock: the running range ends.
    turned : Out(1)
        Changes when a job that was to wait is activated, or is cancelled.
    refused : Out(1)
        One clock: a word with an unknown address was dropped.
    """

    def __init__(self, count: int) -> None:
        assert count <= slots.TAG_PLACE, count
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
            }
        )

    def elaborate(self, platform: object) -> Module:
        """A switch, and what is asked for."""
        m = Module()
        word = self.work.payload
        taken, ready = Signal(), Signal()
        inverted = word.address == Control.LAST
        m.d.comb += [
            self.work.ready.eq(ready),
            taken.eq(self.work.valid & self.work.ready),
            self.data.eq(word.data ^ inverted.replicate(32)),
            self.place.eq(slots.LOAD_FROM | word.address),
        ]
        m.d.sync += ready.eq(~ready & ~self.closed & (~self.asked | self.waits))
        with m.Switch(word.address):
            for control, place in PLACES.items():
                with m.Case(control):
                    m.d.comb += self.place.eq(slots.LOAD_FROM + place)
        with m.If(taken):
            m.d.sync += self.asked.eq(0)
            with m.If(self.asked):
                m.d.sync += self.turned.eq(~self.turned)
            with m.Switch(word.address):
                with m.Case(*range(self._count), Control.FIRST, Control.LAST, Control.MASK):
                    m.d.comb += self.write.eq(1)
                with m.Case(Control.TAG, Control.NEXT):
                    m.d.comb += self.write.eq(1)
                    m.d.sync += [
                        self.asked.eq(1),
                        self.waits.eq(word.address == Control.NEXT),
                    ]
                with m.Case(Control.STOP):
                    m.d.comb += self.stop.eq(1)
                with m.Default():
                    m.d.comb += self.refused.eq(1)
        with m.If(self.turn):
            m.d.sync += self.asked.eq(0)
            with m.If(self.waits):
                m.d.sync += self.turned.eq(~self.turned)
        return m
