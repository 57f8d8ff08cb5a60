"""The dispatcher: what is hashed next, and the check of what was found.

It computes the first batch of a job as soon as the job is there, and starts it at once. From then
on it always has the next batch ready in the cores, which go over to it by themselves. Checks of
hits come last: when there is nothing to prepare.

Nonces are split as the protocol has them: bits 31:25 of ``W19`` among the cores, bits 24:17 among
the chips of a chain; bits 16:0 and what is left of the others count. A core counts through a
segment, that is, one value of bits 31:25, before it begins the next one.
"""

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import data, stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from sluice.rtl.core.work import Control

from .array import BusWord, core_hit_layout
from .engine import Addressed
from .layout import SLOT_HIT_MASK, SLOT_WORDS, SLOTS
from .microcode import FIRST_NONCE, Microcode
from .versions import ROLLED_BITS, VersionSpreader, rolled_word

#: A word of a job: a header word by its number, or the job id.
JobWord = data.StructLayout({"index": 5, "data": 32, "last": 1})

#: Registers that steer it. Nonces have `first_chip` to `last_chip` in their bits 24:17; `span` is
#: how many nonces each core does of a version, 0 for all.
Steering = data.StructLayout(
    {
        "rolling": 1,
        "version_mask": ROLLED_BITS,
        "running": 1,
        "hit_mask": 32,
        "first_version": 16,
        "first_chip": 8,
        "last_chip": 8,
        "span": 32,
    }
)

#: What is known of a batch, and of one with a single version.
_BATCH = data.StructLayout({"tag": 8, "job": 8, "counter": 17, "mask": ROLLED_BITS})
_SINGLE = data.StructLayout({"tag": 8, "job": 8, "bits": ROLLED_BITS})

#: Values of the top seven bits of a nonce.
_TOPS = 128


