"""The nonces of a range: which ones enter, and when the next job takes over."""

from amaranth.hdl import Cat, Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from .interface import Control
from .job_port import Handover

_INPUTS = ("decide", "enter", "change", "settle", "known", "last", "above")
_OUTPUTS = ("hashing", "starved", "running", "refused", "tested", "changes", "taking", "loading")


class NonceRange(wiring.Component):
    """The range of the running job, both ends included, and that of the next one.

    Where it ends is told by equality or by a sum: a range that ends in 2^32 - 1 does not wrap.

    Parameters
    ----------
    together
        Nonces that enter together: one, or once a period one for each engine and thread.

    Members
    -------
    jobs : In(Handover)
        Jobs: ``FIRST`` and ``LAST`` are for the next one.
    decide : In(1)
        One cycle: a job may be activated in this one.
    enter : In(1)
        One cycle: nonces enter.
    change : In(1)
        Where they enter once a period, one cycle, when or after they have entered: the nonces that
        are tested from now on are those of the period before the one that has begun.
    settle : In(1)
        Of :class:`~.period_range.PeriodRange`. One cycle, two or more after `enter` and before
        `decide`.
    known, last, above : In(1)
        Of :class:`~.period_range.DatapathRange`. One cycle, before `enter`: whether the nonce that
        is on its way is the last one, or above the last one.
    nonce : Out(32)
        The nonce that enters, or the first one.
    tested : Out(1), amount : Out(range(together + 1)), first : Out(32)
        Whether a nonce is tested, or nonces are before the next ones enter; how many, and the first
        one of these.
    changes : Out(1)
        In this cycle the job of those nonces is another one.
    taking : Out(1)
        A job has been activated, and its nonces are not tested yet.
    loading : Out(1)
        This period loads a job.
    hashing, starved : Out(1)
        See :class:`~.interface.CoreSignature`.
    running : Out(1)
        A nonce may still enter, or may be on its way to the test.
    refused : Out(1)
        One cycle: a job without a nonce was dropped only after it had been activated.
    """

    def __init__(self, together: int = 1) -> None:
        self._together = together
        super().__init__(
            {
                "jobs": In(Handover()),
                **dict.fromkeys(_INPUTS, In(1)),
                "nonce": Out(32),
                "first": Out(32),
                "amount": Out(range(together + 1)),
                **dict.fromkeys(_OUTPUTS, Out(1)),
            }
        )

    def _next_range(self, m: Module) -> tuple[Value, Value]:
        """The first nonce of the next job, and its last one, inverted: a sum compares the two."""
        first, last_not = Signal(32), Signal(32, init=0xFFFFFFFF)
        with m.If(self.jobs.taken), m.Switch(self.jobs.word.address):
            with m.Case(Control.FIRST):
                m.d.sync += first.eq(self.jobs.word.data)
            with m.Case(Control.LAST):
                m.d.sync += last_not.eq(~self.jobs.word.data)
        # It takes a cycle to find out; no word is taken in it.
        m.d.sync += self.jobs.good.eq(~(first + last_not)[32])
        return first, last_not


class CycleRange(NonceRange):
    """One nonce at a time, in each cycle in which one can enter.

    A job's first nonce is there in the cycle after its activation. What is decided about, and what
    enters, may be in every cycle.

    Parameters
    ----------
    delay
        Cycles from the entry of a nonce to its test.
    """

    def __init__(self, delay: int) -> None:
        self._delay = delay
        super().__init__()

    def elaborate(self, platform: object) -> Module:
        """A counter, and another one a nonce ahead; and a bit that goes with each nonce."""
        m = Module()
        running, valid, travelling = Signal(), Signal(), Signal(self._delay)
        first, last_not = self._next_range(m)
        end_not, following = Signal(32, reset_less=True), Signal(32, reset_less=True)
        # Whether this nonce is the last is known a cycle before: much hangs on it.
        final = Signal(reset_less=True)
        m.d.comb += [
            self.jobs.activate.eq(self.decide & self.jobs.due),
            self.jobs.closed.eq(self.jobs.activate),
            valid.eq(running & self.enter),
            self.jobs.free.eq(~running | (self.enter & final)),
            self.hashing.eq(valid),
            self.starved.eq(self.enter & ~running),
            self.tested.eq(travelling[-1]),
            self.running.eq(running | travelling.any()),
        ]
        m.d.sync += travelling.eq(Cat(valid, travelling))
        with m.If(self.jobs.activate):
            m.d.sync += [
                self.nonce.eq(first),
                following.eq(first + 1),
                end_not.eq(last_not),
                final.eq(first == ~last_not),
                running.eq(1),
            ]
        with m.Else():
            with m.If(valid):
                m.d.sync += [
                    self.nonce.eq(following),
                    following.eq(following + 1),
                    final.eq(following == ~end_not),
                ]
            m.d.sync += running.eq(~self.jobs.free & ~self.jobs.stop)
        return m
