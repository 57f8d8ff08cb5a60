"""The rolled core of one unit that keeps the words of its jobs.

::

    work ──► KeptJobs ──► memory k ──► Datapath: a round of each hash of each lane
                             ▲            │           │
                             └── written ─┴── sum     │ H7
                                back      │           ▼
                                          └─nonce─► a hit ──► hits

The range is in the memory of `k`, see :mod:`.keptslots`: the sums that it takes are those of the
datapath. At the end of a turn, in this order:

========= ====================================================================================
signal    what
========= ====================================================================================
closing   the bus is closed
deciding  it is decided whether a job comes in in the next turn
tag_is    the tag of a job that comes in is there
test      `H7` is tested with the mask
mask_is   the mask of a job that has come in is written
last_is   its last nonce is; of a turn that hashes it is known whether its nonce was the last one
nonce_is  the next nonce is written
hit_is    a hit is kept, with its nonce
over      the turn that has begun takes over; the bus opens
========= ====================================================================================
"""

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.memory import Memory

from sluice.rtl.hls.codegen.control import TurnLine
from sluice.rtl.hls.codegen.datapath import Datapath
from sluice.rtl.hls.codegen.pipe import later, next_

from . import keptslots as slots
from .coreports import CorePorts
from .keptjobs import KeptJobs
from .rolledconfig import RolledConfig
from .slotline import SlotLine


