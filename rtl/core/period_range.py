"""The nonces of a range where as many enter together as there are engines and threads."""

from abc import abstractmethod

from amaranth.hdl import Module, Mux, Signal, Value
from amaranth.lib.wiring import In, Member, Out

from .nonce_range import NonceRange


class TogetherRange(NonceRange):
    """Nonces that enter together, once a period, some cycles after it was decided whose they are.

    Parameters
    ----------
    together
        Nonces of a period, one for each engine and thread.
    periods
        Periods from the entry of nonces to their test.
    gap
        Periods without nonces between two jobs; in the last one of two the next job is loaded.
    far
        Whether what counts the nonces may be far away.

    Members
    -------
    change : In(1)
        One cycle, when or after nonces have entered: the nonces that are tested from now on are
        those of the period before the one that has begun.
    changes : Out(1)
        In this cycle the job of those nonces is another one.
    tested : Out(1), amount : Out(range(together + 1)), first : Out(32)
        Whether nonces are tested before the next ones enter, how many, and the first one.
    taking : Out(1)
        A job has been activated, and its nonces are not tested yet.
    loading : Out(1)
        This period loads a job.
    """

    def __init__(
        self, *, together: int, periods: int, gap: int, far: bool = False, **more: Member
    ) -> None:
        self._together = together
        self._periods = periods
        self._gap = gap
        self._far = far
        super().__init__(
            change=In(1),
            changes=Out(1),
            tested=Out(1),
            amount=Out(range(together + 1)),
            first=Out(32),
            taking=Out(1),
            loading=Out(1),
            **more,
        )

    @abstractmethod
    def _count(self, m: Module) -> tuple[Value, Value, Value]:
        """Count nonces. It gives whether those that have entered are the last ones, whether there
        is one among them, and how many.
        """

    def elaborate(self, platform: object) -> Module:
        """What runs, what is taking over, and what is tested some periods later."""
        m = Module()
        runs, stopped, taking = Signal(), Signal(), self.taking
        final, some, amount = self._count(m)
        begins: Value = self.jobs.due
        if self._gap:
            begins = self.jobs.due & ~runs
            with m.If(self.decide & self.jobs.due & runs):
                m.d.sync += stopped.eq(1)
        activate = self.decide & begins
        if self._gap > 1:
            with m.If(self.decide):
                m.d.sync += self.loading.eq(activate & ~self.loading)
            m.d.comb += self.jobs.closed.eq(taking | activate | self.loading)
            activate &= self.loading
        else:
            m.d.comb += self.jobs.closed.eq(taking | activate)
        m.d.comb += [
            self.jobs.activate.eq(activate),
            self.jobs.free.eq(~runs | final | stopped),
            self.changes.eq(self.change & taking),
            self.refused.eq(self.enter & runs & ~some),
        ]
        with m.If(self.change):
            m.d.sync += taking.eq(0)
        with m.If(self.jobs.activate):
            m.d.sync += taking.eq(1)
        ran, first, active = runs & some, self.nonce, runs | taking
        many = Mux(ran, amount, 0)
        for _ in range(self._periods - 1):
            ran, many, first = (self._a_period_ago(m, value) for value in (ran, many, first))
            active |= ran
        with m.If(self.enter):
            m.d.sync += [
                runs.eq(taking | (runs & ~final & ~stopped)),
                stopped.eq(0),
                self.tested.eq(ran),
                self.amount.eq(many),
                self.first.eq(first),
            ]
        with m.If(self.jobs.stop):
            m.d.sync += stopped.eq(1)
        m.d.comb += [
            self.running.eq(active | self.tested),
        ]
        # One a cycle, for counters.
        left = Signal(range(self._together + 1))
        with m.If(self.change):
            m.d.sync += left.eq(Mux(runs, amount, self._together))
        with m.Elif(left != 0):
            m.d.sync += left.eq(left - 1)
        m.d["sync" if self._far else "comb"] += [
            self.hashing.eq(runs & (left != 0)),
            self.starved.eq(~runs & (left != 0)),
        ]
        return m

    def _a_period_ago(self, m: Module, value: Value) -> Value:
        """What it was before the nonces of the last period entered."""
        register = Signal.like(value, name="a_period_ago")
        with m.If(self.enter):
            m.d.sync += register.eq(value)
        return register


class PeriodRange(TogetherRange):
    """A counter of nonces, as many a period as enter together. See :class:`TogetherRange`.

    Members
    -------
    settle : In(1)
        One cycle, two or more after `enter` and before `decide`.
    """

    def __init__(self, *, together: int, periods: int, gap: int, far: bool = False) -> None:
        super().__init__(together=together, periods=periods, gap=gap, far=far, settle=In(1))

    def _count(self, m: Module) -> tuple[Value, Value, Value]:
        first, last_not = self._next_range(m)
        end_not, left_not = Signal(32, reset_less=True), Signal(32, reset_less=True)
        final, amount = Signal(), Signal(range(self._together + 1))
        left = (~left_not)[: len(amount)]
        enough = ~left_not[len(amount) :].all() | (left >= self._together)
        m.d.sync += left_not.eq(self.nonce + end_not)
        with m.If(self.enter):
            m.d.sync += self.nonce.eq(Mux(self.taking, first, self.nonce + self._together))
            with m.If(self.taking):
                m.d.sync += end_not.eq(last_not)
        with m.If(self.settle):
            m.d.sync += [final.eq(~enough), amount.eq(Mux(enough, self._together, left + 1))]
        return final, Value.cast(1), amount


class DatapathRange(TogetherRange):
    """Nonces that the datapath counts, one a period. See :class:`TogetherRange`.

    A job without a nonce is refused when its first period begins.

    Members
    -------
    known : In(1)
        One cycle, before `enter`: whether the nonce that is on its way is the last one.
    last : In(1), above : In(1)
        It is the last one; it is above the last one.
    """

    def __init__(self, *, periods: int, gap: int) -> None:
        more = dict.fromkeys(("known", "last", "above"), In(1))
        super().__init__(together=1, periods=periods, gap=gap, **more)

    def _count(self, m: Module) -> tuple[Value, Value, Value]:
        final, bad = Signal(), Signal()
        with m.If(self.known):
            m.d.sync += [final.eq(self.last | self.above), bad.eq(self.above)]
        m.d.comb += self.jobs.good.eq(1)
        return final, ~bad, Value.cast(1)
