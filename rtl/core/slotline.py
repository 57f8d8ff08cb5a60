"""The slot of a rolled core, and what is told by it."""

from amaranth.hdl import Module, Mux, Signal, Value


class SlotLine:
    """A counter of slots, and its value some clocks ago.

    Parameters
    ----------
    m
        Where its registers go.
    slots
        Slots of a turn.
    interleave
        Clocks of a slot.
    aside_from
        The number of the first slot of a turn of its own, whose slots are above the others; or 0.

    Members
    -------
    place : range(interleave)
        The number of the nonce within a slot.
    aside : 1 bit
        Whether the next turn is that one.
    """

    def __init__(self, m: Module, slots: int, interleave: int, *, aside_from: int = 0) -> None:
        self._m = m
        self._slots = slots
        self._interleave = interleave
        self._slot, self.place = Signal(range(slots)), Signal(range(interleave))
        last = self.place == interleave - 1
        m.d.sync += self.place.eq(Mux(last, 0, self.place + 1))
        with m.If(last):
            m.d.sync += self._slot.eq(self._slot + 1)
            with m.If(self._slot == slots - 1):
                m.d.sync += self._slot.eq(0)
        number: Value = self._slot
        self.aside = Signal()
        if aside_from:
            number = Signal(range(aside_from + slots))
            with m.If(last):
                m.d.sync += number.eq(number + 1)
                with m.If(self._slot == slots - 1):
                    m.d.sync += number.eq(Mux(self.aside, aside_from, 0))
        self._line: list[Value] = [number]

    def at(self, clock: int) -> Value:
        """Whether it is so many clocks after the beginning of a turn."""
        turn = self._slots * self._interleave
        slot, place = divmod((clock - 1) % turn, self._interleave)
        now = Signal(name=f"at_{clock % turn}")
        self._m.d.sync += now.eq((self._slot == slot) & (self.place == place))
        return now

    def before(self, clocks: int) -> Value:
        """The slot that entered some clocks ago."""
        while len(self._line) <= clocks:
            step = Signal.like(self._line[0], name=f"slot_{len(self._line)}", reset_less=True)
            self._m.d.sync += step.eq(self._line[-1])
            self._line.append(step)
        return self._line[clocks]
