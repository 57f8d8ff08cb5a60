"""A store whose words are read from memories, in the slots in which they are used."""

from collections.abc import Sequence

from amaranth.hdl import Const, Module, Mux, Signal, Value
from amaranth.lib.memory import Memory

from sluice.rtl.hls.brought import InputWord, JobWord
from sluice.rtl.hls.codegen.banks import Write, banked_memory, lane_memory
from sluice.rtl.hls.codegen.pipe import later, next_
from sluice.rtl.hls.codegen.sequencer import Sequencer

from .job_port import JobPort
from .job_store import Feed, mask_and_tag
from .period_range import PeriodRange
from .strobes import Strobes


def banked_store(
    m: Module, port: JobPort, nonces: PeriodRange, timing: tuple[Sequencer, Strobes], preset: bool
) -> Feed:
    """Memories of two banks for the inputs of the datapath: one is active, the other one loaded.

    The words of a job are written all or none: with none, the next job has the words of this one
    and another range. AsicBoost lanes have their memories together. They are large, so they are
    near the engines: what goes to them is on its way for as long as other words are behind theirs.
    Of `preset` see :func:`banked_memory`.
    """
    sequencer, strobes = timing
    binding, distance, written = strobes.binding, strobes.distance, port.jobs.word
    bank = Signal()
    fresh = Signal()
    with m.If(port.job_word):
        m.d.sync += fresh.eq(1)
    with m.If(nonces.jobs.activate):
        m.d.sync += [bank.eq(bank ^ fresh), fresh.eq(0)]

    def registered(value: Value) -> Value:
        """Behind a register, if there is one on each side of a memory."""
        return value if strobes.lead == 1 else next_(m, value)

    def asked(name: str) -> Value:
        """The slot for which a word is asked for in this cycle."""
        return sequencer.before(strobes.arrival(name) - strobes.lead)

    def shared(name: str, brought: Sequence[InputWord]) -> Value:
        """Constants, and words of jobs in two banks, as they come out of their memory."""
        jobs, now = _jobs(brought), asked(name)
        if not jobs:
            m.submodules[name] = memory = Memory(shape=32, depth=len(brought), init=brought)
            read = memory.read_port()
            m.d.comb += read.addr.eq(registered(now))
            return read.data
        first, last, mine = min(jobs.values()), max(jobs.values()), Value.cast(port.job_word)
        if first:
            mine &= written.address >= first
        if last + 1 < len(binding.job_words):
            mine &= written.address <= last
        return banked_memory(
            m,
            name,
            {slot: word for slot, word in enumerate(brought) if isinstance(word, int)},
            {slot: number - first for slot, number in jobs.items()},
            len(brought),
            now=now,
            write=Write(enable=mine, place=written.address - first, word=written.data, bank=bank),
            asking=registered,
            preset=preset,
            # On a large device memories are far from where words come from.
            writing=lambda value: later(m, value, min(1, distance)),
        )

    def own(names: Sequence[str]) -> dict[str, Value]:
        """Words of AsicBoost lanes, one of each in each slot."""
        enable = later(m, port.job_word, distance, reset_less=False)
        there = [later(m, value, distance) for value in (written.address, bank, written.data)]
        jobs = [_jobs(binding.inputs[name]) for name in names]
        none = [slot for slot, word in enumerate(binding.inputs[names[0]]) if word == 0]
        # The words of a lane have addresses in a row.
        size = jobs[1][min(jobs[1])] - jobs[0][min(jobs[0])]
        arrivals = [strobes.arrival(name) for name in names]
        now = sequencer.before(min(arrivals) - strobes.lead)
        words = lane_memory(
            m,
            names[0][0],
            len(names),
            {slot: number % size for slot, number in jobs[0].items()},
            size,
            now=now,
            bank=bank,
            write=Write(enable=enable, place=there[0], word=there[2], bank=there[1]),
            asking=lambda where: registered(later(m, where, distance)),
        )
        closed = later(m, now.matches(*none), distance + strobes.lead) if none else Const(0)
        found = {}
        for name, word, at in zip(names, words, arrivals, strict=True):
            opened = Mux(closed, 0, registered(word))
            found[name] = later(m, opened if none else registered(word), at - min(arrivals))
        return found

    words: dict[str, Value] = {}
    lanes: dict[tuple[int, ...], list[str]] = {}
    for name, brought in binding.inputs.items():
        if all(isinstance(word, JobWord | None) or word == 0 for word in brought):
            lanes.setdefault(tuple(_jobs(brought)), []).append(name)
        else:
            words[name] = shared(name, brought)
    name, slot = binding.nonce
    offset, nonce = registered(next_(m, asked(name) == slot)), nonces.nonce
    if strobes.threads > 1:
        # The nonces of an engine, one after the other.
        one = Signal(32, name="one", reset_less=True)
        m.d.sync += one.eq(Mux(offset, one + 1, nonce))
        nonce = one
    words[name] = Mux(offset, nonce, words[name])
    words = {name: later(m, registered(word), distance) for name, word in words.items()}
    for names in lanes.values():
        words |= own(names)
    mask, tag = mask_and_tag(m, port.jobs, nonces.changes, nonces.changes)
    return Feed(words=words, offset=registered(offset), mask=mask, tag=tag)


def _jobs(brought: Sequence[InputWord]) -> dict[int, int]:
    """The addresses of the words of a job, by slot."""
    return {slot: word.number for slot, word in enumerate(brought) if isinstance(word, JobWord)}
