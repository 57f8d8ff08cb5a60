"""One reset for two clock domains."""

from amaranth.hdl import Module, ResetSignal, Signal
from amaranth.lib import wiring
from amaranth.lib.cdc import FFSynchronizer, ResetSynchronizer
from amaranth.lib.wiring import In, Out


class JointReset(wiring.Component):
    """Resets a domain together with what of ``sync`` speaks to it, however short the reset is.

    The far domain stays in reset until ``sync`` has seen it there, and what speaks to it until it
    has seen it leave: then whatever either side had sent has arrived before the other side begins,
    at any two clock rates.

    Parameters
    ----------
    domain
        The domain that is reset, by any reset of ``sync``, of one cycle or more.
    asynchronous
        Whether it is reset at once, whatever its clock does, by flip-flops that are set without a
        clock; else with its clock, and what it did until then it forgets.

    Members
    -------
    again : In(1)
        Whoever resets this component by a `ResetInserter` says so here: no clock domain tells.
    both : Out(1)
        In ``sync``: from the cycle after a reset of ``sync`` on, until that of `domain` is over.
        Reset value: 1.
    """

    #: Periods of the receiving clock in which what crosses must arrive: it goes through two
    #: registers there, and asks until it has been answered, so it would bear more.
    ARRIVAL = 2

    def __init__(self, *, domain: str, asynchronous: bool = True) -> None:
        self._domain = domain
        self._asynchronous = asynchronous
        super().__init__({"again": In(1), "both": Out(1)})

    def elaborate(self, platform: object) -> Module:
        """A bit that asks for the far reset until that has come back."""
        m = Module()
        asking, seen = Signal(init=1), Signal()
        far = ResetSignal(self._domain)
        if self._asynchronous:
            asked = asking | ResetSignal("sync") | self.again
            m.submodules.there = ResetSynchronizer(asked, domain=self._domain)
        else:
            m.submodules.there = FFSynchronizer(asking, far, o_domain=self._domain, init=1)
        # Reset as well: what it saw of the reset before is not taken for this one.
        m.submodules.back = FFSynchronizer(far, seen, reset_less=False)
        with m.If(seen):
            m.d.sync += asking.eq(0)
        m.d.comb += self.both.eq(asking | seen)
        return m
