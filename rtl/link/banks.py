"""Which of four banks is written, and which is on its way out."""

from amaranth import Module, Signal, Value

__all__ = ["Banks"]


class Banks:
    """Gives what is written, once it is good, to the one who sends.

    A bank that waits is replaced by a newer one.

    Attributes
    ----------
    written, sent
        Banks, 2 bits. They always differ.
    sending
        What is in `sent` goes out. Goes up here, and falls elsewhere.
    """

    def __init__(self) -> None:
        self.written = Signal(2)
        self.sent = Signal(2, init=2)
        self.sending = Signal()

    def advance(self, m: Module, *, commit: Value, replaced: Signal, place: Signal) -> None:
        """Go on to the next bank.

        Parameters
        ----------
        m
            Where the statements go.
        commit
            What was written is good.
        replaced
            Up for a cycle when a bank was replaced before it was sent.
        place
            In the bank that is sent: zero when `sending` goes up.
        """
        written, sending = self.written, self.sending
        waiting = Signal(2, init=3)
        fresh = Signal()
        with m.If(commit):
            m.d.comb += replaced.eq(fresh)
            m.d.sync += [fresh.eq(1), waiting.eq(written), written.eq(written + 1)]
            with m.If((written + 1)[:2] == self.sent):
                m.d.sync += written.eq(written + 2)
        with m.Elif(fresh & ~sending):
            m.d.sync += [fresh.eq(0), sending.eq(1), self.sent.eq(waiting), place.eq(0)]
