"""The nonces of a range: which ones enter, and when the next job takes over."""

from abc import abstractmethod

from amaranth.hdl import Cat, Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Member, Out

from .interface import Control
from .job_port import Handover


class NonceRange(wiring.Component):
    """The range of the running job, both ends included, and that of the next one.

    Where it ends is told by equality or by a sum: a range that ends in 2^32 - 1 does not wrap.

    Members
    -------
    jobs : In(Handover)
        Jobs: ``FIRST`` and ``LAST`` are for the next one.
    decide : In(1)
        One cycle: it may be in this one.
    enter : In(1)
        One cycle: a nonce enters, or one of each engine and thread.
    nonce : Out(32)
        The nonce that enters, or the first one.
    hashing, starved : Out(1)
        See :class:`~.interface.CoreSignature`.
    running : Out(1)
        A nonce may still enter, or may be on its way to the test.
    refused : Out(1)
        One cycle: a job without a nonce was dropped only after it had been activated.
    """

    def __init__(self, **more: Member) -> None:
        super().__init__(
            {
                "jobs": In(Handover()),
                "decide": In(1),
                "enter": In(1),
                "nonce": Out(32),
                "hashing": Out(1),
                "starved": Out(1),
                "running": Out(1),
                "refused": Out(1),
                **more,
            }
        )

    def _next_range(self, m: Module) -> tuple[Value, Value]:
        """The first nonce of the next job, and its last one with each bit inverted: then a sum is
        what compares nonces.
        """
        first, last_not = Signal(32), Signal(32, init=0xFFFFFFFF)
        with m.If(self.jobs.taken), m.Switch(self.jobs.word.address):
            with m.Case(Control.FIRST):
                m.d.sync += first.eq(self.jobs.word.data)
            with m.Case(Control.LAST):
                m.d.sync += last_not.eq(~self.jobs.word.data)
        # It takes a cycle to find out; no word is taken in it.
        m.d.sync += self.jobs.good.eq(~(first + last_not)[32])
        return first, last_not

    @abstractmethod
    def elaborate(self, platform: object) -> Module:
        """Build it."""


class CycleRange(NonceRange):
    """One nonce at a time, in each cycle in which one can enter.

    A job's first nonce is there in the cycle after its activation. What is decided about, and what
    enters, may be in every cycle.

    Parameters
    ----------
    delay
        Cycles from the entry of a nonce to its test.

    Members
    -------
    tested : Out(1)
        A nonce is tested.
    """

    def __init__(self, delay: int) -> None:
        self._delay = delay
        super().__init__(tested=Out(1))

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
