"""What the chip counts, and in which registers."""

from amaranth import Cat, Module, Signal, Value

from sluice.rtl.interface import Counter
from sluice.rtl.protocol.registers import Number, field_of

#: What is counted one by one, by the register that counts it.
EVENTS = (
    Number.BAD_COMMANDS,
    Number.BAD_JOBS,
    Number.GOOD_COMMANDS,
    Number.GOOD_JOBS,
    Number.REPLACED_JOBS,
    Number.DROPPED_ANSWERS,
    Number.DROPPED_RELAYS,
    Number.DROPPED_FORWARDS,
    Number.NONCE_ERRORS,
    Number.BATCHES,
    Number.RESULT_OVERFLOWS,
)

#: Where the increments of the chip are summed up; hashes go on in :attr:`Number.TOTAL_COUNT`.
INCREMENTS = {
    Counter.HASHES: Number.HASH_COUNT_LOW,
    Counter.LOST: Number.RESULT_OVERFLOWS,
    Counter.GAPS: Number.BATCH_GAPS,
    Counter.CLOCK: Number.HASH_CLOCK,
}

#: The byte in which each event is counted: bad commands and bad jobs in a field of the error flags
#: as well.
_PLACES = [
    *((event, 0) for event in EVENTS),
    *((Number.ERROR_FLAG, field_of(Number.ERROR_FLAG, f).low // 8) for f in ("commands", "jobs")),
]

#: Counts that an event may have to wait for.
EVENT_BITS = len(_PLACES)


def awaiting(events: Value, dropped: Value) -> Value:
    """A bit for each count that becomes due.

    Parameters
    ----------
    events
        A bit for each of :data:`EVENTS`.
    dropped
        Whether an answer is dropped, besides.
    """
    return Cat(
        events | dropped << EVENTS.index(Number.DROPPED_ANSWERS),
        events[EVENTS.index(Number.BAD_COMMANDS)],
        events[EVENTS.index(Number.BAD_JOBS)],
    )


def choose(m: Module, due: Signal, served: Signal, number: Signal, lane: Signal) -> None:
    """Take the first count that is `due`: its bit in `served`, its register and byte."""
    for bit, (register, start) in enumerate(_PLACES):
        with m.If(due[bit]) if bit == 0 else m.Elif(due[bit]):
            m.d.comb += served[bit].eq(1)
            m.d.sync += [number.eq(register), lane.eq(start)]


def count_in(m: Module, counter: Value, number: Signal) -> None:
    """The register that an increment is added to."""
    with m.Switch(counter):
        for what, register in INCREMENTS.items():
            with m.Case(what):
                m.d.sync += number.eq(register)
