"""The words that all units of a rolled core with lanes share, out of memories."""

from amaranth.hdl import Cat, Module, Value
from amaranth.lib import data
from amaranth.lib.memory import Memory

from sluice.rtl.hls.codegen.pipe import later

from . import laneslots as slots
from .moments import Moments
from .rolledjobs import RolledJobs
from .rolledwords import ANY_ORDER, WordMemories
from .slotline import SlotLine


def lane_words(
    m: Module, moments: Moments, line: SlotLine, jobs: RolledJobs, nonce: Value
) -> tuple[dict[str, Value], Value]:
    """What is read in each slot for all lanes: `k` and `k2` at its number, `m` at a place.

    See :func:`~.rolledwords.shared_words`.
    """
    memories = WordMemories(m, moments, line, jobs)
    words: dict[str, Value] = {}
    for name, numbers in (("k", slots.first_k()), ("k2", slots.second_k())):
        m.submodules[name] = memory = Memory(shape=32, depth=slots.SLOTS, init=numbers)
        read = memory.read_port()
        m.d.comb += read.addr.eq(memories.registered(memories.asked(name)))
        words[name] = memories.registered(read.data)
    # Each lane has eight words, so the low bits of an address behind them are a place of `m`.
    of_lanes = 2 * slots.LANE_WORDS * moments.config.lanes
    words["m"], due = memories.put_in(
        slots.m_words(),
        slots.m_places(),
        nonce,
        enable=jobs.place >= of_lanes,
        place=jobs.place,
    )
    return words, due


def lane_states(m: Module, moments: Moments, line: SlotLine, jobs: RolledJobs) -> dict[str, Value]:
    """Midstates, a word each of ``x`` and ``y`` of all lanes in each slot.

    There is a word for each lane, so the memories are near the units: what goes to them is on its
    way for so long as the words of the others are behind theirs, the approach of the configuration.
    """
    approach, bits = moments.config.approach, (slots.LANE_WORDS - 1).bit_length()
    write = later(m, jobs.write, approach, reset_less=False)
    place, bank, word = (later(m, value, approach) for value in (jobs.place, jobs.bank, jobs.data))
    memories = WordMemories(m, moments, line, jobs)
    lanes = moments.config.lanes
    # The lane of a word, which chain it is of, and its place there.
    lane_of, of_e, place = place[bits + 1 :], ~place[bits], place[:bits]
    found: dict[str, Value] = {}
    for names, chains in zip(slots.inputs(lanes), (1, 2), strict=True):
        arrivals = [moments.arrival(name) for name in names]
        now = line.before(min(arrivals) - moments.lead)
        # With both chains in a memory, the words of e come first.
        chain = Cat(now.matches(*slots.LOAD_FIRST))[: chains - 1]
        where = Cat((now - slots.LOAD_FIRST[0])[:bits], chain, jobs.bank)
        memory = Memory(
            shape=data.ArrayLayout(32, lanes), depth=1 << len(where), init=[], attrs=ANY_ORDER
        )
        m.submodules[names[0][0]] = memory
        read, written = memory.read_port(), memory.write_port(granularity=1)
        wanted = write & (of_e | (chains > 1))
        m.d.comb += [
            written.en.eq(Cat(wanted & (lane_of == lane) for lane in range(lanes))),
            written.addr.eq(Cat(place, (~of_e)[: chains - 1], ~bank)),
            written.data.eq(Cat(word for _ in names)),
            read.addr.eq(memories.registered(later(m, where, approach))),
        ]
        for lane, name in enumerate(names):
            late = arrivals[lane] - min(arrivals)
            found[name] = later(m, memories.registered(read.data[lane]), late)
    return found
