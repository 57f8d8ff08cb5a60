"""The clock of a core whose rounds are gone through several times."""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import Out


class TurnCounter(wiring.Component):
    """Counts passes: nonces enter in the first one, and then none until all have been through.

    Parameters
    ----------
    passes
        How often a nonce goes through.
    clocks
        Clocks of a pass: as many nonces go through together.

    Members
    -------
    turn : Out(range(passes))
        The pass that begins for what enters in this clock; 0 after reset.
    here : Out(1)
        It is the first one.
    open : Out(1)
        It will be in the next clock.
    """

    def __init__(self, *, passes: int, clocks: int) -> None:
        self._passes = passes
        self._clocks = clocks
        super().__init__({"turn": Out(range(passes)), "here": Out(1), "open": Out(1)})

    def elaborate(self, platform: object) -> Module:
        """Two counters."""
        m = Module()
        slot = Signal(range(max(2, self._clocks)))
        # In the last clock of a pass.
        over = Signal(init=self._clocks == 1)
        m.d.sync += over.eq(slot == (self._clocks - 2) % self._clocks)
        m.d.comb += [
            self.here.eq(self.turn == 0),
            self.open.eq(self.here),
        ]
        m.d.sync += slot.eq(slot + 1)
        with m.If(over):
            m.d.sync += [slot.eq(0), self.turn.eq(self.turn + 1)]
            m.d.comb += self.open.eq(0)
            with m.If(self.turn == self._passes - 1):
                m.d.sync += self.turn.eq(0)
                m.d.comb += self.open.eq(1)
        return m
