"""Words from outside an engine that it latches, for large devices and for small ones."""

from amaranth.hdl import Cat, Const, Module, Signal, Value
from amaranth.lib import data

from .isa import Latch


def source(
    m: Module,
    select: Value,
    operand: Value,
    hit: data.View,
    told: Value,
    first: Value,
    last: Value,
) -> Value:
    """The operand, or a word from outside, 32 bits.

    Parameters
    ----------
    m
        Where to.
    select
        A :class:`~.isa.Latch`, 6 bits or more.
    operand, hit, told, first, last
        A word of memory, the hit that waits and what is told of it, and bits 24:17 of the first and
        the last nonce.
    """
    word = Signal(32)
    with m.Switch(select[3:5]):
        with m.Case(0):
            m.d.comb += word.eq(operand)
        with m.Case(Latch.NONCE >> 3):
            m.d.comb += word.eq(hit.nonce)
        with m.Case(Latch.FIRST >> 3):
            m.d.comb += word.eq(Cat(Const(0, 17), first))
        with m.Case(Latch.LAST >> 3):
            m.d.comb += word.eq(Cat(Const(-1, 17), last))
    with m.If(select[5]):
        m.d.comb += word.eq(told)
    return word


def small_source(
    select: Value, operand: Value, hit: data.View, told: Value, first: Value, last: Value
) -> Value:
    """The operand, or a word from outside OR-ed with the operand; see :func:`source`."""

    def only(value: Value, latch: Latch) -> Value:
        return value & (select[3:5] == latch >> 3).replicate(len(value))

    ends = Cat(
        (select[3:5] == Latch.LAST >> 3).replicate(17),
        only(first, Latch.FIRST) | only(last, Latch.LAST),
    )
    return operand | only(hit.nonce, Latch.NONCE) | ends | (told & select[5].replicate(len(told)))
