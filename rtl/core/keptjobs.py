"""The work bus of a core that keeps the words of jobs: all of them go into one memory."""

from amaranth.hdl import Module, Signal

from . import keptslots as slots
from .turnjobs import TurnJobs
from .work import Control

#: Where what is no job word waits.
PLACES = {
    Control.MASK: slots.MASK_SLOT,
    Control.LAST: slots.LAST_SLOT,
    Control.FIRST: slots.NONCE_SLOT,
    Control.NEXT: slots.TAG_PLACE,
    Control.TAG: slots.TAG_PLACE,
}


class KeptJobs(TurnJobs):
    """Tells where the words of the next job wait, and when it is to take over.

    Words that are not written stay those of the last job.

    Parameters
    ----------
    count
        Words of a job.

    Members
    -------
    work, closed, asked, waits, turn, stop, turned
        See :class:`~.turnjobs.TurnJobs`; words have been read before `turn`.
    write : Out(1), place : Out(8), data : Out(32)
        A word for the memory: of the job, at its address, or what is in :data:`PLACES`, all of them
        above :data:`~.keptslots.LOAD_FROM`. The last nonce has each bit inverted: then a sum is
        what compares nonces.
    refused : Out(1)
        One clock: a word with an unknown address was dropped.
    """

    def __init__(self, count: int) -> None:
        assert count <= slots.TAG_PLACE, count
        super().__init__(count)

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
        m.d.sync += ready.eq(self._readiness(ready))
        with m.Switch(word.address):
            for control, place in PLACES.items():
                with m.Case(control):
                    m.d.comb += self.place.eq(slots.LOAD_FROM + place)
        with m.If(taken):
            self._cancelled(m)
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
            self._activated(m)
        return m
