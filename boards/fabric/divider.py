"""A clock for the link where the crystal's is too fast."""

from amaranth.hdl import ClockDomain, ClockSignal, Elaboratable, Module, Signal


class Divider(Elaboratable):
    """Makes a slower clock of another one, in registers.

    Parameters
    ----------
    fast, slow
        The clocks.
    by
        Cycles of `fast` in one of `slow`, an even number.

    Raises
    ------
    ValueError
        It is no even number.
    """

    def __init__(self, fast: Signal, slow: Signal, *, by: int) -> None:
        if by < 2 or by % 2:
            raise ValueError(f"by must be an even number, not {by}")
        self._fast = fast
        self._slow = slow
        self._half = by // 2

    def elaborate(self, platform: object) -> Module:
        """A level that turns every half of a cycle."""
        m = Module()
        m.domains.crystal = ClockDomain(reset_less=True, local=True)
        m.d.comb += ClockSignal("crystal").eq(self._fast)
        level, count = Signal(), Signal(range(self._half))
        m.d.crystal += count.eq(count + 1)
        with m.If(count == self._half - 1):
            m.d.crystal += [count.eq(0), level.eq(~level)]
        m.d.comb += self._slow.eq(level)
        return m
