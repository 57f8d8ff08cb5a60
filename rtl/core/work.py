"""The work bus of a core: job words loaded into shadow registers, and their activation.

The words of the next job are written in any order; writing the tag activates them. From then on a
pulse travels with the first nonce of the new job, and each job word changes in the very clock in
which that nonce meets it: nonces of the old job that are still on their way end with the old words.
The bus waits until the pulse has passed.

``TAG`` activates at once, ``NEXT`` when the running range has ended, in the clock after its last
nonce. Any word that is written before that cancels it. ``STOP`` ends the running range.
"""

from collections.abc import Iterable, Sequence
from enum import IntEnum

from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

#: A word on the bus.
WorkWord = data.StructLayout({"address": 8, "data": 32})


class Control(IntEnum):
    """Addresses above those of the job words."""

    FIRST = 0xF0
    LAST = 0xF1
    MASK = 0xF2
    STOP = 0xF3
    NEXT = 0xFE
    TAG = 0xFF


#: Addresses below this one are job words.
JOB_WORDS = int(Control.FIRST)


def work_words(
    job_words: Sequence[int], *, first: int, last: int, mask: int, tag: int
) -> list[tuple[int, int]]:
    """Addresses and data that load and activate a job, in an order that works.

    Raises
    ------
    ValueError
        A value does not fit its field.
    """
    for name, value, bits in (
        ("first", first, 32),
        ("last", last, 32),
        ("mask", mask, 32),
        ("tag", tag, 8),
    ):
        if not 0 <= value < 1 << bits:
            raise ValueError(f"{name} must be a number of {bits} bits, not {value}")
    if first > last:
        raise ValueError(f"first must not be above last: {first:#010x} > {last:#010x}")
    control = [(Control.FIRST, first), (Control.LAST, last), (Control.MASK, mask)]
    return [*enumerate(job_words), *((int(a), d) for a, d in control), (int(Control.TAG), tag)]


class JobRegisters(wiring.Component):
    """Shadow registers, and behind them one active register for each use of a job word.

    Parameters
    ----------
    uses
        For each job word, by its address, the clocks in which it is used and the name of the member
        of `job` for each.
    delay
        Clock in which the outcome of a nonce is tested; mask and tag change then.

    Members
    -------
    work : In(stream of WorkWord)
        Words; not ready while an activation is on its way, and in the clock after an end of the
        range.
    job : Out(struct of words)
        Active job words.
    free : In(1)
        No nonce is due in the next clock, if nothing starts.
    open : In(1)
        A nonce can be due in the next clock. The bus is not ready otherwise.
    first, last : Out(32)
        The range of nonces, valid with `start`.
    start : Out(1)
        One clock: the job is activated, and its first nonce is due in the next clock.
    stop : Out(1)
        One clock: no nonce is due in the next clock.
    turned : Out(1)
        Changes when a job that was to be activated next is, or is cancelled.
    mask : Out(32), tag : Out(8)
        For the nonce that is tested in this clock.
    refused : Out(1)
        One clock: a word with an unknown address, or a job with `first` above `last`, was dropped.
    busy : Out(1)
        An activation is on its way.
    """

    def __init__(self, uses: Sequence[Iterable[tuple[int, str]]], *, delay: int) -> None:
        self._uses = [list(word) for word in uses]
        self._delay = delay
        if len(self._uses) > JOB_WORDS:
            raise ValueError(f"job words must be at most {JOB_WORDS}, not {len(self._uses)}")
        names = [name for word in self._uses for _, name in word]
        super().__init__(
            {
                "work": In(stream.Signature(WorkWord)),
                "job": Out(data.StructLayout(dict.fromkeys(names, 32))),
                "free": In(1),
                "open": In(1, init=1),
                "first": Out(32),
                "last": Out(32),
                "start": Out(1),
                "stop": Out(1),
                "turned": Out(1),
                "mask": Out(32),
                "tag": Out(8),
                "refused": Out(1),
                "busy": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        """One shadow register an address; active registers on the way of the pulse."""
        m = Module()
        word = self.work.payload
        taken = Signal()
        travelling = Signal(self._delay)
        pulse = Signal(self._delay + 1)
        asked, waiting, due = Signal(), Signal(), Signal()
        # Whether the range is one takes a clock to find out.
        good, settling = Signal(init=1), Signal()
        mask, tag = Signal(32), Signal(8)
        m.d.comb += [
            due.eq(waiting & self.free & self.open),
            self.work.ready.eq(~self.busy & ~settling & ~due & self.open),
            taken.eq(self.work.valid & self.work.ready),
            asked.eq(taken & word.address.matches(Control.TAG, Control.NEXT)),
            self.start.eq(due | (asked & good & (word.address == Control.TAG))),
            self.stop.eq(taken & (word.address == Control.STOP)),
            self.refused.eq(asked & ~good),
            pulse.eq(Cat(self.start, travelling)),
        ]
        m.d.sync += [
            travelling.eq(pulse),
            self.busy.eq(self.start | (self.busy & ~travelling[-1])),
            good.eq(self.first <= self.last),
            settling.eq(taken & word.address.matches(Control.FIRST, Control.LAST)),
        ]
        with m.If(asked & good):
            m.d.sync += tag.eq(word.data)
        with m.If(due | taken):
            m.d.sync += waiting.eq(asked & good & (word.address == Control.NEXT))
            with m.If(waiting):
                m.d.sync += self.turned.eq(~self.turned)
        with m.If(pulse[self._delay]):
            m.d.sync += [self.mask.eq(mask), self.tag.eq(tag)]
        shadows = [
            Signal(32, name=f"shadow{address}", reset_less=True)
            for address in range(len(self._uses))
        ]
        targets = dict(enumerate(shadows))
        targets |= {Control.FIRST: self.first, Control.LAST: self.last, Control.MASK: mask}
        with m.If(taken), m.Switch(word.address):
            for address, target in targets.items():
                with m.Case(address):
                    m.d.sync += target.eq(word.data)
            with m.Case(Control.TAG, Control.NEXT, Control.STOP):
                pass
            with m.Default():
                m.d.comb += self.refused.eq(1)
        for shadow, used in zip(shadows, self._uses, strict=True):
            for clock, name in used:
                active = Signal(32, name=name, reset_less=True)
                with m.If(pulse[clock]):
                    m.d.sync += active.eq(shadow)
                m.d.comb += self.job[name].eq(active)
        return m
