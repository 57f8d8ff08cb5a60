"""The processor's numbers in a memory of their own, which is only read.

Where nothing is in a memory from the start, as in an ASIC, the words that no program writes cannot
be among those that programs write.
"""

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib.memory import Memory

from .memory_map import MemoryMap


def with_constants(m: Module, layout: MemoryMap, word: Value, place: Value, go: Value) -> Value:
    """The word that is read, or the number that belongs there.

    Parameters
    ----------
    m
        Where it goes.
    layout
        Which addresses have numbers.
    word : 32 bits
        What the memory has at `place`, a cycle later.
    place
        The address that is read in this cycle.
    go
        Whether it is read.
    """
    m.submodules.numbers = memory = Memory(shape=32, depth=layout.size, init=layout.contents())
    read, constant = memory.read_port(), Signal()
    runs = layout.numbers().items()
    within = [(place >= first) & (place < first + len(run)) for first, run in runs]
    m.d.comb += [read.addr.eq(place), read.en.eq(go)]
    with m.If(go):
        m.d.sync += constant.eq(Cat(within).any())
    return Mux(constant, read.data, word)
