"""The rolled core: units of one round of hardware each, in step.

::

    work ──► RolledJobs ── range ──► first nonce of the turn
                │ memories k and m      │
                ▼                       ▼ (put in by m)
              Datapath: a round of each unit of a group, a clock a nonce
                │ k, m, mask: a clock later, to the next group …
                │ H7 of each unit: what has passed, a clock later, to the group before …
                ▼
              RolledHits ──► hits

All units follow one timetable (:mod:`.slots`) and share the words that it reads from memory.
"""

from collections.abc import Sequence

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib import stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from sluice.rtl.dataflow.lower import Datapath
from sluice.rtl.dataflow.turns import TurnLine

from . import slots
from .config import KNOWN, RolledConfig
from .hits import hit_layout
from .plan import Plan, plan
from .rolledhits import RolledHits
from .rolledjobs import RolledJobs
from .work import WorkWord

#: A word is never read in the clock in which it is written.
_ANY_ORDER = {"no_rw_check": 1}


class RolledCore(wiring.Component):
    """Hashes as many nonces at a time as its units hold, in `slots.SLOTS` slots.

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
        self._hits = RolledHits(config)
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
    def turn(self) -> int:
        """Clocks from a nonce of a unit to the one that follows it there."""
        return slots.SLOTS * self._config.interleave

    # Moments, in clocks after the one in which a turn begins.

    @property
    def _lead(self) -> int:
        """Clocks from the slot to a word that is read for it.

        Where a memory has a register behind it, its address has one too.
        """
        return 1 if self._plan.schedule.model.recall == 2 else 3

    @property
    def _entry(self) -> int:
        """When the slot enters the first group: there is time to read its words."""
        return max(0, self._lead - min(self._plan.arrival(name) for name in "km"))

    def _arrival(self, name: str) -> int:
        """When the word of the first slot arrives from a memory."""
        return self._entry + self._plan.arrival(name)

    @property
    def activation(self) -> int:
        """When a job is activated: its first word is read in the clock after that."""
        first_k: int = slots.k_slots(self._plan.schedule.model.gates)[
            0
        ] * self._config.interleave + self._arrival("k")
        return min(self._arrival("m"), first_k) - self._lead - 1

    @property
    def _nonce_due(self) -> int:
        """When the first nonce is put in."""
        due: int = slots.TAIL[-1] * self._config.interleave + self._arrival("m")
        return due

    @property
    def _test(self) -> int:
        """When it is known whether the first nonces of the turn before have passed."""
        there_and_back = self._config.approach + 1 + self._config.approach
        out: int = self._entry + self._plan.schedule.end
        return slots.TAP * self._config.interleave + out + there_and_back

    @property
    def _range(self) -> int:
        """When the nonces of the next turn take the place of those of the turn before."""
        return min(self._nonce_due - self._lead - 1, self._test - 1)

    @property
    def _change(self) -> int:
        """When the mask and the tag do."""
        return max(self._range + 3, self._test + self._config.interleave)

    @property
    def latency(self) -> int:
        """Clocks from the slot in which a job is activated to the first hit it can bring."""
        return self.turn + self._test - self.activation + self._hits.latency

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
        m.submodules.jobs = jobs = RolledJobs()
        m.submodules.found = self._hits
        wiring.connect(m, wiring.flipped(self.work), jobs.work)
        wiring.connect(m, self._hits.hits, wiring.flipped(self.hits))
        self._slots(m)
        self._turns(m, jobs)
        self._memories(m, jobs)
        self._units(m, jobs)
        with m.If(jobs.refused):
            m.d.sync += self.refused.eq(self.refused + 1)
        return m

    def _slots(self, m: Module) -> None:
        """The slot, and the place of a nonce within it."""
        interleave = self._config.interleave
        self._slot, self._place = Signal(range(slots.SLOTS)), Signal(range(interleave))
        last = self._place == interleave - 1
        m.d.sync += self._place.eq(Mux(last, 0, self._place + 1))
        with m.If(last):
            m.d.sync += self._slot.eq(self._slot + 1)
            with m.If(self._slot == slots.SLOTS - 1):
                m.d.sync += self._slot.eq(0)
        self._line: list[Value] = [self._slot]

    def _at(self, m: Module, clock: int) -> Value:
        """Whether it is so many clocks after the beginning of a turn."""
        slot, place = divmod((clock - 1) % self.turn, self._config.interleave)
        now = Signal(name=f"at_{clock % self.turn}")
        m.d.sync += now.eq((self._slot == slot) & (self._place == place))
        return now

    def _slot_before(self, m: Module, clocks: int) -> Value:
        """The slot that entered some clocks ago."""
        while len(self._line) <= clocks:
            step = Signal.like(self._slot, name=f"slot_{len(self._line)}", reset_less=True)
            m.d.sync += step.eq(self._line[-1])
            self._line.append(step)
        return self._line[clocks]

    def _turns(self, m: Module, jobs: RolledJobs) -> None:
        """The range: nonces of this turn, and those of the turn before, which are tested now."""
        config, hits = self._config, self._hits
        nonces = config.nonces
        nonce, end_not = Signal(32), Signal(32, reset_less=True)
        left_not = Signal(32, reset_less=True)
        running, final, stopped = Signal(), Signal(), Signal()
        due, taken, closed = Signal(), Signal(), Signal()
        closing = self._at(m, self.activation - 1)
        #: How many there are, of this turn and of the turn before.
        amount = Signal(range(nonces + 1))
        tested = Signal()
        m.d.comb += [
            due.eq(jobs.asked & (~jobs.waits | ~running | final | stopped)),
            jobs.closed.eq(closed | closing),
        ]
        left = (~left_not)[: len(amount)]
        enough = ~left_not[len(amount) :].all() | (left >= nonces)
        m.d.sync += left_not.eq(nonce + end_not)
        with m.If(jobs.stop):
            m.d.sync += stopped.eq(1)
        with m.If(closing):
            m.d.sync += closed.eq(1)
        with m.If(self._at(m, self.activation)):
            m.d.sync += taken.eq(due)
            m.d.comb += jobs.turn.eq(due)
        with m.If(self._at(m, self._range)):
            m.d.comb += hits.begin.eq(1)
            m.d.sync += [
                hits.amount.eq(Mux(running, amount, 0)),
                tested.eq(running),
                running.eq(taken | (running & ~final & ~stopped)),
                nonce.eq(Mux(taken, jobs.first, nonce + nonces)),
                stopped.eq(0),
            ]
            with m.If(taken):
                m.d.sync += end_not.eq(jobs.last_not)
        with m.If(self._at(m, self._range + 2)):
            m.d.sync += [
                final.eq(~enough),
                amount.eq(Mux(enough, nonces, left + 1)),
            ]
        begun = Signal.like(amount)
        with m.If(self._at(m, self._change)):
            m.d.comb += jobs.change.eq(taken)
            m.d.sync += [taken.eq(0), closed.eq(0), begun.eq(Mux(running, amount, nonces))]
        with m.Elif(begun != 0):
            m.d.sync += begun.eq(begun - 1)
        self._nonce = nonce
        # One a clock, for counters, which may be far.
        m.d["sync" if config.approach else "comb"] += [
            self.hashing.eq(running & (begun != 0)),
            self.starved.eq(~running & (begun != 0)),
        ]
        m.d.comb += [
            hits.nonce.eq(nonce),
            self.turned.eq(jobs.turned),
            self.idle.eq(~(running | tested | taken | jobs.asked | hits.busy)),
        ]

    def _memories(self, m: Module, jobs: RolledJobs) -> None:
        """What is read in each slot: `k` at its number, `m` at a place of the timetable."""
        lead, interleave = self._lead, self._config.interleave

        def written(value: Value) -> Value:
            """On a large device memories are far from where words come from."""
            return self._later(m, value, min(1, self._config.approach))

        data = written(jobs.data)
        of_k = jobs.place < slots.K_WORDS
        place = jobs.place - slots.K_WORDS
        gates = self._plan.schedule.model.gates
        words = [*slots.k_words(gates), *[0] * (256 - slots.SLOTS)]
        m.submodules.k = memory = Memory(shape=32, depth=256, init=words, attrs=_ANY_ORDER)
        write, read = memory.write_port(), memory.read_port()
        now = self._slot_before(m, self._arrival("k") - lead)
        address = Signal(8)
        m.d.comb += [
            write.en.eq(written(jobs.write & of_k)),
            write.addr.eq(written((slots.JOB_K | (~jobs.bank << 2) | jobs.place[:2])[:8])),
            write.data.eq(data),
            address.eq(now),
            read.addr.eq(self._registered(m, address)),
        ]
        with m.Switch(now):
            for slot in slots.k_slots(gates)[: slots.K_WORDS]:
                with m.Case(slot):
                    m.d.comb += address.eq(slots.k_place(slot, gates) | (jobs.bank << 2))
        self._k = self._registered(m, read.data)

        bank = [*slots.m_words(gates)]
        bank += [0] * (slots.BANK - len(bank))
        m.submodules.m = memory = Memory(
            shape=32, depth=2 * slots.BANK, init=bank * 2, attrs=_ANY_ORDER
        )
        write, read = memory.write_port(), memory.read_port()
        now = self._slot_before(m, self._arrival("m") - lead)
        nonce = self._nonce
        due = self._registered(m, self._next(m, now == slots.TAIL[-1]))
        if interleave > 1:
            # The nonces of a unit, one after the other.
            nonce = Signal(32, reset_less=True)
            m.d.sync += nonce.eq(Mux(due, nonce + 1, self._nonce))
        m.d.comb += [
            write.en.eq(written(jobs.write & ~of_k)),
            write.addr.eq(written(Cat(place[:5], ~jobs.bank))),
            write.data.eq(data),
        ]
        self._m = self._registered(m, Mux(due, nonce, read.data))
        self._due = self._registered(m, due)
        m_place = Signal(5)
        m.d.comb += read.addr.eq(self._registered(m, Cat(m_place, jobs.bank)))
        with m.Switch(now):
            for slot, where in slots.m_places(gates).items():
                with m.Case(slot):
                    m.d.comb += m_place.eq(where)

    def _registered(self, m: Module, value: Value) -> Value:
        """Behind a register, if the technology has one around a memory."""
        return value if self._lead == 1 else self._next(m, value)

    def _units(self, m: Module, jobs: RolledJobs) -> None:
        """Groups, and the words that go from each to the next one, and back."""
        config, hits = self._config, self._hits
        technology = config.make_technology()
        members = config.units // config.groups
        k, word, due, mask = self._k, self._m, self._due, jobs.mask
        slot, place = self._slot_before(m, self._entry), self._place
        place = self._later(m, place, self._entry)
        assert self._test - self._range <= KNOWN + config.interleave + 2 * config.approach
        # Whether a group is to tell what it has found.
        out = self._test - 1 - 2 * config.approach
        telling = Cat(self._at(m, out + i) for i in range(config.interleave)).any()
        k, word, due, mask, slot, place, telling = (
            self._later(m, value, config.approach)
            for value in (k, word, due, mask, slot, place, telling)
        )
        line = Module()
        turns = TurnLine(line, slot, place, in_ram=config.decoder)
        told = [Signal(members, name=f"passed{i}", reset_less=True) for i in range(config.groups)]
        for index, passed in enumerate(told):
            if index:
                word = self._next(m, word + Mux(due, members * config.interleave, 0), 32)
                k, due, mask = (self._next(m, value) for value in (k, due, mask))
                telling = self._next(m, telling)
            group = Datapath(
                self._plan.schedule,
                technology=technology,
                ram_from=config.ram_from or None,
                registered=False,
                kept=slots.KEPT,
                lut_words=technology.lut_words,
                turns=turns.later(index),
            )
            m.submodules[f"group{index}"] = group
            m.d.comb += [group.enter.k.eq(k), group.enter.m.eq(word)]
            own = Cat((group.out[f"h7_{unit}"] & mask) == 0 for unit in range(members))
            if index < config.groups - 1:
                further = self._later(m, told[index + 1], config.spacing - 2)
                own = Mux(telling, own, further)
            m.d.sync += passed.eq(own)
        # Behind the groups, which add to it when they are elaborated.
        m.submodules.turns = line
        m.d.comb += [
            hits.test.eq(self._at(m, self._test)),
            hits.closing.eq(self._at(m, self._range - config.looking)),
            hits.passed.eq(self._later(m, told[0], config.approach)),
            hits.tag.eq(jobs.tag),
            self.hits_lost.eq(hits.lost),
        ]

    def _later(self, m: Module, value: Value, clocks: int) -> Value:
        """So many clocks later."""
        for _ in range(clocks):
            value = self._next(m, value)
        return value

    @staticmethod
    def _next(m: Module, value: Value, width: int | None = None) -> Value:
        """A clock later."""
        register = Signal(width or len(value), reset_less=True)
        m.d.sync += register.eq(value)
        return register
