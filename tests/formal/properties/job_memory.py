"""Words of jobs in memories of two banks: what is read is of one job, and all of it.

``banked_store`` is proved for all times by induction: :mod:`sluice.rtl.core.job_memory` with the
memories of :mod:`sluice.rtl.hls.codegen.banks` and the port of :mod:`sluice.rtl.core.job_port`,
whatever is written and when, with resets in any cycle. There are eight slots, three memories (one
with constants below the banks, one with constants in them, one of two lanes), and a job may take
over with slot 0. All words of a job are written, or none. One word of a job, any of them, is
followed: in each period it is that of the job which took over last.
"""

from types import SimpleNamespace
from typing import Any, cast

from amaranth.asserts import AnyConst
from amaranth.hdl import Assert, Assume, Cat, Const, Elaboratable, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from sluice.rtl.core.interface import WorkWord
from sluice.rtl.core.job_memory import banked_store
from sluice.rtl.core.job_port import JobPort
from sluice.rtl.hls.brought import JobWord
from sluice.rtl.hls.codegen.banks import banked_memory
from sluice.rtl.sha256.constants import ROUND_CONSTANTS as K
from tests.formal.property import Opened, Property, let_free

SLOTS = 8
#: Words of the lanes have the addresses from 0 on; then those of all lanes follow.
LANE, SHARED, COUNT = 4, 8, 11
INPUTS: dict[str, list[Any]] = {
    "mixed": [JobWord(8), K[0], JobWord(9), K[1], K[2], None, JobWord(10), K[3]],
    "apart": [*K[4:10], JobWord(9), JobWord(10)],
    **{
        f"lane{lane}": [
            None,
            *(JobWord(LANE * lane + place) for place in range(LANE)),
            0,
            *[None] * 2,
        ]
        for lane in range(2)
    },
}
NONCE = ("mixed", 5)