class Dispatcher(wiring.Component):
    """Steers engine and cores.

    Parameters
    ----------
    microcode
        The programs of the engine.
    cores, lanes
        The number of cores, a power of two up to 128, and the lanes of each.
    batches
        Batches whose hits can still be checked, a power of two.

    Members
    -------
    jobs : In(stream of JobWord)
        Jobs, whole ones only: the job id first, then header words, ``W0`` last.
    steering : In
        Registers. What a job needs of them is taken when it begins.
    hits : In(stream of hits with their core)
        What the cores found.
    turned : In(bit for each core)
        See :class:`~sluice.rtl.core.work.JobRegisters`; synchronous to this clock.
    bus : Out(stream of BusWord)
        Work for the cores.
    start, entry, slot, lane, rolled, nonce : Out; done : In
        The engine; `done` that it does not run.
    send : In(stream of Addressed)
        Job words from the engine.
    write : Out(stream of Addressed)
        Words for the memory of the engine.
    judged, passed, wrong : In(1)
        What the judge says, once it is done.
    room : In(1)
        There is room for a result of each lane. No check begins without.
    report : Out(1)
        One clock: there is a result; `nonce` and `bits` are of it.
    bits : Out(16)
        Rolled bits of the hit that is being checked.
    stale, error, batch : Out(1)
        Up for a clock: a hit whose job has been forgotten, one that failed the check, and a batch
        that is begun.
    counting : In(1)
        The last stale hit has not been counted yet.
    """

    def __init__(self, microcode: Microcode, *, cores: int, lanes: int, batches: int = 16) -> None:
        if not 1 <= cores <= _TOPS or cores & (cores - 1):
            raise ValueError(f"cores must be a power of two from 1 to {_TOPS}, not {cores}")
        self._microcode = microcode
        self._cores = cores
        self._lanes = lanes
        self._batches = batches
        addressed = stream.Signature(Addressed)
        super().__init__(
            {
                "jobs": In(stream.Signature(JobWord)),
                "steering": In(Steering),
                "hits": In(stream.Signature(core_hit_layout(lanes))),
                "turned": In(cores),
                "bus": Out(stream.Signature(BusWord)),
                "start": Out(1),
                "entry": Out(range(len(microcode.code) + 1)),
                "slot": Out(range(SLOTS)),
                "lane": Out(4),
                "rolled": Out(32),
                "nonce": Out(32),
                "done": In(1),
                "send": In(addressed),
                "write": Out(addressed),
                "judged": In(1),
                "passed": In(1),
                "wrong": In(1),
                "room": In(1),
                "report": Out(1),
                "bits": Out(16),
                "stale": Out(1),
                "error": Out(1),
                "batch": Out(1),
                "counting": In(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        """Memories of jobs and batches, and one state machine."""
        m = Module()
        m.submodules.spreader = self._spreader = VersionSpreader()
        shape = _SINGLE if self._lanes == 1 else _BATCH
        m.submodules.batches = memory = Memory(shape=shape, depth=self._batches, init=[])
        self._note, recall = memory.write_port(), memory.read_port(domain="comb")
        self._recalled = recall.data

        # The job that is being hashed, and its batch.
        self._current, self._job_first = Signal(8), Signal(32)
        self._counter, self._mask = Signal(ROLLED_BITS + 1), Signal(ROLLED_BITS)
        self._lane = Signal(range(self._lanes))
        self._segment = Signal(range(_TOPS // self._cores))
        self._core = Signal(range(self._cores))
        self._tag = Signal(8)
        self._active, self._exhausted = Signal(), Signal()
        self._at_once, self._begun, self._any = Signal(), Signal(), Signal()
        self._expected = Signal(self._cores)
        self._checking = Signal()
        self._take_jobs(m)

        hit = self.hits.payload.hit
        entry = self._note.data
        m.d.comb += [
            recall.addr.eq(hit.tag),
            self._note.addr.eq(self._tag),
            entry.tag.eq(self._tag),
            entry.job.eq(self._current),
            self.rolled.eq(rolled_word(self.bits)),
            self.nonce.eq(hit.nonce),
            self.slot.eq(Mux(self._checking, self._recalled.job, self._current)),
            self.lane.eq(Mux(self._checking, self._lanes, self._lane)),
        ]
        self._versions(m)
        with m.FSM():
            self._rest(m)
            self._prepare(m)
            self._share_out(m)
            self._check(m)
        return m

    def _versions(self, m: Module) -> None:
        """The version of a lane, of the current batch or of the one that was recalled."""
        spreader, entry, recalled = self._spreader, self._note.data, self._recalled
        counter: Value = self._counter
        mask: Value = self._mask
        bits: Value = spreader.bits
        if self._lanes == 1:
            m.d.comb += entry.bits.eq(spreader.bits)
            bits = Mux(self._checking, recalled.bits, bits)
        else:
            m.d.comb += [entry.counter.eq(counter), entry.mask.eq(mask)]
            counter = Mux(self._checking, recalled.counter, counter) + self._lane
            mask = Mux(self._checking, recalled.mask, mask)
        m.d.comb += [spreader.counter.eq(counter), spreader.mask.eq(mask), self.bits.eq(bits)]

    def _take_jobs(self, m: Module) -> None:
        """Write arriving jobs to the slot after that of the newest."""
        word = self.jobs.payload
        self._newest, self._fresh = Signal(8), Signal()
        slot = Signal(range(SLOTS))
        open_ = Signal()
        self._own_write = Signal()
        m.d.comb += [
            slot.eq(self._newest + 1),
            # Not over the job of the hit that is being checked.
            open_.eq(~self._own_write & ~(self._checking & (slot == self.slot))),
            self.jobs.ready.eq(self.write.ready & open_),
            self.write.valid.eq((self.jobs.valid & open_) | self._own_write),
            self.write.payload.address.eq(slot * SLOT_WORDS + word.index),
            self.write.payload.data.eq(word.data),
        ]
        with m.If(self._own_write):
            address = self.slot * SLOT_WORDS + SLOT_HIT_MASK
            m.d.comb += self.write.payload.address.eq(address)
            m.d.comb += self.write.payload.data.eq(self.steering.hit_mask)
        with m.If(self.jobs.valid & self.jobs.ready), m.If(word.last):
            m.d.sync += [self._newest.eq(self._newest + 1), self._fresh.eq(1)]

    def _run(self, m: Module, entry: int) -> None:
        """Start the engine; it is busy from the next clock on."""
        m.d.comb += [self.start.eq(1), self.entry.eq(entry)]

    def _put(self, m: Module, address: int | Value, word: Value | int, *, all_: bool) -> Value:
        """Put a word on the bus; returns whether it is taken."""
        m.d.comb += [
            self.bus.valid.eq(1),
            self.bus.payload.all.eq(all_),
            self.bus.payload.core.eq(self._core),
            self.bus.payload.word.address.eq(address),
            self.bus.payload.word.data.eq(word),
        ]
        return self.bus.ready

    def _rest(self, m: Module) -> None:
        """Decide what to do."""
        settled = Signal()
        m.d.comb += settled.eq(self._expected == self.turned)
        with m.State("REST"):
            with m.If(self._active & ~self.steering.running):
                m.next = "STOP"
            with m.Elif(self.steering.running & self._fresh):
                m.d.sync += [
                    self._fresh.eq(0),
                    self._current.eq(self._newest),
                    self._counter.eq(self.steering.first_version),
                    self._mask.eq(
                        self.steering.version_mask & self.steering.rolling.replicate(ROLLED_BITS)
                    ),
                    self._active.eq(1),
                    self._exhausted.eq(0),
                    self._at_once.eq(1),
                    self._lane.eq(0),
                    self._segment.eq(0),
                ]
                m.next = "HIT MASK"
            with m.Elif(self._active & ~self._exhausted & settled):
                m.next = "ADVANCE"
            with m.Elif(self.hits.valid & self.room):
                m.next = "RECALL"
        with m.State("STOP"), m.If(self._put(m, Control.STOP, 0, all_=True)):
            m.d.sync += self._active.eq(0)
            m.next = "REST"

    def _prepare(self, m: Module) -> None:
        """Compute the job words of a batch."""
        with m.State("HIT MASK"):
            m.d.comb += self._own_write.eq(1)
            with m.If(self.write.ready):
                m.next = "LANE"
        with m.State("ADVANCE"):
            m.d.sync += [self._core.eq(0), self._begun.eq(0)]
            spent = self._begun & self.steering.span.any()
            with m.If(~spent & (self._segment != _TOPS // self._cores - 1)):
                m.d.sync += self._segment.eq(self._segment + 1)
                m.next = "RANGE"
            with m.Elif(~self._any):
                # The first nonce of the job is above all of this chip's.
                m.d.sync += self._exhausted.eq(1)
                m.next = "REST"
            with m.Else():
                m.d.sync += [
                    self._segment.eq(0),
                    self._lane.eq(0),
                    self._counter.eq(self._counter + self._lanes),
                ]
                m.next = "LANE"
        with m.State("LANE"):
            m.d.comb += self._spreader.start.eq(1)
            m.next = "SPREAD"
        with m.State("SPREAD"), m.If(~self._spreader.busy):
            with m.If(self._spreader.over & (self._lane == 0)):
                m.d.sync += self._exhausted.eq(1)
                with m.If(self._at_once):
                    m.next = "STOP"
                with m.Else():
                    m.next = "REST"
            with m.Else():
                self._run(m, self._microcode.midstate)
                m.next = "MIDSTATE"
        with m.State("MIDSTATE"), m.If(self.done):
            with m.If(self._lane == self._lanes - 1):
                self._run(m, self._microcode.job)
                m.next = "JOB WORDS"
            with m.Else():
                m.d.sync += self._lane.eq(self._lane + 1)
                m.next = "LANE"
        with m.State("JOB WORDS"):
            send = self.send.payload
            self._put(m, send.address[:8], send.data, all_=True)
            first = send.address >= FIRST_NONCE
            m.d.comb += [
                self.bus.valid.eq(self.send.valid & ~first),
                self.send.ready.eq(self.bus.ready | first),
            ]
            with m.If(first):
                m.d.sync += self._job_first.eq(send.data)
            with m.If(self.done):
                m.d.sync += [self._tag.eq(self._tag + 1), self._any.eq(0)]
                m.d.comb += self.batch.eq(1)
                m.next = "NOTE"
        with m.State("NOTE"):
            m.d.comb += self._note.en.eq(1)
            m.d.sync += [self._core.eq(0), self._begun.eq(0)]
            m.next = "RANGE"

    def _share_out(self, m: Module) -> None:
        """Tell each core its range, and begin."""
        tops = _TOPS // self._cores
        steering = self.steering
        first, last, end = Signal(32), Signal(32), Signal(33)
        low, high = Signal(32), Signal(32)
        top = Signal(7)
        m.d.comb += [
            top.eq(self._core * tops + self._segment),
            low.eq(Cat(Const(0, 17), steering.first_chip, top)),
            high.eq(Cat(Const(-1, 17), steering.last_chip, top)),
            end.eq(first + steering.span - 1),
        ]
        with m.State("RANGE"):
            m.d.sync += [first.eq(Mux(low < self._job_first, self._job_first, low)), last.eq(high)]
            m.next = "SPAN"
        with m.State("SPAN"):
            with m.If(first > last):
                m.next = "SKIP"
            with m.Else():
                with m.If(steering.span.any() & (end < last)):
                    m.d.sync += last.eq(end)
                m.next = "FIRST"
        with m.State("SKIP"), m.If(~self._at_once | self._put_if(m, self._at_once)):
            m.next = "NEXT CORE"
        with m.State("FIRST"), m.If(self._put(m, Control.FIRST, first, all_=False)):
            m.next = "LAST"
        with m.State("LAST"), m.If(self._put(m, Control.LAST, last, all_=False)):
            m.next = "GO"
        with m.State("GO"):
            how = Mux(self._at_once, Control.TAG, Control.NEXT)
            with m.If(self._put(m, how, self._tag, all_=False)):
                m.d.sync += [self._begun.eq(1), self._any.eq(1)]
                with m.If(~self._at_once):
                    bit = Signal(self._cores)
                    m.d.comb += bit.eq(1 << self._core)
                    m.d.sync += self._expected.eq(self._expected ^ bit)
                m.next = "NEXT CORE"
        with m.State("NEXT CORE"):
            with m.If(self._core != self._cores - 1):
                m.d.sync += self._core.eq(self._core + 1)
                m.next = "RANGE"
            with m.Elif(self._begun):
                m.d.sync += self._at_once.eq(0)
                m.next = "REST"
            with m.Else():
                m.next = "ADVANCE"

    def _put_if(self, m: Module, condition: Value) -> Value:
        """Stop a core that has no part in a new job, if `condition`."""
        taken = self._put(m, Control.STOP, 0, all_=False)
        m.d.comb += self.bus.valid.eq(condition)
        return taken

    def _check(self, m: Module) -> None:
        """Hash the nonce of a hit again, in each lane that it hit in."""
        recalled, hit = self._recalled, self.hits.payload.hit
        age = Signal(8)
        m.d.comb += age.eq(self._newest - recalled.job)
        with m.State("RECALL"):
            # The slot of a job is written again when there are as many newer jobs as slots.
            with m.If((recalled.tag == hit.tag) & (age < SLOTS - 1)):
                m.d.sync += [self._checking.eq(1), self._lane.eq(0)]
                m.next = "CHECK LANE"
            with m.Elif(~self.counting):
                m.d.comb += [self.stale.eq(1), self.hits.ready.eq(1)]
                m.next = "REST"
        with m.State("CHECK LANE"):
            with m.If(hit.lanes.bit_select(self._lane, 1)):
                if self._lanes == 1:
                    self._run(m, self._microcode.midstate)
                    m.next = "CHECK MIDSTATE"
                else:
                    m.d.comb += self._spreader.start.eq(1)
                    m.next = "CHECK SPREAD"
            with m.Else():
                m.next = "CHECK NEXT"
        with m.State("CHECK SPREAD"), m.If(~self._spreader.busy):
            # Lanes beyond the last version repeat others.
            with m.If(self._spreader.over):
                m.next = "CHECK NEXT"
            with m.Else():
                self._run(m, self._microcode.midstate)
                m.next = "CHECK MIDSTATE"
        with m.State("CHECK MIDSTATE"), m.If(self.done):
            self._run(m, self._microcode.check)
            m.next = "CHECK HASH"
        with m.State("CHECK HASH"), m.If(self.done & self.judged):
            m.d.comb += [self.error.eq(self.wrong), self.report.eq(self.passed)]
            m.next = "CHECK NEXT"
        with m.State("CHECK NEXT"):
            with m.If(self._lane != self._lanes - 1):
                m.d.sync += self._lane.eq(self._lane + 1)
                m.next = "CHECK LANE"
            with m.Else():
                m.d.sync += self._checking.eq(0)
                m.d.comb += self.hits.ready.eq(1)
                m.next = "REST"
