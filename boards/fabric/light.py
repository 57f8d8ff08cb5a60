"""A light for what is too short to see."""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out


class Stretcher(wiring.Component):
    """Holds a pulse so long that an eye sees it.

    Parameters
    ----------
    clock
        Frequency of the ``sync`` domain in hertz.
    seconds
        How long the light stays on after the last cycle of the pulse.

    Members
    -------
    pulse : In(1)
        What happens.
    light : Out(1)
        High from the cycle after.
    """

    def __init__(self, clock: float, seconds: float = 0.1) -> None:
        self._cycles = max(1, round(clock * seconds))
        super().__init__({"pulse": In(1), "light": Out(1)})

    @property
    def cycles(self) -> int:
        """Cycles for which the light stays on."""
        return self._cycles

    def elaborate(self, platform: object) -> Module:
        """A counter that a pulse loads."""
        m = Module()
        left = Signal(range(self._cycles + 1))
        with m.If(self.pulse):
            m.d.sync += left.eq(self._cycles)
        with m.Elif(left.any()):
            m.d.sync += left.eq(left - 1)
        m.d.comb += self.light.eq(left.any())
        return m
