"""Reset of the link's domain."""

from amaranth.hdl import ClockDomain, ClockSignal, Elaboratable, Module, Signal
from amaranth.lib.cdc import FFSynchronizer, ResetSynchronizer

#: Clocks for which the reset is held once the PLL has locked: 15 us and more at every crystal here,
#: because block RAM of the iCE40 reads as zero in the first microseconds.
HELD = 1024


class PowerOn(Elaboratable):
    """Resets the ``sync`` domain until all is ready.

    Parameters
    ----------
    clock
        The clock of that domain.
    locked
        The PLL is locked; without it everything is reset. Asynchronous.
    button
        Resets too. Asynchronous.
    """

    def __init__(self, clock: Signal, locked: Signal, button: Signal) -> None:
        self._clock = clock
        self._locked = locked
        self._button = button

    def elaborate(self, platform: object) -> Module:
        """A counter that starts again whenever the lock is lost or the button is pressed."""
        m = Module()
        m.domains.por = ClockDomain(reset_less=True, local=True)
        m.d.comb += ClockSignal("por").eq(self._clock)
        ready = Signal()
        steady = Signal()
        # A counter that starts with zero, like every register after configuration.
        passed = Signal(range(HELD + 1))
        m.d.comb += ready.eq(self._locked & ~self._button)
        m.submodules.ready = FFSynchronizer(ready, steady, o_domain="por")
        with m.If(~steady):
            m.d.por += passed.eq(0)
        with m.Elif(passed != HELD):
            m.d.por += passed.eq(passed + 1)
        m.submodules.reset = ResetSynchronizer(passed != HELD, domain="sync")
        return m
