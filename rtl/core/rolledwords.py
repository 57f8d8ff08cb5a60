"""The words that all units of a rolled core share, out of memories."""

from collections.abc import Mapping, Sequence

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib.memory import Memory

from sluice.rtl.hls.codegen.pipe import later, next_

from . import slots
from .moments import Moments
from .rolledjobs import RolledJobs
from .slotline import SlotLine

#: A word is never read in the clock in which it is written.
ANY_ORDER = {"no_rw_check": 1}


class WordMemories:
    """Memories that are read in each slot, in time for the first group if nothing lies between.

    Parameters
    ----------
    m
        Where they go.
    moments, line
        Of the core.
    jobs
        Where words come from.
    """

    def __init__(self, m: Module, moments: Moments, line: SlotLine, jobs: RolledJobs) -> None:
        self._m, self._moments, self._line, self._jobs = m, moments, line, jobs
        #: The word that is written.
        self.data = self.written(jobs.data)

    def registered(self, value: Value) -> Value:
        """Behind a register, if the technology has one around a memory."""
        return value if self._moments.lead == 1 else next_(self._m, value)

    def written(self, value: Value) -> Value:
        """On a large device memories are far from where words come from."""
        return later(self._m, value, min(1, self._moments.config.approach))

    def asked(self, name: str) -> Value:
        """The slot for which a word is asked for in this clock, for an input of the graph."""
        return self._line.before(self._moments.arrival(name) - self._moments.lead)

    def put_in(
        self,
        words: Sequence[int],
        places: Mapping[int, int],
        nonce: Value,
        *,
        enable: Value,
        place: Value,
    ) -> tuple[Value, Value]:
        """``m``: a memory of two banks, and the nonce.

        Parameters
        ----------
        words
            Of a bank; those of jobs are 0.
        places
            Where it is read, for the slots in which that matters.
        nonce
            The first one of the turn.
        enable, place
            Whether a word of a job is for it, and its place in the bank.

        Returns
        -------
        word : 32 bits
        due : 1 bit
            Whether it is a nonce.
        """
        m, jobs, moments = self._m, self._jobs, self._moments
        bits = (len(words) - 1).bit_length()
        bank = [*words, *[0] * ((1 << bits) - len(words))]
        m.submodules.m = memory = Memory(
            shape=32, depth=2 * len(bank), init=bank * 2, attrs=ANY_ORDER
        )
        write, read = memory.write_port(), memory.read_port()
        now = self.asked("m")
        due = self.registered(next_(m, now == moments.timetable.nonce))
        one: Value = nonce
        if moments.config.interleave > 1:
            # The nonces of a unit, one after the other.
            one = Signal(32, name="nonce", reset_less=True)
            m.d.sync += one.eq(Mux(due, one + 1, nonce))
        m.d.comb += [
            write.en.eq(self.written(jobs.write & enable)),
            write.addr.eq(self.written(Cat(place[:bits], ~jobs.bank))),
            write.data.eq(self.data),
        ]
        word, due = self.registered(Mux(due, one, read.data)), self.registered(due)
        where = Signal(bits, name="m_place")
        m.d.comb += read.addr.eq(self.registered(Cat(where, jobs.bank)))
        with m.Switch(now):
            for slot, number in places.items():
                with m.Case(slot):
                    m.d.comb += where.eq(number)
        return word, due


def shared_words(
    m: Module, moments: Moments, line: SlotLine, jobs: RolledJobs, nonce: Value
) -> tuple[dict[str, Value], Value]:
    """What is read in each slot: `k` at its number, `m` at a place of the timetable.

    Parameters
    ----------
    m, moments, line, jobs
        See :class:`WordMemories`.
    nonce
        The first one of the turn, which `m` puts in.

    Returns
    -------
    words : 32 bits each
        By the names of the graph's inputs.
    due : 1 bit
        Whether `m` is a nonce.
    """
    memories = WordMemories(m, moments, line, jobs)
    of_k = jobs.place < slots.K_WORDS
    place = jobs.place - slots.K_WORDS
    gates = moments.plan.schedule.model.gates
    words = [*slots.k_words(gates), *[0] * (256 - slots.SLOTS)]
    m.submodules.k = memory = Memory(shape=32, depth=256, init=words, attrs=ANY_ORDER)
    write, read = memory.write_port(), memory.read_port()
    now = memories.asked("k")
    address = Signal(8)
    m.d.comb += [
        write.en.eq(memories.written(jobs.write & of_k)),
        write.addr.eq(memories.written((slots.JOB_K | (~jobs.bank << 2) | jobs.place[:2])[:8])),
        write.data.eq(memories.data),
        address.eq(now),
        read.addr.eq(memories.registered(address)),
    ]
    with m.Switch(now):
        for slot in slots.k_slots(gates)[: slots.K_WORDS]:
            with m.Case(slot):
                m.d.comb += address.eq(slots.k_place(slot, gates) | (jobs.bank << 2))
    k = memories.registered(read.data)

    word, due = memories.put_in(
        slots.m_words(gates), slots.m_places(gates), nonce, enable=~of_k, place=place
    )
    return {"k": k, "m": word}, due
