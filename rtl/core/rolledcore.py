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

All units follow one timetable (:mod:`.slots`, with lanes :mod:`.laneslots`) and share the words
that it reads from memory.
"""

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib import wiring

from sluice.rtl.hls.codegen.control import TurnLine
from sluice.rtl.hls.codegen.datapath import Datapath
from sluice.rtl.hls.codegen.pipe import later, next_

from .coreports import CorePorts
from .lanewords import lane_states, lane_words
from .moments import Moments
from .rolledconfig import RolledConfig
from .rolledhits import RolledHits
from .rolledjobs import RolledJobs
from .rolledwords import shared_words
from .slotline import SlotLine


class RolledCore(CorePorts[RolledConfig]):
    """Hashes as many nonces at a time as its units hold, in the slots of a turn."""

    def __init__(self, config: RolledConfig) -> None:
        super().__init__(config)
        self._moments = Moments(config, self._plan)
        self._hits = RolledHits(config)

    @property
    def activation(self) -> int:
        """See :class:`~.moments.Moments`."""
        return self._moments.activation

    @property
    def latency(self) -> int:
        """Clocks from the slot in which a job is activated to the first hit it can bring."""
        turns = self._moments.timetable.turns * self._moments.turn
        return turns + self._moments.test - self.activation + self._hits.latency

    def elaborate(self, platform: object) -> Module:
        """The timetable's counter, the memories, the units, the range and the hits."""
        m = Module()
        m.submodules.jobs = jobs = RolledJobs(len(self._moments.timetable.job_words))
        m.submodules.found = self._hits
        wiring.connect(m, wiring.flipped(self.work), jobs.work)
        wiring.connect(m, self._hits.hits, wiring.flipped(self.hits))
        config, timetable = self._config, self._moments.timetable
        self._line = SlotLine(m, timetable.slots, config.interleave)
        nonce = self._turns(m, jobs)
        shared = shared_words if config.lanes == 1 else lane_words
        words, due = shared(m, self._moments, self._line, jobs, nonce)
        self._units(m, jobs, words, due)
        with m.If(jobs.refused):
            m.d.sync += self.refused.eq(self.refused + 1)
        return m

    def _turns(self, m: Module, jobs: RolledJobs) -> Value:
        """The range: nonces of this turn, and those of the turn before, which are tested now.

        It gives the first nonce of this turn.
        """
        config, hits, at = self._config, self._hits, self._line.at
        moments = self._moments
        nonces = config.nonces
        nonce, end_not = Signal(32), Signal(32, reset_less=True)
        left_not = Signal(32, reset_less=True)
        running, final, stopped = Signal(), Signal(), Signal()
        due, taken, closed = Signal(), Signal(), Signal()
        closing = at(moments.activation - 1)
        #: How many there are, of this turn and of the turn before.
        amount = Signal(range(nonces + 1))
        tested = Signal()
        held = closed | closing
        m.d.comb += due.eq(jobs.asked & (~jobs.waits | ~running | final | stopped))
        left = (~left_not)[: len(amount)]
        enough = ~left_not[len(amount) :].all() | (left >= nonces)
        m.d.sync += left_not.eq(nonce + end_not)
        with m.If(jobs.stop):
            m.d.sync += stopped.eq(1)
        with m.If(closing):
            m.d.sync += closed.eq(1)
        begins: Value = due
        there: Value = Mux(running, amount, 0)
        ran: Value = running
        first: Value = nonce
        active: Value = running | tested
        if moments.timetable.turns > 1:
            # Two turns are on their way, and one without nonces is between two jobs.
            begins = due & ~running
            with m.If(at(moments.activation) & due & running):
                m.d.sync += stopped.eq(1)
            there, ran = (self._a_turn_ago(m, value) for value in (there, ran))
            first = self._a_turn_ago(m, first)
            active |= ran
        m.d.comb += jobs.closed.eq(held)
        with m.If(at(moments.activation)):
            m.d.sync += taken.eq(begins)
            m.d.comb += jobs.turn.eq(begins)
        with m.If(at(moments.range)):
            m.d.comb += hits.begin.eq(1)
            m.d.sync += [
                hits.amount.eq(there),
                tested.eq(ran),
                running.eq(taken | (running & ~final & ~stopped)),
                nonce.eq(Mux(taken, jobs.first, nonce + nonces)),
                stopped.eq(0),
            ]
            with m.If(taken):
                m.d.sync += end_not.eq(jobs.last_not)
        with m.If(at(moments.range + 2)):
            m.d.sync += [
                final.eq(~enough),
                amount.eq(Mux(enough, nonces, left + 1)),
            ]
        begun = Signal.like(amount)
        with m.If(at(moments.change)):
            m.d.comb += jobs.change.eq(taken)
            m.d.sync += [taken.eq(0), closed.eq(0), begun.eq(Mux(running, amount, nonces))]
        with m.Elif(begun != 0):
            m.d.sync += begun.eq(begun - 1)
        # One a clock, for counters, which may be far.
        m.d["sync" if config.approach else "comb"] += [
            self.hashing.eq(running & (begun != 0)),
            self.starved.eq(~running & (begun != 0)),
        ]
        m.d.comb += [
            hits.nonce.eq(first),
            self.turned.eq(jobs.turned),
            self.idle.eq(~(active | taken | jobs.asked | hits.busy)),
        ]
        return nonce

    def _a_turn_ago(self, m: Module, value: Value) -> Value:
        """What it was when the range of the last turn began."""
        register = Signal.like(value, name="a_turn_ago")
        with m.If(self._line.at(self._moments.range)):
            m.d.sync += register.eq(value)
        return register

    def _units(self, m: Module, jobs: RolledJobs, words: dict[str, Value], due: Value) -> None:
        """Groups, and the words that go from each to the next one, and back."""
        config, hits, at = self._config, self._hits, self._line.at
        moments = self._moments
        technology = config.make_technology()
        members = config.units // config.groups
        mask = jobs.mask
        slot, place = self._line.before(moments.entry), self._line.place
        place = later(m, place, moments.entry)
        ahead = later(m, slot, config.approach - 1) if config.approach else None
        # Whether a group is to tell what it has found.
        out = moments.test - 1 - 2 * config.approach
        telling = Cat(at(out + i) for i in range(config.interleave)).any()
        words = {name: later(m, word, config.approach) for name, word in words.items()}
        due, mask, slot, place, telling = (
            later(m, value, config.approach) for value in (due, mask, slot, place, telling)
        )
        if config.lanes > 1:
            words |= lane_states(m, moments, self._line, jobs)
        line = Module()
        turns = TurnLine(line, slot, place, in_ram=config.decoder, ahead=ahead)
        bits = members * config.lanes
        told = [Signal(bits, name=f"passed{i}", reset_less=True) for i in range(config.groups)]
        for index, passed in enumerate(told):
            if index:
                word = next_(m, words["m"] + Mux(due, members * config.interleave, 0), 32)
                rest = {name: next_(m, word) for name, word in words.items() if name != "m"}
                words = {**rest, "m": word}
                due, mask, telling = (next_(m, value) for value in (due, mask, telling))
            group = Datapath(
                self._plan.schedule,
                technology=technology,
                ram_from=config.ram_from or None,
                registered=False,
                kept=self._moments.timetable.kept,
                lut_words=technology.lut_words,
                turns=turns.later(index),
            )
            m.submodules[f"group{index}"] = group
            m.d.comb += [group.enter[name].eq(word) for name, word in words.items()]
            own = Cat((group.out[f"h7_{bit}"] & mask) == 0 for bit in range(bits))
            if index < config.groups - 1:
                further = later(m, told[index + 1], config.spacing - 2)
                own = Mux(telling, own, further)
            m.d.sync += passed.eq(own)
        # Behind the groups, which add to it when they are elaborated.
        m.submodules.turns = line
        m.d.comb += [
            hits.test.eq(at(moments.test)),
            hits.closing.eq(at(moments.range - config.looking)),
            hits.passed.eq(later(m, told[0], config.approach)),
            hits.tag.eq(jobs.tag),
            self.hits_lost.eq(hits.lost),
        ]
