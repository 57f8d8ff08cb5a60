"""The nonces of a range where as many enter together as there are engines and threads."""

from abc import abstractmethod

from amaranth.hdl import Module, Mux, Signal, Value

from .nonce_range import NonceRange


class TogetherRange(NonceRange):
    """Nonces that enter together, once a period, some cycles after it was decided whose they are.

    Parameters
    ----------
    together
        See :class:`~.nonce_range.NonceRange`.
    periods
        Periods from the entry of nonces to their test.
    gap
        Periods without nonces between two jobs; in the last one of two the next job is loaded.
    far
        Whether what counts the nonces may be far away.
    """

    def __init__(self, *, together: int = 1, periods: int, gap: int, far: bool = False) -> None:
        self._periods, self._gap, self._far = periods, gap, far
        super().__init__(together)

    @abstractmethod
    def _count(self, m: Module) -> tuple[Value, Value, Value]:
        """Count nonces. It gives whether those that have entered are the last ones, whether there
        is one among them, and how many.
        """

    def elaborate(self, platform: object) -> Module:
        """What runs, what is taking over, and what is tested some periods later."""
        m = Module()
        runs, stopped, taking, jobs = Signal(), Signal(), self.taking, self.jobs
        final, some, amount = self._count(m)
        begins: Value = jobs.due
        if self._gap:
            begins = jobs.due & ~runs
            with m.If(self.decide & jobs.due & runs):
                m.d.sync += stopped.eq(1)
        activate = self.decide & begins
        closed = taking | activate
        if self._gap > 1:
            with m.If(self.decide):
                m.d.sync += self.loading.eq(activate & ~self.loading)
            closed |= self.loading
            activate &= self.loading
        m.d.comb += [
            jobs.closed.eq(closed),
            jobs.activate.eq(activate),
            jobs.free.eq(~runs | final | stopped),
            self.changes.eq(self.change & taking),
            self.refused.eq(self.enter & runs & ~some),
        ]
        with m.If(self.change):
            m.d.sync += taking.eq(0)
        with m.If(jobs.activate):
            m.d.sync += taking.eq(1)
        ran, first, active = runs & some, self.nonce, runs | taking
        many = Mux(ran, amount, 0)
        for _ in range(self._periods - 1):
            now = (ran, many, first)
            ran, many, first = (Signal.like(value, name="a_period_ago") for value in now)
            with m.If(self.enter):
                m.d.sync += [ran.eq(now[0]), many.eq(now[1]), first.eq(now[2])]
            active |= ran
        with m.If(self.enter):
            m.d.sync += [
                runs.eq(taking | (runs & ~final & ~stopped)),
                stopped.eq(0),
                self.tested.eq(ran),
                self.amount.eq(many),
                self.first.eq(first),
            ]
        with m.If(jobs.stop):
            m.d.sync += stopped.eq(1)
        m.d.comb += self.running.eq(active | self.tested)
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


class PeriodRange(TogetherRange):
    """A counter of nonces, as many a period as enter together."""

    def _count(self, m: Module) -> tuple[Value, Value, Value]:
        first, last_not = self._next_range(m)
        end_not, left_not = Signal(32, reset_less=True), Signal(32, reset_less=True)
        final, amount = Signal(), Signal.like(self.amount)
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
    """Nonces that the datapath counts, one a period.

    A job without a nonce is refused when its first period begins.
    """

    def _count(self, m: Module) -> tuple[Value, Value, Value]:
        final, bad = Signal(), Signal()
        with m.If(self.known):
            m.d.sync += [final.eq(self.last | self.above), bad.eq(self.above)]
        m.d.comb += self.jobs.good.eq(1)
        return final, ~bad, Value.cast(1)
