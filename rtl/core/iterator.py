"""The nonces of a range, one a clock."""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out


class NonceIterator(wiring.Component):
    """Counts from `first` to `last`, both included, without a gap, and stops there.

    A start in any clock, also in the middle of a range, makes `first` the next nonce. The end of a
    range is told by equality: one that ends in 2^32 - 1 does not wrap.

    Members
    -------
    start : In(1)
        Take a new range; `first` must not be above `last`.
    stop : In(1)
        End the range now.
    first, last : In(32)
        The range, as nonce words, with `start`.
    here : In(1)
        A nonce is taken in this clock, if there is one.
    nonce : Out(32)
        The nonce of this clock.
    valid : Out(1)
        There is one, and it is taken.
    free : Out(1)
        There will be none after this clock, unless a range starts.
    """

    def __init__(self) -> None:
        super().__init__(
            {
                "start": In(1),
                "stop": In(1),
                "first": In(32),
                "last": In(32),
                "here": In(1, init=1),
                "nonce": Out(32),
                "valid": Out(1),
                "free": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        """A counter and the end of its range."""
        m = Module()
        end, following = Signal(32, reset_less=True), Signal(32, reset_less=True)
        # Whether this nonce is the last is known a clock before: much hangs on it.
        final = Signal(reset_less=True)
        running = Signal()
        m.d.comb += [
            self.valid.eq(running & self.here),
            self.free.eq(~running | (self.here & final)),
        ]
        with m.If(self.start):
            m.d.sync += [
                self.nonce.eq(self.first),
                following.eq(self.first + 1),
                end.eq(self.last),
                final.eq(self.first == self.last),
                running.eq(1),
            ]
        with m.Else():
            with m.If(self.valid):
                m.d.sync += [
                    self.nonce.eq(following),
                    following.eq(following + 1),
                    final.eq(following == end),
                ]
            m.d.sync += running.eq(~self.free & ~self.stop)
        return m
