"""Reset of the link's domain."""

from amaranth.hdl import ClockDomain, ClockSignal, Elaboratable, Module, Signal
from amaranth.lib.cdc import FFSynchronizer, ResetSynchronizer

#: Clocks for which the reset is held once the PLL has locked: 15 us and more at every crystal here,
#: because block RAM of the iCE40 reads as zero in the first microseconds.
HELD = 1024

#: Clocks in which a pin must not change before it is believed: 2.5 us and more at every crystal
#: here. Noise is shorter, and whoever resets takes longer.
STEADY = 256


class PowerOn(Elaboratable):
    """Resets the ``sync`` domain until all is ready.

    Parameters
    ----------
    clock
        The clock of that domain.
    locked
        The PLL is locked; without it everything is reset. Asynchronous.
    pressed
        Resets as long as it is up, once it has been for :data:`STEADY` cycles. Asynchronous.
    pulled
        Resets whenever it goes up and stays for :data:`STEADY` cycles; what it does then does not
        matter. Asynchronous.
    """

    def __init__(self, clock: Signal, locked: Signal, pressed: Signal, pulled: Signal) -> None:
        self._clock = clock
        self._locked = locked
        self._pressed = pressed
        self._pulled = pulled

    def elaborate(self, platform: object) -> Module:
        """A counter that starts again whenever the lock is lost or somebody asks for it."""
        m = Module()
        m.domains.por = ClockDomain(reset_less=True, local=True)
        m.d.comb += ClockSignal("por").eq(self._clock)
        ready = Signal()
        # A counter that starts with zero, like every register after configuration.
        passed = Signal(range(HELD + 1))
        m.submodules.ready = FFSynchronizer(self._locked, ready, o_domain="por")
        pressed = _steady(m, "pressed", self._pressed)
        pulled, before = _steady(m, "pulled", self._pulled), Signal()
        m.d.por += before.eq(pulled)
        with m.If(~ready | pressed | (pulled & ~before)):
            m.d.por += passed.eq(0)
        with m.Elif(passed != HELD):
            m.d.por += passed.eq(passed + 1)
        m.submodules.reset = ResetSynchronizer(passed != HELD, domain="sync")
        return m


def _steady(m: Module, name: str, pin: Signal) -> Signal:
    """What a pin has been for a while."""
    seen, steady = Signal(name=f"{name}_seen"), Signal(name=f"{name}_steady")
    waited = Signal(range(STEADY), name=f"{name}_waited")
    m.submodules[name] = FFSynchronizer(pin, seen, o_domain="por")
    with m.If(seen == steady):
        m.d.por += waited.eq(0)
    with m.Else():
        m.d.por += waited.eq(waited + 1)
        with m.If(waited == STEADY - 1):
            m.d.por += steady.eq(seen)
    return steady