class Core(wiring.Component):
    """A port and a store; slots, and when a job takes over, come from outside."""

    def __init__(self) -> None:
        super().__init__(
            {
                "work": In(stream.Signature(WorkWord)),
                "slot": In(range(SLOTS)),
                "free": In(1),
                "closed": In(1),
                "nonce": In(32),
                "changes": In(1),
                "activate": Out(1),
                "job_word": Out(1),
                **{name: Out(32) for name in INPUTS},
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.port = port = JobPort(COUNT)
        wiring.connect(m, wiring.flipped(self.work), port.work)
        jobs = port.jobs
        m.d.comb += [
            jobs.good.eq(1),
            jobs.free.eq(self.free),
            jobs.closed.eq(self.closed),
            jobs.activate.eq(jobs.due & (self.slot == SLOTS - 1)),
            self.activate.eq(jobs.activate),
            self.job_word.eq(port.job_word),
        ]
        binding = SimpleNamespace(inputs=INPUTS, nonce=NONCE, job_words=range(COUNT))
        strobes = SimpleNamespace(
            binding=binding, distance=0, lead=1, threads=1, arrival=lambda _name: 1
        )
        sequencer = SimpleNamespace(before={0: self.slot}.__getitem__)
        nonces = SimpleNamespace(jobs=jobs, nonce=self.nonce, changes=self.changes)
        feed = banked_store(m, port, cast("Any", nonces), cast("Any", (sequencer, strobes)), True)
        m.d.comb += [getattr(self, name).eq(word) for name, word in feed.words.items()]
        return m


class Banks(Elaboratable):
    """One word of a job, and one constant of each memory."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        part = Core()
        m.submodules.part = inside = Opened(part, banked_store, banked_memory, words=3)
        let_free(m, part.work.valid, part.work.payload, part.free, part.closed)
        let_free(m, part.nonce, part.changes)
        place = AnyConst(4)
        m.d.sync += part.slot.eq(part.slot + 1)
        # What was written to the place since the last job took over, and what it is of that job.
        some, written, known = Signal(), Signal(), Signal()
        next_, active = Signal(32, reset_less=True), Signal(32, reset_less=True)
        with m.If(part.job_word):
            m.d.sync += some.eq(1)
            with m.If(part.work.payload.address == place):
                m.d.sync += [written.eq(1), next_.eq(part.work.payload.data)]
        with m.If(part.activate):
            m.d.sync += [some.eq(0), written.eq(0)]
            with m.If(some):
                m.d.sync += [known.eq(1), active.eq(next_)]
        m.d.comb += [
            Assume(place < COUNT),
            Assume(~part.activate | (some == written)),
            Assert(inside["fresh"] == some),
            Assert(~written | some),
        ]
        # A word is there in the cycle after that in which it is asked for.
        slot, was_known = Signal.like(part.slot), Signal()
        was_active, fresh = Signal(32, reset_less=True), Signal()
        m.d.sync += [slot.eq(part.slot), was_known.eq(known), was_active.eq(active), fresh.eq(1)]
        chosen = self._constants(m, inside)
        for name, words in INPUTS.items():
            there = getattr(part, name)
            for index, word in enumerate(words):
                here = fresh & (slot == index)
                if isinstance(word, JobWord):
                    mine = here & was_known & (place == word.number)
                    m.d.comb += Assert(~mine | (there == was_active))
                elif (name, index) == NONCE:
                    m.d.comb += Assert(~here | (there == part.nonce))
                elif word == 0:
                    m.d.comb += Assert(~here | (there == 0))
                elif isinstance(word, int):
                    mine = here & chosen[name][0] & (chosen[name][1] == word)
                    m.d.comb += Assert(~mine | (there == word))
        self._contents(m, inside, place, (known, active), (written, next_))
        return m

    def _contents(
        self, m: Module, inside: Opened, place: Any, active: tuple, written: tuple
    ) -> None:
        """Inside: what memories have in the bank that is active, in the other one, and below."""
        bank = inside["bank"]
        layouts = (
            (lambda of: Cat((place - SHARED)[:3], of), place >= SHARED),
            (lambda of: Cat((place - SHARED - 1)[0], of, Const(3, 2)), place > SHARED),
            (lambda of: Cat(place[:2], of), place < SHARED),
        )
        for which, (address, here) in enumerate(layouts):
            for word, (of, (valid, value)) in enumerate(((bank, active), (~bank, written))):
                where, data = inside.peek("memory", which, word)
                found = data.as_value() if hasattr(data, "as_value") else data
                if len(found) > 32:
                    found = Mux(place[2], found[32:], found[:32])
                m.d.comb += [
                    where.eq(address(of)),
                    Assert(~(here & valid) | (found == value)),
                ]

    def _constants(self, m: Module, inside: Opened) -> dict[str, tuple[Any, Any]]:
        """Inside: one of the constants of each memory, and whether it is in the bank that was read.

        If most slots have one they are below the banks, at the numbers of their slots; if not they
        are in both, above the words of jobs.
        """
        index, side, was = AnyConst(3), AnyConst(1), Signal()
        m.d.sync += was.eq(inside["bank"])
        jobs = sum(isinstance(word, JobWord) for word in INPUTS["mixed"])
        found: dict[str, tuple[Any, Any]] = {}
        for which, (name, below) in enumerate((("mixed", jobs), ("apart", 0))):
            numbers = [word for word in INPUTS[name] if isinstance(word, int)]
            where, data = inside.peek("memory", which, 2)
            number = Signal(32, name=f"number_of_{name}")
            with m.Switch(index):
                for place, word in enumerate(numbers):
                    with m.Case(place):
                        m.d.comb += number.eq(word)
            m.d.comb += [
                where.eq(Cat((index + below)[:3], side) if below else index),
                Assert((index >= len(numbers)) | (data == number)),
            ]
            found[name] = (side == was) if below else Const(1), number
        return found


PROPERTIES = [Property(name="banked_store", make=Banks, depth=3, base=3)]
