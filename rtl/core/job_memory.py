"""A store whose words are read from memories, in the slots in which they are used."""

from collections.abc import Sequence

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import data
from amaranth.lib.memory import Memory

from sluice.rtl.hls.codegen.pipe import later, next_

from .binding.binding import InputWord, JobWord
from .job_port import JobPort
from .job_store import ANY_ORDER, Feed, JobStore
from .period_range import PeriodRange
from .sequencer import Sequencer
from .strobes import Strobes


class BankedStore(JobStore):
    """Memories of two banks for the inputs of the datapath: one is active, the other one loaded.

    The words of a job are written all or none: with none, the next job has the words of this one
    and another range.

    Parameters
    ----------
    m, port, nonces
        As of :class:`~.job_store.JobStore`.
    sequencer, strobes
        Of the core.
    preset
        Whether memories may have numbers from the start; else these are in memories of their own,
        which are only read.
    """

    def __init__(
        self,
        m: Module,
        port: JobPort,
        nonces: PeriodRange,
        *,
        sequencer: Sequencer,
        strobes: Strobes,
        preset: bool = True,
    ) -> None:
        super().__init__(m, port, nonces)
        self._preset = preset
        self._sequencer, self._strobes = sequencer, strobes
        self._changes = nonces.changes
        self._bank = Signal()

    def feed(self) -> Feed:
        """A memory for each input; AsicBoost lanes have theirs together."""
        m, binding = self._m, self._strobes.binding
        fresh = Signal()
        with m.If(self._port.job_word):
            m.d.sync += fresh.eq(1)
        with m.If(self._nonces.jobs.activate):
            m.d.sync += [self._bank.eq(self._bank ^ fresh), fresh.eq(0)]
        words: dict[str, Value] = {}
        lanes: dict[tuple[int, ...], list[str]] = {}
        for name, brought in binding.inputs.items():
            if all(isinstance(word, JobWord | None) for word in brought):
                lanes.setdefault(tuple(_jobs(brought)), []).append(name)
            else:
                words[name] = self._shared(name, brought)
        name, slot = binding.nonce
        words[name], offset = self._with_nonce(words[name], self._asked(name) == slot)
        distance = self._strobes.distance
        words = {name: later(m, self._registered(word), distance) for name, word in words.items()}
        for names in lanes.values():
            words |= self._own(names)
        mask, tag = self._mask_and_tag(self._changes, self._changes)
        return Feed(words=words, offset=self._registered(offset), mask=mask, tag=tag)

    def _registered(self, value: Value) -> Value:
        """Behind a register, if there is one on each side of a memory."""
        return value if self._strobes.lead == 1 else next_(self._m, value)

    def _written(self, value: Value) -> Value:
        """On a large device memories are far from where words come from."""
        return later(self._m, value, min(1, self._strobes.distance))

    def _asked(self, name: str) -> Value:
        """The slot for which a word is asked for in this cycle."""
        return self._sequencer.before(self._strobes.arrival(name) - self._strobes.lead)

    def _shared(self, name: str, brought: Sequence[InputWord]) -> Value:
        """Constants, and words of jobs in two banks, as they come out of their memory.

        If most slots have a constant, each is at the number of its slot, and the banks are above;
        if not, the constants of the others are in both banks, above the words of jobs.
        """
        m, jobs = self._m, _jobs(brought)
        constants = {slot: word for slot, word in enumerate(brought) if isinstance(word, int)}
        now = self._asked(name)
        if not jobs:
            m.submodules[name] = memory = Memory(shape=32, depth=len(brought), init=brought)
            read = memory.read_port()
            m.d.comb += read.addr.eq(self._registered(now))
            return read.data
        first = min(jobs.values())
        places = {slot: number - first for slot, number in jobs.items()}
        address: Value
        if self._preset and 2 * len(constants) > len(brought):
            bits = (len(places) - 1).bit_length()
            size = (len(brought) + (2 << bits) - 1).bit_length()
            init = [constants.get(slot, 0) for slot in range(1 << size)]
            above = Const((1 << size - bits - 1) - 1, size - bits - 1)
            address = Signal(size, name=f"{name}_place")
            m.d.comb += address.eq(now)
            with m.Switch(now):
                for slot, place in places.items():
                    with m.Case(slot):
                        m.d.comb += address.eq(Cat(Const(place, bits), self._bank, above))
        else:
            inside = constants if self._preset else {}
            places |= {slot: len(jobs) + index for index, slot in enumerate(inside)}
            bits, above = (len(places) - 1).bit_length(), Const(0, 0)
            bank = [*[0] * len(jobs), *inside.values()]
            init = [*bank, *[0] * ((1 << bits) - len(bank))] * 2
            where = Signal(bits, name=f"{name}_place")
            address = Cat(where, self._bank)
            with m.Switch(now):
                for slot, place in places.items():
                    with m.Case(slot):
                        m.d.comb += where.eq(place)
        m.submodules[name] = memory = Memory(shape=32, depth=len(init), init=init, attrs=ANY_ORDER)
        write, read = memory.write_port(), memory.read_port()
        word, last = self._port.jobs.word, max(jobs.values())
        mine: Value = self._port.job_word
        if first:
            mine &= word.address >= first
        if last + 1 < len(self._strobes.binding.job_words):
            mine &= word.address <= last
        m.d.comb += [
            read.addr.eq(self._registered(address)),
            write.en.eq(self._written(mine)),
            write.addr.eq(self._written(Cat((word.address - first)[:bits], ~self._bank, above))),
            write.data.eq(self._written(word.data)),
        ]
        if self._preset or not constants:
            return read.data
        return self._or_constant(name, read.data, constants, self._registered(now))

    def _or_constant(
        self, name: str, word: Value, constants: dict[int, int], asked: Value
    ) -> Value:
        """A word that has been read; in slots that have a constant, that."""
        m = self._m
        init = [constants.get(slot, 0) for slot in range(max(constants) + 1)]
        m.submodules[f"{name}_constants"] = memory = Memory(shape=32, depth=len(init), init=init)
        read = memory.read_port()
        m.d.comb += read.addr.eq(asked)
        return Mux(next_(m, asked.matches(*constants)), read.data, word)

    def _with_nonce(self, word: Value, asked: Value) -> tuple[Value, Value]:
        """The word of the input that brings the nonce, and whether it is one."""
        m, nonce = self._m, self._nonces.nonce
        due = self._registered(next_(m, asked))
        if self._strobes.threads > 1:
            # The nonces of an engine, one after the other.
            one = Signal(32, name="one", reset_less=True)
            m.d.sync += one.eq(Mux(due, one + 1, nonce))
            nonce = one
        return Mux(due, nonce, word), due

    def _own(self, names: Sequence[str]) -> dict[str, Value]:
        """Words of AsicBoost lanes, one of each in each slot.

        There are many, so they are in a memory near the engines: what goes to it is on its way for
        as long as the words of the others are behind theirs.
        """
        m, strobes, distance = self._m, self._strobes, self._strobes.distance
        write = later(m, self._port.job_word, distance, reset_less=False)
        address, word = self._port.jobs.word.address, self._port.jobs.word.data
        address, bank, word = (later(m, value, distance) for value in (address, self._bank, word))
        jobs = [_jobs(strobes.binding.inputs[name]) for name in names]
        # The words of a lane have addresses in a row, as many as a power of two.
        size = jobs[1][min(jobs[1])] - jobs[0][min(jobs[0])]
        places = {slot: number % size for slot, number in jobs[0].items()}
        bits, all_bits = (max(places.values())).bit_length(), (size - 1).bit_length()
        assert size == 1 << all_bits, size
        arrivals = [strobes.arrival(name) for name in names]
        now = self._sequencer.before(min(arrivals) - strobes.lead)
        where = Cat(self._place(now, places, bits), self._bank)
        memory = Memory(
            shape=data.ArrayLayout(32, len(names)), depth=2 << bits, init=[], attrs=ANY_ORDER
        )
        m.submodules[names[0][0]] = memory
        read, written = memory.read_port(), memory.write_port(granularity=1)
        mine = write & (address[bits:all_bits] == 0)
        lane_of = address[all_bits:]
        m.d.comb += [
            written.en.eq(Cat(mine & (lane_of == lane) for lane in range(len(names)))),
            written.addr.eq(Cat(address[:bits], ~bank)),
            written.data.eq(Cat(word for _ in names)),
            read.addr.eq(self._registered(later(m, where, distance))),
        ]
        return {
            name: later(m, self._registered(read.data[lane]), arrivals[lane] - min(arrivals))
            for lane, name in enumerate(names)
        }

    def _place(self, now: Value, places: dict[int, int], bits: int) -> Value:
        """The place of a slot's word: four that are next to each other are read in a row."""
        first = next(slot for slot, place in places.items() if place % 4 == 0)
        assert all((slot - first - place) % 4 == 0 for slot, place in places.items()), places
        high = [
            now.matches(*(slot for slot, place in places.items() if place >> bit & 1))
            for bit in range(2, bits)
        ]
        return Cat((now - first)[:2], *high)


def _jobs(brought: Sequence[InputWord]) -> dict[int, int]:
    """The addresses of the words of a job, by slot."""
    return {slot: word.number for slot, word in enumerate(brought) if isinstance(word, JobWord)}
