"""What a processor adds and latches: a function of its operand, and words from outside."""

from functools import reduce
from operator import or_

from amaranth.hdl import Array, Cat, Const, Module, Signal, Value
from amaranth.lib import data

from sluice.rtl.target.word import ValueWord

from .isa import SIGMAS, Latch, Select

assert (Select.WORD >> 4, Select.CHOOSE >> 4, Select.MAJORITY >> 4) == (1, 2, 3)


def sigmas(word: ValueWord, select: Value) -> list[Value]:
    """All sigmas of a word, zero but for the selected one."""
    return [
        word.sigma(sigma).value & select[which.bit_length() - 1].replicate(32)
        for which, sigma in SIGMAS.items()
    ]


def function(operand: Signal, x: Signal, y: Signal, select: Value) -> Value:
    """The function, 32 bits.

    Parameters
    ----------
    operand, x, y
        Words.
    select
        A :class:`~.isa.Select`, 7 bits.
    """
    word = ValueWord(operand)
    terms = sigmas(word, select)
    choose = word.choose(ValueWord(x), ValueWord(y)).value
    majority = word.majority(ValueWord(x), ValueWord(y)).value
    functions = Array([Const(0, 32), word.value, choose, majority])
    terms.append(functions[select[4:6]])
    return reduce(or_, terms)


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
        A word of memory, the hit that waits and what is told of it, and bits 24:9 of the first and
        the last nonce.
    """
    word = Signal(32)
    with m.Switch(select[3:5]):
        with m.Case(0):
            m.d.comb += word.eq(operand)
        with m.Case(Latch.NONCE >> 3):
            m.d.comb += word.eq(hit.nonce)
        with m.Case(Latch.FIRST >> 3):
            m.d.comb += word.eq(Cat(Const(0, 9), first))
        with m.Case(Latch.LAST >> 3):
            m.d.comb += word.eq(Cat(Const(-1, 9), last))
    with m.If(select[5]):
        m.d.comb += word.eq(told)
    return word