class KeptCore(CorePorts[RolledConfig]):
    """Hashes a nonce in each turn, on all its lanes.

    A job whose first nonce is above the last one is refused when its turn has come: nothing is
    found in it.
    """

    @property
    def _k(self) -> int:
        """Clocks from a slot to its word of `k`, out of the memory: a register is in between."""
        return max(1, self._plan.arrival("k"))

    @property
    def _out(self) -> int:
        """Clocks from a slot to what comes out of the datapath for it."""
        return self._k - self._plan.arrival("k") + self._plan.schedule.end

    @property
    def _test(self) -> int:
        """The clock of a turn in which `H7` is there."""
        return slots.TAP % slots.SLOTS + self._out

    @property
    def _sum(self) -> int:
        """Clocks from a slot to the sum of its word of `k`."""
        return self._clock("sum") + slots.SUM_LATE

    def _clock(self, tap: str) -> int:
        """Clocks from a slot to a word that the datapath tells by the way."""
        schedule = self._plan.schedule
        return self._k - self._plan.arrival("k") + schedule.clock[schedule.graph.taps[tap]]

    @property
    def activation(self) -> int:
        """When it is decided that a job has come in, before the turn that begins to hash it."""
        return -2

    @property
    def latency(self) -> int:
        """Clocks from the slot in which a job is activated to the first hit it can bring."""
        return 2 * slots.SLOTS + self._sum - self.activation

    def elaborate(self, platform: object) -> Module:
        """The slots, the memory, the unit, the range and the hits."""
        m = Module()
        timetable, config = self._config.timetable, self._config
        m.submodules.jobs = jobs = KeptJobs(len(timetable.job_words))
        wiring.connect(m, wiring.flipped(self.work), jobs.work)
        line = SlotLine(m, slots.SLOTS, 1, aside_from=slots.LOAD_FROM)
        closing, deciding = line.at(slots.SLOTS - 3), line.at(slots.SLOTS - 2)
        tag_is = line.at(self._test - 1)
        test = next_(m, tag_is, reset_less=False)
        mask_is, last_is, nonce_is, hit_is, over = (
            later(m, test, slot + self._sum - self._test, reset_less=False)
            for slot in range(slots.MASK_SLOT, slots.HIT_SLOT + 2)
        )

        # `k`, and what is written back to it.
        m.submodules.k = memory = Memory(
            shape=32, depth=256, init=slots.k_words(), attrs={"no_rw_check": 1}
        )
        write, read = memory.write_port(), memory.read_port()
        entry = line.before(self._k - self._plan.arrival("k"))
        decisions = Module()
        turns = TurnLine(decisions, entry, line.place, in_ram=config.decoder, in_luts=True)
        m.submodules.group0 = unit = Datapath(
            self._plan.schedule,
            technology=config.make_technology(),
            ram_from=config.ram_from or None,
            registered=False,
            kept=timetable.kept,
            turns=turns,
        )
        # Behind the unit, which adds to it when it is elaborated.
        m.submodules.turns = decisions
        loading, taken = Signal(), Signal()
        total = unit.out["sum"]
        again = (mask_is & taken) | (last_is & taken) | nonce_is
        back = Mux(nonce_is, slots.NONCE_SLOT, Mux(last_is, slots.LAST_SLOT, slots.MASK_SLOT))
        m.d.comb += [
            read.addr.eq(line.before(self._k - 1)),
            unit.enter["k"].eq(read.data),
            write.en.eq(jobs.write | again),
            write.addr.eq(Mux(again, back, jobs.place)),
            write.data.eq(Mux(again, total, jobs.data)),
        ]

        # The range.
        running, ran, stopped = Signal(), Signal(), Signal()
        final, bad, closed = Signal(), Signal(), Signal()
        due, comes = Signal(), Signal()
        tops = [
            later(m, word[-1], self._sum - clock)
            for word, clock in ((read.data, self._k), (unit.out["word"], self._clock("word")))
        ]
        carry = (tops[0] & tops[1]) | ((tops[0] | tops[1]) & ~total[-1])
        m.d.comb += [
            due.eq(jobs.asked & (~jobs.waits | ~running | stopped)),
            comes.eq(deciding & due & ~running),
            jobs.turn.eq(comes & loading),
            jobs.closed.eq(closing | closed | loading),
            line.aside.eq(loading),
        ]
        with m.If(closing):
            m.d.sync += closed.eq(1)
        with m.If(jobs.stop | (deciding & due & running)):
            m.d.sync += stopped.eq(1)
        with m.If(deciding):
            m.d.sync += [loading.eq(comes & ~loading), taken.eq(comes & loading)]
        with m.If(last_is):
            m.d.sync += [final.eq(total.all() | carry), bad.eq(carry)]
        with m.If(over):
            m.d.sync += [
                ran.eq(running & ~bad),
                running.eq(taken | (running & ~final & ~stopped)),
                taken.eq(0),
                stopped.eq(0),
                closed.eq(0),
            ]
        with m.If(jobs.refused | (over & running & bad)):
            m.d.sync += self.refused.eq(self.refused + 1)
        counted = next_(m, over, reset_less=False)
        m.d.comb += [
            self.hashing.eq(counted & running),
            self.starved.eq(counted & ~running),
            self.turned.eq(jobs.turned),
            self.idle.eq(~(running | ran | taken | jobs.asked | self.hits.valid)),
        ]
        self._hits(m, unit, test, loading & tag_is, hit_is & ran, read.data)
        return m

    def _hits(
        self,
        m: Module,
        unit: Datapath,
        test: Value,
        tag_is: Value,
        hit_is: Value,
        k: Value,
    ) -> None:
        """The lanes on which the last nonce has passed, and one hit that waits."""
        tag, found = Signal(8, reset_less=True), Signal(self._config.lanes, reset_less=True)
        # Of the slot after the one of which there is a sum in this clock.
        word = later(m, k, self._out - self._k - 1)
        with m.If(tag_is):
            m.d.sync += tag.eq(word)
        with m.If(test):
            m.d.sync += found.eq(
                Cat((unit.out[f"h7_{lane}"] & word) == 0 for lane in range(len(found)))
            )
        hit = self.hits.payload
        with m.If(self.hits.ready):
            m.d.sync += self.hits.valid.eq(0)
        with m.If(hit_is & found.any()):
            with m.If(self.hits.valid & ~self.hits.ready):
                m.d.sync += self.hits_lost.eq(self.hits_lost + 1)
            with m.Else():
                m.d.sync += [
                    self.hits.valid.eq(1),
                    hit.nonce.eq(unit.out["sum"]),
                    hit.tag.eq(tag),
                    hit.lanes.eq(found),
                ]
