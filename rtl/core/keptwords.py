"""What goes to units that keep the words of jobs: ``k`` out of a memory, and the nonce."""

from amaranth.hdl import Const, Module, Value
from amaranth.lib.memory import Memory

from sluice.rtl.dataflow.later import later

from . import keptslots as slots
from .moments import Moments
from .rolledjobs import MASK_PLACE, TAG_PLACE, RolledJobs
from .rolledwords import ANY_ORDER, WordMemories
from .slotline import SlotLine


def kept_words(
    m: Module, moments: Moments, line: SlotLine, jobs: RolledJobs, nonce: Value
) -> tuple[dict[str, Value], Value]:
    """`k` at the number of the slot: a round constant, or a word of the job that comes in.

    The words of a job wait there while another one is hashed, and so do its mask and its tag. See
    :func:`~.rolledwords.shared_words`.
    """
    memories = WordMemories(m, moments, line, jobs)
    words = [*slots.k_words(), *[0] * (256 - slots.SLOTS)]
    m.submodules.k = memory = Memory(shape=32, depth=256, init=words, attrs=ANY_ORDER)
    write, read = memory.write_port(), memory.read_port()
    asked = memories.asked("k")
    k = memories.registered(read.data)
    here = later(m, asked, moments.lead)
    m.d.comb += [
        write.en.eq(memories.written(jobs.write)),
        write.addr.eq(memories.written(slots.LOAD_FROM | jobs.place)),
        write.data.eq(memories.data),
        read.addr.eq(memories.registered(asked)),
        jobs.came.eq(k),
        jobs.mask_came.eq(here == slots.LOAD_FROM + MASK_PLACE),
        jobs.tag_came.eq(here == slots.LOAD_FROM + TAG_PLACE),
    ]
    return {"k": k, "m": nonce}, Const(1)
