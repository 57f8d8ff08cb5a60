"""The rolled core: units of one round of hardware each, in step.

::

    work ──► RolledJobs ── range ──► nonce, counted up by the number of units
                │ memories k and m      │
                ▼                       ▼ (put in by m)
              Datapath: a round of each unit, a slot a clock
                │ mask, tag             │ H7 of each unit
                ▼                       ▼
              one hit a clock ──► queue ──► hits

All units follow one timetable (:mod:`.slots`) and share the words that it reads from memory.
"""

from collections.abc import Sequence

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib import stream, wiring
from amaranth.lib.fifo import SyncFIFOBuffered
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from sluice.rtl.dataflow.lower import Datapath

from . import slots
from .config import RolledConfig
from .hits import hit_layout
from .plan import Plan, plan
from .rolledjobs import RolledJobs
from .work import WorkWord

#: Slots in which a new job's words are first read, and in which its range begins. The nonces of the
#: turn before are tested in the slot after that, and their hits taken in those that follow.
_TURN, _RANGE = 2, 6


#: A word is never read in the clock in which it is written.
_ANY_ORDER = {"no_rw_check": 1}


class RolledCore(wiring.Component):
    """Hashes as many nonces at a time as it has units, in `slots.SLOTS` clocks.

    Parameters
    ----------
    config
        The configuration.

    Members
    -------
    work, hits, idle, hashing, starved, turned, hits_lost, refused
        See :class:`~.hashcore.HashCore`. Words of a job are written all or none.
    """

    def __init__(self, config: RolledConfig) -> None:
        self._config = config
        self._plan = plan(config)
        super().__init__(
            {
                "work": In(stream.Signature(WorkWord)),
                "hits": Out(stream.Signature(hit_layout(1))),
                "idle": Out(1),
                "hashing": Out(1),
                "starved": Out(1),
                "turned": Out(1),
                "hits_lost": Out(32),
                "refused": Out(32),
            }
        )

    @property
    def plan(self) -> Plan:
        """Graph, schedule and job program."""
        return self._plan

    @property
    def config(self) -> RolledConfig:
        """The configuration."""
        return self._config

    @property
    def latency(self) -> int:
        """Clocks from the slot in which a job is activated to the first hit it can bring."""
        return slots.SLOTS + _RANGE + 2 - _TURN + 2

    def work_words(
        self,
        header: Sequence[int],
        versions: Sequence[int],
        *,
        first: int,
        last: int,
        mask: int,
        tag: int,
    ) -> list[tuple[int, int]]:
        """See :meth:`~.plan.Plan.work_words`."""
        return self._plan.work_words(header, versions, first=first, last=last, mask=mask, tag=tag)

    def elaborate(self, platform: object) -> Module:
        """The timetable's counter, the memories, the units, the range and the hits."""
        m = Module()
        units, config = self._config.units, self._config
        m.submodules.jobs = jobs = RolledJobs()
        m.submodules.datapath = datapath = Datapath(
            self._plan.schedule,
            technology=config.make_technology(),
            ram_from=config.ram_from or None,
            registered=False,
            kept=slots.KEPT,
        )
        wiring.connect(m, wiring.flipped(self.work), jobs.work)
        self._nonce = Signal(32)
        self._slots(m)
        self._memories(m, jobs, datapath)

        # The range: nonces of this turn, and those of the turn before, which are tested now.
        nonce, end = self._nonce, Signal(32, reset_less=True)
        running, final, stopped = Signal(), Signal(), Signal()
        rest = Signal(range(units))
        tested, tested_nonce = Signal(), Signal(32, reset_less=True)
        tested_rest = Signal(range(units))
        left = Signal(32)
        due = Signal()
        change = _RANGE + 2
        m.d.comb += [
            left.eq(end - nonce),
            due.eq(jobs.asked & (~jobs.waits | ~running | final | stopped)),
            jobs.closed.eq((self._slot >= _TURN) & (self._slot <= change)),
        ]
        with m.If(jobs.stop):
            m.d.sync += stopped.eq(1)
        taken = Signal()
        with m.If(self._slot == _TURN):
            m.d.sync += taken.eq(due)
            m.d.comb += jobs.turn.eq(due)
        with m.If(self._slot == _RANGE):
            m.d.sync += [
                tested.eq(running),
                tested_nonce.eq(nonce),
                tested_rest.eq(Mux(final, rest, units - 1)),
                running.eq(taken | (running & ~final & ~stopped)),
                nonce.eq(Mux(taken, jobs.first, nonce + units)),
                stopped.eq(0),
            ]
            with m.If(taken):
                m.d.sync += end.eq(jobs.last)
        with m.If(self._slot == _RANGE + 1):
            m.d.sync += [final.eq(left < units), rest.eq(left[: len(rest)])]
        with m.If(self._slot == change):
            m.d.comb += jobs.change.eq(taken)
            m.d.sync += taken.eq(0)

        # The test, and one hit a clock.
        m.submodules.queue = queue = SyncFIFOBuffered(width=hit_layout(1).size, depth=config.queue)
        found, found_tag = Signal(units), Signal(8, reset_less=True)
        first_found = Signal(range(units))
        words = [datapath.out[f"h7_{unit}"] for unit in range(units)]
        with m.If(queue.w_rdy):
            m.d.sync += found.eq(found & (found - 1))
        end_of_test = (slots.TAP + self._plan.schedule.end) % slots.SLOTS
        assert end_of_test == _RANGE + 1, end_of_test
        with m.If(self._slot == end_of_test):
            passed = Cat(
                ((word & jobs.mask) == 0) & (unit <= tested_rest) for unit, word in enumerate(words)
            )
            # What is still there has found no room in all this time.
            m.d.sync += [
                found.eq(passed & tested.replicate(units)),
                found_tag.eq(jobs.tag),
                self.hits_lost.eq(self.hits_lost + sum(found)),
            ]
        for unit in reversed(range(units)):
            with m.If(found[unit]):
                m.d.comb += first_found.eq(unit)
        hit = Signal(hit_layout(1))
        m.d.comb += [
            hit.nonce.eq(tested_nonce + first_found),
            hit.tag.eq(found_tag),
            hit.lanes.eq(1),
            # In the clock of the test, `found` is of the turn before, and the nonce is not.
            queue.w_en.eq(found.any() & (self._slot != end_of_test)),
            queue.w_data.eq(hit.as_value()),
            self.hits.payload.eq(queue.r_data),
            self.hits.valid.eq(queue.r_rdy),
            queue.r_en.eq(self.hits.ready),
            self.turned.eq(jobs.turned),
            self.idle.eq(~(running | tested | taken | jobs.asked | found.any() | queue.r_rdy)),
        ]
        with m.If(jobs.refused):
            m.d.sync += self.refused.eq(self.refused + 1)

        # Nonces begun, one a clock, for counters.
        number = Signal(range(slots.SLOTS))
        m.d.comb += [
            number.eq(self._slot - (_RANGE + 2)),
            self.hashing.eq(running & (number <= Mux(final, rest, units - 1))),
            self.starved.eq(~running & (number < units)),
        ]
        return m

    def _slots(self, m: Module) -> None:
        self._slot = Signal(range(slots.SLOTS))
        m.d.sync += self._slot.eq(self._slot + 1)
        with m.If(self._slot == slots.SLOTS - 1):
            m.d.sync += self._slot.eq(0)
        self._line: list[Value] = [self._slot]

    def _slot_before(self, m: Module, clocks: int) -> Value:
        """The slot that entered some clocks ago."""
        while len(self._line) <= clocks:
            step = Signal.like(self._slot, name=f"slot_{len(self._line)}", reset_less=True)
            m.d.sync += step.eq(self._line[-1])
            self._line.append(step)
        return self._line[clocks]

    def _memories(self, m: Module, jobs: RolledJobs, datapath: Datapath) -> None:
        """What is read in each slot: `k` at its number, `m` at a place of the timetable."""
        of_k = jobs.place < slots.K_WORDS
        place = jobs.place - slots.K_WORDS
        words = [*slots.k_words(), *[0] * (256 - slots.SLOTS)]
        m.submodules.k = memory = Memory(shape=32, depth=256, init=words, attrs=_ANY_ORDER)
        write, read = memory.write_port(), memory.read_port()
        now = self._slot_before(m, datapath.arrival("k") - 1)
        m.d.comb += [
            write.en.eq(jobs.write & of_k),
            write.addr.eq(slots.JOB_K | (~jobs.bank << 2) | jobs.place[:2]),
            write.data.eq(jobs.data),
            read.addr.eq(now),
            datapath.enter.k.eq(read.data),
            datapath.turn.eq(self._slot),
        ]
        with m.Switch(now):
            for slot in slots.LOAD[: slots.K_WORDS]:
                with m.Case(slot):
                    m.d.comb += read.addr.eq(slots.k_place(slot) | (jobs.bank << 2))

        bank = [*slots.m_words()]
        bank += [0] * (slots.BANK - len(bank))
        m.submodules.m = memory = Memory(
            shape=32, depth=2 * slots.BANK, init=bank * 2, attrs=_ANY_ORDER
        )
        write, read = memory.write_port(), memory.read_port()
        arrival = datapath.arrival("m")
        now = self._slot_before(m, arrival - 1)
        nonce_due = Signal()
        m.d.sync += nonce_due.eq(now == slots.TAIL[-1])
        m.d.comb += [
            write.en.eq(jobs.write & ~of_k),
            write.addr.eq(Cat(place[:5], ~jobs.bank)),
            write.data.eq(jobs.data),
            datapath.enter.m.eq(Mux(nonce_due, self._nonce, read.data)),
        ]
        m_place = Signal(5)
        m.d.comb += read.addr.eq(Cat(m_place, jobs.bank))
        with m.Switch(now):
            for slot, where in slots.m_places().items():
                with m.Case(slot):
                    m.d.comb += m_place.eq(where)
