"""The words that all units of a rolled core share, out of memories."""

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib.memory import Memory

from sluice.rtl.dataflow.later import later, next_

from . import slots
from .moments import Moments
from .rolledjobs import RolledJobs
from .slotline import SlotLine

#: A word is never read in the clock in which it is written.
_ANY_ORDER = {"no_rw_check": 1}


def shared_words(
    m: Module, moments: Moments, line: SlotLine, jobs: RolledJobs, nonce: Value
) -> tuple[Value, Value, Value]:
    """What is read in each slot: `k` at its number, `m` at a place of the timetable.

    Parameters
    ----------
    m
        Where the memories go.
    moments, line
        Of the core.
    jobs
        Where words come from.
    nonce
        The first one of the turn, which `m` puts in.

    Returns
    -------
    k, m : 32 bits
        In the clock in which the first group uses them, if nothing lies between.
    due : 1 bit
        Whether `m` is a nonce.
    """

    def registered(value: Value) -> Value:
        """Behind a register, if the technology has one around a memory."""
        return value if moments.lead == 1 else next_(m, value)

    def written(value: Value) -> Value:
        """On a large device memories are far from where words come from."""
        return later(m, value, min(1, moments.config.approach))

    data = written(jobs.data)
    of_k = jobs.place < slots.K_WORDS
    place = jobs.place - slots.K_WORDS
    gates = moments.plan.schedule.model.gates
    words = [*slots.k_words(gates), *[0] * (256 - slots.SLOTS)]
    m.submodules.k = memory = Memory(shape=32, depth=256, init=words, attrs=_ANY_ORDER)
    write, read = memory.write_port(), memory.read_port()
    now = line.before(moments.arrival("k") - moments.lead)
    address = Signal(8)
    m.d.comb += [
        write.en.eq(written(jobs.write & of_k)),
        write.addr.eq(written((slots.JOB_K | (~jobs.bank << 2) | jobs.place[:2])[:8])),
        write.data.eq(data),
        address.eq(now),
        read.addr.eq(registered(address)),
    ]
    with m.Switch(now):
        for slot in slots.k_slots(gates)[: slots.K_WORDS]:
            with m.Case(slot):
                m.d.comb += address.eq(slots.k_place(slot, gates) | (jobs.bank << 2))
    k = registered(read.data)

    bank = [*slots.m_words(gates)]
    bank += [0] * (slots.BANK - len(bank))
    m.submodules.m = memory = Memory(
        shape=32, depth=2 * slots.BANK, init=bank * 2, attrs=_ANY_ORDER
    )
    write, read = memory.write_port(), memory.read_port()
    now = line.before(moments.arrival("m") - moments.lead)
    due = registered(next_(m, now == slots.TAIL[-1]))
    one: Value = nonce
    if moments.config.interleave > 1:
        # The nonces of a unit, one after the other.
        one = Signal(32, name="nonce", reset_less=True)
        m.d.sync += one.eq(Mux(due, one + 1, nonce))
    m.d.comb += [
        write.en.eq(written(jobs.write & ~of_k)),
        write.addr.eq(written(Cat(place[:5], ~jobs.bank))),
        write.data.eq(data),
    ]
    word, due = registered(Mux(due, one, read.data)), registered(due)
    m_place = Signal(5)
    m.d.comb += read.addr.eq(registered(Cat(m_place, jobs.bank)))
    with m.Switch(now):
        for slot, where in slots.m_places(gates).items():
            with m.Case(slot):
                m.d.comb += m_place.eq(where)
    return k, word, due
