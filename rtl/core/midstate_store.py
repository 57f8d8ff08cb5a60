"""A store whose words are loaded into the memories of the engine, one after the other."""

from collections.abc import Callable

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib.memory import Memory

from sluice.rtl.hls.codegen.banks import ANY_ORDER
from sluice.rtl.hls.codegen.datapath import Datapath
from sluice.rtl.hls.codegen.pipe import later
from sluice.rtl.hls.codegen.sequencer import Sequencer

from .binding.binding import RangeWord
from .interface import Control
from .job_port import JobPort
from .job_store import Feed
from .period_range import DatapathRange
from .strobes import Strobes


def midstate_store(
    m: Module, port: JobPort, nonces: DatapathRange, sequencer: Sequencer, strobes: Strobes
) -> tuple[Feed, Callable[[Datapath], None]]:
    """One memory, with a place for each slot, those of the load period among them.

    Words of the next job wait in the places of the slots that load them; those that are not written
    stay those of the last job. The range and the mask are in it as well, in slots in which rounds
    need no constant. What the datapath adds to them there is what has to be added: one to the
    nonce, which is written back; the nonce to the last one, whose bits are inverted, which comes to
    all ones if it is the last, and to a carry if it is above it; and minus one to the nonce, which
    is that of a hit. Mask and last nonce of a job that takes over are written back as they are.

    Returns
    -------
    feed
        For the datapath.
    write_back
        Connects the memory with the datapath: words of jobs and those that it has counted have one
        port.
    """
    binding, jobs = strobes.binding, port.jobs
    ((name, brought),) = binding.inputs.items()
    words = [0xFFFFFFFF if word is RangeWord.MINUS_ONE else word for word in brought]
    depth = 1 << (len(words) - 1).bit_length()
    init = [word if isinstance(word, int) else 0 for word in words]
    m.submodules[name] = memory = Memory(shape=32, depth=depth, init=init, attrs=ANY_ORDER)
    write, read = memory.write_port(), memory.read_port()
    # When the datapath has the sums of the words of the range, and their slots.
    written = (RangeWord.MASK, RangeWord.LAST, RangeWord.NONCE)
    times = [strobes.summed(word) for word in written]
    mask_is, last_is, nonce_is = (sequencer.at(time) for time in times)
    mask_slot, last_slot, nonce_slot = (binding.slot_of(name, word) for word in written)
    # A tag waits in a place that a job has no use for.
    tag_slot = binding.slot_of(name, RangeWord.MINUS_ONE)
    places = {Control.MASK: mask_slot, Control.LAST: last_slot, Control.FIRST: nonce_slot}
    places |= dict.fromkeys((Control.NEXT, Control.TAG), tag_slot)
    arrival = strobes.arrival(name)
    m.d.comb += read.addr.eq(sequencer.before(arrival - 1))
    tested = later(m, read.data, strobes.out - mask_slot - arrival)
    tag = Signal(8, reset_less=True)
    with m.If(nonces.taking & sequencer.at(strobes.out + tag_slot - mask_slot)):
        m.d.sync += tag.eq(tested)

    def write_back(datapath: Datapath) -> None:
        total = datapath.out["sum"]
        again = ((mask_is | last_is) & nonces.taking) | nonce_is
        back = Mux(nonce_is, nonce_slot, Mux(last_is, last_slot, mask_slot))
        # Where a word of the bus is to wait; and whether it is one that has no address there.
        place, kept = Signal(8), Signal()
        m.d.comb += place.eq(binding.load_from | jobs.word.address)
        with m.Switch(jobs.word.address):
            for control, slot in places.items():
                with m.Case(control):
                    m.d.comb += [place.eq(binding.load_from | slot), kept.eq(jobs.taken)]
        data = jobs.word.data ^ (jobs.word.address == Control.LAST).replicate(32)
        # Of the two words that are added, and of their sum.
        added = ((read.data, arrival), (datapath.out["word"], strobes.told("word")))
        tops = [later(m, word[-1], strobes.sum - there) for word, there in added]
        carry = (tops[0] & tops[1]) | ((tops[0] | tops[1]) & ~total[-1])
        m.d.comb += [
            write.en.eq(again | port.job_word | kept),
            write.addr.eq(Mux(again, back, place)),
            write.data.eq(Mux(again, total, data)),
            nonces.known.eq(last_is),
            nonces.last.eq(total.all()),
            nonces.above.eq(carry),
        ]

    # A cycle ahead of the one in which the next nonce is written.
    closed = sequencer.at(times[-1] - 1)
    return Feed(words={name: read.data}, mask=tested, tag=tag, closed=closed), write_back
