"""Between two clocks: every word arrives once and as it was, whatever is reset.

Proved for all times by induction, for rates up to 3 to 1. Each step, either clock may tick, or
both, or none; of three steps each has one at least. A bit that crosses is seen by the other side
after two of its ticks: that it may settle one tick later is the same as a tick less of the other
clock, and that it settles at all is what the primitive is for (:mod:`amaranth.lib.cdc`). A reset
may come in any cycle, and last for one: :mod:`sluice.rtl.reset` then sees to it that neither side
takes what the other one had sent before.

``crossing`` is :mod:`sluice.rtl.control.cdc` in both directions, with :mod:`sluice.rtl.reset` as
:mod:`sluice.rtl.chip` has it.
"""

from amaranth.hdl import (
    Assert,
    Assume,
    Cat,
    ClockDomain,
    ClockSignal,
    Cover,
    DomainRenamer,
    Elaboratable,
    EnableInserter,
    Module,
    Mux,
    ResetInserter,
    ResetSignal,
    Signal,
)
from amaranth.lib import data

from sluice.rtl.control.cdc import Crossing
from sluice.rtl.reset import JointReset
from tests.formal.property import Opened, Property, let_free

#: Steps without a tick, at the most.
PAUSE = 2

#: Steps after a reset until no trace of it is left.
CALM = 8


class Words(Elaboratable):
    """Two crossings, their common reset, and the word that is on its way in each."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        # `sync` is the step; the clock of the link has another name here.
        rename = DomainRenamer({"sync": "link"})
        self._ticks = {name: self._clock(m, name) for name in ("link", "hash")}
        enables = EnableInserter({**self._ticks, "async_ff": self._ticks["hash"]})
        rst, again, ticked = Signal(), Signal(), Signal(reset_less=True)
        let_free(m, rst, again)
        joint = JointReset(domain="hash")
        inside = Opened(joint)
        inserted = ResetInserter({"sync": again})(inside)
        m.submodules.reset = enables(rename(inserted))
        before = Signal(2, init=1, reset_less=True)
        m.d.sync += [ticked.eq(self._ticks["link"]), before.eq(Cat(rst, again))]
        m.d.comb += [
            ResetSignal("link").eq(rst),
            joint.again.eq(again),
            # Resets are those of the clock of the link.
            Assume(ticked | (Cat(rst, again) == before)),
        ]
        asks = inside["asking"] | rst | again
        first, second, *back = inside.all("flops")
        m.d.comb += [
            # Inside: the far side is told, is in reset, is known to be, leaves it, and is known to.
            Assert(~asks | (first & second)),
            Assert(asks | ~second | (back[0] & back[1])),
            Assert(asks | second | (~first & (~back[0] | back[1]))),
            Assert(~second | joint.both | rst | again),
        ]
        resets = {"link": rst | again | joint.both, "hash": ResetSignal("hash")}
        for source, target in (("link", "hash"), ("hash", "link")):
            part = Crossing(data.StructLayout({"word": 2}), source=source, target=target)
            # Reset with the link are both, as in a chip; the other domain has its own.
            inside = Opened(part)
            both = ResetInserter({"link": again | joint.both})(inside)
            m.submodules[f"from_{source}"] = enables(both)
            self._follow(m, part, inside, (source, resets[source]), (target, resets[target]))
        return m

    def _clock(self, m: Module, name: str) -> Signal:
        domain = ClockDomain(name)
        m.domains += domain
        ticks = Signal(name=f"{name}_ticks")
        pause = Signal(range(PAUSE + 1), reset_less=True)
        let_free(m, ticks)
        m.d.comb += [
            ClockSignal(name).eq(ClockSignal("sync")),
            Assume(ticks | (pause < PAUSE)),
            Assert(pause <= PAUSE),
        ]
        m.d.sync += pause.eq(pause + 1)
        with m.If(ticks):
            m.d.sync += pause.eq(0)
        return ticks

    def _follow(
        self,
        m: Module,
        part: Crossing,
        inside: Opened,
        source: tuple[str, Signal],
        target: tuple[str, Signal],
    ) -> None:
        (here, here_reset), (there, there_reset) = source, target
        let_free(m, part.i.valid, part.i.payload, part.o.ready)
        payload = part.i.payload.as_value()
        sent = self._ticks[here] & part.i.valid & part.i.ready & ~here_reset
        came = self._ticks[there] & part.o.valid & part.o.ready & ~there_reset
        # A word stays until it is taken, and changes with the clock of its side only.
        waits, arrived = Signal(reset_less=True), Signal(reset_less=True)
        held = Signal(2, reset_less=True)
        m.d.sync += [
            held.eq(payload),
            waits.eq(part.i.valid & ~sent & ~here_reset),
            arrived.eq((arrived | came) & ~sent),
        ]
        # A reset that comes while a word is on its way.
        fell = Signal(reset_less=True)
        with m.If(here_reset | there_reset):
            m.d.sync += arrived.eq(0)
            with m.If(waits):
                m.d.sync += fell.eq(1)
        # Inside, when no reset has been for some time: a word waits, or has been taken, or neither.
        offering, offered, taken = (inside[name] for name in ("offering", "offered", "taken"))
        ahead, back = inside.all("flops")[:2], inside.all("flops")[2:]
        since = Signal(range(CALM + 1), reset_less=True)
        m.d.sync += since.eq(since + (since < CALM))
        with m.If(here_reset | there_reset):
            m.d.sync += since.eq(0)
        rests = (offered == taken) & (ahead[0] == offered) & (ahead[1] == offered)
        back_too = (back[0] == taken) & (back[1] == taken)
        far = (offered != taken) & back_too & ((ahead[1] == taken) | (ahead[0] == offered))
        near = rests & ((back[1] != taken) | (back[0] == taken))
        calm, good = since == CALM, Signal()
        m.d.comb += [
            good.eq(
                Mux(
                    offering,
                    part.i.valid & ((far & ~arrived) | (near & arrived)),
                    rests & back_too & ~arrived,
                )
            ),
            Assert(since <= CALM),
            Assume(~waits | (part.i.valid & (payload == held))),
            # It is taken at the far end before it is at this one, once, and as it is.
            Assert(~came | (~arrived & ~here_reset & part.i.valid)),
            Assert(~came | (part.o.payload.as_value() == payload)),
            Assert(~sent | (arrived & ~there_reset)),
            Assert(~calm | good),
            Cover(sent & (payload == 2)),
            Cover(came & fell),
        ]


PROPERTIES = [Property(name="crossing", make=Words, depth=20, base=40, quick=True)]
