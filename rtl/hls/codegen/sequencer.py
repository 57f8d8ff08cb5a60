"""The sequencer: which slot, and of which thread, a cycle belongs to; and strobes told by it."""

from amaranth.hdl import Module, Mux, Signal, Value


class Sequencer:
    """Counts cycles of a slot and slots of a period, round and round from reset on.

    Parameters
    ----------
    m
        Where its registers go.
    slots
        Slots of a period, the folding factor.
    threads
        Cycles of a slot, one for each thread of an engine: the C-slow factor.
    load_from
        The number of the first slot of a period of its own, in which a job is loaded and whose
        slots are above the others; or 0.

    Members
    -------
    slot : range(slots, or load_from + slots)
        The slot that enters in this cycle.
    thread : range(threads)
        Its thread.
    entry : 1 bit
        It is slot 0.
    opens : 1 bit
        That of the next cycle is.
    loading : 1 bit
        Set from outside: the next period is that of `load_from`.
    """

    def __init__(self, m: Module, slots: int, threads: int, *, load_from: int = 0) -> None:
        self._m = m
        self._slots = slots
        self._threads = threads
        self._slot, self.thread = Signal(range(slots)), Signal(range(threads))
        last = self.thread == threads - 1
        over = self._slot == slots - 1
        self.entry = self._slot == 0
        self.opens = Mux(last, over, self.entry)
        m.d.sync += self.thread.eq(Mux(last, 0, self.thread + 1))
        with m.If(last):
            m.d.sync += self._slot.eq(Mux(over, 0, self._slot + 1))
        self.slot: Value = self._slot
        self.loading = Signal()
        if load_from:
            self.slot = Signal(range(load_from + slots))
            with m.If(last):
                first = Mux(self.loading, load_from, 0)
                m.d.sync += self.slot.eq(Mux(over, first, self.slot + 1))
        self._line: list[Value] = [self.slot]
        self._strobes: dict[int, Value] = {}

    def at(self, cycle: int) -> Value:
        """Whether so many cycles have passed since the beginning of a period, modulo its length."""
        period = self._slots * self._threads
        cycle %= period
        if cycle not in self._strobes:
            slot, thread = divmod((cycle - 1) % period, self._threads)
            now = (self._slot == slot) & (self.thread == thread)
            before = self._strobes.get((cycle - 1) % period, now)
            self._strobes[cycle] = Signal(name=f"at_{cycle}", init=cycle == 0)
            self._m.d.sync += self._strobes[cycle].eq(before)
        return self._strobes[cycle]

    def before(self, cycles: int) -> Value:
        """The slot that entered some cycles ago."""
        while len(self._line) <= cycles:
            step = Signal.like(self._line[0], name=f"slot_{len(self._line)}", reset_less=True)
            self._m.d.sync += step.eq(self._line[-1])
            self._line.append(step)
        return self._line[cycles]
