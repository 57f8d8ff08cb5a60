"""The memory of a value that it carries from one slot to another."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib.memory import Memory

from ..ram_plan import RamPlan
from .control import SlotLine
from .pipe import later


def carry(
    m: Module,
    plan: RamPlan,
    line: SlotLine,
    *,
    name: str,
    threads: int,
    word: Value,
    preset: bool = True,
) -> Value:
    """A memory written with `word`; what it gives in the cycle in which the value is used.

    Parameters
    ----------
    m
        Where it goes.
    plan
        Its addresses.
    line
        Slots and threads.
    name
        Of the value.
    threads
        Cycles of a slot.
    word
        What each slot writes.
    preset
        Whether it may have numbers from the start; else these are in a memory of their own, which
        is only read.
    """
    init = plan.init
    number = Signal(range(plan.depth))
    if threads > 1:
        # The number of the thread is above that of the slot.
        init += [0] * ((1 << len(number)) - len(init))
        init *= threads
    m.submodules[f"ram_{name}"] = memory = Memory(
        shape=32, depth=len(init), init=init if preset else [], attrs={"no_rw_check": 1}
    )
    write, read = memory.write_port(), memory.read_port()
    own: Value = line.number(plan.written)[: plan.bits]
    if any(plan.others):
        others = [place or ~0 for place in plan.others]
        other = line.looked_up(plan.written, others, len(number))
        elsewhere = [int(place > 0) for place in plan.others]
        own = Mux(line.where(plan.written, elsewhere, 1), other, own)
    enable: Value = Const(1)
    if not all(plan.enabled):
        enable = line.where(plan.written, plan.enabled, 1)
    m.d.comb += [
        write.en.eq(enable),
        write.data.eq(later(m, word, plan.registers)),
        number.eq(own),
        write.addr.eq(Cat(number, line.thread(plan.written))),
        read.addr.eq(
            Cat(line.looked_up(plan.asked, plan.reads, len(number)), line.thread(plan.asked))
        ),
    ]
    data: Value = read.data
    if plan.constants and not preset:
        place, constant, found = read.addr[: len(number)], Signal(32), Signal()
        m.d.sync += found.eq(place.matches(*plan.constants))
        with m.Switch(place):
            for address, known in plan.constants.items():
                with m.Case(address):
                    m.d.sync += constant.eq(known)
        data = Mux(found, constant, data)
    return later(m, data, plan.registers)
